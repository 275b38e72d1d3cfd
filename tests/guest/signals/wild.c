// Frames that send a program to where nothing is: the program's fault, never the kernel's.
#include "sig.h"

static sigjmp_buf back;
static long where, stack_pointer;
static struct { long code, trap, err, rip; } seen;

static void go_astray(int signal, siginfo_t *info, void *context)
{
    greg_t *regs = ((ucontext_t *)context)->uc_mcontext.gregs;
    (void)signal, (void)info;
    if (where)
        regs[REG_RIP] = where;
    if (stack_pointer)
        regs[REG_RSP] = stack_pointer;
}
static void on_fault(int signal, siginfo_t *info, void *context)
{
    const greg_t *regs = ((ucontext_t *)context)->uc_mcontext.gregs;
    (void)signal;
    seen.code = info->si_code;
    seen.trap = regs[REG_TRAPNO];
    seen.err = regs[REG_ERR];
    seen.rip = regs[REG_RIP];
    siglongjmp(back, 1);
}
static void astray(long rip, long rsp)
{
    static char memory[65536];
    stack_t stack = { .ss_sp = memory, .ss_size = sizeof memory };
    struct sigaction action = { .sa_sigaction = go_astray, .sa_flags = SA_SIGINFO };
    sigaltstack(&stack, NULL);
    sigaction(SIGUSR1, &action, NULL);
    action.sa_sigaction = on_fault;
    action.sa_flags |= SA_ONSTACK;
    sigaction(SIGSEGV, &action, NULL);
    sigaction(SIGBUS, &action, NULL);
    where = rip;
    stack_pointer = rsp;
    memset(&seen, 0, sizeof seen);
    if (!sigsetjmp(back, 1))
        raise(SIGUSR1);
}
CASE(to_an_address_that_is_none)
{
    astray(0x8000000000000000, 0);
    EQ(seen.trap, 13);
    EQ(seen.code, SI_KERNEL);
    EQ(seen.rip, (long)0x8000000000000000);
    astray(0x800000000000, 0);
    EQ(seen.trap, 13);
}
CASE(to_the_kernel_half)
{
    astray(0xffffffff80000000, 0);
    EQ(seen.trap, 14);
    EQ(seen.code, SEGV_MAPERR);
    EQ(seen.rip, (long)0xffffffff80000000);
    astray(0xffffffff80000000, 0xffffffff80000000);
    EQ(seen.trap, 14);
}
CASE(to_the_first_page)
{
    astray(1, 0);
    EQ(seen.rip, 1);
    EQ(seen.code, SEGV_MAPERR);
}
CASE(with_a_wild_stack)
{
    astray(0, 8);
    EQ(seen.trap, 14);
    astray(0, 3);
    EQ(seen.trap, 14);
    astray(0, 0x8000000000000000);
    EQ(seen.trap, 12);
}
CASE(handler_at_no_address)
{
    struct sigaction action = { .sa_handler = (void (*)(int))0x8000000000000000 };
    sigaction(SIGUSR2, &action, NULL);
    astray(0, 0);
    if (!sigsetjmp(back, 1))
        raise(SIGUSR2);
    EQ(seen.trap, 13);
    EQ(seen.rip, (long)0x8000000000000000);
}
