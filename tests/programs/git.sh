export GIT_CONFIG_GLOBAL="$PWD/none" GIT_PAGER=cat
git init -q -b main r; cd r; git config user.name N; git config user.email e@x
for i in $(seq 1 12); do echo "line $i" >> file$((i % 5)); git add -A; git commit -qm "c$i"; done
git log --oneline | tail -3; git diff HEAD~3 --stat
git checkout -q -b side HEAD~5; echo side > side; git add side; git commit -qm side; git rebase -q main; git log --oneline -3
echo dirty >> file1; git stash -q; git status -s; git stash pop -q; git status -s; git checkout -q file1
git grep --threads=2 -n 'line 1'; git merge-base main side; git tag -m t1 t1; git describe
cd ..; git clone -q r c; git -C c log --oneline | head -2; git -C c branch -a
cd r; git gc -q; git count-objects; git fsck; cd ..
git clone -q --bare --no-local r b.git; cd c; git fetch -q ../b.git side; git push -q ../b.git HEAD:new; git ls-remote ../b.git
git log -p -1; git archive HEAD | tar t; git format-patch -1 --stdout | git mailinfo message patch
git repack -adfq --threads=2; git fsck --full; cd ..; rm -rf r c b.git
