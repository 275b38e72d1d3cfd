// Interrupted calls: EINTR, restarting, and what is left of the time.
#include "sig.h"
#include <poll.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <sys/uio.h>

static int feed = -1;
static void feeder(int signal)
{
    (void)signal;
    sig_count++;
    if (feed >= 0 && write(feed, "late", 4) != 4)
        sig_count = 1000;
}

static void feed_later(int fd, int flags)
{
    struct sigaction action = { .sa_handler = feeder, .sa_flags = flags };
    sigaction(SIGALRM, &action, NULL);
    sig_count = 0;
    feed = fd;
    alarm_in(15);
}

CASE(read_is_interrupted)
{
    int p[2];
    char text[8];
    OK(pipe(p));
    feed_later(-1, 0);
    IS(read(p[0], text, 8), -EINTR);
    EQ(sig_count, 1);
}
CASE(read_restarts)
{
    int p[2];
    char text[8];
    OK(pipe(p));
    feed_later(p[1], SA_RESTART);
    IS(read(p[0], text, 8), 4);
    EQ(sig_count, 1);
    TRUE(memcmp(text, "late", 4) == 0);
}
CASE(readv_restarts)
{
    int p[2];
    char text[8];
    struct iovec part = { text, 8 };
    OK(pipe(p));
    feed_later(p[1], SA_RESTART);
    IS(readv(p[0], &part, 1), 4);
}
CASE(interrupted_without_handler_restarts)
{
    int p[2];
    char text[8];
    OK(pipe(p));
    signal(SIGWINCH, SIG_DFL);
    feed_later(p[1], SA_RESTART);
    raise(SIGWINCH);
    IS(read(p[0], text, 8), 4);
}
static int drain = -1;
static void drainer(int signal)
{
    static char bytes[65536];
    (void)signal;
    sig_count++;
    if (drain >= 0 && read(drain, bytes, sizeof bytes) < 0)
        sig_count = 1000;
}
CASE(full_pipe_write_is_interrupted_or_restarts)
{
    int p[2];
    static char bytes[65536];
    OK(pipe(p));
    IS(write(p[1], bytes, sizeof bytes), (long)sizeof bytes);
    watch(SIGALRM, 0);
    alarm_in(15);
    IS(write(p[1], "x", 1), -EINTR);
    struct sigaction action = { .sa_handler = drainer, .sa_flags = SA_RESTART };
    OK(sigaction(SIGALRM, &action, NULL));
    drain = p[0];
    sig_count = 0;
    alarm_in(15);
    IS(write(p[1], "x", 1), 1);
    EQ(sig_count, 1);
}
CASE(partial_write_is_counted)
{
    int p[2];
    static char bytes[100000];
    OK(pipe(p));
    watch(SIGALRM, SA_RESTART);
    alarm_in(15);
    IS(write(p[1], bytes, sizeof bytes), 65536);
}
CASE(nanosleep_tells_the_rest)
{
    struct timespec time = { 5, 0 }, rest = { 0, 0 };
    watch(SIGALRM, SA_RESTART);
    alarm_in(20);
    IS(nanosleep(&time, &rest), -EINTR);
    TRUE(rest.tv_sec == 4);
    EQ(sig_count, 1);
}
CASE(clock_nanosleep_absolute_is_interrupted)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += 5;
    watch(SIGALRM, SA_RESTART);
    alarm_in(20);
    IS(clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL), EINTR);
}
CASE(ignored_signal_does_not_cut_a_sleep)
{
    struct timespec time = { 0, 60000000 };
    signal(SIGALRM, SIG_IGN);
    alarm_in(10);
    long start = now_ms();
    IS(nanosleep(&time, NULL), 0);
    TRUE(now_ms() - start >= 59);
}
CASE(pause_is_interrupted_always)
{
    watch(SIGALRM, SA_RESTART);
    alarm_in(10);
    IS(pause(), -EINTR);
}
CASE(poll_and_select_never_restart)
{
    int p[2];
    OK(pipe(p));
    struct pollfd one = { p[0], POLLIN, 0 };
    watch(SIGALRM, SA_RESTART);
    alarm_in(10);
    IS(poll(&one, 1, -1), -EINTR);
    fd_set set;
    FD_ZERO(&set);
    FD_SET(p[0], &set);
    alarm_in(10);
    IS(select(p[0] + 1, &set, NULL, NULL, NULL), -EINTR);
    EQ(FD_ISSET(p[0], &set) != 0, 1);
    int ep = epoll_create1(0);
    struct epoll_event event;
    alarm_in(10);
    IS(epoll_wait(ep, &event, 1, -1), -EINTR);
    EQ(sig_count, 3);
}
CASE(select_updates_its_time)
{
    struct timeval time = { 5, 0 };
    watch(SIGALRM, 0);
    alarm_in(20);
    IS(select(0, NULL, NULL, NULL, &time), -EINTR);
    EQ(time.tv_sec, 4);
}
CASE(lock_wait_is_interrupted)
{
    // flock on two open files of one inode conflicts within one process.
    int one = open("lock", O_RDWR | O_CREAT, 0644), two = open("lock", O_RDWR);
    IS(syscall(SYS_flock, one, 2), 0);
    watch(SIGALRM, 0);
    alarm_in(15);
    IS(syscall(SYS_flock, two, 2), -EINTR);
    close(one);
    close(two);
}
CASE(fifo_open_is_interrupted)
{
    OK(mkfifo("fifo", 0644));
    watch(SIGALRM, 0);
    alarm_in(15);
    IS(open("fifo", O_RDONLY), -EINTR);
    OK(unlink("fifo"));
}
CASE(busy_loop_is_interrupted)
{
    watch(SIGALRM, 0);
    alarm_in(10);
    long start = now_ms();
    volatile unsigned long spins = 0;
    while (!sig_count && now_ms() - start < 5000)
        spins++;
    EQ(sig_count, 1);
    // The same without any system call in the loop.
    sig_count = 0;
    alarm_in(10);
    while (!sig_count)
        spins++;
    EQ(sig_count, 1);
}
CASE(interval_timer_repeats)
{
    struct itimerval timer = { { 0, 5000 }, { 0, 5000 } };
    watch(SIGALRM, 0);
    OK(setitimer(ITIMER_REAL, &timer, NULL));
    while (sig_count < 5)
        pause();
    timer = (struct itimerval){ { 0, 0 }, { 0, 0 } };
    OK(setitimer(ITIMER_REAL, &timer, NULL));
    TRUE(sig_count >= 5);
}
CASE(registers_survive_preemption)
{
    // Vector and general registers hold through many asynchronous signals.
    struct itimerval timer = { { 0, 1000 }, { 0, 1000 } }, off = { { 0, 0 }, { 0, 0 } };
    watch(SIGALRM, 0);
    OK(setitimer(ITIMER_REAL, &timer, NULL));
    unsigned long sum = 0;
    double real = 0;
    unsigned long rounds = 0;
    while (sig_count < 30) {
        for (int i = 0; i < 1000; i++) {
            sum += (unsigned long)i * 3;
            real += i * 0.5;
        }
        rounds++;
    }
    OK(setitimer(ITIMER_REAL, &off, NULL));
    EQ(sum, rounds * 1498500);
    EQ((unsigned long)real, rounds * 249750);
}
