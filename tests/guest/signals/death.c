// How a program ends: the default action of each signal, exit statuses.
// run: kill kill
// run: hup raise 1
// run: int raise 2
// run: quit raise 3
// run: ill raise 4
// run: trap raise 5
// run: abrt raise 6
// run: bus raise 7
// run: fpe raise 8
// run: usr1 raise 10
// run: segv raise 11
// run: usr2 raise 12
// run: pipe raise 13
// run: alrm raise 14
// run: term raise 15
// run: stkflt raise 16
// run: chld raise 17
// run: cont raise 18
// run: urg raise 23
// run: xcpu raise 24
// run: xfsz raise 25
// run: vtalrm raise 26
// run: prof raise 27
// run: winch raise 28
// run: io raise 29
// run: pwr raise 30
// run: sys raise 31
// run: rtmin raise 34
// run: rtmax raise 64
// run: null null
// run: ud2 ud2
// run: divide divide
// run: int3 int3
// run: brokenpipe brokenpipe
// run: alarm alarm
// run: blockedfault blockedfault
// run: ignoredfault ignoredfault
// run: abort abort
// run: badreturn badreturn
// run: badstack badstack
// run: exit0 exit 0
// run: exit7 exit 7
// run: exit255 exit 255
// run: exit256 exit 256
// run: exitneg exit -1
// run: exitgroup exitgroup 1000
// run: rawexit rawexit 42
#define TAP_NO_MAIN
#include "sig.h"
#include <sys/prctl.h>
#include <sys/resource.h>

static void fault(const char *how)
{
    if (!strcmp(how, "null"))
        *(volatile int *)0 = 1;
    if (!strcmp(how, "ud2"))
        __asm__ volatile("ud2");
    if (!strcmp(how, "int3"))
        __asm__ volatile("int3");
    if (!strcmp(how, "divide"))
        __asm__ volatile("xorl %%ecx, %%ecx; divl %%ecx" ::: "rax", "rcx", "rdx");
    if (!strcmp(how, "blockedfault") || !strcmp(how, "ignoredfault")) {
        // A fault's signal that is blocked or ignored ends the program all the same.
        if (how[0] == 'b')
            hold(SIGSEGV, 0);
        else
            signal(SIGSEGV, SIG_IGN);
        *(volatile int *)0 = 1;
    }
    if (!strcmp(how, "badreturn")) {
        // A signal return with a stack that cannot hold a frame is a SIGSEGV.
        __asm__ volatile("movq $64, %%rsp; movl $15, %%eax; syscall" ::: "memory");
    }
    if (!strcmp(how, "badstack")) {
        // No room for a handler's frame: SIGSEGV, not the signal itself.
        signal(SIGUSR1, sig_handler);
        __asm__ volatile("movq $64, %%rsp; syscall" ::"a"(SYS_tkill), "D"(gettid()), "S"(SIGUSR1)
                         : "memory", "rcx", "r11");
    }
}

int main(int count, char **words)
{
    const char *how = count > 1 ? words[1] : "";
    int number = count > 2 ? atoi(words[2]) : 0;
    struct rlimit none = { 0, 0 };
    setrlimit(RLIMIT_CORE, &none);
    tap_say("before\n");
    fault(how);
    if (!strcmp(how, "raise"))
        kill(getpid(), number);
    if (!strcmp(how, "kill"))
        kill(getpid(), SIGKILL);
    if (!strcmp(how, "brokenpipe")) {
        int p[2];
        if (pipe(p) == 0 && close(p[0]) == 0 && write(p[1], "x", 1) < 0)
            tap_say("not reached\n");
    }
    if (!strcmp(how, "alarm")) {
        alarm_in(10);
        for (;;)
            pause();
    }
    if (!strcmp(how, "abort")) {
        signal(SIGABRT, SIG_IGN);
        abort();
    }
    if (!strcmp(how, "exit"))
        exit(number);
    if (!strcmp(how, "exitgroup"))
        syscall(SYS_exit_group, number);
    if (!strcmp(how, "rawexit"))
        syscall(SYS_exit, number);
    tap_say("after\n");
    return 0;
}
