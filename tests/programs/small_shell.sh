set -e
i=0; while [ $i -lt 300 ]; do i=$((i+1)); done; echo $i
for f in tree/*; do case $f in */dir*) echo d;; *) echo o;; esac; done
x=`echo a | sed s/a/b/`; echo $x
( exit 3 ) || echo $?
trap 'echo bye' 0
trap 'echo int' INT; kill -INT $$
sleep 100 & kill $!; wait $! || echo $?
cat <<E1 | tr a-z A-Z
hello $x
E1
echo to | { read y; echo $y; }
set -- 1 2 3; shift; echo $*; getopts ab o -a; echo $o
(umask 077; : > private; ls -l private | cut -c1-10)
sh -c 'exit 4' | cat; echo $?
printf '%s\n' b a c | sort | head -1
exec 5>file5; echo five >&5; exec 5>&-; cat file5
command -v cd; for i in 1 2 3; do (echo $i) & done | sort; wait
