seq 20 | xargs -P4 -I{} sh -c 'echo {}' | sort -n
seq 3 | xargs -n1 false; echo $?
echo a | xargs sh -c 'exit 255' 2>/dev/null; echo $?
echo a | xargs nosuch 2>/dev/null; echo $?
find tree -name '*.txt' -exec wc -c {} \; | sort | head -5
find tree -type f -exec md5sum {} + | sort | head -5
find tree -type f -execdir echo {} ';' | sort | uniq -c
nohup sh -c 'echo nohup out' > out 2>&1; cat out
setsid sh -c 'ps -o sid= -p $$ | tr -d " " | grep -qx $$ && echo leader'
setsid -w sh -c 'exit 12'; echo $?
env -i A=1 B=2 sh -c 'echo $A $B'; env -u HOME sh -c 'echo ${HOME-unset}'; env -S 'A=3 printenv A'
nice; nice -n 7 nice; nice -n 5 sh -c 'nice -n 3 nice'; nice -n 30 nice
flock lockf sh -c 'flock -n lockf echo inner; echo $?'
flock -s lockf flock -s -n lockf echo shared
(flock 9; echo locked; flock -n 9 && echo again) 9>lockf
flock lockf flock -w 0.05 lockf true; echo $?; flock lockf flock -E 77 -n lockf true; echo $?
script -qc 'echo in script; tty | sed "s/[0-9]*$//"; stty size; exit 5' -e typescript < /dev/null; echo $?
taskset -c 0 nproc; prlimit --nofile=50 sh -c 'ulimit -n'
split -n 3 --filter='wc -c' data.bin
sort --parallel=2 -S 1M data.bin | md5sum; sort --compress-program=gzip -S 100k words.txt data.bin data.bin | md5sum
tar c tree | gzip | tar tz | sort; tar cf - tree | tar xf - --transform s/tree/copy/; diff -r tree copy; rm -r copy
gawk 'BEGIN{"date +%Y -d @0"|getline y; print y; print "b\na" | "sort"; close("sort"); c="cat"; print "co" |& c; close(c,"to"); c |& getline z; print z; system("echo sys")}'
sed -n '1e echo executed' words.txt; echo a | sed 's/a/echo X/e'; less words.txt | tail -1
rm -f lockf out typescript
