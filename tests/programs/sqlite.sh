for mode in wal delete; do
    sqlite3 t.db "create table t(a,b); pragma journal_mode=$mode;"
    for p in 1 2; do
        (for i in $(seq 1 15); do echo "begin immediate; insert into t values($p,$i); commit;"; done | sqlite3 -cmd '.timeout 100000' t.db) &
    done
    wait
    sqlite3 t.db 'select a,count(*),sum(b) from t group by a; pragma integrity_check'
    rm -f t.db t.db-wal t.db-shm
done
sqlite3 t.db 'create table t(a)'
mkfifo go
(echo 'begin exclusive; select 1;'; cat go; echo 'commit;') | sqlite3 t.db | { read -r x; sqlite3 t.db 'insert into t values(1)' 2>/dev/null; echo $?; echo > go; }
sqlite3 t.db 'insert into t values(1)'; echo $?; rm -f t.db go
