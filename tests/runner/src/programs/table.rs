//! Dynamic programs of a plain Debian system, and their commands.

use super::Row;

/// The programs; quick enough for every run.
pub(super) const TABLE: &[Row] = &[
    // coreutils, dynamic.
    ("ls", &[&["ls", "-laR", "--time-style=full-iso", "tree"]]),
    ("ls-error", &[&["ls", "none", "tree"]]),
    ("ls-usr-bin", &[&["ls", "-1", "/usr/bin"]]),
    ("cat", &[&["cat", "-A", "words.txt", "none"]]),
    ("cp-r", &[&["cp", "-a", "tree", "copy"], &["cp", "--sparse=always", "data.bin", "sparse"]]),
    ("cp-reflink", &[&["cp", "--reflink=auto", "data.bin", "clone"], &["cmp", "data.bin", "clone"]]),
    ("mv", &[&["mv", "-v", "words.txt", "tree/"], &["mv", "none", "x"]]),
    ("rm-r", &[&["rm", "-rv", "tree"]]),
    ("ln-readlink", &[&["ln", "-sv", "words.txt", "l"], &["realpath", "--relative-to=tree", "l"]]),
    ("mkdir-rmdir", &[&["mkdir", "-pv", "a/b/c"], &["rmdir", "-pv", "a/b/c"]]),
    ("chmod-chown", &[&["chmod", "-v", "4711", "words.txt"], &["chown", "-v", "5:6", "table.csv"]]),
    (
        "touch-stat",
        &[
            &["touch", "-d", "1999-12-31 23:59:59.123456789", "n"],
            &["stat", "-c", "%n %s %y %A %h", "n", "tree"],
        ],
    ),
    ("truncate", &[&["truncate", "-s", "1M", "t"], &["stat", "-c", "%s %b", "t"]]),
    ("dd", &[&["dd", "if=/dev/zero", "of=z", "bs=1M", "count=8", "status=none"], &["sha256sum", "z"]]),
    (
        "dd-sync",
        &[&["dd", "if=data.bin", "of=o", "bs=7777", "conv=fsync", "status=none"], &["cmp", "data.bin", "o"]],
    ),
    ("sort", &[&["sort", "-t,", "-k3n", "-k1n", "--parallel=1", "table.csv"]]),
    ("sort-random", &[&["sort", "-R", "--random-source=data.bin", "--parallel=1", "words.txt"]]),
    ("uniq-cut-tr", &[&["<table.csv", "cut", "-d,", "-f2"], &["<words.txt", "tr", "-cs", "a-z", "\\n"]]),
    ("wc", &[&["wc", "words.txt", "data.bin", "table.csv"]]),
    (
        "head-tail",
        &[
            &["head", "-c", "1000", "data.bin"],
            &["tail", "-c", "1000", "data.bin"],
            &["tail", "-n", "+2990", "words.txt"],
        ],
    ),
    (
        "sums",
        &[
            &["md5sum", "data.bin"],
            &["sha512sum", "data.bin"],
            &["b2sum", "data.bin"],
            &["cksum", "data.bin"],
        ],
    ),
    ("sha256sum-check", &[&["sha256sum", "-c", "words.txt"]]),
    ("base64", &[&["base64", "-w0", "data.bin"]]),
    ("od", &[&["od", "-c", "-N", "200", "data.bin"]]),
    (
        "split-csplit",
        &[&["split", "-b", "70000", "data.bin", "s."], &["csplit", "words.txt", "/^100 /", "/^200 /"]],
    ),
    ("shuf", &[&["shuf", "--random-source=data.bin", "-n", "20", "words.txt"]]),
    (
        "join-paste-comm",
        &[&["paste", "-d:", "words.txt", "table.csv"], &["join", "-t,", "table.csv", "table.csv"]],
    ),
    (
        "expr-test-seq",
        &[
            &["expr", "length", "hello"],
            &["test", "-L", "tree/link"],
            &["seq", "1", "0.5", "100"],
            &["factor", "123456789"],
        ],
    ),
    ("date", &[&["date", "-u", "-d", "@1234567890", "--iso-8601=ns"]]),
    ("id-env-pwd", &[&["id", "-u"], &["id", "-G"], &["env", "-i", "A=1", "env"]]),
    ("nproc-printenv", &[&["printenv", "TZ"], &["tty"], &["uname", "-s"]]),
    (
        "mktemp-mkfifo",
        &[&["mkfifo", "-m", "600", "f"], &["mknod", "p", "p"], &["stat", "-c", "%F", "f", "p"]],
    ),
    ("tee", &[&["<words.txt", "tee", "copy1", "copy2"]]),
    ("du", &[&["du", "-a", "--apparent-size", "tree"]]),
    (
        "sync-fallocate",
        &[
            &["sync", "words.txt"],
            &["fallocate", "-l", "100000", "f"],
            &["fallocate", "-p", "-o", "0", "-l", "4096", "f"],
        ],
    ),
    ("nice", &[&["nice", "-n", "5", "nice"]]),
    ("timeout-help", &[&["timeout", "--version"]]),
    // The rest of a plain system.
    (
        "grep-r",
        &[
            &["grep", "-rn", "pipe signal", "tree"],
            &["grep", "-c", "kernel", "words.txt"],
            &["grep", "-q", "absent", "words.txt"],
        ],
    ),
    (
        "grep-binary",
        &[&["grep", "trapless", "data.bin"], &["grep", "-aob", "trapless", "--max-count=3", "data.bin"]],
    ),
    ("sed", &[&["sed", "-n", "10,20p;s/call/CALL/p", "words.txt"], &["sed", "-i.bak", "2d", "table.csv"]]),
    (
        "find",
        &[
            &["find", "tree", "-printf", "%p %y %m %s %n %l\\n"],
            &["find", "tree", "-name", "*.txt", "-newermt", "2020-01-01"],
        ],
    ),
    ("find-delete", &[&["find", "tree", "-name", "file1.txt", "-delete"], &["find", "tree", "-empty"]]),
    ("find-usr", &[&["find", "/usr/share/doc", "-maxdepth", "2", "-type", "f"]]),
    (
        "tar",
        &[
            &["tar", "--sort=name", "-cf", "t.tar", "tree"],
            &["tar", "-tvf", "t.tar"],
            &["rm", "-r", "tree"],
            &["tar", "-xpf", "t.tar"],
            &["tar", "-df", "t.tar"],
        ],
    ),
    (
        "gzip",
        &[&["gzip", "-9nk", "data.bin"], &["gzip", "-lv", "data.bin.gz"], &["gzip", "-dc", "data.bin.gz"]],
    ),
    ("xz", &[&["xz", "-T1", "-1", "data.bin"], &["xz", "-t", "data.bin.xz"], &["xz", "-dc", "data.bin.xz"]]),
    ("diff", &[&["diff", "-ru", "tree/dir1", "tree/dir3"], &["cmp", "-l", "words.txt", "table.csv"]]),
    (
        "file",
        &[&["file", "words.txt", "data.bin", "data.json", "tree", "tree/link", "/bin/busybox", "/dev/null"]],
    ),
    (
        "gawk",
        &[&[
            "gawk",
            "-F,",
            "NR>1{s[$2]+=$3} END{n=asorti(s,k);for(i=1;i<=n;i++)print k[i],s[k[i]]}",
            "table.csv",
        ]],
    ),
    ("gawk-time", &[&["gawk", "BEGIN{print strftime(\"%F %T\",0,1); printf \"%.3f\\n\", atan2(0,-1)}"]]),
    ("bc", &[&["<words.txt", "bc", "-q"], &["bc", "-v"]]),
    (
        "jq",
        &[
            &["jq", "[.[]|select(.id%10==3)|{id,p:.price}]|length,.[0:3]", "data.json"],
            &["jq", ".[", "data.json"],
        ],
    ),
    (
        "bash-builtins",
        &[&[
            "bash",
            "-c",
            "for i in {1..500}; do a[$i]=$((i*i)); done; echo ${a[*]} ${#a[@]}; printf '%q\\n' \"$BASH_VERSION\"; [[ -f words.txt ]] && mapfile -t l < words.txt; echo ${#l[@]}; exit 9",
        ]],
    ),
    (
        "dash-builtins",
        &[&[
            "dash",
            "-c",
            "while read a b; do c=$((c+a)); done < words.txt; echo $c; umask; cd tree; cd ..; exec echo done",
        ]],
    ),
    (
        "sqlite3-memory",
        &[&[
            "sqlite3",
            ":memory:",
            "with recursive n(i) as (select 1 union all select i+1 from n where i<5000) select sum(i*i),max(i) from n; select sqlite_version()>'3';",
        ]],
    ),
    (
        "sqlite3-file",
        &[
            &[
                "sqlite3",
                "t.db",
                "create table t(a integer primary key,b text); with recursive n(i) as (select 1 union all select i+1 from n where i<5000) insert into t select i, 'row '||i from n; create index b on t(b); select count(*) from t;",
            ],
            &[
                "sqlite3",
                "t.db",
                "pragma integrity_check; select b from t where b like 'row 499%' order by b; delete from t where a%2; vacuum; select count(*),sum(a) from t;",
            ],
            &[
                "sqlite3",
                "t.db",
                "pragma journal_mode=wal; insert into t values(99999,'w'); select * from t where a=99999; pragma wal_checkpoint(truncate);",
            ],
            &["sqlite3", "t.db", "select broken"],
        ],
    ),
    (
        "python3-imports",
        &[&[
            "python3",
            "-c",
            "import json,re,ssl,sqlite3,ctypes,hashlib,zlib,lzma,bz2,decimal,datetime,random,struct,os,sys,math,collections,itertools; print(len(sys.modules)>50, ssl.OPENSSL_VERSION, sqlite3.sqlite_version)",
        ]],
    ),
    (
        "python3-json-re",
        &[&[
            "python3",
            "-c",
            "import json,re; d=json.load(open('data.json')); print(len(d), json.dumps(d[7],sort_keys=True)); print(len(re.findall(r'k\\w+l', open('words.txt').read())))",
        ]],
    ),
    (
        "python3-files",
        &[&[
            "python3",
            "-c",
            "import os,shutil,glob; shutil.copytree('tree','copy',symlinks=True); print(sorted(glob.glob('copy/**',recursive=True))[:20]); os.rename('copy','moved'); print(sum(len(f) for _,_,f in os.walk('moved'))); shutil.rmtree('tree')",
        ]],
    ),
    (
        "python3-mmap",
        &[&[
            "python3",
            "-c",
            "import mmap; f=open('data.bin','r+b'); m=mmap.mmap(f.fileno(),0); print(m.find(b'trapless'),len(m)); m[0:4]=b'ABCD'; m.flush(); m.close(); print(open('data.bin','rb').read(4))",
        ]],
    ),
    (
        "python3-signal",
        &[&[
            "python3",
            "-c",
            "import signal,os,time\ndef h(s,f): print('got',s)\nsignal.signal(signal.SIGALRM,h); signal.setitimer(signal.ITIMER_REAL,0.02); signal.pause(); signal.signal(signal.SIGUSR1,h); os.kill(os.getpid(),signal.SIGUSR1); t=time.time(); time.sleep(0.03); print(time.time()-t>=0.03)",
        ]],
    ),
    (
        "python3-sqlite",
        &[&[
            "python3",
            "-c",
            "import sqlite3; c=sqlite3.connect('p.db'); c.execute('create table t(a,b)'); c.executemany('insert into t values(?,?)',((i,str(i)) for i in range(2000))); c.commit(); print(c.execute('select sum(a),max(b) from t').fetchone())",
        ]],
    ),
    (
        "python3-ctypes",
        &[&[
            "python3",
            "-c",
            "import ctypes; l=ctypes.CDLL(None); l.strlen.restype=ctypes.c_size_t; print(l.strlen(b'hello'), l.abs(-5)); F=ctypes.CFUNCTYPE(ctypes.c_int,ctypes.c_int); print(F(lambda x:x*2)(21))",
        ]],
    ),
    ("python3-exception", &[&["python3", "-c", "open('none')"]]),
    ("python3-exit", &[&["python3", "-c", "import sys; sys.exit(42)"]]),
    (
        "python3-select",
        &[&[
            "python3",
            "-c",
            "import select,os; r,w=os.pipe(); p=select.epoll(); p.register(r,select.EPOLLIN); print(p.poll(0)); os.write(w,b'x'); print([e for _,e in p.poll(1)]); print(len(select.select([r],[w],[],1)[1]))",
        ]],
    ),
    (
        "python3-numpy",
        &[&[
            "python3",
            "-c",
            "try:\n import numpy; print(numpy.arange(1000).reshape(10,100).sum(axis=1))\nexcept ImportError: print('no numpy')",
        ]],
    ),
    (
        "perl",
        &[
            &[
                "perl",
                "-ne",
                "$c{$_}++ for split; END{print \"$_ $c{$_}\\n\" for grep {/^[a-z]/} sort keys %c}",
                "words.txt",
            ],
            &["perl", "-MPOSIX", "-e", "print strftime('%F',gmtime(0)),' ',floor(3.7),\"\\n\"; die 'dead'"],
        ],
    ),
    (
        "perl-files",
        &[&[
            "perl",
            "-MFile::Find",
            "-e",
            "find(sub{push @f,$File::Find::name},'tree'); print join(\"\\n\",sort @f),\"\\n\"; local $SIG{ALRM}=sub{print \"alarm\\n\"}; alarm 1; sleep 5; flock(STDOUT,8); opendir(D,'.'); print scalar(()=readdir D),\"\\n\"",
        ]],
    ),
    (
        "lua",
        &[&[
            "lua5.4",
            "-e",
            "local t={} for i=1,20000 do t[i]=(i*7919)%10007 end table.sort(t) print(#t,t[1],t[20000],string.rep('x',10)) for l in io.lines('words.txt') do n=(n or 0)+#l end print(n) os.exit(5)",
        ]],
    ),
    (
        "git-log",
        &[
            &["git", "init", "-q", "-b", "main", "r"],
            &["git", "-C", "r", "-c", "core.fsync=none", "-c", "gc.auto=0", "add", "-A"],
            &[
                "git",
                "-C",
                "r",
                "-c",
                "user.name=A",
                "-c",
                "user.email=a@b",
                "-c",
                "gc.auto=0",
                "-c",
                "maintenance.auto=false",
                "commit",
                "-q",
                "--allow-empty",
                "--date=@1000000000",
                "-m",
                "first",
            ],
            &["git", "-C", "r", "log", "--format=%an %ae %ad %s", "--date=unix"],
            &["git", "-C", "r", "status", "--short"],
        ],
    ),
    (
        "git-hash",
        &[
            &["git", "hash-object", "words.txt", "data.bin"],
            &["git", "diff", "--no-index", "--stat", "words.txt", "table.csv"],
        ],
    ),
    (
        "openssl-digest",
        &[
            &["openssl", "dgst", "-sha3-256", "data.bin"],
            &[
                "openssl",
                "enc",
                "-aes-128-cbc",
                "-K",
                "00112233445566778899aabbccddeeff",
                "-iv",
                "0",
                "-in",
                "words.txt",
                "-out",
                "e",
            ],
        ],
    ),
    (
        "strip-objdump",
        &[&["objdump", "-f", "/bin/busybox"], &["nm", "-D", "/bin/ls"], &["strings", "-n", "20", "/bin/ls"]],
    ),
    (
        "as-ld",
        &[
            &["as", "--64", "-o", "t.o", "source.s"],
            &["ld", "-o", "t", "t.o"],
            &["readelf", "-aW", "t"],
            &["objdump", "-d", "t"],
            &["strip", "-o", "stripped", "t"],
            &["ar", "rcsD", "lib.a", "t.o"],
            &["nm", "lib.a"],
            &["objcopy", "-O", "binary", "t", "t.bin"],
            &["./t"],
        ],
    ),
    ("as-error", &[&["as", "-o", "t.o", "words.txt"], &["ld", "none.o"]]),
    ("readelf-big", &[&["readelf", "-sW", "/lib/x86_64-linux-gnu/libc.so.6"], &["size", "/bin/bash"]]),
    ("zstd", &[&["zstd", "-q", "--single-thread", "data.bin"], &["zstd", "-dc", "data.bin.zst"]]),
    ("bzip2", &[&["bzip2", "-k", "data.bin"], &["bzip2", "-tv", "data.bin.bz2"]]),
    ("zip", &[&["zip", "-qrX", "t.zip", "tree"], &["unzip", "-l", "t.zip"], &["unzip", "-qt", "t.zip"]]),
    ("ed-patch", &[&["<edits", "ed", "-s", "words.txt"], &["<words.patch", "patch", "-s", "table.csv"]]),
    (
        "dpkg",
        &[
            &["dpkg-query", "-W", "-f", "${Package} ${Version}\n", "base-files", "libc6"],
            &["dpkg", "-S", "/bin/ls"],
            &["dpkg", "--compare-versions", "1.2", "lt", "1.10"],
        ],
    ),
    ("ldconfig", &[&["ldconfig", "-p"], &["ldconfig", "-N", "-X", "-v", "/lib/x86_64-linux-gnu"]]),
    (
        "getent",
        &[
            &["getent", "passwd", "root"],
            &["getent", "group", "nogroup"],
            &["getent", "services", "http/tcp"],
        ],
    ),
    (
        "iconv",
        &[
            &["iconv", "-f", "UTF-8", "-t", "UTF-16LE", "words.txt"],
            &["iconv", "-f", "UTF-8", "-t", "ASCII", "data.bin"],
        ],
    ),
    ("locale", &[&["locale", "-a"], &["locale", "charmap"]]),
    (
        "getopt-column",
        &[
            &["getopt", "-o", "ab:", "--long", "long:", "--", "-a", "-bx", "--long=y", "rest"],
            &["column", "-s,", "-t", "table.csv"],
            &["look", "-f", "10", "words.txt"],
        ],
    ),
    ("hexdump", &[&["hexdump", "-C", "-n", "1000", "data.bin"]]),
    (
        "prlimit",
        &[&["prlimit", "--nofile=100:200", "prlimit", "--nofile", "--output=SOFT,HARD", "--noheadings"]],
    ),
    (
        "taskset-chrt",
        &[&["taskset", "-c", "0", "nproc"], &["chrt", "--batch", "0", "true"], &["nice", "-n", "3", "nice"]],
    ),
    (
        "setpriv",
        &[
            &["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "id"],
            &["setpriv", "--no-new-privs", "grep", "NoNewPrivs", "/proc/self/status"],
        ],
    ),
    (
        "xattr",
        &[
            &["setfattr", "-n", "user.k", "-v", "value", "words.txt"],
            &["getfattr", "-d", "words.txt"],
            &["setfattr", "-x", "user.k", "words.txt"],
            &["cp", "-a", "words.txt", "w2"],
        ],
    ),
    ("capsh", &[&["capsh", "--has-p=cap_chown"], &["capsh", "--drop=cap_chown", "--has-b=cap_chown"]]),
    (
        "gawk-large",
        &[&[
            "gawk",
            "BEGIN{for(i=0;i<200000;i++){a[i%977]+=i;s=s (i%10)} n=0; for(k in a)n+=a[k]; print n, length(s)}",
        ]],
    ),
    ("bc-pi", &[&["<pi.bc", "bc", "-lq"]]),
    ("tclsh", &[&["<script.tcl", "tclsh"]]),
    ("vi", &[&["vi", "-u", "NONE", "-es", "-c", "%s/kernel/KERNEL/g", "-c", "wq", "words.txt"]]),
    ("less", &[&["less", "words.txt"]]),
    (
        "python3-large",
        &[&[
            "python3",
            "-c",
            "d={i:str(i) for i in range(200000)}; l=sorted(d,key=lambda k:d[k]); print(l[:10],len(l)); import gc; gc.collect(); del d,l; print(sum(x*x for x in range(10**6)))",
        ]],
    ),
    (
        "python3-pickle-csv",
        &[&[
            "python3",
            "-c",
            "import pickle,csv,gzip,tarfile,zipfile,tempfile,os; r=list(csv.reader(open('table.csv'))); pickle.dump(r,gzip.open('p.gz','wb')); print(len(pickle.load(gzip.open('p.gz','rb')))); os.remove('p.gz'); t=tarfile.open('a.tar','w'); t.add('tree'); t.close(); print(len(tarfile.open('a.tar').getnames())); os.remove('a.tar'); f=tempfile.TemporaryFile(); f.write(b'x'*100000); f.seek(5); print(len(f.read()))",
        ]],
    ),
    (
        "python3-fcntl",
        &[&[
            "python3",
            "-c",
            "import fcntl,os,resource,time; f=open('l','w'); fcntl.lockf(f,fcntl.LOCK_EX|fcntl.LOCK_NB); fcntl.flock(f,fcntl.LOCK_EX); print(resource.getrlimit(resource.RLIMIT_STACK)[0]>0, os.cpu_count()>0, time.monotonic()>0); print(os.sysconf('SC_PAGESIZE'), os.get_terminal_size.__name__, os.umask(0o22))",
        ]],
    ),
    (
        "perl-sort-sprintf",
        &[&[
            "perl",
            "-e",
            "my @a = map { ($_ * 7919) % 100003 } 1..50000; @a = sort { $a <=> $b } @a; printf \"%d %d %.3f\\n\", $a[0], $a[-1], sqrt($a[100]); open(F,'>','o') or die; print F \"$_\\n\" for @a[0..99]; close F; print -s 'o', \"\\n\"; rename 'o','p'; print join(',', sort glob('*')), \"\\n\"",
        ]],
    ),
    (
        "ld-so",
        &[
            &["/lib64/ld-linux-x86-64.so.2", "/bin/echo", "through the loader"],
            &["/lib64/ld-linux-x86-64.so.2", "--verify", "/bin/ls"],
        ],
    ),
    (
        "getconf-locale",
        &[&["getconf", "PAGE_SIZE"], &["getconf", "ARG_MAX"], &["getconf", "CLK_TCK"], &["locale"]],
    ),
    ("yes-dead-pipe", &[&["head", "-c", "100000", "/dev/zero"], &["cp", "words.txt", "/dev/full"]]),
];
