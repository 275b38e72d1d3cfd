//! Programs with sizes as large as a user's files.

use super::Row;

/// Those that take long.
pub(super) const TABLE: &[Row] = &[
    (
        "full-dd-1g",
        &[
            &["dd", "if=/dev/zero", "of=big", "bs=1M", "count=1024", "status=none"],
            &["sha256sum", "big"],
            &["wc", "-c", "big"],
            &["rm", "big"],
        ],
    ),
    (
        "full-cp-1g",
        &[
            &["dd", "if=/dev/zero", "of=big", "bs=1M", "count=1024", "status=none"],
            &["cp", "big", "big2"],
            &["cmp", "big", "big2"],
            &["rm", "big", "big2"],
        ],
    ),
    ("full-gzip", &[&["gzip", "-1nk", "data.bin"], &["gzip", "-t", "data.bin.gz"]]),
    ("full-xz", &[&["xz", "-T1", "-0k", "data.bin"], &["xz", "-t", "data.bin.xz"]]),
    ("full-sha256sum", &[&["sha256sum", "data.bin"], &["b2sum", "data.bin"]]),
    (
        "full-sort",
        &[&["sort", "--parallel=1", "-R", "--random-source=words.txt", "data.bin", "-o", "sorted"]],
    ),
    ("full-grep-usr", &[&["grep", "-rlI", "GNU General", "/usr/share/doc"]]),
    ("full-find-usr", &[&["find", "/usr", "-xdev"]]),
    (
        "full-tar-usr",
        &[
            &["tar", "--sort=name", "-cf", "u.tar", "-C", "/usr/share", "doc"],
            &["tar", "-tvf", "u.tar"],
            &["rm", "u.tar"],
        ],
    ),
    (
        "full-sqlite3",
        &[
            &[
                "sqlite3",
                "t.db",
                "create table t(a integer primary key,b text,c real); with recursive n(i) as (select 1 union all select i+1 from n where i<100000) insert into t select i,'row '||i,i*0.5 from n; create index b on t(b); select count(*),sum(c) from t;",
            ],
            &[
                "sqlite3",
                "t.db",
                "update t set c=c+1 where a%3=0; select sum(c) from t; pragma integrity_check;",
            ],
        ],
    ),
    (
        "full-python3-numbers",
        &[&[
            "python3",
            "-c",
            "import hashlib; print(hashlib.sha256(b''.join(str(i*i).encode() for i in range(1000000))).hexdigest())",
        ]],
    ),
];
