// sigaltstack(2) and where handlers run.
// build: static musl-static
#include "sig.h"

static char area[65536] __attribute__((aligned(16)));
static volatile unsigned long handler_sp;
static volatile int inside_flags, change_error, keep;

static void where(int signal)
{
    stack_t now;
    (void)signal;
    handler_sp = (unsigned long)__builtin_frame_address(0);
    sigaltstack(NULL, &now);
    inside_flags = now.ss_flags;
    if (keep)
        return;
    stack_t other = { .ss_sp = area, .ss_size = sizeof area };
    change_error = sigaltstack(&other, NULL) ? errno : 0;
}

static void install(int flags)
{
    struct sigaction action = { .sa_handler = where, .sa_flags = flags };
    sigaction(SIGUSR1, &action, NULL);
}

static int on_area(void)
{
    return handler_sp >= (unsigned long)area && handler_sp < (unsigned long)area + sizeof area;
}

CASE(none_at_first)
{
    stack_t now;
    OK(sigaltstack(NULL, &now));
    EQ(now.ss_flags, SS_DISABLE);
    EQ(now.ss_size, 0);
    TRUE(now.ss_sp == NULL);
}
CASE(onstack_uses_it)
{
    stack_t set = { .ss_sp = area, .ss_size = sizeof area }, now;
    OK(sigaltstack(&set, NULL));
    OK(sigaltstack(NULL, &now));
    TRUE(now.ss_sp == area);
    EQ(now.ss_size, sizeof area);
    EQ(now.ss_flags, 0);
    install(SA_ONSTACK);
    raise(SIGUSR1);
    EQ(on_area(), 1);
    EQ(inside_flags, SS_ONSTACK);
    EQ(change_error, EPERM);
    OK(sigaltstack(NULL, &now));
    EQ(now.ss_flags, 0);
}
CASE(without_the_flag_it_is_not_used)
{
    stack_t set = { .ss_sp = area, .ss_size = sizeof area };
    OK(sigaltstack(&set, NULL));
    install(0);
    raise(SIGUSR1);
    EQ(on_area(), 0);
    EQ(change_error, 0);
}
CASE(disabled_is_not_used)
{
    stack_t set = { .ss_flags = SS_DISABLE };
    OK(sigaltstack(&set, NULL));
    install(SA_ONSTACK);
    raise(SIGUSR1);
    EQ(on_area(), 0);
}
CASE(autodisarm_clears_it_inside)
{
    stack_t set = { .ss_sp = area, .ss_size = sizeof area, .ss_flags = (int)(1u << 31) }, now;
    OK(sigaltstack(&set, NULL));
    install(SA_ONSTACK);
    keep = 1;
    raise(SIGUSR1);
    keep = 0;
    EQ(on_area(), 1);
    EQ(inside_flags, SS_DISABLE);
    OK(sigaltstack(NULL, &now));
    EQ((unsigned)now.ss_flags, 1u << 31);
}
CASE(errors)
{
    stack_t small = { .ss_sp = area, .ss_size = 100 };
    IS(sigaltstack(&small, NULL), -ENOMEM);
    stack_t odd = { .ss_sp = area, .ss_size = sizeof area, .ss_flags = 99 };
    IS(syscall(SYS_sigaltstack, &odd, NULL), -EINVAL);
    IS(syscall(SYS_sigaltstack, 8, NULL), -EFAULT);
    IS(syscall(SYS_sigaltstack, NULL, 8), -EFAULT);
    stack_t on = { .ss_sp = area, .ss_size = sizeof area, .ss_flags = SS_ONSTACK };
    IS(syscall(SYS_sigaltstack, &on, NULL), 0);
}
static volatile unsigned long nested_sp;
static void inner(int signal)
{
    (void)signal;
    nested_sp = (unsigned long)__builtin_frame_address(0);
}
static void outer(int signal)
{
    (void)signal;
    handler_sp = (unsigned long)__builtin_frame_address(0);
    raise(SIGUSR2);
}
CASE(nested_handler_continues_on_it)
{
    stack_t set = { .ss_sp = area, .ss_size = sizeof area };
    OK(sigaltstack(&set, NULL));
    struct sigaction first = { .sa_handler = outer, .sa_flags = SA_ONSTACK };
    struct sigaction second = { .sa_handler = inner, .sa_flags = SA_ONSTACK };
    OK(sigaction(SIGUSR1, &first, NULL));
    OK(sigaction(SIGUSR2, &second, NULL));
    raise(SIGUSR1);
    EQ(on_area(), 1);
    TRUE(nested_sp < handler_sp && nested_sp >= (unsigned long)area);
}
static sigjmp_buf away;
static void jump_away(int signal)
{
    (void)signal;
    siglongjmp(away, 1);
}
CASE(jumping_off_it_frees_it)
{
    stack_t set = { .ss_sp = area, .ss_size = sizeof area }, now;
    OK(sigaltstack(&set, NULL));
    struct sigaction action = { .sa_handler = jump_away, .sa_flags = SA_ONSTACK };
    OK(sigaction(SIGUSR1, &action, NULL));
    for (int i = 0; i < 5; i++)
        if (!sigsetjmp(away, 1))
            raise(SIGUSR1);
    OK(sigaltstack(NULL, &now));
    EQ(now.ss_flags, 0);
    OK(sigaltstack(&set, NULL));
}
static volatile int context_flags, context_size;
static void look_at_context(int signal, siginfo_t *info, void *context)
{
    (void)signal, (void)info;
    context_flags = ((ucontext_t *)context)->uc_stack.ss_flags;
    context_size = (int)((ucontext_t *)context)->uc_stack.ss_size;
}
CASE(context_tells_the_stack)
{
    stack_t set = { .ss_sp = area, .ss_size = sizeof area };
    OK(sigaltstack(&set, NULL));
    struct sigaction action = { .sa_sigaction = look_at_context, .sa_flags = SA_SIGINFO | SA_ONSTACK };
    OK(sigaction(SIGUSR1, &action, NULL));
    raise(SIGUSR1);
    EQ(context_flags, 0);
    EQ(context_size, (int)sizeof area);
}
static volatile unsigned long entry_sp;
void bare_handler(int signal);
__asm__(".globl bare_handler\nbare_handler: movq %rsp, entry_sp(%rip); ret");
CASE(stack_is_aligned_for_the_abi)
{
    __asm__ volatile("" ::: "memory");
    signal(SIGUSR1, bare_handler);
    raise(SIGUSR1);
    EQ(entry_sp % 16, 8);
}
