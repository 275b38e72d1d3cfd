// Signals among threads: who gets what, and what is each thread's own.
#include "../ipc/ipc.h"
#include <poll.h>
#include <sys/signalfd.h>
#include <sys/time.h>
#include <ucontext.h>

static volatile int count, last_code, last_value;
static volatile pid_t got_by, sender;
static void note(int signal, siginfo_t *info, void *context)
{
    (void)signal, (void)context;
    got_by = (pid_t)syscall(SYS_gettid);
    last_code = info->si_code;
    last_value = info->si_value.sival_int;
    sender = info->si_pid;
    count++;
}
static void watch(int signal, int flags)
{
    struct sigaction action = { .sa_sigaction = note, .sa_flags = SA_SIGINFO | flags };
    sigaction(signal, &action, NULL);
    count = 0, got_by = 0;
}
static sigset_t set_of(int signal)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, signal);
    return set;
}
static void block(int how, int signal)
{
    sigset_t set = set_of(signal);
    pthread_sigmask(how, &set, NULL);
}

static long sleep_unblocked(void *data)
{
    (void)data;
    block(SIG_UNBLOCK, SIGUSR1);
    return pause();
}
CASE(a_thread_that_does_not_block_it)
{
    struct helper helper;
    watch(SIGUSR1, 0);
    block(SIG_BLOCK, SIGUSR1);
    start(&helper, sleep_unblocked, NULL);
    OK(kill(getpid(), SIGUSR1));
    EQ(finish(&helper), -EINTR);
    EQ(got_by, helper.tid);
    EQ(last_code, SI_USER);
    block(SIG_UNBLOCK, SIGUSR1);
    EQ(count, 1);
}
static long only_unblock(void *data)
{
    (void)data;
    block(SIG_UNBLOCK, SIGUSR1);
    return count;
}
CASE(one_that_all_block_waits_for_the_first)
{
    struct helper helper;
    watch(SIGUSR1, 0);
    block(SIG_BLOCK, SIGUSR1);
    OK(kill(getpid(), SIGUSR1));
    start(&helper, only_unblock, NULL);
    EQ(finish(&helper), 1);
    EQ(got_by, helper.tid);
    block(SIG_UNBLOCK, SIGUSR1);
    EQ(count, 1);
}
static long wait_for_it(void *data)
{
    sigset_t set = set_of(SIGUSR1);
    siginfo_t info;
    // The C library would make SI_USER of SI_TKILL.
    long result = syscall(SYS_rt_sigtimedwait, &set, &info, NULL, 8L);
    *(int *)data = info.si_code;
    return result;
}
CASE(sent_to_one_thread)
{
    struct helper helper;
    int code = 99;
    watch(SIGUSR1, 0);
    block(SIG_BLOCK, SIGUSR1);
    start(&helper, wait_for_it, &code);
    OK(syscall(SYS_tgkill, getpid(), helper.tid, SIGUSR1));
    EQ(finish(&helper), SIGUSR1);
    EQ(code, SI_TKILL);
    block(SIG_UNBLOCK, SIGUSR1);
    EQ(count, 0);
}
CASE(waiting_thread_takes_the_process_signal)
{
    struct helper helper;
    int code = 99;
    block(SIG_BLOCK, SIGUSR1);
    start(&helper, wait_for_it, &code);
    OK(kill(getpid(), SIGUSR1));
    EQ(finish(&helper), SIGUSR1);
    EQ(code, SI_USER);
    block(SIG_UNBLOCK, SIGUSR1);
}
CASE(pending_for_the_other_is_not_shown)
{
    struct helper helper;
    sigset_t pending;
    int code;
    block(SIG_BLOCK, SIGUSR1);
    block(SIG_BLOCK, SIGUSR2);
    start(&helper, wait_for_it, &code);
    OK(syscall(SYS_tgkill, getpid(), helper.tid, SIGUSR2));
    sigpending(&pending);
    EQ(sigismember(&pending, SIGUSR2), 0);
    OK(kill(getpid(), SIGUSR2));
    sigpending(&pending);
    EQ(sigismember(&pending, SIGUSR2), 1);
    OK(kill(getpid(), SIGUSR1));
    EQ(finish(&helper), SIGUSR1);
    signal(SIGUSR2, SIG_IGN);
    block(SIG_UNBLOCK, SIGUSR2);
    block(SIG_UNBLOCK, SIGUSR1);
}
static long wait_on_signalfd(void *data)
{
    struct signalfd_siginfo info;
    long result = read(*(int *)data, &info, sizeof info);
    return result == sizeof info ? (long)info.ssi_signo : -errno;
}
CASE(signalfd_in_another_thread)
{
    struct helper helper;
    sigset_t set = set_of(SIGUSR1);
    block(SIG_BLOCK, SIGUSR1);
    int fd = signalfd(-1, &set, 0);
    OK(fd);
    start(&helper, wait_on_signalfd, &fd);
    // Sent to the thread that reads: its own signals show, those of others do not.
    OK(syscall(SYS_tgkill, getpid(), helper.tid, SIGUSR1));
    EQ(finish(&helper), SIGUSR1);
    OK(syscall(SYS_tgkill, getpid(), syscall(SYS_gettid), SIGUSR1));
    start(&helper, wait_on_signalfd, &fd);
    OK(kill(getpid(), SIGUSR1));
    EQ(finish(&helper), SIGUSR1);
    struct pollfd watched = { fd, POLLIN, 0 };
    IS(poll(&watched, 1, 0), 1);
    struct signalfd_siginfo info;
    IS(read(fd, &info, sizeof info), sizeof info);
    EQ(info.ssi_code, SI_TKILL);
    close(fd);
    block(SIG_UNBLOCK, SIGUSR1);
}
static long own_mask(void *data)
{
    sigset_t now;
    pthread_sigmask(SIG_BLOCK, NULL, &now);
    return sigismember(&now, *(int *)data);
}
CASE(mask_is_inherited_alternate_stack_is_not)
{
    struct helper helper;
    int signal = SIGUSR2;
    static char stack[16384];
    stack_t new = { .ss_sp = stack, .ss_size = sizeof stack }, old;
    OK(sigaltstack(&new, NULL));
    block(SIG_BLOCK, SIGUSR2);
    start(&helper, own_mask, &signal);
    EQ(finish(&helper), 1);
    block(SIG_UNBLOCK, SIGUSR2);
    new.ss_flags = SS_DISABLE;
    OK(sigaltstack(&new, &old));
    EQ(old.ss_size, sizeof stack);
}
static long stack_of(void *data)
{
    (void)data;
    stack_t old;
    return sigaltstack(NULL, &old) ? -errno : old.ss_flags;
}
CASE(new_thread_has_no_alternate_stack)
{
    struct helper helper;
    static char stack[16384];
    stack_t new = { .ss_sp = stack, .ss_size = sizeof stack };
    OK(sigaltstack(&new, NULL));
    start(&helper, stack_of, NULL);
    EQ(finish(&helper), SS_DISABLE);
    new.ss_flags = SS_DISABLE;
    OK(sigaltstack(&new, NULL));
}
static siginfo_t forged(int code)
{
    siginfo_t info;
    memset(&info, 0, sizeof info);
    info.si_code = code;
    info.si_pid = 4242;
    info.si_value.sival_int = 77;
    return info;
}
CASE(queueing_to_threads)
{
    siginfo_t info = forged(SI_QUEUE);
    pid_t self = (pid_t)syscall(SYS_gettid);
    watch(SIGUSR1, 0);
    OK(syscall(SYS_rt_tgsigqueueinfo, getpid(), self, SIGUSR1, &info));
    EQ(count, 1);
    EQ(last_code, SI_QUEUE);
    EQ(last_value, 77);
    EQ(sender, 4242);
    // What only the kernel says may be told to oneself only.
    info = forged(SI_TKILL);
    IS(syscall(SYS_rt_tgsigqueueinfo, getpid(), self, SIGUSR1, &info), 0);
    info = forged(SI_KERNEL);
    IS(syscall(SYS_rt_tgsigqueueinfo, getpid(), self, SIGUSR1, &info), 0);
    IS(syscall(SYS_rt_sigqueueinfo, getpid(), SIGUSR1, &info), 0);
    EQ(count, 4);
    IS(syscall(SYS_rt_sigqueueinfo, getppid(), 0, &info), -EPERM);
    IS(syscall(SYS_rt_tgsigqueueinfo, getpid(), 0, SIGUSR1, &info), -EINVAL);
    IS(syscall(SYS_rt_tgsigqueueinfo, getpid(), -1, SIGUSR1, &info), -EINVAL);
    IS(syscall(SYS_rt_tgsigqueueinfo, getpid(), self, 65, &info), -EINVAL);
    IS(syscall(SYS_rt_tgsigqueueinfo, getpid(), self, SIGUSR1, 1L), -EFAULT);
    IS(syscall(SYS_rt_tgsigqueueinfo, getpid(), 99999999, SIGUSR1, &info), -EPERM);
    info = forged(SI_QUEUE);
    IS(syscall(SYS_rt_tgsigqueueinfo, getpid(), 99999999, SIGUSR1, &info), -ESRCH);
    IS(syscall(SYS_tgkill, getpid(), 99999999, 0), -ESRCH);
    IS(syscall(SYS_tgkill, getpid() + 1, self, 0), -ESRCH);
    IS(syscall(SYS_tgkill, 0, self, 0), -EINVAL);
    IS(syscall(SYS_tkill, 0, 0), -EINVAL);
}
static volatile int stop;
static void *spin(void *data)
{
    *(volatile pid_t *)data = (pid_t)syscall(SYS_gettid);
    while (!stop) {}
    return NULL;
}
CASE(a_spinning_thread_is_reached)
{
    pthread_t thread;
    volatile pid_t tid = 0;
    watch(SIGUSR1, 0);
    stop = 0;
    OK(-pthread_create(&thread, NULL, spin, (void *)&tid));
    while (!tid)
        sched_yield();
    OK(pthread_kill(thread, SIGUSR1));
    while (!count)
        sched_yield();
    stop = 1;
    pthread_join(thread, NULL);
    EQ(got_by, tid);
}
static void fault(int signal, siginfo_t *info, void *context)
{
    ucontext_t *user = context;
    (void)signal;
    got_by = (pid_t)syscall(SYS_gettid);
    last_code = info->si_code;
    last_value = (int)(long)info->si_addr;
    count = (int)user->uc_mcontext.gregs[REG_TRAPNO] * 100 + (int)user->uc_mcontext.gregs[REG_ERR];
    pthread_exit(NULL);
}
static void *poke(void *data)
{
    *(volatile pid_t *)data = (pid_t)syscall(SYS_gettid);
    *(volatile int *)0x1230 = 1;
    return NULL;
}
CASE(a_fault_is_the_threads_own)
{
    pthread_t thread;
    volatile pid_t tid = 0;
    struct sigaction action = { .sa_sigaction = fault, .sa_flags = SA_SIGINFO };
    sigaction(SIGSEGV, &action, NULL);
    OK(-pthread_create(&thread, NULL, poke, (void *)&tid));
    pthread_join(thread, NULL);
    signal(SIGSEGV, SIG_DFL);
    EQ(got_by, tid);
    EQ(last_code, SEGV_MAPERR);
    EQ(last_value, 0x1230);
    EQ(count, 1406);
}
CASE(ignoring_drops_what_waits)
{
    sigset_t pending;
    block(SIG_BLOCK, SIGUSR1);
    signal(SIGUSR1, SIG_DFL);
    OK(kill(getpid(), SIGUSR1));
    OK(syscall(SYS_tgkill, getpid(), syscall(SYS_gettid), SIGUSR1));
    signal(SIGUSR1, SIG_IGN);
    sigpending(&pending);
    EQ(sigismember(&pending, SIGUSR1), 0);
    // A blocked one is kept while it is ignored.
    OK(kill(getpid(), SIGUSR1));
    sigpending(&pending);
    EQ(sigismember(&pending, SIGUSR1), 1);
    block(SIG_UNBLOCK, SIGUSR1);
    signal(SIGUSR1, SIG_DFL);
}
static long note_number(void *data)
{
    (void)data;
    // A thread's number serves as well as its process's, where a process is named.
    pid_t tid = (pid_t)syscall(SYS_gettid);
    siginfo_t info = { .si_signo = SIGUSR1, .si_code = SI_QUEUE };
    long failed = tap_result(kill(tid, 0)) != 0;
    failed |= (tap_result(kill(tid, SIGUSR1)) != 0) << 1;
    failed |= (tap_result(syscall(SYS_rt_sigqueueinfo, tid, SIGUSR1, &info)) != 0) << 2;
    failed |= (getpgid(tid) != getpgrp()) << 3;
    failed |= (getsid(tid) != getsid(0)) << 4;
    failed |= (tap_result(setpgid(tid, 0)) != -EINVAL) << 5;
    return failed;
}
CASE(named_by_a_thread)
{
    struct helper helper;
    watch(SIGUSR1, 0);
    start(&helper, note_number, NULL);
    EQ(finish(&helper), 0);
    TRUE(count > 0);
}
