// timerfd: settings, counts, readiness, errors.
#include "../tap.h"
#include <poll.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <time.h>

#define MS 1000000l
static struct itimerspec spec(long value, long interval)
{
    return (struct itimerspec){ { interval / 1000, interval % 1000 * MS }, { value / 1000, value % 1000 * MS } };
}
static void nap(long ms)
{
    struct timespec time = { ms / 1000, ms % 1000 * MS };
    while (nanosleep(&time, &time))
        ;
}

CASE(creation)
{
    static const int clocks[] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, -1, -6 };
    for (size_t i = 0; i < sizeof clocks / sizeof *clocks; i++) {
        long fd = tap_result(syscall(SYS_timerfd_create, clocks[i], 0));
        SHOW("%d=%s", clocks[i], fd >= 0 ? "ok" : tap_error(fd));
    }
    IS(timerfd_create(CLOCK_MONOTONIC, 1), -EINVAL);
    int fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
    IS(fcntl(fd, F_GETFD), FD_CLOEXEC);
    IS(fcntl(fd, F_GETFL), O_RDWR | O_NONBLOCK);
    IS(lseek(fd, 5, SEEK_SET), 0);
    char byte[8];
    IS(pread(fd, byte, 8, 0), -ESPIPE);
    IS(write(fd, byte, 8), -EINVAL);
}
ROOT_CASE(alarms_need_the_capability)
{
    if (setresuid(65534, 65534, 0))
        tap_fail("setresuid");
    IS(timerfd_create(CLOCK_REALTIME_ALARM, 0), -EPERM);
    IS(timerfd_create(CLOCK_BOOTTIME_ALARM, 0), -EPERM);
    OK(timerfd_create(CLOCK_BOOTTIME, 0));
    if (setresuid(0, 0, 0))
        tap_fail("setresuid");
}
CASE(an_unset_timer)
{
    struct itimerspec left;
    uint64_t count;
    int fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
    memset(&left, 7, sizeof left);
    OK(timerfd_gettime(fd, &left));
    TRUE(!left.it_value.tv_sec && !left.it_value.tv_nsec && !left.it_interval.tv_sec && !left.it_interval.tv_nsec);
    IS(read(fd, &count, 8), -EAGAIN);
    struct pollfd one = { fd, POLLIN | POLLOUT, 0 };
    IS(poll(&one, 1, 0), 0);
}
CASE(setting_gives_what_was_left)
{
    struct itimerspec time = spec(100000, 7), old;
    int fd = timerfd_create(CLOCK_MONOTONIC, 0);
    OK(timerfd_settime(fd, 0, &time, &old));
    EQ(old.it_value.tv_sec, 0);
    OK(timerfd_settime(fd, 0, &time, &old));
    EQ(old.it_value.tv_sec, 99);
    EQ(old.it_interval.tv_nsec, 7 * MS);
    time = spec(0, 9);
    OK(timerfd_settime(fd, 0, &time, NULL));
    OK(timerfd_gettime(fd, &old));
    EQ(old.it_value.tv_sec, 0);
    EQ(old.it_value.tv_nsec, 0);
    EQ(old.it_interval.tv_nsec, 9 * MS);
}
CASE(missed_expiries_are_counted)
{
    uint64_t count;
    struct itimerspec time = spec(1, 1), left;
    int fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
    OK(timerfd_settime(fd, 0, &time, NULL));
    nap(30);
    IS(read(fd, &count, 8), 8);
    TRUE(count >= 29);
    OK(timerfd_gettime(fd, &left));
    TRUE(left.it_value.tv_sec == 0 && left.it_value.tv_nsec <= MS);
    nap(10);
    struct pollfd one = { fd, POLLIN, 0 };
    IS(poll(&one, 1, 0), 1);
    EQ(one.revents, POLLIN);
    time = spec(0, 0);
    OK(timerfd_settime(fd, 0, &time, NULL));
    IS(poll(&one, 1, 0), 0);
    IS(read(fd, &count, 8), -EAGAIN);
}
CASE(absolute_times)
{
    uint64_t count;
    struct timespec now;
    static const int clocks[] = { CLOCK_REALTIME, CLOCK_MONOTONIC, CLOCK_BOOTTIME };
    for (int i = 0; i < 3; i++) {
        int fd = timerfd_create(clocks[i], 0);
        OK(clock_gettime(clocks[i], &now));
        struct itimerspec time = { { 0, 0 }, { now.tv_sec, now.tv_nsec } };
        time.it_value.tv_nsec += 5 * MS;
        if (time.it_value.tv_nsec >= 1000 * MS) {
            time.it_value.tv_nsec -= 1000 * MS;
            time.it_value.tv_sec++;
        }
        OK(timerfd_settime(fd, TFD_TIMER_ABSTIME, &time, NULL));
        IS(read(fd, &count, 8), 8);
        EQ(count, 1);
        OK(clock_gettime(clocks[i], &now));
        TRUE(now.tv_sec > time.it_value.tv_sec ||
             (now.tv_sec == time.it_value.tv_sec && now.tv_nsec >= time.it_value.tv_nsec));
    }
}
CASE(edge_triggered)
{
    uint64_t count;
    struct epoll_event event = { EPOLLIN | EPOLLET, { 0 } };
    int fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK), ep = epoll_create1(0);
    struct itimerspec time = spec(2, 0);
    OK(epoll_ctl(ep, EPOLL_CTL_ADD, fd, &event));
    OK(timerfd_settime(fd, 0, &time, NULL));
    IS(epoll_wait(ep, &event, 1, 5000), 1);
    IS(epoll_wait(ep, &event, 1, 0), 0);
    OK(timerfd_settime(fd, 0, &time, NULL));
    IS(epoll_wait(ep, &event, 1, 5000), 1);
    IS(read(fd, &count, 8), 8);
}
CASE(a_signal_ends_a_read)
{
    uint64_t count;
    struct itimerspec time = spec(100000, 0);
    int fd = timerfd_create(CLOCK_MONOTONIC, 0);
    OK(timerfd_settime(fd, 0, &time, NULL));
    struct sigaction action = { .sa_handler = (void (*)(int))tap_result };
    sigaction(SIGALRM, &action, NULL);
    ualarm(20000, 0);
    IS(read(fd, &count, 8), -EINTR);
}
CASE(errors)
{
    uint64_t count;
    struct itimerspec time = spec(1, 0), bad;
    int fd = timerfd_create(CLOCK_MONOTONIC, 0), null = open("/dev/null", O_RDONLY);
    IS(timerfd_settime(null, 0, &time, NULL), -EINVAL);
    IS(timerfd_gettime(null, &time), -EINVAL);
    IS(timerfd_settime(fd, 4, &time, NULL), -EINVAL);
    IS(timerfd_settime(fd, 0, NULL, NULL), -EFAULT);
    IS(timerfd_settime(-1, 4, &time, NULL), -EINVAL);
    IS(syscall(SYS_timerfd_settime, fd, 0, &time, 8), -EFAULT);
    IS(syscall(SYS_timerfd_gettime, fd, 8), -EFAULT);
    bad = time;
    bad.it_value.tv_sec = -1;
    IS(timerfd_settime(fd, 0, &bad, NULL), -EINVAL);
    bad = time;
    bad.it_interval.tv_nsec = 1000 * MS;
    IS(timerfd_settime(fd, 0, &bad, NULL), -EINVAL);
    IS(read(fd, &count, 7), -EINVAL);
    IS(read(fd, (void *)8, 8), -EFAULT);
}
CASE(information)
{
    char path[64], text[512] = "";
    struct itimerspec time = { { 0, 0 }, { 4000000000l, 0 } };
    int fd = timerfd_create(CLOCK_REALTIME, 0);
    OK(timerfd_settime(fd, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &time, NULL));
    snprintf(path, sizeof path, "/proc/self/fdinfo/%d", fd);
    OK(read(open(path, O_RDONLY), text, sizeof text - 1));
    char *own = strstr(text, "clockid:");
    TRUE(own != NULL);
    char *end = strstr(own, "it_value");
    TRUE(end != NULL);
    *end = 0;
    for (char *at = own; *at; at++)
        if (*at == 10)
            *at = 32;
    SHOW("%s", own);
}
