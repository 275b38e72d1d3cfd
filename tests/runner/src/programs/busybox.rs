//! The applets of busybox, one static program.

use super::Row;

const BUSYBOX: &str = "/bin/busybox";

/// The applets; quick enough for every run.
pub(super) const TABLE: &[Row] = &[
    ("busybox-true", &[&[BUSYBOX, "true"]]),
    ("busybox-false", &[&[BUSYBOX, "false"]]),
    ("busybox-echo", &[&[BUSYBOX, "echo", "-e", "one\\ttwo"]]),
    ("busybox-no-applet", &[&[BUSYBOX, "nosuchapplet"]]),
    ("busybox-cat", &[&[BUSYBOX, "cat", "words.txt", "none", "tree/link"]]),
    ("busybox-cat-stdin", &[&["<words.txt", BUSYBOX, "cat", "-n"]]),
    ("busybox-ls", &[&[BUSYBOX, "ls", "-laR", "--full-time", "tree"]]),
    ("busybox-wc", &[&[BUSYBOX, "wc", "words.txt", "data.bin", "table.csv"]]),
    ("busybox-sort", &[&[BUSYBOX, "sort", "-k3", "words.txt"]]),
    ("busybox-uniq", &[&["<table.csv", BUSYBOX, "uniq", "-c"]]),
    ("busybox-cut", &[&[BUSYBOX, "cut", "-d,", "-f2,3", "table.csv"]]),
    ("busybox-tr", &[&["<words.txt", BUSYBOX, "tr", "a-z", "A-Z"]]),
    ("busybox-sed", &[&[BUSYBOX, "sed", "-n", "s/kernel/KERNEL/gp", "words.txt"]]),
    ("busybox-sed-in-place", &[&[BUSYBOX, "sed", "-i", "s/kernel/K/", "words.txt"]]),
    (
        "busybox-awk",
        &[&[BUSYBOX, "awk", "-F,", "{s[$2]+=$3} END{for(g=0;g<13;g++)print g,s[\"g\" g]}", "table.csv"]],
    ),
    ("busybox-grep", &[&[BUSYBOX, "grep", "-rn", "trap call", "tree"]]),
    ("busybox-find", &[&[BUSYBOX, "find", "tree", "-type", "f", "-perm", "-100"]]),
    ("busybox-du", &[&[BUSYBOX, "du", "-a", "tree/dir1"]]),
    (
        "busybox-stat",
        &[&[BUSYBOX, "stat", "-c", "%n %s %a %F %h %Y %u:%g", "tree", "tree/link", "words.txt"]],
    ),
    ("busybox-head-tail", &[&[BUSYBOX, "head", "-n5", "words.txt"], &[BUSYBOX, "tail", "-n5", "words.txt"]]),
    (
        "busybox-sums",
        &[
            &[BUSYBOX, "md5sum", "data.bin", "words.txt"],
            &[BUSYBOX, "sha1sum", "data.bin"],
            &[BUSYBOX, "sha256sum", "data.bin"],
            &[BUSYBOX, "sha512sum", "data.bin"],
            &[BUSYBOX, "cksum", "data.bin"],
        ],
    ),
    (
        "busybox-cp-mv-rm",
        &[
            &[BUSYBOX, "cp", "-a", "tree", "copy"],
            &[BUSYBOX, "mv", "copy", "moved"],
            &[BUSYBOX, "rm", "-r", "tree"],
            &[BUSYBOX, "rm", "none"],
        ],
    ),
    (
        "busybox-links",
        &[
            &[BUSYBOX, "ln", "-s", "words.txt", "soft"],
            &[BUSYBOX, "ln", "words.txt", "hard"],
            &[BUSYBOX, "readlink", "soft"],
            &[BUSYBOX, "ln", "words.txt", "hard"],
        ],
    ),
    (
        "busybox-directories",
        &[
            &[BUSYBOX, "mkdir", "-p", "-m", "750", "a/b/c"],
            &[BUSYBOX, "rmdir", "a/b/c"],
            &[BUSYBOX, "rmdir", "a"],
            &[BUSYBOX, "mkdir", "words.txt"],
        ],
    ),
    (
        "busybox-modes",
        &[
            &[BUSYBOX, "chmod", "u=rwx,g=rs,o=", "words.txt"],
            &[BUSYBOX, "chown", "12:34", "data.json"],
            &[BUSYBOX, "touch", "-d", "2001-02-03 04:05:06", "table.csv"],
            &[BUSYBOX, "touch", "new"],
            &[BUSYBOX, "truncate", "-s", "12345", "new"],
            &[BUSYBOX, "mkfifo", "fifo"],
        ],
    ),
    (
        "busybox-dd",
        &[
            &[
                BUSYBOX,
                "dd",
                "if=data.bin",
                "of=out",
                "bs=1000",
                "count=37",
                "skip=3",
                "seek=2",
                "status=none",
            ],
            &[BUSYBOX, "dd", "if=/dev/zero", "of=out", "bs=4k", "count=5", "conv=notrunc", "status=none"],
        ],
    ),
    ("busybox-od", &[&[BUSYBOX, "od", "-A", "x", "-t", "x1z", "-N", "500", "data.bin"]]),
    ("busybox-hexdump", &[&[BUSYBOX, "hexdump", "-C", "-n", "300", "data.bin"]]),
    ("busybox-strings", &[&[BUSYBOX, "strings", "-n", "8", "words.txt"]]),
    (
        "busybox-diff-cmp",
        &[
            &[BUSYBOX, "diff", "tree/dir1/sub/file1.txt", "tree/dir2/sub/file1.txt"],
            &[BUSYBOX, "diff", "-r", "tree/dir1", "tree/dir2"],
            &[BUSYBOX, "cmp", "words.txt", "table.csv"],
        ],
    ),
    (
        "busybox-gzip",
        &[
            &[BUSYBOX, "gzip", "-k", "data.bin"],
            &[BUSYBOX, "gunzip", "-t", "data.bin.gz"],
            &[BUSYBOX, "gunzip", "-f", "data.bin.gz"],
        ],
    ),
    ("busybox-bzip2", &[&[BUSYBOX, "bzip2", "data.bin"], &[BUSYBOX, "bunzip2", "data.bin.bz2"]]),
    ("busybox-tar", &[&[BUSYBOX, "tar", "cf", "t.tar", "tree"], &[BUSYBOX, "tar", "tvf", "t.tar"]]),
    ("busybox-cpio", &[&["<words.txt", BUSYBOX, "cpio", "-t"]]),
    ("busybox-seq", &[&[BUSYBOX, "seq", "-w", "1", "3", "2000"]]),
    ("busybox-date", &[&[BUSYBOX, "date", "-u", "-d", "@86400", "+%Y-%m-%d %T"]]),
    ("busybox-expr", &[&[BUSYBOX, "expr", "6", "*", "7"], &[BUSYBOX, "expr", "1", "+"]]),
    ("busybox-test", &[&[BUSYBOX, "test", "-d", "tree"], &[BUSYBOX, "test", "-x", "words.txt"]]),
    ("busybox-printf", &[&[BUSYBOX, "printf", "%05d %s %x\\n", "42", "text", "255"]]),
    ("busybox-base64", &[&[BUSYBOX, "base64", "data.bin"]]),
    ("busybox-factor", &[&[BUSYBOX, "factor", "1234567890123", "97", "0"]]),
    (
        "busybox-text",
        &[
            &[BUSYBOX, "nl", "table.csv"],
            &[BUSYBOX, "fold", "-w", "30", "words.txt"],
            &[BUSYBOX, "tac", "words.txt"],
            &[BUSYBOX, "rev", "table.csv"],
            &[BUSYBOX, "paste", "words.txt", "table.csv"],
            &[BUSYBOX, "comm", "words.txt", "table.csv"],
            &[BUSYBOX, "split", "-l", "500", "words.txt", "part."],
        ],
    ),
    ("busybox-env", &[&[BUSYBOX, "env", "-i", "A=1", BUSYBOX, "env"]]),
    ("busybox-id", &[&[BUSYBOX, "id"], &[BUSYBOX, "whoami"]]),
    ("busybox-uname", &[&[BUSYBOX, "uname", "-s", "-m"]]),
    ("busybox-pwd", &[&[BUSYBOX, "sh", "-c", "cd tree/dir1; echo ${PWD##*/}; cd -P ..; echo ${PWD##*/}"]]),
    ("busybox-sleep", &[&[BUSYBOX, "sleep", "0.05"]]),
    (
        "busybox-sh-loop",
        &[&[BUSYBOX, "sh", "-c", "i=0; while [ $i -lt 3000 ]; do i=$((i+1)); done; echo $i"]],
    ),
    (
        "busybox-sh-files",
        &[&[
            BUSYBOX,
            "sh",
            "-c",
            "for f in tree/*; do echo $f; done; echo x > a; echo y >> a; read v < a; echo $v; exit 3",
        ]],
    ),
    ("busybox-sh-exec", &[&[BUSYBOX, "sh", "-c", "exec /bin/busybox echo replaced"]]),
    ("busybox-sh-trap", &[&[BUSYBOX, "sh", "-c", "trap 'echo caught' USR1; kill -USR1 $$; echo after"]]),
    ("busybox-sh-kill", &[&[BUSYBOX, "sh", "-c", "kill -TERM $$"]]),
    ("busybox-timeout-status", &[&[BUSYBOX, "sh", "-c", "exit 300"]]),
    ("busybox-shuf-sum", &[&[BUSYBOX, "sum", "data.bin"], &[BUSYBOX, "crc32", "data.bin"]]),
    ("busybox-unix2dos", &[&[BUSYBOX, "unix2dos", "words.txt"], &[BUSYBOX, "dos2unix", "words.txt"]]),
    ("busybox-dc", &[&[BUSYBOX, "dc", "-e", "2 100 ^ p"]]),
    ("busybox-xxd", &[&[BUSYBOX, "xxd", "-l", "100", "data.bin"]]),
    ("busybox-install", &[&[BUSYBOX, "install", "-m", "711", "-D", "words.txt", "x/y/z"]]),
];
