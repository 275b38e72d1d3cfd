// rt_sigaction(2): dispositions and flags.
#include "sig.h"

CASE(handler_runs_on_raise)
{
    watch(SIGUSR1, 0);
    OK(raise(SIGUSR1));
    EQ(sig_count, 1);
    EQ(sig_order[0], SIGUSR1);
}
CASE(old_action_is_returned)
{
    struct sigaction action = { .sa_handler = sig_handler, .sa_flags = SA_RESTART }, old;
    sigemptyset(&action.sa_mask);
    sigaddset(&action.sa_mask, SIGUSR2);
    OK(sigaction(SIGHUP, &action, NULL));
    OK(sigaction(SIGHUP, NULL, &old));
    TRUE(old.sa_handler == sig_handler);
    EQ(old.sa_flags & SA_RESTART, SA_RESTART);
    EQ(sigismember(&old.sa_mask, SIGUSR2), 1);
    EQ(sigismember(&old.sa_mask, SIGHUP), 0);
    signal(SIGHUP, SIG_DFL);
    OK(sigaction(SIGHUP, NULL, &old));
    TRUE(old.sa_handler == SIG_DFL);
}
CASE(kill_and_stop_are_fixed)
{
    struct sigaction action = { .sa_handler = SIG_IGN }, old;
    IS(sigaction(SIGKILL, &action, NULL), -EINVAL);
    IS(sigaction(SIGSTOP, &action, NULL), -EINVAL);
    IS(sigaction(SIGKILL, NULL, &old), 0);
    TRUE(old.sa_handler == SIG_DFL);
}
CASE(bad_numbers)
{
    unsigned long kernel_action[4] = { 0 };
    IS(syscall(SYS_rt_sigaction, 0, kernel_action, NULL, 8), -EINVAL);
    IS(syscall(SYS_rt_sigaction, 65, kernel_action, NULL, 8), -EINVAL);
    IS(syscall(SYS_rt_sigaction, -1, kernel_action, NULL, 8), -EINVAL);
    IS(syscall(SYS_rt_sigaction, SIGUSR1, kernel_action, NULL, 4), -EINVAL);
    IS(syscall(SYS_rt_sigaction, SIGUSR1, kernel_action, NULL, 16), -EINVAL);
    IS(syscall(SYS_rt_sigaction, SIGUSR1, 8, NULL, 8), -EFAULT);
    IS(syscall(SYS_rt_sigaction, SIGUSR1, NULL, 8, 8), -EFAULT);
    IS(syscall(SYS_rt_sigaction, 64, NULL, kernel_action, 8), 0);
}
CASE(mask_never_holds_kill)
{
    struct sigaction action = { .sa_handler = sig_handler }, old;
    sigfillset(&action.sa_mask);
    OK(sigaction(SIGUSR1, &action, NULL));
    OK(sigaction(SIGUSR1, NULL, &old));
    EQ(sigismember(&old.sa_mask, SIGKILL), 0);
    EQ(sigismember(&old.sa_mask, SIGSTOP), 0);
    EQ(sigismember(&old.sa_mask, SIGTERM), 1);
}
CASE(resethand_is_once)
{
    struct sigaction old;
    watch(SIGUSR1, SA_RESETHAND);
    raise(SIGUSR1);
    EQ(sig_count, 1);
    OK(sigaction(SIGUSR1, NULL, &old));
    TRUE(old.sa_handler == SIG_DFL);
}
static volatile int depth, deepest, runs;
static void nesting(int signal)
{
    depth++;
    runs++;
    if (depth > deepest)
        deepest = depth;
    if (runs < 3)
        raise(signal);
    depth--;
}
CASE(signal_is_masked_in_its_handler)
{
    struct sigaction action = { .sa_handler = nesting };
    depth = deepest = runs = 0;
    OK(sigaction(SIGUSR1, &action, NULL));
    raise(SIGUSR1);
    EQ(deepest, 1);
    EQ(runs, 3);
}
CASE(nodefer_nests)
{
    struct sigaction action = { .sa_handler = nesting, .sa_flags = SA_NODEFER };
    depth = deepest = runs = 0;
    OK(sigaction(SIGUSR1, &action, NULL));
    raise(SIGUSR1);
    EQ(deepest, 3);
}
static volatile int seen_mask[3];
static void look_at_mask(int signal)
{
    sigset_t set;
    (void)signal;
    sigprocmask(SIG_BLOCK, NULL, &set);
    seen_mask[0] = sigismember(&set, SIGUSR1);
    seen_mask[1] = sigismember(&set, SIGUSR2);
    seen_mask[2] = sigismember(&set, SIGHUP);
}
CASE(mask_applies_in_the_handler)
{
    struct sigaction action = { .sa_handler = look_at_mask };
    action.sa_mask = set_of(SIGUSR2, 0);
    OK(sigaction(SIGUSR1, &action, NULL));
    raise(SIGUSR1);
    EQ(seen_mask[0], 1);
    EQ(seen_mask[1], 1);
    EQ(seen_mask[2], 0);
    sigset_t set;
    OK(sigprocmask(SIG_BLOCK, NULL, &set));
    EQ(sigismember(&set, SIGUSR1), 0);
    EQ(sigismember(&set, SIGUSR2), 0);
}
CASE(ignored_signals_vanish)
{
    signal(SIGUSR1, SIG_IGN);
    hold(SIGUSR1, 0);
    raise(SIGUSR1);
    sigset_t pending;
    OK(sigpending(&pending));
    SHOW("%d", sigismember(&pending, SIGUSR1));
    release();
    raise(SIGUSR1);
    // To ignore a pending signal drops it.
    watch(SIGUSR2, 0);
    hold(SIGUSR2, 0);
    raise(SIGUSR2);
    signal(SIGUSR2, SIG_IGN);
    OK(sigpending(&pending));
    EQ(sigismember(&pending, SIGUSR2), 0);
    watch(SIGUSR2, 0);
    release();
    EQ(sig_count, 0);
}
CASE(default_ignored_signals)
{
    static const int numbers[] = { SIGCHLD, SIGURG, SIGWINCH, SIGCONT };
    for (int i = 0; i < 4; i++) {
        signal(numbers[i], SIG_DFL);
        OK(raise(numbers[i]));
    }
}
CASE(siginfo_of_kill)
{
    watch(SIGUSR1, 0);
    OK(kill(getpid(), SIGUSR1));
    EQ(sig_info.si_signo, SIGUSR1);
    EQ(sig_info.si_errno, 0);
    EQ(sig_info.si_code, SI_USER);
    EQ(sig_info.si_pid, getpid());
    EQ(sig_info.si_uid, getuid());
}
CASE(siginfo_of_tgkill)
{
    watch(SIGUSR1, 0);
    OK(syscall(SYS_tgkill, getpid(), gettid(), SIGUSR1));
    EQ(sig_info.si_code, SI_TKILL);
    EQ(sig_info.si_pid, getpid());
    OK(syscall(SYS_tkill, gettid(), SIGUSR1));
    EQ(sig_count, 2);
}
CASE(siginfo_of_sigqueue)
{
    watch(SIGUSR1, 0);
    union sigval value = { .sival_ptr = (void *)0x123456789abcdef };
    OK(sigqueue(getpid(), SIGUSR1, value));
    EQ(sig_info.si_code, SI_QUEUE);
    TRUE(sig_info.si_value.sival_ptr == value.sival_ptr);
    EQ(sig_info.si_pid, getpid());
}
CASE(siginfo_of_a_timer)
{
    watch(SIGALRM, 0);
    alarm_in(5);
    while (!sig_count)
        pause();
    EQ(sig_info.si_code, SI_KERNEL);
    EQ(sig_info.si_pid, 0);
}
CASE(kill_errors)
{
    IS(kill(getpid(), 0), 0);
    IS(kill(getpid(), 65), -EINVAL);
    IS(kill(getpid(), -1), -EINVAL);
    IS(kill(0x3fffffff, SIGUSR1), -ESRCH);
    IS(kill(0x3fffffff, 0), -ESRCH);
    IS(syscall(SYS_tgkill, getpid(), 0x3fffffff, 0), -ESRCH);
    IS(syscall(SYS_tgkill, -1, gettid(), 0), -EINVAL);
    IS(syscall(SYS_tgkill, getpid(), 0, 0), -EINVAL);
    IS(syscall(SYS_tkill, -1, 0), -EINVAL);
}
CASE(queue_rules)
{
    siginfo_t info = { .si_code = SI_USER };
    IS(syscall(SYS_rt_sigqueueinfo, getpid(), SIGUSR1, (void *)8), -EFAULT);
    // To oneself any code may be claimed.
    watch(SIGUSR1, 0);
    IS(syscall(SYS_rt_sigqueueinfo, getpid(), SIGUSR1, &info), 0);
    EQ(sig_info.si_code, SI_USER);
    info.si_code = -60;
    IS(syscall(SYS_rt_tgsigqueueinfo, getpid(), gettid(), SIGUSR1, &info), 0);
    EQ(sig_info.si_code, -60);
}
static void change_context(int signal, siginfo_t *info, void *context)
{
    ucontext_t *user = context;
    (void)signal, (void)info;
    user->uc_mcontext.gregs[REG_RBX] = 0x1234;
    user->uc_mcontext.gregs[REG_R12] += 1;
}
CASE(handler_may_change_registers)
{
    struct sigaction action = { .sa_sigaction = change_context, .sa_flags = SA_SIGINFO };
    OK(sigaction(SIGUSR1, &action, NULL));
    long rbx, r12 = 5;
    __asm__ volatile("movq $1, %%rbx; movq %1, %%r12; syscall; movq %%rbx, %0; movq %%r12, %1"
                     : "=&r"(rbx), "+&r"(r12)
                     : "a"(SYS_tkill), "D"(gettid()), "S"(SIGUSR1)
                     : "rbx", "r12", "rcx", "r11", "memory");
    EQ(rbx, 0x1234);
    EQ(r12, 6);
}
static void change_mask(int signal, siginfo_t *info, void *context)
{
    (void)signal, (void)info;
    sigaddset(&((ucontext_t *)context)->uc_sigmask, SIGUSR2);
}
CASE(handler_may_change_the_mask)
{
    struct sigaction action = { .sa_sigaction = change_mask, .sa_flags = SA_SIGINFO };
    OK(sigaction(SIGUSR1, &action, NULL));
    raise(SIGUSR1);
    sigset_t set;
    OK(sigprocmask(SIG_BLOCK, NULL, &set));
    EQ(sigismember(&set, SIGUSR2), 1);
    release();
}
static volatile uint64_t handler_flags;
static volatile uint32_t handler_mxcsr;
static void look_at_state(int signal)
{
    uint64_t flags;
    uint32_t mxcsr;
    (void)signal;
    __asm__ volatile("pushfq; popq %0; stmxcsr %1" : "=r"(flags), "=m"(mxcsr));
    handler_flags = flags;
    handler_mxcsr = mxcsr;
}
CASE(handler_begins_with_clean_flags)
{
    signal(SIGUSR1, look_at_state);
    uint32_t odd = 0x7f80, usual = 0x1f80, after;
    long result;
    __asm__ volatile("ldmxcsr %4; std; syscall; cld; stmxcsr %1; ldmxcsr %5"
                     : "=a"(result), "=m"(after)
                     : "a"(SYS_tkill), "D"(gettid()), "m"(odd), "m"(usual), "S"(SIGUSR1)
                     : "rcx", "r11", "memory");
    EQ(result, 0);
    EQ(handler_flags & 0x400, 0);
    SHOW("mxcsr in the handler %#x", handler_mxcsr);
    EQ(after, odd);
}
