// Masks, pending signals, waiting for them, and the order of delivery.
#include "sig.h"
#include <poll.h>
#include <sys/select.h>

CASE(blocked_signal_waits)
{
    watch(SIGUSR1, 0);
    hold(SIGUSR1, 0);
    raise(SIGUSR1);
    raise(SIGUSR1);
    EQ(sig_count, 0);
    sigset_t set;
    OK(sigpending(&set));
    EQ(sigismember(&set, SIGUSR1), 1);
    EQ(sigismember(&set, SIGUSR2), 0);
    release();
    EQ(sig_count, 1);
    OK(sigpending(&set));
    EQ(sigismember(&set, SIGUSR1), 0);
}
CASE(procmask_operations)
{
    sigset_t one = set_of(SIGUSR1, 0), two = set_of(SIGUSR2, 0), got;
    OK(sigprocmask(SIG_SETMASK, &one, &got));
    OK(sigprocmask(SIG_BLOCK, &two, &got));
    EQ(sigismember(&got, SIGUSR1), 1);
    EQ(sigismember(&got, SIGUSR2), 0);
    OK(sigprocmask(SIG_UNBLOCK, &one, NULL));
    OK(sigprocmask(SIG_BLOCK, NULL, &got));
    EQ(sigismember(&got, SIGUSR1), 0);
    EQ(sigismember(&got, SIGUSR2), 1);
    release();
}
CASE(procmask_errors)
{
    uint64_t set = 0;
    IS(syscall(SYS_rt_sigprocmask, 99, &set, NULL, 8), -EINVAL);
    IS(syscall(SYS_rt_sigprocmask, 99, NULL, &set, 8), 0);
    IS(syscall(SYS_rt_sigprocmask, SIG_BLOCK, &set, NULL, 4), -EINVAL);
    IS(syscall(SYS_rt_sigprocmask, SIG_BLOCK, 8, NULL, 8), -EFAULT);
    IS(syscall(SYS_rt_sigprocmask, SIG_BLOCK, NULL, 8, 8), -EFAULT);
    IS(syscall(SYS_rt_sigpending, &set, 16), -EINVAL);
    IS(syscall(SYS_rt_sigpending, 8, 8), -EFAULT);
    IS(syscall(SYS_rt_sigsuspend, &set, 4), -EINVAL);
    IS(syscall(SYS_rt_sigsuspend, 8, 8), -EFAULT);
}
CASE(kill_cannot_be_blocked)
{
    uint64_t all = ~0ull, got = 0;
    IS(syscall(SYS_rt_sigprocmask, SIG_SETMASK, &all, NULL, 8), 0);
    IS(syscall(SYS_rt_sigprocmask, SIG_BLOCK, NULL, &got, 8), 0);
    EQ(got, ~(1ull << (SIGKILL - 1) | 1ull << (SIGSTOP - 1)));
    all = 0;
    IS(syscall(SYS_rt_sigprocmask, SIG_SETMASK, &all, NULL, 8), 0);
}
CASE(lowest_number_first)
{
    static const int sent[] = { SIGTERM, SIGHUP, SIGUSR2, SIGUSR1 };
    for (int i = 0; i < 4; i++) {
        watch(sent[i], 0);
        struct sigaction action = { .sa_handler = sig_handler };
        sigfillset(&action.sa_mask);
        sigaction(sent[i], &action, NULL);
    }
    sigset_t all;
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, NULL);
    for (int i = 0; i < 4; i++)
        raise(sent[i]);
    release();
    EQ(sig_count, 4);
    SHOW("%d %d %d %d", sig_order[0], sig_order[1], sig_order[2], sig_order[3]);
}
CASE(real_time_signals_queue_in_order)
{
    static int values[16];
    int count = 0;
    sigset_t set = set_of(SIGRTMIN + 1, SIGRTMIN + 2);
    sigprocmask(SIG_BLOCK, &set, NULL);
    for (int i = 0; i < 3; i++) {
        sigqueue(getpid(), SIGRTMIN + 2, (union sigval){ .sival_int = 20 + i });
        sigqueue(getpid(), SIGRTMIN + 1, (union sigval){ .sival_int = 10 + i });
    }
    siginfo_t info;
    struct timespec zero = { 0, 0 };
    while (sigtimedwait(&set, &info, &zero) > 0)
        values[count++] = info.si_value.sival_int;
    EQ(count, 6);
    for (int i = 0; i < 3; i++) {
        EQ(values[i], 10 + i);
        EQ(values[3 + i], 20 + i);
    }
    release();
}
CASE(plain_signals_do_not_queue)
{
    sigset_t set = set_of(SIGUSR1, 0);
    siginfo_t info;
    struct timespec zero = { 0, 0 };
    hold(SIGUSR1, 0);
    for (int i = 1; i <= 3; i++)
        sigqueue(getpid(), SIGUSR1, (union sigval){ .sival_int = i });
    IS(sigtimedwait(&set, &info, &zero), SIGUSR1);
    EQ(info.si_value.sival_int, 1);
    IS(sigtimedwait(&set, &info, &zero), -EAGAIN);
    release();
}
CASE(sigtimedwait_times_out)
{
    sigset_t set = set_of(SIGUSR1, 0);
    struct timespec time = { 0, 20000000 }, bad = { 0, 1000000000 };
    long start = now_ms();
    IS(sigtimedwait(&set, NULL, &time), -EAGAIN);
    TRUE(now_ms() - start >= 19);
    IS(sigtimedwait(&set, NULL, &bad), -EINVAL);
    IS(syscall(SYS_rt_sigtimedwait, 8, NULL, &time, 8), -EFAULT);
    IS(syscall(SYS_rt_sigtimedwait, &set, NULL, &time, 16), -EINVAL);
}
CASE(sigtimedwait_is_interrupted_by_another)
{
    watch(SIGALRM, 0);
    sigset_t set = set_of(SIGUSR1, 0);
    hold(SIGUSR1, 0);
    alarm_in(10);
    IS(sigwaitinfo(&set, NULL), -EINTR);
    EQ(sig_count, 1);
    release();
}
CASE(sigwait_takes_a_timer_signal)
{
    watch(SIGALRM, 0);
    sigset_t set = set_of(SIGALRM, 0);
    hold(SIGALRM, 0);
    alarm_in(5);
    siginfo_t info;
    IS(sigwaitinfo(&set, &info), SIGALRM);
    EQ(info.si_code, SI_KERNEL);
    EQ(sig_count, 0);
    release();
}
CASE(sigwait_takes_unblocked_too)
{
    // A signal that waits for nothing else is taken even when it is not blocked.
    watch(SIGUSR1, 0);
    sigset_t set = set_of(SIGUSR1, 0);
    struct timespec time = { 0, 1000000 };
    IS(sigtimedwait(&set, NULL, &time), -EAGAIN);
    EQ(sig_count, 0);
}
CASE(sigsuspend_swaps_the_mask)
{
    watch(SIGUSR1, 0);
    hold(SIGUSR1, 0);
    raise(SIGUSR1);
    sigset_t none, after;
    sigemptyset(&none);
    IS(sigsuspend(&none), -EINTR);
    EQ(sig_count, 1);
    OK(sigprocmask(SIG_BLOCK, NULL, &after));
    EQ(sigismember(&after, SIGUSR1), 1);
    release();
}
CASE(sigsuspend_waits)
{
    watch(SIGALRM, SA_RESTART);
    hold(SIGALRM, 0);
    alarm_in(10);
    sigset_t none;
    sigemptyset(&none);
    IS(sigsuspend(&none), -EINTR);
    EQ(sig_count, 1);
    release();
}
CASE(ppoll_and_pselect_swap_the_mask)
{
    watch(SIGUSR1, 0);
    hold(SIGUSR1, 0);
    raise(SIGUSR1);
    sigset_t none;
    sigemptyset(&none);
    IS(ppoll(NULL, 0, NULL, &none), -EINTR);
    EQ(sig_count, 1);
    raise(SIGUSR1);
    IS(pselect(0, NULL, NULL, NULL, NULL, &none), -EINTR);
    EQ(sig_count, 2);
    raise(SIGUSR1);
    struct timespec zero = { 0, 0 };
    // With a time-out of zero it still looks at signals only when nothing else came.
    SHOW("%s", tap_error(tap_result(ppoll(NULL, 0, &zero, &none))));
    release();
}
CASE(queue_limit)
{
    // RLIMIT_SIGPENDING bounds queued real-time signals; kill without value still passes.
    struct { uint64_t now, max; } old, small;
    IS(syscall(SYS_prlimit64, 0, 11, NULL, &old), 0);
    small = old;
    small.now = 4;
    IS(syscall(SYS_prlimit64, 0, 11, &small, NULL), 0);
    hold(SIGRTMIN + 3, 0);
    long result = 0;
    int sent = 0;
    while (sent < 100 && result == 0) {
        result = tap_result(sigqueue(getpid(), SIGRTMIN + 3, (union sigval){ 0 }));
        sent += result == 0;
    }
    EQ(result, -EAGAIN);
    TRUE(sent <= 4);
    sigset_t set = set_of(SIGRTMIN + 3, 0);
    struct timespec zero = { 0, 0 };
    int received = 0;
    while (sigtimedwait(&set, NULL, &zero) > 0)
        received++;
    EQ(received, sent);
    IS(syscall(SYS_prlimit64, 0, 11, &old, NULL), 0);
    release();
}
CASE(delivery_on_unblock_precedes_return)
{
    watch(SIGUSR1, 0);
    hold(SIGUSR1, 0);
    raise(SIGUSR1);
    sigset_t set = set_of(SIGUSR1, 0);
    sigprocmask(SIG_UNBLOCK, &set, NULL);
    EQ(sig_count, 1);
}
CASE(sigpipe_without_reader)
{
    int pipes[2];
    OK(pipe(pipes));
    close(pipes[0]);
    watch(SIGPIPE, 0);
    IS(write(pipes[1], "x", 1), -EPIPE);
    EQ(sig_count, 1);
    EQ(sig_info.si_code, SI_USER);
    EQ(sig_info.si_pid, getpid());
    signal(SIGPIPE, SIG_IGN);
    IS(write(pipes[1], "x", 1), -EPIPE);
    // Nothing to write is no error.
    SHOW("%s", tap_error(tap_result(write(pipes[1], "", 0))));
}
