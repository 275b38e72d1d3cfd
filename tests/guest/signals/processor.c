// What a program does to its processor's state is the program's business, and no trap's.
#include "sig.h"
#include <sys/auxv.h>

#define NESTED 0x4000ul
#define ALIGNMENT 0x40000ul
#define DIRECTION 0x400ul
#define TRAP 0x100ul

static unsigned long flags(void)
{
    unsigned long value;
    __asm__ volatile("pushfq\n\tpopq %0" : "=r"(value) : : "memory");
    return value;
}
// Calls with these flags, by a site of its own; gives the flags behind the call.
static unsigned long call_with(unsigned long more)
{
    long result;
    unsigned long after, before = flags() | more;
    __asm__ volatile("subq $128, %%rsp\n\tpushq %3\n\tpopfq\n\tsyscall\n\tpushfq\n\tpopq %1\n\tpushq $2\n\tpopfq\n\taddq $128, %%rsp"
                     : "=a"(result), "=&r"(after) : "0"((long)SYS_getppid), "r"(before) : "rcx", "r11", "memory", "cc");
    return result == getppid() ? after & (NESTED | ALIGNMENT | DIRECTION | TRAP) : 1;
}
CASE(flags_over_calls)
{
    static const unsigned long sets[] = { 0, NESTED, ALIGNMENT, DIRECTION, NESTED | ALIGNMENT, NESTED | DIRECTION };
    for (size_t i = 0; i < sizeof sets / sizeof *sets; i++)
        for (int turn = 0; turn < 50; turn++)
            EQ(call_with(sets[i]), sets[i]);
}
static volatile int steps;
static void step(int number)
{
    (void)number;
    steps++;
}
CASE(flags_over_steps)
{
    signal(SIGTRAP, step);
    EQ(call_with(TRAP), TRAP);
    EQ(call_with(TRAP | NESTED), TRAP | NESTED);
    EQ(call_with(TRAP | ALIGNMENT | NESTED), TRAP | ALIGNMENT | NESTED);
    TRUE(steps > 9);
    signal(SIGTRAP, SIG_DFL);
}
static volatile int caught;
static void fault(int number, siginfo_t *info, void *data)
{
    ucontext_t *context = data;
    (void)info;
    caught = number;
    context->uc_mcontext.gregs[REG_RIP] += 2;
}
#define HWCAP2_FSGSBASE_ 2
static void set_base(unsigned long base)
{
    __asm__ volatile("wrgsbase %0" : : "r"(base) : "memory");
}
CASE(another_base)
{
    if (!(getauxval(AT_HWCAP2) & HWCAP2_FSGSBASE_))
        return;
    struct sigaction action = { .sa_sigaction = fault, .sa_flags = SA_SIGINFO };
    sigaction(SIGSEGV, &action, 0);
    static const unsigned long odd[] = { 0, 0xffffffffffff0000ul, 0x123456789000ul };
    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
        for (int turn = 0; turn < 20; turn++) {
            set_base(odd[i]);
            if (call_with(0) != 0)
                tap_fail("a call went wrong");
            set_base(odd[i]);
            // A fault, of an instruction of two bytes.
            caught = 0;
            __asm__ volatile("movb (%%rax), %%al" : : "a"(16) : "memory");
            EQ(caught, SIGSEGV);
        }
    }
    signal(SIGSEGV, SIG_DFL);
}
