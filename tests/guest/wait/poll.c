// poll, select, epoll, eventfd, timerfd, signalfd in one thread.
#define TAP_DIRS
#include "../files.h"
#include <poll.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/select.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <time.h>

static long now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

CASE(poll_times_out)
{
    long start = now_ms();
    IS(poll(NULL, 0, 20), 0);
    TRUE(now_ms() - start >= 20);
    IS(poll(NULL, 0, 0), 0);
}
CASE(poll_of_files_and_nothing)
{
    put("f", "x");
    struct pollfd fds[4] = { { open("f", O_RDWR), POLLIN | POLLOUT, 7 }, { -5, POLLIN, 7 },
                             { 999, POLLIN, 7 },
                             { open(".", O_RDONLY), POLLIN, 7 } };
    IS(poll(fds, 4, -1), 3);
    EQ(fds[0].revents, POLLIN | POLLOUT);
    EQ(fds[1].revents, 0);
    EQ(fds[2].revents, POLLNVAL);
    EQ(fds[3].revents, POLLIN);
}
CASE(poll_errors)
{
    struct pollfd one = { 0, POLLIN, 0 };
    IS(syscall(SYS_poll, 8, 1, 0), -EFAULT);
    IS(syscall(SYS_poll, &one, -1, 0), -EINVAL);
    struct timespec bad = { 0, 1000000000 }, negative = { -1, 0 };
    IS(ppoll(&one, 1, &bad, NULL), -EINVAL);
    IS(ppoll(&one, 1, &negative, NULL), -EINVAL);
    sigset_t set;
    sigemptyset(&set);
    IS(syscall(SYS_ppoll, &one, 1, NULL, &set, 4), -EINVAL);
}
CASE(select_sets)
{
    int p[2];
    OK(pipe(p));
    fd_set in, out;
    FD_ZERO(&in);
    FD_ZERO(&out);
    FD_SET(p[0], &in);
    FD_SET(p[1], &out);
    IS(select(p[1] + 1, &in, &out, NULL, NULL), 1);
    EQ(FD_ISSET(p[0], &in), 0);
    TRUE(FD_ISSET(p[1], &out));
    IS(write(p[1], "x", 1), 1);
    FD_SET(p[0], &in);
    IS(select(p[1] + 1, &in, &out, NULL, NULL), 2);
}
CASE(select_errors_and_time)
{
    struct timeval zero = { 0, 0 }, bad = { -1, 0 };
    fd_set in;
    FD_ZERO(&in);
    IS(select(0, NULL, NULL, NULL, &zero), 0);
    IS(select(-1, &in, NULL, NULL, &zero), -EINVAL);
    IS(select(1, &in, NULL, NULL, &bad), -EINVAL);
    FD_SET(60, &in);
    IS(select(61, &in, NULL, NULL, &zero), -EBADF);
    IS(syscall(SYS_select, 1, 8, NULL, NULL, &zero), -EFAULT);
    struct timespec short_time = { 0, 5000000 };
    FD_ZERO(&in);
    IS(pselect(1, NULL, NULL, NULL, &short_time, NULL), 0);
    EQ(short_time.tv_nsec, 5000000);
}
CASE(epoll_level_and_edge)
{
    int p[2], ep = epoll_create1(EPOLL_CLOEXEC);
    IS(fcntl(ep, F_GETFD), FD_CLOEXEC);
    OK(pipe(p));
    struct epoll_event event = { .events = EPOLLIN, .data.u64 = 0x1122334455667788 }, got[4];
    IS(epoll_ctl(ep, EPOLL_CTL_ADD, p[0], &event), 0);
    IS(epoll_wait(ep, got, 4, 0), 0);
    IS(write(p[1], "x", 1), 1);
    IS(epoll_wait(ep, got, 4, -1), 1);
    EQ(got[0].events, EPOLLIN);
    EQ(got[0].data.u64, 0x1122334455667788);
    IS(epoll_wait(ep, got, 4, 0), 1);
    event.events = EPOLLIN | EPOLLET;
    IS(epoll_ctl(ep, EPOLL_CTL_MOD, p[0], &event), 0);
    IS(epoll_wait(ep, got, 4, 0), 1);
    IS(epoll_wait(ep, got, 4, 0), 0);
    IS(write(p[1], "y", 1), 1);
    IS(epoll_wait(ep, got, 4, 0), 1);
    IS(epoll_wait(ep, got, 4, 0), 0);
    close(p[1]);
    IS(epoll_wait(ep, got, 4, 0), 1);
    EQ(got[0].events, EPOLLIN | EPOLLHUP);
}
CASE(epoll_oneshot)
{
    int p[2], ep = epoll_create1(0);
    OK(pipe(p));
    struct epoll_event event = { .events = EPOLLIN | EPOLLONESHOT }, got[4];
    IS(epoll_ctl(ep, EPOLL_CTL_ADD, p[0], &event), 0);
    IS(write(p[1], "x", 1), 1);
    IS(epoll_wait(ep, got, 4, 0), 1);
    IS(write(p[1], "x", 1), 1);
    IS(epoll_wait(ep, got, 4, 0), 0);
    IS(epoll_ctl(ep, EPOLL_CTL_MOD, p[0], &event), 0);
    IS(epoll_wait(ep, got, 4, 0), 1);
}
CASE(epoll_errors)
{
    int p[2], ep = epoll_create1(0), other = epoll_create1(0);
    OK(pipe(p));
    put("f", "x");
    struct epoll_event event = { .events = EPOLLIN };
    IS(epoll_create1(0x80), -EINVAL);
    IS(epoll_create(0), -EINVAL);
    OK(epoll_create(1));
    IS(epoll_ctl(ep, EPOLL_CTL_ADD, open("f", O_RDONLY), &event), -EPERM);
    IS(epoll_ctl(ep, EPOLL_CTL_ADD, -1, &event), -EBADF);
    IS(epoll_ctl(-1, EPOLL_CTL_ADD, p[0], &event), -EBADF);
    IS(epoll_ctl(p[0], EPOLL_CTL_ADD, p[1], &event), -EINVAL);
    IS(epoll_ctl(ep, EPOLL_CTL_ADD, ep, &event), -EINVAL);
    IS(epoll_ctl(ep, EPOLL_CTL_MOD, p[0], &event), -ENOENT);
    IS(epoll_ctl(ep, EPOLL_CTL_DEL, p[0], NULL), -ENOENT);
    IS(epoll_ctl(ep, EPOLL_CTL_ADD, p[0], &event), 0);
    IS(epoll_ctl(ep, EPOLL_CTL_ADD, p[0], &event), -EEXIST);
    IS(epoll_ctl(ep, 99, p[0], &event), -EINVAL);
    IS(syscall(SYS_epoll_ctl, ep, EPOLL_CTL_ADD, p[1], 8), -EFAULT);
    IS(epoll_ctl(ep, EPOLL_CTL_DEL, p[0], NULL), 0);
    IS(epoll_wait(ep, &event, 0, 0), -EINVAL);
    IS(epoll_wait(ep, &event, -1, 0), -EINVAL);
    IS(epoll_wait(p[0], &event, 1, 0), -EINVAL);
    IS(epoll_wait(-1, &event, 1, 0), -EBADF);
    IS(epoll_ctl(ep, EPOLL_CTL_ADD, other, &event), 0);
    IS(epoll_ctl(other, EPOLL_CTL_ADD, ep, &event), -ELOOP);
    IS(epoll_ctl(ep, EPOLL_CTL_ADD, p[1], &(struct epoll_event){ .events = EPOLLEXCLUSIVE | EPOLLONESHOT }),
       -EINVAL);
    char byte;
    IS(read(ep, &byte, 1), -EINVAL);
}
CASE(epoll_forgets_closed_files)
{
    int p[2], ep = epoll_create1(0);
    OK(pipe(p));
    struct epoll_event event = { .events = EPOLLIN }, got;
    IS(epoll_ctl(ep, EPOLL_CTL_ADD, p[0], &event), 0);
    int twin = dup(p[0]);
    IS(write(p[1], "x", 1), 1);
    close(p[0]);
    IS(epoll_wait(ep, &got, 1, 0), 1);
    close(twin);
    IS(epoll_wait(ep, &got, 1, 0), 0);
}
CASE(epoll_nested_and_polled)
{
    int p[2], inner = epoll_create1(0), outer = epoll_create1(0);
    OK(pipe(p));
    struct epoll_event event = { .events = EPOLLIN, .data.fd = 1 }, got;
    IS(epoll_ctl(inner, EPOLL_CTL_ADD, p[0], &event), 0);
    event.data.fd = 2;
    IS(epoll_ctl(outer, EPOLL_CTL_ADD, inner, &event), 0);
    struct pollfd one = { outer, POLLIN, 0 };
    IS(poll(&one, 1, 0), 0);
    IS(write(p[1], "x", 1), 1);
    IS(poll(&one, 1, 0), 1);
    IS(epoll_wait(outer, &got, 1, 0), 1);
    EQ(got.data.fd, 2);
}
CASE(epoll_takes_turns)
{
    // More ready files than room: each comes in its turn.
    int ep = epoll_create1(0), seen = 0;
    for (int i = 0; i < 3; i++) {
        int fd = eventfd(1, 0);
        struct epoll_event event = { .events = EPOLLIN, .data.u32 = 1u << i };
        IS(epoll_ctl(ep, EPOLL_CTL_ADD, fd, &event), 0);
    }
    for (int i = 0; i < 3; i++) {
        struct epoll_event got;
        IS(epoll_wait(ep, &got, 1, 0), 1);
        seen |= (int)got.data.u32;
    }
    EQ(seen, 7);
}
CASE(epoll_pwait2_time)
{
    int ep = epoll_create1(0);
    struct epoll_event got;
    struct timespec time = { 0, 3000000 };
    IS(syscall(SYS_epoll_pwait2, ep, &got, 1, &time, NULL, 8), 0);
    time.tv_nsec = 1000000000;
    IS(syscall(SYS_epoll_pwait2, ep, &got, 1, &time, NULL, 8), -EINVAL);
}
CASE(eventfd_counts)
{
    uint64_t value;
    int fd = eventfd(3, EFD_NONBLOCK | EFD_CLOEXEC);
    IS(fcntl(fd, F_GETFD), FD_CLOEXEC);
    IS(read(fd, &value, 8), 8);
    EQ(value, 3);
    IS(read(fd, &value, 8), -EAGAIN);
    value = 5;
    IS(write(fd, &value, 8), 8);
    IS(write(fd, &value, 8), 8);
    IS(read(fd, &value, 8), 8);
    EQ(value, 10);
    value = ~0ull;
    IS(write(fd, &value, 8), -EINVAL);
    value = ~0ull - 1;
    IS(write(fd, &value, 8), 8);
    value = 1;
    IS(write(fd, &value, 8), -EAGAIN);
    IS(read(fd, &value, 4), -EINVAL);
    IS(write(fd, &value, 4), -EINVAL);
    IS(eventfd(0, 0x8), -EINVAL);
    IS(lseek(fd, 0, SEEK_SET), 0);
    SHOW("%s", tap_error(tap_result(pread(fd, &value, 8, 0))));
}
CASE(eventfd_semaphore)
{
    uint64_t value;
    int fd = eventfd(2, EFD_SEMAPHORE | EFD_NONBLOCK);
    IS(read(fd, &value, 8), 8);
    EQ(value, 1);
    IS(read(fd, &value, 8), 8);
    IS(read(fd, &value, 8), -EAGAIN);
    struct pollfd one = { fd, POLLIN | POLLOUT, 0 };
    IS(poll(&one, 1, 0), 1);
    EQ(one.revents, POLLOUT);
}
CASE(timerfd_fires)
{
    uint64_t count;
    int fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
    struct itimerspec time = { { 0, 0 }, { 0, 10000000 } }, left;
    IS(read(fd, &count, 8), -EAGAIN);
    IS(timerfd_settime(fd, 0, &time, NULL), 0);
    IS(timerfd_gettime(fd, &left), 0);
    TRUE(left.it_value.tv_nsec > 0 && left.it_value.tv_nsec <= 10000000);
    struct pollfd one = { fd, POLLIN, 0 };
    IS(poll(&one, 1, 5000), 1);
    IS(read(fd, &count, 8), 8);
    EQ(count, 1);
    IS(read(fd, &count, 8), -EAGAIN);
}
CASE(timerfd_blocks_and_repeats)
{
    uint64_t count;
    int fd = timerfd_create(CLOCK_MONOTONIC, 0);
    struct itimerspec time = { { 0, 5000000 }, { 0, 5000000 } }, old;
    IS(timerfd_settime(fd, 0, &time, NULL), 0);
    IS(read(fd, &count, 8), 8);
    TRUE(count >= 1);
    IS(read(fd, &count, 8), 8);
    time = (struct itimerspec){ { 0, 0 }, { 0, 0 } };
    IS(timerfd_settime(fd, 0, &time, &old), 0);
    EQ(old.it_interval.tv_nsec, 5000000);
}
CASE(timerfd_absolute_in_the_past)
{
    uint64_t count;
    int fd = timerfd_create(CLOCK_REALTIME, 0);
    struct itimerspec time = { { 0, 0 }, { 1, 0 } };
    IS(timerfd_settime(fd, TFD_TIMER_ABSTIME, &time, NULL), 0);
    IS(read(fd, &count, 8), 8);
    EQ(count, 1);
}
CASE(timerfd_errors)
{
    int fd = timerfd_create(CLOCK_MONOTONIC, 0);
    struct itimerspec bad = { { 0, 0 }, { 0, 1000000000 } };
    char byte;
    IS(timerfd_create(99, 0), -EINVAL);
    IS(timerfd_create(CLOCK_MONOTONIC, 0x8), -EINVAL);
    IS(timerfd_settime(fd, 0, &bad, NULL), -EINVAL);
    IS(timerfd_settime(fd, 0x80, &bad, NULL), -EINVAL);
    IS(timerfd_settime(0, 0, &bad, NULL), -EINVAL);
    IS(timerfd_settime(-1, 0, &bad, NULL), -EINVAL);
    bad.it_value.tv_nsec = 0;
    IS(timerfd_settime(-1, 0, &bad, NULL), -EBADF);
    IS(read(fd, &byte, 1), -EINVAL);
    IS(write(fd, &byte, 1), -EINVAL);
}
CASE(signalfd_reads_signals)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    sigaddset(&set, SIGUSR2);
    sigprocmask(SIG_BLOCK, &set, NULL);
    int fd = signalfd(-1, &set, SFD_NONBLOCK);
    struct signalfd_siginfo info[2];
    IS(read(fd, info, sizeof info), -EAGAIN);
    struct pollfd one = { fd, POLLIN, 0 };
    IS(poll(&one, 1, 0), 0);
    sigqueue(getpid(), SIGUSR2, (union sigval){ .sival_int = 77 });
    kill(getpid(), SIGUSR1);
    IS(poll(&one, 1, 0), 1);
    IS(read(fd, info, sizeof info), 256);
    EQ(info[0].ssi_signo, SIGUSR1);
    EQ(info[0].ssi_pid, getpid());
    EQ(info[1].ssi_signo, SIGUSR2);
    EQ(info[1].ssi_int, 77);
    EQ(info[1].ssi_code, SI_QUEUE);
    IS(read(fd, info, 100), -EINVAL);
    sigemptyset(&set);
    IS(signalfd(fd, &set, 0), fd);
    IS(signalfd(0, &set, 0), -EINVAL);
    IS(signalfd(-1, &set, 0x8), -EINVAL);
    sigprocmask(SIG_SETMASK, &set, NULL);
}
CASE(links_of_anonymous_files)
{
    char path[64], text[64];
    static const char *const names[] = { "anon_inode:[eventfd]", "anon_inode:[timerfd]",
                                         "anon_inode:[eventpoll]" };
    int fds[] = { eventfd(0, 0), timerfd_create(CLOCK_MONOTONIC, 0), epoll_create1(0) };
    for (int i = 0; i < 3; i++) {
        snprintf(path, sizeof path, "/proc/self/fd/%d", fds[i]);
        ssize_t length = readlink(path, text, sizeof text - 1);
        text[length < 0 ? 0 : length] = 0;
        STR(text, names[i]);
    }
}
