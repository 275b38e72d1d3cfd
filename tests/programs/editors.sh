vim -es -u NONE -c '%s/pipe/PIPE/g' -c 'w out.txt' -c 'q!' words.txt; echo $?; md5sum < out.txt
vim -es -u NONE -c 'r !echo from a shell' -c 'w! out.txt' -c 'q!'; cat out.txt
vim -es -u NONE -c '%!sort -r' -c 'w! out.txt' -c 'q!' words.txt; head -1 out.txt; rm out.txt
