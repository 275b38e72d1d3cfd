// Clocks, sleeping, timers, and the time that was used.
#include "../tap.h"
#include <sys/resource.h>
#include <sys/sysinfo.h>
#include <sys/time.h>
#include <sys/times.h>
#include <sys/timex.h>
#include <time.h>

static long long ns(int clock)
{
    struct timespec now;
    if (clock_gettime(clock, &now))
        return -1;
    return now.tv_sec * 1000000000ll + now.tv_nsec;
}
static volatile int ticks;
static siginfo_t tick_info;
static void tick(int signal, siginfo_t *info, void *context)
{
    (void)signal, (void)context;
    tick_info = *info;
    ticks++;
}
static void watch(int signal)
{
    struct sigaction action = { .sa_sigaction = tick, .sa_flags = SA_SIGINFO };
    sigaction(signal, &action, NULL);
    ticks = 0;
}

CASE(clocks_go_forward)
{
    static const int clocks[] = { CLOCK_REALTIME,      CLOCK_MONOTONIC,        CLOCK_PROCESS_CPUTIME_ID,
                                  CLOCK_MONOTONIC_RAW, CLOCK_THREAD_CPUTIME_ID, CLOCK_REALTIME_COARSE,
                                  CLOCK_BOOTTIME,      CLOCK_MONOTONIC_COARSE, CLOCK_TAI };
    for (size_t i = 0; i < sizeof clocks / sizeof *clocks; i++) {
        long long last = ns(clocks[i]);
        TRUE(last > 0);
        for (int j = 0; j < 200; j++) {
            long long now = ns(clocks[i]);
            TRUE(now >= last);
            last = now;
        }
    }
}
CASE(call_and_vdso_agree)
{
    struct timespec by_call;
    long long before = ns(CLOCK_REALTIME);
    OK(syscall(SYS_clock_gettime, CLOCK_REALTIME, &by_call));
    long long middle = by_call.tv_sec * 1000000000ll + by_call.tv_nsec, after = ns(CLOCK_REALTIME);
    TRUE(before <= middle && middle <= after);
    struct timeval tv;
    OK(gettimeofday(&tv, NULL));
    TRUE(tv.tv_sec - after / 1000000000 <= 1);
    time_t seconds = 0, direct = time(&seconds);
    EQ(seconds, direct);
    IS(syscall(SYS_time, NULL) - direct <= 1, 1);
}
CASE(clock_errors)
{
    struct timespec now;
    IS(syscall(SYS_clock_gettime, 99, &now), -EINVAL);
    IS(syscall(SYS_clock_gettime, -1, &now), -EINVAL);
    IS(syscall(SYS_clock_gettime, CLOCK_REALTIME, 8), -EFAULT);
    IS(syscall(SYS_clock_getres, 99, &now), -EINVAL);
    IS(syscall(SYS_clock_getres, CLOCK_REALTIME, NULL), 0);
    IS(syscall(SYS_gettimeofday, 8, NULL), -EFAULT);
    IS(syscall(SYS_gettimeofday, NULL, NULL), 0);
    IS(syscall(SYS_time, 8), -EFAULT);
    now = (struct timespec){ 0, 0 };
    IS(clock_settime(CLOCK_MONOTONIC, &now), -EINVAL);
    now.tv_nsec = 1000000000;
    IS(clock_settime(CLOCK_REALTIME, &now), -EINVAL);
}
CASE(resolutions)
{
    struct timespec res;
    IS(clock_getres(CLOCK_REALTIME, &res), 0);
    EQ(res.tv_sec * 1000000000 + res.tv_nsec, 1);
    IS(clock_getres(CLOCK_MONOTONIC, &res), 0);
    EQ(res.tv_nsec, 1);
    IS(clock_getres(CLOCK_PROCESS_CPUTIME_ID, &res), 0);
    EQ(res.tv_nsec, 1);
    IS(clock_getres(CLOCK_MONOTONIC_COARSE, &res), 0);
    SHOW("coarse %ld", res.tv_nsec);
}
CASE(cpu_clock_of_a_process)
{
    clockid_t clock;
    struct timespec now;
    OK(clock_getcpuclockid(0, &clock));
    IS(clock_gettime(clock, &now), 0);
    IS(clock_gettime(~getpid() << 3 | 2, &now), 0);
    IS(syscall(SYS_clock_gettime, ~0x3fffff << 3 | 2, &now), -EINVAL);
}
CASE(nanosleep_sleeps)
{
    struct timespec time = { 0, 15000000 };
    long long start = ns(CLOCK_MONOTONIC);
    IS(nanosleep(&time, NULL), 0);
    TRUE(ns(CLOCK_MONOTONIC) - start >= 15000000);
    time.tv_nsec = 0;
    IS(nanosleep(&time, NULL), 0);
}
CASE(nanosleep_errors)
{
    struct timespec bad[] = { { -1, 0 }, { 0, -1 }, { 0, 1000000000 } };
    for (int i = 0; i < 3; i++)
        IS(nanosleep(&bad[i], NULL), -EINVAL);
    IS(syscall(SYS_nanosleep, 8, NULL), -EFAULT);
    IS(syscall(SYS_clock_nanosleep, 99, 0, bad, NULL), -EINVAL);
    IS(syscall(SYS_clock_nanosleep, CLOCK_THREAD_CPUTIME_ID, 0, bad, NULL), -EOPNOTSUPP);
    IS(syscall(SYS_clock_nanosleep, CLOCK_MONOTONIC, 0, 8, NULL), -EFAULT);
    IS(syscall(SYS_clock_nanosleep, CLOCK_MONOTONIC, TIMER_ABSTIME, &bad[2], NULL), -EINVAL);
}
CASE(clock_nanosleep_absolute)
{
    struct timespec until;
    static const int clocks[] = { CLOCK_MONOTONIC, CLOCK_REALTIME, CLOCK_BOOTTIME };
    for (int i = 0; i < 3; i++) {
        clock_gettime(clocks[i], &until);
        until.tv_nsec += 10000000;
        if (until.tv_nsec >= 1000000000) {
            until.tv_nsec -= 1000000000;
            until.tv_sec++;
        }
        IS(clock_nanosleep(clocks[i], TIMER_ABSTIME, &until, NULL), 0);
        TRUE(ns(clocks[i]) >= until.tv_sec * 1000000000ll + until.tv_nsec);
        until.tv_sec = 1;
        IS(clock_nanosleep(clocks[i], TIMER_ABSTIME, &until, NULL), 0);
    }
}
CASE(alarm_counts_seconds)
{
    IS(alarm(100), 0);
    struct itimerval left;
    IS(getitimer(ITIMER_REAL, &left), 0);
    TRUE(left.it_value.tv_sec == 99 || left.it_value.tv_sec == 100);
    EQ(left.it_interval.tv_sec, 0);
    IS(alarm(0), 100);
    IS(alarm(0), 0);
    IS(getitimer(ITIMER_REAL, &left), 0);
    EQ(left.it_value.tv_sec + left.it_value.tv_usec, 0);
}
CASE(itimer_gives_the_old_one)
{
    struct itimerval timer = { { 7, 8 }, { 50, 0 } }, old;
    IS(setitimer(ITIMER_REAL, &timer, NULL), 0);
    timer = (struct itimerval){ { 0, 0 }, { 0, 0 } };
    IS(setitimer(ITIMER_REAL, &timer, &old), 0);
    EQ(old.it_interval.tv_sec, 7);
    EQ(old.it_interval.tv_usec, 8);
    TRUE(old.it_value.tv_sec == 49 || old.it_value.tv_sec == 50);
}
CASE(itimer_errors)
{
    struct itimerval timer = { { 0, 0 }, { 0, 1000000 } };
    IS(setitimer(ITIMER_REAL, &timer, NULL), -EINVAL);
    timer.it_value.tv_usec = -1;
    IS(setitimer(ITIMER_REAL, &timer, NULL), -EINVAL);
    IS(syscall(SYS_setitimer, 99, NULL, NULL), -EINVAL);
    IS(syscall(SYS_getitimer, 99, &timer), -EINVAL);
    IS(syscall(SYS_getitimer, ITIMER_REAL, 8), -EFAULT);
    IS(syscall(SYS_setitimer, ITIMER_REAL, 8, NULL), -EFAULT);
}
CASE(virtual_and_profiling_timers)
{
    struct itimerval timer = { { 0, 0 }, { 0, 20000 } };
    watch(SIGVTALRM);
    OK(setitimer(ITIMER_VIRTUAL, &timer, NULL));
    for (volatile unsigned long i = 0; !ticks && i < 20000000000ul; i++)
        ;
    EQ(ticks, 1);
    watch(SIGPROF);
    OK(setitimer(ITIMER_PROF, &timer, NULL));
    for (volatile unsigned long i = 0; !ticks && i < 20000000000ul; i++)
        ;
    EQ(ticks, 1);
}
CASE(posix_timer_signals)
{
    timer_t timer;
    struct sigevent event = { .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1 };
    event.sigev_value.sival_int = 4711;
    watch(SIGUSR1);
    OK(timer_create(CLOCK_MONOTONIC, &event, &timer));
    struct itimerspec time = { { 0, 0 }, { 0, 5000000 } }, left;
    OK(timer_settime(timer, 0, &time, NULL));
    while (!ticks)
        pause();
    EQ(tick_info.si_code, SI_TIMER);
    EQ(tick_info.si_value.sival_int, 4711);
    EQ(tick_info.si_overrun, 0);
    OK(timer_gettime(timer, &left));
    EQ(left.it_value.tv_nsec, 0);
    IS(timer_getoverrun(timer), 0);
    OK(timer_delete(timer));
    IS(timer_delete(timer), -EINVAL);
}
CASE(posix_timer_errors)
{
    timer_t timer;
    int kernel_id;
    struct sigevent event = { .sigev_notify = SIGEV_SIGNAL, .sigev_signo = 99 };
    IS(timer_create(CLOCK_MONOTONIC, &event, &timer), -EINVAL);
    event = (struct sigevent){ .sigev_notify = 77, .sigev_signo = SIGUSR1 };
    IS(syscall(SYS_timer_create, CLOCK_MONOTONIC, &event, &kernel_id), -EINVAL);
    IS(syscall(SYS_timer_create, 99, NULL, &kernel_id), -EINVAL);
    IS(syscall(SYS_timer_create, CLOCK_REALTIME, NULL, 8), -EFAULT);
    IS(syscall(SYS_timer_settime, 12345, 0, NULL, NULL), -EINVAL);
    IS(syscall(SYS_timer_gettime, 12345, &event), -EINVAL);
    IS(syscall(SYS_timer_getoverrun, 12345), -EINVAL);
}
CASE(posix_timer_overruns)
{
    timer_t timer;
    struct sigevent event = { .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1 };
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    watch(SIGUSR1);
    sigprocmask(SIG_BLOCK, &set, NULL);
    OK(timer_create(CLOCK_MONOTONIC, &event, &timer));
    struct itimerspec time = { { 0, 1000000 }, { 0, 1000000 } };
    OK(timer_settime(timer, 0, &time, NULL));
    struct timespec nap = { 0, 30000000 };
    nanosleep(&nap, NULL);
    siginfo_t info;
    IS(sigwaitinfo(&set, &info), SIGUSR1);
    TRUE(info.si_overrun >= 5);
    TRUE(timer_getoverrun(timer) >= 5);
    OK(timer_delete(timer));
    sigprocmask(SIG_UNBLOCK, &set, NULL);
}
CASE(times_and_rusage_grow)
{
    struct tms tms;
    struct rusage before, after;
    OK(getrusage(RUSAGE_SELF, &before));
    long long start = ns(CLOCK_PROCESS_CPUTIME_ID);
    for (volatile unsigned long i = 0; ns(CLOCK_PROCESS_CPUTIME_ID) - start < 50000000; i++)
        ;
    OK(getrusage(RUSAGE_SELF, &after));
    long used = (after.ru_utime.tv_sec - before.ru_utime.tv_sec) * 1000000 + after.ru_utime.tv_usec -
                before.ru_utime.tv_usec + (after.ru_stime.tv_sec - before.ru_stime.tv_sec) * 1000000 +
                after.ru_stime.tv_usec - before.ru_stime.tv_usec;
    TRUE(used >= 30000);
    TRUE(after.ru_maxrss > 100);
    TRUE(times(&tms) > 0);
    TRUE(tms.tms_utime + tms.tms_stime >= 3);
    EQ(tms.tms_cutime, 0);
    IS(syscall(SYS_times, NULL) > 0, 1);
    IS(syscall(SYS_times, 8), -EFAULT);
}
CASE(rusage_errors)
{
    struct rusage usage;
    IS(getrusage(RUSAGE_CHILDREN, &usage), 0);
    EQ(usage.ru_utime.tv_sec, 0);
    IS(getrusage(RUSAGE_THREAD, &usage), 0);
    IS(syscall(SYS_getrusage, 99, &usage), -EINVAL);
    IS(syscall(SYS_getrusage, RUSAGE_SELF, 8), -EFAULT);
}
CASE(page_faults_are_counted)
{
    struct rusage before, after;
    OK(getrusage(RUSAGE_SELF, &before));
    char *at = (char *)syscall(SYS_mmap, 0, 100 * 4096, 3, 0x22, -1, 0);
    syscall(SYS_madvise, at, 100 * 4096, 15 /* no huge pages */);
    for (int i = 0; i < 100; i++)
        at[i * 4096] = 1;
    OK(getrusage(RUSAGE_SELF, &after));
    TRUE(after.ru_minflt - before.ru_minflt >= 50);
}
CASE(cpu_limit_signals)
{
    struct rlimit old, limit;
    OK(getrlimit(RLIMIT_CPU, &old));
    limit = old;
    limit.rlim_cur = 1;
    watch(SIGXCPU);
    OK(setrlimit(RLIMIT_CPU, &limit));
    long long start = ns(CLOCK_MONOTONIC);
    while (!ticks && ns(CLOCK_MONOTONIC) - start < 10000000000)
        ;
    OK(setrlimit(RLIMIT_CPU, &old));
    TRUE(ticks >= 1);
}
CASE(sysinfo_is_sane)
{
    struct sysinfo info;
    OK(sysinfo(&info));
    TRUE(info.uptime >= 0);
    TRUE(info.totalram >= info.freeram && info.totalram > 0);
    TRUE(info.procs >= 1);
    EQ(info.mem_unit, 1);
    IS(syscall(SYS_sysinfo, 8), -EFAULT);
}
CASE(adjtimex_reads)
{
    struct timex timex = { 0 };
    long state = tap_result(syscall(SYS_adjtimex, &timex));
    TRUE(state >= 0 && state <= 5);
    TRUE(timex.tick > 9000 && timex.tick < 11000);
}
