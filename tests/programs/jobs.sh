exec 2>/dev/null
set -m
sleep 100 & sleep 101 &
jobs; jobs -p | wc -l
kill -STOP %2; until jobs -s | grep -q Stopped; do sleep 0.01; done; jobs
bg %2; jobs; kill %1; wait %1; echo $?; kill %2; wait %2; echo $?; jobs > side; rm side
(exit 5) & wait -n; echo $?
sh -c 'kill -STOP $$; echo resumed; exit 6' &
until jobs -s | grep -q Stopped; do sleep 0.01; done; fg; echo $?
sleep 100 | cat & kill %%; wait; jobs > side; rm side
mkfifo one
(exit 3) & { read -r < one; exit 4; } & wait -n; echo $?; echo > one; wait -n; echo $?; wait -n; echo $?
sleep 100 & disown; jobs; kill $!
wait -n -p v; echo "$? $v"
true & p=$!; wait -n -p v $p; [ "$v" = "$p" ] && echo same
coproc C { while read -r l; do echo "[$l]"; done; }
echo hello >&"${C[1]}"; read -r x <&"${C[0]}"; echo "$x"
exec {w}>&"${C[1]}"; eval "exec ${C[1]}>&-"; echo bye >&$w; read -r x <&"${C[0]}"; echo "$x"; exec {w}>&-
wait; rm one
ulimit -n 100; ulimit -n; ulimit -Hn
(ulimit -f 1; trap '' XFSZ; head -c 10000 /dev/zero > big); echo $?; wc -c < big
(ulimit -f 1; dd if=/dev/zero of=big2 bs=1k count=20); echo $?; wc -c < big2
