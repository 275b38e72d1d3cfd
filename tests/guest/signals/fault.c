// Signals that the processor raises: siginfo, context, coming back.
// build: static dynamic
// flags: -mavx2
#include "sig.h"
#include <sys/mman.h>

static sigjmp_buf back;
static siginfo_t info;
static struct { long err, trap, cr2, rip; } seen;

static void on_fault(int signal, siginfo_t *given, void *context)
{
    const greg_t *regs = ((ucontext_t *)context)->uc_mcontext.gregs;
    (void)signal;
    info = *given;
    seen.err = regs[REG_ERR];
    seen.trap = regs[REG_TRAPNO];
    seen.cr2 = regs[REG_CR2];
    seen.rip = regs[REG_RIP];
    siglongjmp(back, 1);
}

static void catch(int signal)
{
    struct sigaction action = { .sa_sigaction = on_fault, .sa_flags = SA_SIGINFO };
    sigaction(signal, &action, NULL);
    memset(&info, 0, sizeof info);
}

CASE(read_of_nothing)
{
    catch(SIGSEGV);
    if (!sigsetjmp(back, 1))
        *(volatile char *)0x1230;
    EQ(info.si_signo, SIGSEGV);
    EQ(info.si_code, SEGV_MAPERR);
    TRUE(info.si_addr == (void *)0x1230);
    EQ(seen.trap, 14);
    EQ(seen.err, 4);
    EQ(seen.cr2, 0x1230);
}
CASE(write_of_read_only)
{
    static const int constant = 5;
    catch(SIGSEGV);
    if (!sigsetjmp(back, 1))
        *(volatile int *)&constant = 6;
    EQ(info.si_code, SEGV_ACCERR);
    TRUE(info.si_addr == &constant);
    EQ(seen.trap, 14);
    EQ(seen.err, 7);
}
CASE(jump_to_nothing)
{
    catch(SIGSEGV);
    if (!sigsetjmp(back, 1))
        ((void (*)(void))0x1000)();
    EQ(info.si_code, SEGV_MAPERR);
    TRUE(info.si_addr == (void *)0x1000);
    EQ(seen.rip, 0x1000);
    EQ(seen.err & ~0x10, 4);
}
CASE(general_protection)
{
    catch(SIGSEGV);
    if (!sigsetjmp(back, 1))
        __asm__ volatile("movq $0x1234567800000000, %%rax; movq (%%rax), %%rax" ::: "rax");
    EQ(info.si_code, SI_KERNEL);
    TRUE(info.si_addr == NULL);
    EQ(seen.trap, 13);
    EQ(seen.err, 0);
}
CASE(privileged_instruction)
{
    catch(SIGSEGV);
    if (!sigsetjmp(back, 1))
        __asm__ volatile("hlt");
    EQ(info.si_code, SI_KERNEL);
    EQ(seen.trap, 13);
}
CASE(divide_by_zero)
{
    catch(SIGFPE);
    if (!sigsetjmp(back, 1))
        __asm__ volatile("xorl %%ecx, %%ecx; movl $1, %%eax; xorl %%edx, %%edx; here: divl %%ecx"
                         ::: "rax", "rcx", "rdx");
    extern char here[];
    EQ(info.si_signo, SIGFPE);
    EQ(info.si_code, FPE_INTDIV);
    TRUE(info.si_addr == here);
    EQ(seen.trap, 0);
    EQ(seen.rip, (long)here);
}
CASE(floating_point_division)
{
    catch(SIGFPE);
    uint32_t unmasked = 0x1d80, usual = 0x1f80;
    volatile double zero = 0, one = 1;
    if (!sigsetjmp(back, 1)) {
        __asm__ volatile("ldmxcsr %0" ::"m"(unmasked));
        volatile double quotient = one / zero;
        (void)quotient;
    }
    __asm__ volatile("ldmxcsr %0" ::"m"(usual));
    EQ(info.si_code, FPE_FLTDIV);
    EQ(seen.trap, 19);
}
CASE(illegal_instruction)
{
    catch(SIGILL);
    extern char bad_instruction[];
    if (!sigsetjmp(back, 1))
        __asm__ volatile("bad_instruction: ud2");
    EQ(info.si_code, ILL_ILLOPN);
    TRUE(info.si_addr == bad_instruction);
    EQ(seen.trap, 6);
}
CASE(breakpoint)
{
    catch(SIGTRAP);
    extern char after_breakpoint[];
    if (!sigsetjmp(back, 1))
        __asm__ volatile("int3; after_breakpoint:");
    EQ(info.si_code, SI_KERNEL);
    EQ(seen.trap, 3);
    EQ(seen.rip, (long)after_breakpoint);
}
static volatile int steps;
static void on_step(int signal, siginfo_t *given, void *context)
{
    greg_t *regs = ((ucontext_t *)context)->uc_mcontext.gregs;
    (void)signal;
    info = *given;
    if (++steps == 3)
        regs[REG_EFL] &= ~0x100;
}
CASE(single_step)
{
    struct sigaction action = { .sa_sigaction = on_step, .sa_flags = SA_SIGINFO };
    OK(sigaction(SIGTRAP, &action, NULL));
    steps = 0;
    __asm__ volatile("pushfq; orl $0x100, (%%rsp); popfq; nop; nop; nop; nop; nop" ::: "memory", "cc");
    EQ(steps, 3);
    EQ(info.si_code, TRAP_TRACE);
}
CASE(alignment_check)
{
    catch(SIGBUS);
    static char bytes[16] __attribute__((aligned(16)));
    if (!sigsetjmp(back, 1))
        __asm__ volatile("pushfq; orl $0x40000, (%%rsp); popfq; movl 1(%0), %%eax;"
                         "pushfq; andl $~0x40000, (%%rsp); popfq" ::"r"(bytes) : "rax", "memory", "cc");
    __asm__ volatile("pushfq; andl $~0x40000, (%%rsp); popfq" ::: "memory", "cc");
    EQ(info.si_signo, SIGBUS);
    EQ(info.si_code, BUS_ADRALN);
    EQ(seen.trap, 17);
}
static void fix_pointer(int signal, siginfo_t *given, void *context)
{
    static long target = 77;
    (void)signal, (void)given;
    ((ucontext_t *)context)->uc_mcontext.gregs[REG_RAX] = (long)&target;
}
CASE(handler_repairs_and_retries)
{
    struct sigaction action = { .sa_sigaction = fix_pointer, .sa_flags = SA_SIGINFO };
    OK(sigaction(SIGSEGV, &action, NULL));
    long value;
    __asm__ volatile("movl $8, %%eax; movq (%%rax), %0" : "=r"(value)::"rax");
    EQ(value, 77);
}
static void map_it(int signal, siginfo_t *given, void *context)
{
    (void)signal, (void)context;
    void *page = (void *)((unsigned long)given->si_addr & ~4095ul);
    mprotect(page, 4096, PROT_READ | PROT_WRITE);
}
CASE(handler_unprotects_the_page)
{
    struct sigaction action = { .sa_sigaction = map_it, .sa_flags = SA_SIGINFO };
    OK(sigaction(SIGSEGV, &action, NULL));
    char *at = mmap(NULL, 100 * 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    for (int i = 0; i < 100; i++)
        at[i * 4096] = (char)i;
    for (int i = 0; i < 100; i++)
        EQ(at[i * 4096], i);
}
static void clobber(int signal)
{
    (void)signal;
    __asm__ volatile("vpxor %%ymm0, %%ymm0, %%ymm0; vpxor %%ymm7, %%ymm7, %%ymm7;"
                     "vpxor %%ymm15, %%ymm15, %%ymm15; fninit; fldz" ::: "xmm0", "xmm7", "xmm15");
}
CASE(vector_state_survives_a_handler)
{
    signal(SIGUSR1, clobber);
    uint64_t in[12], out[12];
    for (int i = 0; i < 12; i++)
        in[i] = 0x0123456789abcdefull * (unsigned)(i + 3);
    long result;
    __asm__ volatile("vmovdqu (%4), %%ymm0; vmovdqu 32(%4), %%ymm7; vmovdqu 64(%4), %%ymm15; syscall;"
                     "vmovdqu %%ymm0, (%5); vmovdqu %%ymm7, 32(%5); vmovdqu %%ymm15, 64(%5); vzeroupper"
                     : "=a"(result)
                     : "a"(SYS_tkill), "D"(gettid()), "S"(SIGUSR1), "r"(in), "r"(out)
                     : "rcx", "r11", "memory", "xmm0", "xmm7", "xmm15");
    EQ(result, 0);
    TRUE(memcmp(in, out, sizeof in) == 0);
}
CASE(x87_state_survives_a_handler)
{
    signal(SIGUSR1, clobber);
    double value = 0;
    long result;
    __asm__ volatile("fldpi; syscall; fstpl %1"
                     : "=a"(result), "=m"(value)
                     : "a"(SYS_tkill), "D"(gettid()), "S"(SIGUSR1)
                     : "rcx", "r11", "memory");
    TRUE(value > 3.14159 && value < 3.1416);
}
CASE(red_zone_survives_a_handler)
{
    signal(SIGUSR1, clobber);
    uint64_t bad;
    long number = SYS_tkill;
    __asm__ volatile("movq $0x5a5a5a5a, -8(%%rsp); movq $0x6b6b6b6b, -128(%%rsp); syscall;"
                     "movq -8(%%rsp), %%rdx; xorq $0x5a5a5a5a, %%rdx;"
                     "movq -128(%%rsp), %%rcx; xorq $0x6b6b6b6b, %%rcx; orq %%rcx, %%rdx"
                     : "=d"(bad), "+a"(number)
                     : "D"(gettid()), "S"(SIGUSR1)
                     : "rcx", "r11", "memory");
    EQ(bad, 0);
}
static volatile int xstate_ok, xstate_size;
static void look_at_fpstate(int signal, siginfo_t *given, void *context)
{
    (void)signal, (void)given;
    const unsigned char *state = (const unsigned char *)((ucontext_t *)context)->uc_mcontext.fpregs;
    uint32_t magic, size, end;
    memcpy(&magic, state + 464, 4);
    memcpy(&size, state + 468, 4);
    xstate_size = (int)size;
    memcpy(&end, state + size - 4, 4);
    xstate_ok = magic == 0x46505853 && end == 0x46505845 && (unsigned long)state % 64 == 0;
}
CASE(frame_holds_the_extended_state)
{
    struct sigaction action = { .sa_sigaction = look_at_fpstate, .sa_flags = SA_SIGINFO };
    OK(sigaction(SIGUSR1, &action, NULL));
    raise(SIGUSR1);
    EQ(xstate_ok, 1);
    TRUE(xstate_size >= 832);
}
static void edit_xmm(int signal, siginfo_t *given, void *context)
{
    (void)signal, (void)given;
    memset(((ucontext_t *)context)->uc_mcontext.fpregs->_xmm[3].element, 0x77, 16);
}
CASE(handler_may_change_vector_registers)
{
    struct sigaction action = { .sa_sigaction = edit_xmm, .sa_flags = SA_SIGINFO };
    OK(sigaction(SIGUSR1, &action, NULL));
    uint64_t in[2] = { 1, 2 }, out[2];
    long result;
    __asm__ volatile("movdqu (%4), %%xmm3; syscall; movdqu %%xmm3, (%5)"
                     : "=a"(result)
                     : "a"(SYS_tkill), "D"(gettid()), "S"(SIGUSR1), "r"(in), "r"(out)
                     : "rcx", "r11", "memory", "xmm3");
    EQ(out[0], 0x7777777777777777);
    EQ(out[1], 0x7777777777777777);
}
CASE(a_thousand_faults)
{
    catch(SIGSEGV);
    volatile int count = 0;
    for (int i = 0; i < 1000; i++)
        if (sigsetjmp(back, 1))
            count++;
        else
            *(volatile char *)8 = 1;
    EQ(count, 1000);
}
CASE(context_at_a_system_call_site)
{
    // The address in the frame is the instruction after the syscall; rax is its result.
    catch(SIGUSR1);
    extern char after_kill[];
    if (!sigsetjmp(back, 1)) {
        long result;
        __asm__ volatile("syscall; after_kill:"
                         : "=a"(result)
                         : "a"(SYS_tkill), "D"(gettid()), "S"(SIGUSR1)
                         : "rcx", "r11", "memory");
    }
    EQ(seen.rip, (long)after_kill);
}
CASE(blocked_fault_kills) // only that blocking is accepted; dying is in signals/death
{
    hold(SIGSEGV, 0);
    sigset_t set;
    OK(sigprocmask(SIG_BLOCK, NULL, &set));
    EQ(sigismember(&set, SIGSEGV), 1);
    release();
}
