// Descriptors: dup, fcntl, close, close_range, limits.
#define TAP_DIRS
#include "../files.h"
#include <sys/resource.h>

#ifndef CLOSE_RANGE_CLOEXEC
#define CLOSE_RANGE_CLOEXEC 4
#endif

CASE(standard_descriptors_are_there)
{
    struct stat st;
    for (int fd = 0; fd < 3; fd++)
        IS(fstat(fd, &st), 0);
    IS(fcntl(3, F_GETFD), -EBADF);
}
CASE(dup_takes_the_lowest)
{
    int a = dup(1), b = dup(1);
    EQ(b, a + 1);
    OK(close(a));
    IS(dup(1), a);
    close(a);
    close(b);
}
CASE(dup_clears_cloexec)
{
    int fd = open(".", O_RDONLY | O_CLOEXEC);
    IS(fcntl(dup(fd), F_GETFD), 0);
    IS(dup(-1), -EBADF);
    IS(dup(500), -EBADF);
}
CASE(dup2_rules)
{
    int fd = open(".", O_RDONLY | O_CLOEXEC);
    IS(dup2(fd, 100), 100);
    IS(fcntl(100, F_GETFD), 0);
    IS(dup2(fd, fd), fd);
    IS(fcntl(fd, F_GETFD), FD_CLOEXEC);
    IS(dup2(-1, 100), -EBADF);
    IS(dup2(333, 333), -EBADF);
    IS(dup2(fd, -1), -EBADF);
    IS(dup2(fd, 1 << 30), -EBADF);
    IS(fcntl(100, F_GETFD), 0);
    close(100);
}
CASE(dup2_closes_the_target)
{
    int p[2];
    char byte;
    OK(pipe(p));
    IS(dup2(open(".", O_RDONLY), p[1]), p[1]);
    IS(read(p[0], &byte, 1), 0);
}
CASE(dup3_rules)
{
    int fd = open(".", O_RDONLY);
    IS(dup3(fd, 101, O_CLOEXEC), 101);
    IS(fcntl(101, F_GETFD), FD_CLOEXEC);
    IS(dup3(fd, fd, 0), -EINVAL);
    IS(dup3(fd, 102, O_NONBLOCK), -EINVAL);
    IS(dup3(-1, 102, 0), -EBADF);
    close(101);
}
CASE(close_errors)
{
    int fd = dup(1);
    IS(close(fd), 0);
    IS(close(fd), -EBADF);
    IS(close(-1), -EBADF);
    IS(close(1 << 30), -EBADF);
}
CASE(fcntl_dupfd)
{
    int fd = open(".", O_RDONLY);
    IS(fcntl(fd, F_DUPFD, 200), 200);
    IS(fcntl(fd, F_DUPFD, 200), 201);
    IS(fcntl(fd, F_DUPFD_CLOEXEC, 200), 202);
    IS(fcntl(202, F_GETFD), FD_CLOEXEC);
    IS(fcntl(201, F_GETFD), 0);
    IS(fcntl(fd, F_DUPFD, -1), -EINVAL);
    IS(fcntl(fd, F_DUPFD, 1 << 30), -EINVAL);
    for (int i = 200; i < 203; i++)
        close(i);
}
CASE(fcntl_flags)
{
    put("f", "x");
    int fd = open("f", O_RDWR), twin = dup(fd);
    IS(fcntl(fd, F_SETFD, FD_CLOEXEC), 0);
    IS(fcntl(fd, F_GETFD), FD_CLOEXEC);
    IS(fcntl(twin, F_GETFD), 0);
    IS(fcntl(fd, F_SETFD, 0xfe), 0);
    IS(fcntl(fd, F_GETFD), 0);
    IS(fcntl(fd, F_SETFL, O_NONBLOCK | O_APPEND), 0);
    // Shared by both, for it belongs to the open file.
    IS(fcntl(twin, F_GETFL), 0100000 | O_RDWR | O_NONBLOCK | O_APPEND);
    // The access mode and creation flags cannot be changed.
    IS(fcntl(fd, F_SETFL, O_WRONLY | O_CREAT | O_TRUNC), 0);
    IS(fcntl(fd, F_GETFL), 0100000 | O_RDWR);
    EQ(size_of("f"), 1);
    IS(fcntl(fd, 9999, 0), -EINVAL);
    IS(fcntl(-1, F_GETFL), -EBADF);
    IS(fcntl(-1, 9999), -EBADF);
}
CASE(path_descriptors_and_fcntl)
{
    int fd = open(".", O_PATH);
    IS(fcntl(fd, F_GETFD), 0);
    IS(fcntl(fd, F_SETFL, 0), -EBADF);
    OK(fcntl(fd, F_DUPFD, 0));
    struct flock lock = { .l_type = F_RDLCK };
    IS(fcntl(fd, F_SETLK, &lock), -EBADF);
}
CASE(owner_and_signal)
{
    int p[2];
    OK(pipe(p));
    IS(fcntl(p[0], F_GETOWN), 0);
    IS(fcntl(p[0], F_SETOWN, getpid()), 0);
    IS(fcntl(p[0], F_GETOWN), getpid());
    IS(fcntl(p[0], F_GETSIG), 0);
    IS(fcntl(p[0], F_SETSIG, SIGUSR1), 0);
    IS(fcntl(p[0], F_GETSIG), SIGUSR1);
    IS(fcntl(p[0], F_SETSIG, 65), -EINVAL);
    IS(fcntl(p[0], F_SETOWN, 0x3fffffff), -ESRCH);
}
CASE(leases_and_notify)
{
    put("f", "x");
    int fd = open("f", O_RDONLY);
    IS(fcntl(fd, F_GETLEASE), F_UNLCK);
    IS(fcntl(fd, F_NOTIFY, DN_CREATE), -ENOTDIR);
}
CASE(close_range_closes)
{
    int fd = open(".", O_RDONLY);
    for (int i = 50; i < 60; i++)
        IS(dup2(fd, i), i);
    IS(syscall(SYS_close_range, 52, 57, 0), 0);
    IS(fcntl(51, F_GETFD), 0);
    IS(fcntl(52, F_GETFD), -EBADF);
    IS(fcntl(57, F_GETFD), -EBADF);
    IS(fcntl(58, F_GETFD), 0);
    IS(syscall(SYS_close_range, 50, 59, CLOSE_RANGE_CLOEXEC), 0);
    IS(fcntl(58, F_GETFD), FD_CLOEXEC);
    IS(syscall(SYS_close_range, 50, ~0u, 2 /* UNSHARE */), 0);
    IS(fcntl(58, F_GETFD), -EBADF);
    IS(syscall(SYS_close_range, 60, 50, 0), -EINVAL);
    IS(syscall(SYS_close_range, 60, 70, 0x80), -EINVAL);
    IS(syscall(SYS_close_range, 1000000, 2000000, 0), 0);
}
CASE(open_file_limit)
{
    struct rlimit old, small;
    OK(getrlimit(RLIMIT_NOFILE, &old));
    small = old;
    small.rlim_cur = 300;
    OK(setrlimit(RLIMIT_NOFILE, &small));
    int last = -1, fd;
    while ((fd = open("/dev/null", O_RDONLY)) >= 0)
        last = fd;
    int error = errno, p[2];
    long dup_result = tap_result(dup(1)), pipe_result = tap_result(pipe(p));
    long above = tap_result(dup2(1, 300)), below = tap_result(dup2(1, 299));
    long dupfd = tap_result(fcntl(1, F_DUPFD, 300));
    setrlimit(RLIMIT_NOFILE, &old);
    syscall(SYS_close_range, 3, 299, 0);
    EQ(last, 299);
    EQ(error, EMFILE);
    EQ(dup_result, -EMFILE);
    EQ(pipe_result, -EMFILE);
    EQ(above, -EBADF);
    EQ(below, 299);
    EQ(dupfd, -EINVAL);
}
CASE(pipe2_flags)
{
    int p[2];
    OK(pipe2(p, O_CLOEXEC | O_NONBLOCK));
    IS(fcntl(p[0], F_GETFD), FD_CLOEXEC);
    IS(fcntl(p[1], F_GETFL), O_WRONLY | O_NONBLOCK);
    IS(fcntl(p[0], F_GETFL), O_RDONLY | O_NONBLOCK);
    IS(pipe2(p, O_APPEND), -EINVAL);
    IS(syscall(SYS_pipe2, 8, 0), -EFAULT);
    IS(syscall(SYS_pipe, 8), -EFAULT);
}
CASE(kcmp_compares)
{
    int a = open(".", O_RDONLY), b = dup(a), c = open(".", O_RDONLY);
    long same = tap_result(syscall(SYS_kcmp, getpid(), getpid(), 0, a, b));
    if (same == -ENOSYS)
        return;
    EQ(same, 0);
    TRUE(syscall(SYS_kcmp, getpid(), getpid(), 0, a, c) > 0);
}
