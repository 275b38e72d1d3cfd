exec 2>/dev/null
trap 'echo exit $?' EXIT
trap 'echo usr1' USR1
trap 'echo err' ERR
trap 'echo chld' CHLD
kill -USR1 $$
false
true & wait $!
trap - CHLD
mkfifo ready
(trap 'echo term; exit 7' TERM; echo > ready; while :; do sleep 0.01; done) & p=$!
read -r < ready; kill $p; wait $p; echo $?
trap '' INT; kill -INT $$; echo survived
sleep 100 & p=$!; kill -9 $p; wait $p; echo $?
(sleep 0.1; kill -USR1 $$; sleep 100) & p=$!
wait $p; echo "wait $?"; kill -9 $p
trap 'echo debug $BASH_COMMAND' DEBUG; echo z; trap - DEBUG
read -rt 0.05 x < <(sleep 100 & echo $! > sleeper; wait); echo "read $(($? > 128))"
kill "$(cat sleeper)"; rm sleeper ready
read -rt 100 x < <(echo fast); echo "read $? $x"
f() { return 4; }; f; echo $?
trap -p USR1
timeout 0.05 sleep 100; echo $?
timeout -s KILL 0.05 sleep 100; echo $?
timeout --preserve-status 0.05 sleep 100; echo $?
timeout 100 true; echo $?
timeout -k 0.05 0.05 bash -c 'trap "" TERM; while :; do :; done'; echo $?
exit 9
