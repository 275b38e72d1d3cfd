exec 2>&1
echo a b c | tr ' ' '\n' | sort -r | while read -r x; do echo "got $x"; done
(cd /usr; pwd; exit 3); echo "subshell $?"
cat <<X
here $((1+2)) $(echo sub | rev)
X
cat <<'X'
no $expansion
X
cat <<< "string"
diff <(seq 1 5) <(seq 2 6); echo $?
echo through | tee >(cat > side) >(rev > reversed) > /dev/null
until [ -s side ] && [ -s reversed ]; do sleep 0.01; done; cat side reversed
set -o pipefail; false | true; echo $?; true | false; echo "${PIPESTATUS[*]}"
set +o pipefail; false | true; echo $?
yes | head -3; echo "${PIPESTATUS[*]}"
x=$(for i in 1 2 3; do (echo $i) & done; wait); echo "$x" | sort
seq 1 200 | xargs -n 7 -P 3 echo | wc -w
echo $(( $(seq 1 1000 | paste -sd+) ))
seq 1 20000 | sort -n | tail -1
head -c 1000000 /dev/zero | cat | wc -c
{ echo one; echo two >&2; } 2>&1 | sort
mkfifo ff; (echo "through a FIFO" > ff) & cat ff; wait; rm ff
seq 1 100 | { p=cat; for i in $(seq 1 20); do p="$p | cat"; done; eval "$p"; } | md5sum
n=0; for i in $(seq 1 40); do x=$(/bin/true; echo $i); n=$((n + x)); done; echo $n
a=(); for i in {1..5000}; do a+=("$i"); done; echo ${#a[@]} ${a[4999]}
f() { local n=$1; [ "$n" -le 1 ] && echo 1 && return; echo $((n * $(f $((n - 1))))); }; f 9
printf '%s\n' {1..1000} | { mapfile -t lines; echo ${#lines[@]}; }
bash -c 'exit 300'; echo $?; nosuchcmd 2>/dev/null; echo $?; /etc/passwd 2>/dev/null; echo $?
{ bash -c 'kill -9 $$'; echo $?; bash -c 'kill -TERM $$'; echo $?; } 2>/dev/null
