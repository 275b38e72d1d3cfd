export MARK=here
sleep 1000 & p=$!
until [ "$(cat /proc/$p/comm)" = sleep ]; do :; done
tr '\0' ' ' < /proc/$p/cmdline; echo
tr '\0' '\n' < /proc/$p/environ | grep MARK
ps -o args= -p $p; pgrep -f '^sleep 1000$' | grep -cx $p
ps -o rss= -p $p | awk '{print ($1 > 100)}'
awk '{print NF, $2, $3, ($24 > 20)}' /proc/$p/stat
awk '{print NF, ($2 > 20), ($3 > 0)}' /proc/$p/statm
grep -c '' /proc/$p/limits; grep -o '\[stack\]\|\[heap\]' /proc/$p/maps | sort
ls /proc/$p/task | grep -cx $p; grep -cw $p /proc/$$/task/$$/children
readlink /proc/$p/cwd | grep -cx "$PWD"; basename "$(readlink /proc/$p/exe)"
pmap $p | tail -1 | awk '{print $1}'; lsof -p $p -a -d cwd,txt -Fft 2>/dev/null | grep -v ^p
kill $p; wait $p 2>/dev/null
uptime | grep -c 'load average'; free | wc -l; w -h | wc -l; id -u; hostname > /dev/null; echo $?
lscpu > /dev/null; echo $?; stat -f -c %T /proc /sys; mountpoint -q /proc; echo $?
dpkg -l bash | tail -1 | awk '{print $1, $2}'; dpkg -S /bin/bash | head -1
top -b -n1 -w 512 | sed -n 7p | awk '{print $1, $2}'; df / | wc -l; mount | grep -c ' on / '
