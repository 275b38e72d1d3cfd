// Timers that send signals (timer_create(2), setitimer(2)).
#include "../ipc/ipc.h"
#include <sys/time.h>

#ifndef sigev_notify_thread_id
#define sigev_notify_thread_id _sigev_un._tid
#endif

static volatile int count, code, value, overrun;
static volatile pid_t got_by;
static void note(int signal, siginfo_t *info, void *context)
{
    (void)signal, (void)context;
    got_by = (pid_t)syscall(SYS_gettid);
    code = info->si_code;
    value = info->si_value.sival_int;
    overrun = info->si_overrun;
    count++;
}
static void watch(int signal)
{
    struct sigaction action = { .sa_sigaction = note, .sa_flags = SA_SIGINFO };
    sigaction(signal, &action, NULL);
    count = 0, got_by = 0;
}
static struct itimerspec after(long nanoseconds, long interval)
{
    return (struct itimerspec) { .it_value = { nanoseconds / 1000000000, nanoseconds % 1000000000 },
                                 .it_interval = { interval / 1000000000, interval % 1000000000 } };
}
static void burn_until_counted(void)
{
    while (!count) {}
}
static void wait_until_counted(void)
{
    sigset_t none;
    sigemptyset(&none);
    while (!count)
        sigsuspend(&none);
}
static void hold(int how, int signal)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, signal);
    sigprocmask(how, &set, NULL);
}

CASE(clocks)
{
    const clockid_t clocks[] = { CLOCK_REALTIME, CLOCK_MONOTONIC, CLOCK_BOOTTIME, CLOCK_TAI };
    struct sigevent event = { .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1, .sigev_value.sival_int = 5 };
    watch(SIGUSR1);
    for (unsigned i = 0; i < 4; i++) {
        timer_t timer;
        struct itimerspec soon = after(1000000, 0), now;
        OK(timer_create(clocks[i], &event, &timer));
        hold(SIG_BLOCK, SIGUSR1);
        count = 0;
        OK(timer_settime(timer, 0, &soon, NULL));
        wait_until_counted();
        hold(SIG_UNBLOCK, SIGUSR1);
        EQ(code, SI_TIMER);
        EQ(value, 5);
        EQ(overrun, 0);
        OK(timer_gettime(timer, &now));
        EQ(now.it_value.tv_sec + now.it_value.tv_nsec, 0);
        OK(timer_delete(timer));
        IS(timer_delete(timer), -EINVAL);
    }
}
CASE(processor_time)
{
    const clockid_t clocks[] = { CLOCK_PROCESS_CPUTIME_ID, CLOCK_THREAD_CPUTIME_ID };
    struct sigevent event = { .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1 };
    watch(SIGUSR1);
    for (unsigned i = 0; i < 2; i++) {
        timer_t timer;
        struct itimerspec soon = after(2000000, 0);
        OK(timer_create(clocks[i], &event, &timer));
        count = 0;
        OK(timer_settime(timer, 0, &soon, NULL));
        burn_until_counted();
        EQ(code, SI_TIMER);
        OK(timer_delete(timer));
    }
}
static long wait_for_timer(void *data)
{
    (void)data;
    return pause();
}
CASE(to_one_thread)
{
    struct helper helper;
    struct sigevent event = { .sigev_notify = SIGEV_THREAD_ID, .sigev_signo = SIGUSR1 };
    struct itimerspec soon = after(1000000, 0);
    timer_t timer;
    watch(SIGUSR1);
    start(&helper, wait_for_timer, NULL);
    event.sigev_notify_thread_id = helper.tid;
    OK(timer_create(CLOCK_MONOTONIC, &event, &timer));
    OK(timer_settime(timer, 0, &soon, NULL));
    EQ(finish(&helper), -EINTR);
    EQ(got_by, helper.tid);
    OK(timer_delete(timer));
    event.sigev_notify_thread_id = 1 << 22;
    IS(timer_create(CLOCK_MONOTONIC, &event, &timer), -EINVAL);
}
static volatile int to_others;
static void *burn_and_look(void *data)
{
    (void)data;
    for (int i = 0; i < 5; i++) {
        count = 0;
        burn_until_counted();
        to_others += got_by != (pid_t)syscall(SYS_gettid);
    }
    return NULL;
}
// The first thread only waits.
CASE(profiling_signals_go_to_the_thread_that_runs)
{
    static const int clocks[] = { ITIMER_PROF, ITIMER_VIRTUAL };
    for (int i = 0; i < 2; i++) {
        struct itimerval often = { { 0, 5000 }, { 0, 5000 } }, never = { 0 };
        pthread_t thread;
        watch(clocks[i] == ITIMER_PROF ? SIGPROF : SIGVTALRM);
        EQ(pthread_create(&thread, NULL, burn_and_look, NULL), 0);
        OK(setitimer(clocks[i], &often, NULL));
        pthread_join(thread, NULL);
        OK(setitimer(clocks[i], &never, NULL));
    }
    EQ(to_others, 0);
}
CASE(overruns)
{
    struct sigevent event = { .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGRTMIN };
    struct itimerspec often = after(1000000, 1000000), never = after(0, 0);
    struct timespec while_it_waits = { 0, 20000000 };
    timer_t timer;
    watch(SIGRTMIN);
    hold(SIG_BLOCK, SIGRTMIN);
    OK(timer_create(CLOCK_MONOTONIC, &event, &timer));
    OK(timer_settime(timer, 0, &often, NULL));
    nanosleep(&while_it_waits, NULL);
    OK(timer_settime(timer, 0, &never, NULL));
    hold(SIG_UNBLOCK, SIGRTMIN);
    SHOW("%d", count <= 1);
    if (count)
        EQ(timer_getoverrun(timer) == overrun, 1);
    OK(timer_delete(timer));
}
CASE(nothing_is_sent)
{
    struct sigevent event = { .sigev_notify = SIGEV_NONE };
    struct itimerspec soon = after(1, 0), long_time = after(100000000000, 7), now;
    timer_t timer;
    OK(timer_create(CLOCK_MONOTONIC, &event, &timer));
    OK(timer_settime(timer, 0, &soon, NULL));
    do
        OK(timer_gettime(timer, &now));
    while (now.it_value.tv_sec || now.it_value.tv_nsec > 1);
    OK(timer_settime(timer, 0, &long_time, &now));
    OK(timer_gettime(timer, &now));
    TRUE(now.it_value.tv_sec >= 98);
    EQ(now.it_interval.tv_nsec, 7);
    OK(timer_delete(timer));
}
CASE(errors)
{
    struct sigevent event = { .sigev_notify = 9, .sigev_signo = SIGUSR1 };
    struct itimerspec bad = after(1, 0), soon = after(100000000000, 0);
    timer_t timer;
    IS(timer_create(CLOCK_MONOTONIC, &event, &timer), -EINVAL);
    event.sigev_notify = SIGEV_SIGNAL, event.sigev_signo = 0;
    IS(timer_create(CLOCK_MONOTONIC, &event, &timer), -EINVAL);
    event.sigev_signo = 65;
    IS(timer_create(CLOCK_MONOTONIC, &event, &timer), -EINVAL);
    event.sigev_signo = SIGUSR1;
    IS(timer_create(99, &event, &timer), -EINVAL);
    IS(syscall(SYS_timer_create, CLOCK_MONOTONIC, 1L, &timer), -EFAULT);
    OK(timer_create(CLOCK_MONOTONIC, &event, &timer));
    bad.it_value.tv_nsec = 1000000000;
    IS(timer_settime(timer, 0, &bad, NULL), -EINVAL);
    bad.it_value.tv_nsec = 0, bad.it_value.tv_sec = -1;
    IS(timer_settime(timer, 0, &bad, NULL), -EINVAL);
    OK(timer_settime(timer, 0, &soon, NULL));
    IS(timer_getoverrun(timer), 0);
    OK(timer_delete(timer));
    int number = 12345;
    IS(syscall(SYS_timer_gettime, number, &soon), -EINVAL);
    IS(syscall(SYS_timer_getoverrun, number), -EINVAL);
}
CASE(absolute_and_past)
{
    struct sigevent event = { .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1 };
    struct itimerspec past = after(1000000000, 0);
    timer_t timer;
    watch(SIGUSR1);
    OK(timer_create(CLOCK_REALTIME, &event, &timer));
    hold(SIG_BLOCK, SIGUSR1);
    OK(timer_settime(timer, TIMER_ABSTIME, &past, NULL));
    wait_until_counted();
    hold(SIG_UNBLOCK, SIGUSR1);
    EQ(count, 1);
    OK(timer_delete(timer));
}
CASE(interval_timers)
{
    const struct { int which, signal; } all[] = { { ITIMER_VIRTUAL, SIGVTALRM }, { ITIMER_PROF, SIGPROF } };
    struct itimerval soon = { .it_value = { 0, 2000 } }, now;
    watch(SIGALRM);
    hold(SIG_BLOCK, SIGALRM);
    OK(setitimer(ITIMER_REAL, &soon, NULL));
    wait_until_counted();
    hold(SIG_UNBLOCK, SIGALRM);
    EQ(code, SI_KERNEL);
    for (unsigned i = 0; i < 2; i++) {
        watch(all[i].signal);
        OK(setitimer(all[i].which, &soon, NULL));
        burn_until_counted();
        EQ(code, SI_KERNEL);
        OK(getitimer(all[i].which, &now));
        EQ(now.it_value.tv_sec + now.it_value.tv_usec, 0);
    }
    IS(setitimer(3, &soon, NULL), -EINVAL);
    soon.it_value.tv_usec = 1000000;
    IS(setitimer(ITIMER_REAL, &soon, NULL), -EINVAL);
}
