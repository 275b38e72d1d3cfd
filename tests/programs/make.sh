mkdir p; cd p
all=$(seq 1 8)
for i in $all; do printf '#include <stdio.h>\nint f%d(int x) { return x * %d + printf("f%d\\n"); }\n' $i $i $i > f$i.c; done
for i in $all; do echo "int f$i(int);"; done > all.h
{ echo '#include "all.h"'; echo 'int main(void) { int s = 0;'; for i in $all; do echo "s += f$i(s);"; done; echo 'return s & 1; }'; } > main.c
printf 'O=$(patsubst %%.c,%%.o,$(sort $(wildcard *.c)))\nprog: $(O)\n\tgcc -o $@ $^\n%%.o: %%.c all.h\n\tgcc -c -o $@ $<\nclean:\n\trm -f prog *.o\n' > Makefile
make -j4 | sort; ./prog; echo $?
make; touch f3.c; make -j4; make -q; echo $?; touch all.h; make -q; echo $?
echo 'int f3(' > f3.c; make -j2 f3.o > /dev/null 2>&1; echo $?
make clean | wc -l; cd ..; rm -r p
