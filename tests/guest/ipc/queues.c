// POSIX message queues (mq_overview(7)).
#include "ipc.h"
#include <mqueue.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/resource.h>

static char name[64];
static struct mq_attr small = { .mq_maxmsg = 2, .mq_msgsize = 16 };

static mqd_t make(int flags, struct mq_attr *attributes)
{
    snprintf(name, sizeof name, "/trapless-test-%d", getpid());
    mq_unlink(name);
    return mq_open(name, O_CREAT | O_EXCL | flags, 0600, attributes);
}

CASE(opened_by_name)
{
    mqd_t queue;
    OK(queue = make(O_RDWR, &small));
    IS(mq_open(name, O_CREAT | O_EXCL | O_RDWR, 0600, NULL), -EEXIST);
    mqd_t again;
    OK(again = mq_open(name, O_RDWR));
    OK(mq_send(queue, "text", 5, 0));
    char text[16];
    IS(mq_receive(again, text, sizeof text, NULL), 5);
    STR(text, "text");
    OK(mq_unlink(name));
    IS(mq_unlink(name), -ENOENT);
    IS(mq_open(name, O_RDWR), -ENOENT);
    // It stays as long as a descriptor is open.
    OK(mq_send(again, "more", 5, 0));
    IS(mq_receive(queue, text, sizeof text, NULL), 5);
    IS(fcntl(queue, F_GETFD), FD_CLOEXEC);
    OK(mq_close(queue));
    IS(mq_close(queue), -EBADF);
    OK(mq_close(again));
}
CASE(names)
{
    static char longest[300];
    memset(longest, 'x', 256);
    IS(syscall(SYS_mq_open, "", O_RDWR, 0, NULL), -ENOENT);
    IS(syscall(SYS_mq_open, "/a", O_RDWR, 0, NULL), -EACCES);
    IS(syscall(SYS_mq_open, "a/b", O_RDWR | O_CREAT, 0600, NULL), -EACCES);
    IS(syscall(SYS_mq_open, "..", O_RDWR, 0, NULL), -EACCES);
    IS(syscall(SYS_mq_open, longest, O_RDWR, 0, NULL), -ENAMETOOLONG);
    IS(syscall(SYS_mq_open, 1L, O_RDWR, 0, NULL), -EFAULT);
    IS(syscall(SYS_mq_open, "none", O_RDWR, 0, 1L), -EFAULT);
    IS(syscall(SYS_mq_unlink, ""), -ENOENT);
    IS(syscall(SYS_mq_unlink, longest), -ENAMETOOLONG);
}
CASE(attributes)
{
    struct mq_attr now, change = { .mq_flags = O_NONBLOCK }, bad = { .mq_flags = 1 };
    mqd_t queue;
    OK(queue = make(O_RDWR, &small));
    OK(mq_getattr(queue, &now));
    EQ(now.mq_flags, 0);
    EQ(now.mq_maxmsg, 2);
    EQ(now.mq_msgsize, 16);
    EQ(now.mq_curmsgs, 0);
    OK(mq_send(queue, "x", 1, 0));
    OK(mq_setattr(queue, &change, &now));
    EQ(now.mq_flags, 0);
    EQ(now.mq_curmsgs, 1);
    TRUE(fcntl(queue, F_GETFL) & O_NONBLOCK);
    OK(mq_getattr(queue, &now));
    EQ(now.mq_flags, O_NONBLOCK);
    IS(mq_setattr(queue, &bad, NULL), -EINVAL);
    IS(mq_getattr(0, &now), -EBADF);
    IS(mq_getattr(-1, &now), -EBADF);
    IS(syscall(SYS_mq_getsetattr, queue, NULL, 1L), -EFAULT);
    IS(syscall(SYS_mq_getsetattr, queue, 1L, NULL), -EFAULT);
    OK(mq_close(queue));
    OK(mq_unlink(name));
}
CASE(default_attributes)
{
    struct mq_attr now;
    mqd_t queue;
    OK(queue = make(O_RDONLY, NULL));
    OK(mq_getattr(queue, &now));
    SHOW("%ld %ld", now.mq_maxmsg, now.mq_msgsize);
    OK(mq_close(queue));
    OK(mq_unlink(name));
}
CASE(sizes_that_are_none)
{
    struct mq_attr zero = { .mq_maxmsg = 0, .mq_msgsize = 1 }, empty = { .mq_maxmsg = 1, .mq_msgsize = 0 };
    struct mq_attr many = { .mq_maxmsg = 65537, .mq_msgsize = 1 }, large = { .mq_maxmsg = 1, .mq_msgsize = (16 << 20) + 1 };
    struct mq_attr negative = { .mq_maxmsg = -1, .mq_msgsize = 1 };
    IS(make(O_RDWR, &zero), -EINVAL);
    IS(make(O_RDWR, &empty), -EINVAL);
    IS(make(O_RDWR, &many), -EINVAL);
    IS(make(O_RDWR, &large), -EINVAL);
    IS(make(O_RDWR, &negative), -EINVAL);
}
CASE(priorities)
{
    mqd_t queue;
    struct mq_attr four = { .mq_maxmsg = 4, .mq_msgsize = 16 };
    char text[16];
    unsigned priority;
    OK(queue = make(O_RDWR | O_NONBLOCK, &four));
    OK(mq_send(queue, "low", 4, 1));
    OK(mq_send(queue, "high", 5, 32767));
    OK(mq_send(queue, "low2", 5, 1));
    OK(mq_send(queue, "mid", 4, 7));
    IS(mq_send(queue, "x", 1, 32768), -EINVAL);
    IS(mq_send(queue, "x", 1, 0), -EAGAIN);
    IS(mq_receive(queue, text, 16, &priority), 5);
    STR(text, "high");
    EQ(priority, 32767);
    IS(mq_receive(queue, text, 16, &priority), 4);
    STR(text, "mid");
    IS(mq_receive(queue, text, 16, &priority), 4);
    STR(text, "low");
    EQ(priority, 1);
    IS(mq_receive(queue, text, 16, NULL), 5);
    STR(text, "low2");
    IS(mq_receive(queue, text, 16, &priority), -EAGAIN);
    OK(mq_close(queue));
    OK(mq_unlink(name));
}
CASE(errors)
{
    mqd_t queue, reader, writer;
    char text[32];
    OK(queue = make(O_RDWR | O_NONBLOCK, &small));
    OK(reader = mq_open(name, O_RDONLY));
    OK(writer = mq_open(name, O_WRONLY));
    IS(mq_open(name, 3), -EINVAL);
    IS(mq_send(queue, text, 17, 0), -EMSGSIZE);
    IS(mq_receive(queue, text, 15, NULL), -EMSGSIZE);
    IS(mq_send(reader, text, 1, 0), -EBADF);
    IS(mq_receive(writer, text, 16, NULL), -EBADF);
    IS(mq_send(0, text, 1, 0), -EBADF);
    IS(mq_receive(-1, text, 16, NULL), -EBADF);
    IS(syscall(SYS_mq_timedsend, queue, 1L, 4, 0, NULL), -EFAULT);
    OK(mq_send(queue, "", 0, 0));
    IS(mq_receive(queue, text, 16, NULL), 0);
    OK(mq_send(queue, "a", 1, 0));
    IS(syscall(SYS_mq_timedreceive, queue, 1L, 16L, NULL, NULL), -EFAULT);
    IS(mq_receive(queue, text, 16, NULL), -EAGAIN);
    OK(mq_close(queue));
    OK(mq_close(reader));
    OK(mq_close(writer));
    OK(mq_unlink(name));
}
struct request { mqd_t queue; char text[16]; struct timespec *timeout; };
static long receive(void *data)
{
    struct request *r = data;
    return mq_timedreceive(r->queue, r->text, 16, NULL, r->timeout);
}
static long send(void *data)
{
    struct request *r = data;
    return mq_timedsend(r->queue, r->text, 2, 0, r->timeout);
}
CASE(waits)
{
    struct helper helper;
    struct request r = { 0 };
    char text[16];
    OK(r.queue = make(O_RDWR, &small));
    start(&helper, receive, &r);
    OK(mq_send(r.queue, "hello", 6, 0));
    EQ(finish(&helper), 6);
    STR(r.text, "hello");
    OK(mq_send(r.queue, "1", 2, 0));
    OK(mq_send(r.queue, "2", 2, 0));
    strcpy(r.text, "3");
    start(&helper, send, &r);
    IS(mq_receive(r.queue, text, 16, NULL), 2);
    EQ(finish(&helper), 0);
    IS(mq_receive(r.queue, text, 16, NULL), 2);
    STR(text, "2");
    IS(mq_receive(r.queue, text, 16, NULL), 2);
    STR(text, "3");
    handle(SIGUSR1, 0);
    start(&helper, receive, &r);
    pthread_kill(helper.thread, SIGUSR1);
    EQ(finish(&helper), -EINTR);
    OK(mq_close(r.queue));
    OK(mq_unlink(name));
}
CASE(timeouts)
{
    struct timespec past = { 1, 0 }, bad = { 1, 1000000000 }, soon;
    char text[16];
    mqd_t queue;
    OK(queue = make(O_RDWR, &small));
    IS(mq_timedreceive(queue, text, 16, NULL, &past), -ETIMEDOUT);
    IS(mq_timedreceive(queue, text, 16, NULL, &bad), -EINVAL);
    clock_gettime(CLOCK_REALTIME, &soon);
    soon.tv_nsec += 2000000;
    soon.tv_sec += soon.tv_nsec / 1000000000;
    soon.tv_nsec %= 1000000000;
    IS(mq_timedreceive(queue, text, 16, NULL, &soon), -ETIMEDOUT);
    OK(mq_timedsend(queue, "x", 1, 0, &past));
    OK(mq_timedsend(queue, "x", 1, 0, &past));
    IS(mq_timedsend(queue, "x", 1, 0, &past), -ETIMEDOUT);
    IS(mq_timedsend(queue, "x", 1, 0, &bad), -EINVAL);
    IS(mq_timedreceive(queue, text, 16, NULL, &past), 1);
    OK(mq_close(queue));
    OK(mq_unlink(name));
}
CASE(polls)
{
    mqd_t queue;
    char text[16];
    OK(queue = make(O_RDWR, &small));
    struct pollfd watched = { queue, POLLIN | POLLOUT | POLLRDNORM | POLLWRNORM, 0 };
    IS(poll(&watched, 1, 0), 1);
    EQ(watched.revents, POLLOUT | POLLWRNORM);
    OK(mq_send(queue, "x", 1, 0));
    IS(poll(&watched, 1, 0), 1);
    EQ(watched.revents, POLLIN | POLLRDNORM | POLLOUT | POLLWRNORM);
    OK(mq_send(queue, "x", 1, 0));
    IS(poll(&watched, 1, 0), 1);
    EQ(watched.revents, POLLIN | POLLRDNORM);
    int epoll = epoll_create1(0);
    struct epoll_event event = { .events = EPOLLIN };
    OK(epoll_ctl(epoll, EPOLL_CTL_ADD, queue, &event));
    IS(epoll_wait(epoll, &event, 1, 0), 1);
    OK(mq_receive(queue, text, 16, NULL));
    OK(mq_receive(queue, text, 16, NULL));
    IS(epoll_wait(epoll, &event, 1, 0), 0);
    OK(mq_close(queue));
    OK(mq_unlink(name));
}
static volatile int noticed;
static siginfo_t notice;
static void notified(int signal, siginfo_t *info, void *context)
{
    (void)signal, (void)context;
    notice = *info;
    noticed++;
}
CASE(notifies_once)
{
    struct sigaction action = { .sa_sigaction = notified, .sa_flags = SA_SIGINFO };
    struct sigevent event = { .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1, .sigev_value.sival_int = 42 };
    mqd_t queue;
    char text[16];
    sigaction(SIGUSR1, &action, NULL);
    OK(queue = make(O_RDWR, &small));
    OK(mq_notify(queue, &event));
    IS(mq_notify(queue, &event), -EBUSY);
    noticed = 0;
    OK(mq_send(queue, "x", 1, 0));
    EQ(noticed, 1);
    EQ(notice.si_code, SI_MESGQ);
    EQ(notice.si_value.sival_int, 42);
    EQ(notice.si_pid, getpid());
    EQ(notice.si_uid, getuid());
    // Not for a message that is not the first.
    OK(mq_notify(queue, &event));
    OK(mq_send(queue, "x", 1, 0));
    EQ(noticed, 1);
    OK(mq_receive(queue, text, 16, NULL));
    OK(mq_receive(queue, text, 16, NULL));
    OK(mq_send(queue, "x", 1, 0));
    EQ(noticed, 2);
    OK(mq_receive(queue, text, 16, NULL));
    OK(mq_send(queue, "x", 1, 0));
    EQ(noticed, 2);
    OK(mq_close(queue));
    OK(mq_unlink(name));
}
CASE(registrations)
{
    struct sigevent none = { .sigev_notify = SIGEV_NONE }, bad = { .sigev_notify = 7 }, signal = { .sigev_signo = 65 };
    mqd_t queue, again;
    OK(queue = make(O_RDWR, &small));
    OK(mq_notify(queue, &none));
    IS(mq_notify(queue, &none), -EBUSY);
    OK(mq_notify(queue, NULL));
    OK(mq_notify(queue, NULL));
    IS(mq_notify(queue, &bad), -EINVAL);
    IS(mq_notify(queue, &signal), -EINVAL);
    IS(mq_notify(0, &none), -EBADF);
    OK(mq_notify(queue, &none));
    // Closing any descriptor of it ends the registration.
    OK(again = mq_open(name, O_RDONLY));
    OK(mq_close(again));
    OK(mq_notify(queue, &none));
    OK(mq_close(queue));
    OK(mq_unlink(name));
}
CASE(as_files)
{
    struct stat status;
    char text[128];
    mqd_t queue;
    OK(queue = make(O_RDWR, &small));
    OK(fstat(queue, &status));
    EQ(status.st_mode, S_IFREG | 0600);
    EQ(status.st_uid, geteuid());
    EQ(status.st_size, 80);
    OK(mq_send(queue, "four", 4, 0));
    struct sigevent event = { .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1 };
    long length;
    OK(length = pread(queue, text, sizeof text - 1, 0));
    text[length] = 0;
    STR(text, "QSIZE:4          NOTIFY:0     SIGNO:0     NOTIFY_PID:0     \n");
    OK(mq_notify(queue, &event));
    OK(length = pread(queue, text, sizeof text - 1, 0));
    text[length] = 0;
    TRUE(strncmp(text, "QSIZE:4          NOTIFY:0     SIGNO:10    NOTIFY_PID:", 53) == 0);
    char link[64], target[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", queue);
    OK(length = readlink(link, target, sizeof target - 1));
    target[length] = 0;
    STR(target, name);
    OK(mq_close(queue));
    OK(mq_unlink(name));
}
CASE(limit_of_the_user)
{
    struct rlimit limit, low = { 1000, 0 };
    OK(getrlimit(RLIMIT_MSGQUEUE, &limit));
    low.rlim_max = limit.rlim_max;
    OK(setrlimit(RLIMIT_MSGQUEUE, &low));
    struct mq_attr large = { .mq_maxmsg = 8, .mq_msgsize = 64 };
    IS(make(O_RDWR, &large), -EMFILE);
    OK(setrlimit(RLIMIT_MSGQUEUE, &limit));
    mqd_t queue;
    OK(queue = make(O_RDWR, &large));
    OK(mq_close(queue));
    OK(mq_unlink(name));
}
ROOT_CASE(permissions)
{
    mqd_t queue;
    OK(queue = make(O_RDWR, &small));
    OK(fchmod(queue, 0644));
    OK(setresuid(1234, 1234, 0));
    IS(mq_open(name, O_RDWR), -EACCES);
    mqd_t reader;
    OK(reader = mq_open(name, O_RDONLY));
    OK(mq_close(reader));
    IS(syscall(SYS_mq_unlink, name + 1), -EPERM);
    struct mq_attr many = { .mq_maxmsg = 11, .mq_msgsize = 16 };
    IS(mq_open("/another", O_CREAT | O_RDWR, 0600, &many), -EINVAL);
    OK(setresuid(0, 0, 0));
    OK(mq_close(queue));
    OK(mq_unlink(name));
}
