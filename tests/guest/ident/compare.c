// What two threads share (kcmp(2)).
#include "../ipc/ipc.h"
#include <sys/epoll.h>

static long compare(pid_t first, pid_t second, int kind, unsigned long one, unsigned long two)
{
    return syscall(SYS_kcmp, first, second, kind, one, two);
}

CASE(files)
{
    int fd = open("/dev/null", O_RDONLY), again = dup(fd), other = open("/dev/null", O_RDONLY);
    pid_t self = getpid();
    IS(compare(self, self, 0, fd, fd), 0);
    IS(compare(self, self, 0, fd, again), 0);
    long order = compare(self, self, 0, fd, other);
    TRUE(order == 1 || order == 2);
    IS(compare(self, self, 0, other, fd), 3 - order);
    IS(compare(self, self, 0, fd, 9999), -EBADF);
}
static long nap(void *data)
{
    char byte;
    return read(*(int *)data, &byte, 1);
}
CASE(threads_share)
{
    struct helper helper;
    int ends[2];
    OK(pipe(ends));
    start(&helper, nap, ends);
    for (int kind = 1; kind <= 6; kind++)
        IS(compare(getpid(), helper.tid, kind, 0, 0), 0);
    IS(compare(getpid(), helper.tid, 0, ends[0], ends[0]), 0);
    OK(write(ends[1], "x", 1));
    EQ(finish(&helper), 1);
}
CASE(errors)
{
    IS(compare(getpid(), getpid(), 8, 0, 0), -EINVAL);
    IS(compare(getpid(), getpid(), -1, 0, 0), -EINVAL);
    IS(compare(getpid(), 99999999, 1, 0, 0), -ESRCH);
}
CASE(watched_files)
{
    int epoll = epoll_create1(0), pair[2], again;
    OK(epoll);
    OK(pipe(pair));
    struct epoll_event event = { .events = EPOLLIN };
    IS(epoll_ctl(epoll, EPOLL_CTL_ADD, pair[0], &event), 0);
    struct { unsigned epoll, fd, place; } slot = { epoll, pair[0], 0 };
    pid_t self = getpid();
    IS(compare(self, self, 7, pair[0], (unsigned long)&slot), 0);
    TRUE(compare(self, self, 7, pair[1], (unsigned long)&slot) > 0);
    slot.place = 1;
    IS(compare(self, self, 7, pair[0], (unsigned long)&slot), -ENOENT);
    slot.place = 0;
    slot.fd = pair[1];
    IS(compare(self, self, 7, pair[0], (unsigned long)&slot), -ENOENT);
    // The descriptor that it was added by may be gone.
    again = dup(pair[0]);
    close(pair[0]);
    slot.fd = pair[0];
    IS(compare(self, self, 7, again, (unsigned long)&slot), 0);
    slot.epoll = again;
    IS(compare(self, self, 7, again, (unsigned long)&slot), -EINVAL);
    slot.epoll = 999;
    IS(compare(self, self, 7, again, (unsigned long)&slot), -EBADF);
    IS(compare(self, self, 7, again, 16), -EFAULT);
}
