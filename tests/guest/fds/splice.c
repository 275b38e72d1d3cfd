// splice, tee, vmsplice, sendfile, copy_file_range: kinds of ends, offsets, counts, room.
// place: volume overlay memory
#define TAP_DIRS
#include "../files.h"
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/uio.h>

static int p[2];
static char big[200000];
static void fresh(int flags)
{
    for (size_t i = 0; i < sizeof big; i++)
        big[i] = (char)('a' + i % 23);
    if (pipe2(p, flags))
        tap_fail("pipe2: %s", tap_error(-errno));
}
static int filled(const char *name, size_t length)
{
    int fd = open(name, O_RDWR | O_CREAT | O_TRUNC, 0644);
    if (write(fd, big, length) != (ssize_t)length)
        tap_fail("cannot fill %s", name);
    return fd;
}
static int unread(void)
{
    int left = -1;
    ioctl(p[0], FIONREAD, &left);
    return left;
}

CASE(a_pipe_takes_pages_as_they_lie)
{
    fresh(O_NONBLOCK);
    int from = filled("f", 100000);
    off_t at = 100;
    IS(splice(from, &at, p[1], NULL, 100000, 0), 65536 - 100);
    IS(splice(from, &at, p[1], NULL, 1, 0), -EAGAIN);
    EQ(unread(), 65436);
    static char back[70000];
    IS(read(p[0], back, sizeof back), 65436);
    TRUE(memcmp(back, big + 100, 65436) == 0);
    IS(splice(from, &at, p[1], NULL, 100000, 0), 100000 - 65536);
}
CASE(spliced_buffers_are_not_added_to)
{
    fresh(O_NONBLOCK);
    int from = filled("f", 10);
    IS(fcntl(p[1], F_SETPIPE_SZ, 8192), 8192);
    off_t at = 0;
    IS(splice(from, &at, p[1], NULL, 5, 0), 5);
    IS(write(p[1], "x", 1), 1);
    IS(write(p[1], "y", 1), 1);
    at = 0;
    IS(splice(from, &at, p[1], NULL, 5, 0), -EAGAIN);
    EQ(unread(), 7);
}
CASE(between_pipes)
{
    int other[2];
    static char back[70000];
    fresh(O_NONBLOCK);
    OK(pipe2(other, O_NONBLOCK));
    IS(write(p[1], big, 10000), 10000);
    IS(splice(p[0], NULL, other[1], NULL, 5000, 0), 5000);
    EQ(unread(), 5000);
    IS(read(other[0], back, sizeof back), 5000);
    TRUE(memcmp(back, big, 5000) == 0);
    IS(splice(p[0], NULL, other[1], NULL, 100000, SPLICE_F_MOVE | SPLICE_F_MORE), 5000);
    IS(splice(p[0], NULL, other[1], NULL, 1, 0), -EAGAIN);
    IS(read(other[0], back, sizeof back), 5000);
    TRUE(memcmp(back, big + 5000, 5000) == 0);
    close(p[1]);
    IS(splice(p[0], NULL, other[1], NULL, 1, 0), 0);
    IS(tee(p[0], other[1], 1, 0), 0);
}
CASE(room_in_the_other_pipe)
{
    int other[2];
    fresh(O_NONBLOCK);
    OK(pipe2(other, O_NONBLOCK));
    IS(fcntl(other[1], F_SETPIPE_SZ, 4096), 4096);
    IS(write(p[1], big, 10000), 10000);
    IS(tee(p[0], other[1], 100000, 0), 4096);
    IS(tee(p[0], other[1], 100000, 0), -EAGAIN);
    IS(splice(p[0], NULL, other[1], NULL, 1, 0), -EAGAIN);
    signal(SIGPIPE, SIG_IGN);
    close(other[0]);
    IS(splice(p[0], NULL, other[1], NULL, 1, 0), -EPIPE);
    IS(tee(p[0], other[1], 1, 0), -EPIPE);
    EQ(unread(), 10000);
}
static volatile int broken;
static void on_pipe(int signal) { broken += signal == SIGPIPE; }
CASE(a_broken_pipe_has_its_signal)
{
    fresh(0);
    int from = filled("f", 10);
    signal(SIGPIPE, on_pipe);
    broken = 0;
    close(p[0]);
    off_t at = 0;
    IS(splice(from, &at, p[1], NULL, 5, 0), -EPIPE);
    EQ(broken, 1);
    IS(sendfile(p[1], from, &at, 5), -EPIPE);
    EQ(broken, 2);
    struct iovec part = { big, 5 };
    IS(vmsplice(p[1], &part, 1, 0), -EPIPE);
    EQ(broken, 3);
}
CASE(into_a_file)
{
    fresh(O_NONBLOCK);
    int to = filled("g", 10);
    off_t at = 4;
    IS(write(p[1], "ABCDEF", 6), 6);
    IS(splice(p[0], NULL, to, &at, 3, 0), 3);
    EQ(at, 7);
    IS(lseek(to, 0, SEEK_CUR), 10);
    STR(text_of("g"), "abcdABChij");
    IS(splice(p[0], NULL, to, NULL, 100, 0), 3);
    IS(lseek(to, 0, SEEK_CUR), 13);
    STR(text_of("g"), "abcdABChijDEF");
    IS(splice(p[0], NULL, to, NULL, 1, 0), -EAGAIN);
    at = -1;
    IS(write(p[1], "x", 1), 1);
    IS(splice(p[0], NULL, to, &at, 1, 0), -EINVAL);
    IS(splice(p[0], NULL, to, (off_t *)8, 1, 0), -EFAULT);
    IS(splice(p[0], NULL, open("g", O_RDONLY), NULL, 1, 0), -EBADF);
    EQ(unread(), 1);
}
CASE(kinds_of_ends)
{
    fresh(O_NONBLOCK);
    IS(write(p[1], "abc", 3), 3);
    int null = open("/dev/null", O_RDWR), zero = open("/dev/zero", O_RDWR), event = eventfd(5, EFD_NONBLOCK);
    int directory = open(".", O_RDONLY), full = open("/dev/full", O_WRONLY), random = open("/dev/urandom", O_RDONLY);
    int proc = open("/proc/version", O_RDONLY);
    off_t at = 0;
    SHOW("%s", tap_error(tap_result(splice(null, NULL, p[1], NULL, 10, 0))));
    SHOW("%s", tap_error(tap_result(splice(zero, NULL, p[1], NULL, 10, 0))));
    SHOW("%s", tap_error(tap_result(splice(event, NULL, p[1], NULL, 10, 0))));
    SHOW("%s", tap_error(tap_result(splice(directory, NULL, p[1], NULL, 10, 0))));
    SHOW("%s", tap_error(tap_result(splice(random, NULL, p[1], NULL, 10, 0))));
    SHOW("%d", splice(proc, NULL, p[1], NULL, 5, 0) == 5);
    SHOW("%s", tap_error(tap_result(splice(zero, &at, p[1], NULL, 10, 0))));
    SHOW("%s", tap_error(tap_result(splice(event, &at, p[1], NULL, 10, 0))));
    SHOW("%s", tap_error(tap_result(splice(p[0], NULL, null, NULL, 2, 0))));
    SHOW("%s", tap_error(tap_result(splice(p[0], NULL, event, NULL, 2, 0))));
    SHOW("%s", tap_error(tap_result(splice(p[0], NULL, event, &at, 2, 0))));
    SHOW("%d", unread());
    int to = open("h", O_RDWR | O_CREAT, 0644);
    SHOW("%s", tap_error(tap_result(sendfile(to, null, NULL, 10))));
    SHOW("%s", tap_error(tap_result(sendfile(to, zero, NULL, 10))));
    SHOW("%s", tap_error(tap_result(sendfile(to, event, NULL, 10))));
    SHOW("%s", tap_error(tap_result(sendfile(to, directory, NULL, 10))));
    SHOW("%s", tap_error(tap_result(sendfile(null, to, NULL, 10))));
    SHOW("%s", tap_error(tap_result(sendfile(event, to, NULL, 10))));
    SHOW("%s", tap_error(tap_result(sendfile(full, zero, NULL, 10))));
    SHOW("%s", tap_error(tap_result(sendfile(to, p[0], &at, 10))));
    SHOW("%s", tap_error(tap_result(sendfile(to, event, &at, 10))));
    SHOW("%s", tap_error(tap_result(sendfile(p[1], event, NULL, 10))));
}
CASE(user_memory_in_and_out)
{
    char first[10], second[10];
    struct iovec parts[2] = { { big, 6 }, { big + 6, 4 } }, into[2] = { { first, 4 }, { second, 10 } };
    fresh(O_NONBLOCK);
    IS(vmsplice(p[1], parts, 2, 0), 10);
    IS(vmsplice(p[0], into, 2, 0), 10);
    TRUE(memcmp(first, big, 4) == 0 && memcmp(second, big + 4, 6) == 0);
    IS(vmsplice(p[0], into, 2, SPLICE_F_NONBLOCK), -EAGAIN);
    IS(vmsplice(p[1], parts, 0, 0), 0);
    IS(vmsplice(p[1], parts, 1025, 0), -EINVAL);
    parts[0].iov_base = (void *)8;
    IS(vmsplice(p[1], parts, 1, 0), -EFAULT);
    IS(vmsplice(p[1], (void *)8, 1, 0), -EFAULT);
    // Each page of memory, and each part, takes a buffer.
    struct iovec many[20];
    for (int i = 0; i < 20; i++)
        many[i] = (struct iovec){ big + i * 10, 10 };
    IS(vmsplice(p[1], many, 20, SPLICE_F_NONBLOCK), 160);
    IS(vmsplice(p[1], many, 20, SPLICE_F_NONBLOCK), -EAGAIN);
}
CASE(sendfile_counts)
{
    static char back[70000];
    fresh(O_NONBLOCK);
    int from = filled("f", 150000), to = open("g", O_RDWR | O_CREAT, 0644);
    off_t at = 0;
    IS(sendfile(to, from, &at, 1000000), 150000);
    EQ(at, 150000);
    EQ(size_of("g"), 150000);
    IS(sendfile(to, from, &at, 10), 0);
    at = 1000;
    IS(sendfile(p[1], from, &at, 1000000), 65536 - 1000);
    EQ(at, 65536);
    IS(sendfile(p[1], from, &at, 10), -EAGAIN);
    IS(read(p[0], back, sizeof back), 65536 - 1000);
    TRUE(memcmp(back, big + 1000, 65536 - 1000) == 0);
    IS(sendfile(to, from, &at, 0), 0);
    IS(sendfile(to, from, &at, (size_t)-1), -EINVAL);
    IS(lseek(from, 10, SEEK_SET), 10);
    IS(sendfile(from, from, NULL, 20), 20);
    IS(lseek(from, 0, SEEK_CUR), 30);
    IS(sendfile(to, from, (off_t *)8, 10), -EFAULT);
}
CASE(sendfile_at_the_limit)
{
    fresh(0);
    int from = filled("f", 10000), to = open("g", O_RDWR | O_CREAT, 0644);
    struct rlimit old, limit = { 5000, RLIM_INFINITY };
    off_t at = 0;
    signal(SIGXFSZ, SIG_IGN);
    OK(getrlimit(RLIMIT_FSIZE, &old));
    limit.rlim_max = old.rlim_max;
    OK(setrlimit(RLIMIT_FSIZE, &limit));
    IS(sendfile(to, from, &at, 10000), 5000);
    EQ(at, 5000);
    IS(sendfile(to, from, &at, 10000), -EFBIG);
    off_t zero = 0;
    IS(copy_file_range(from, &zero, to, NULL, 10, 0), -EFBIG);
    OK(setrlimit(RLIMIT_FSIZE, &old));
}
CASE(copying_ranges)
{
    fresh(0);
    int from = filled("f", 150000), to = open("g", O_RDWR | O_CREAT, 0644);
    off_t in = 0, out = 0;
    IS(copy_file_range(from, &in, to, &out, 1000000, 0), 150000);
    static char back[150000];
    IS(pread(to, back, sizeof back, 0), 150000);
    TRUE(memcmp(back, big, 150000) == 0);
    // In one file: apart is fine, touching is fine, over each other is not.
    in = 0;
    out = 1000;
    IS(copy_file_range(from, &in, from, &out, 1000, 0), 1000);
    IS(pread(from, back, 1000, 1000), 1000);
    TRUE(memcmp(back, big, 1000) == 0);
    in = 500;
    out = 1000;
    IS(copy_file_range(from, &in, from, &out, 501, 0), -EINVAL);
    IS(copy_file_range(from, &in, from, &in, 1, 0), -EINVAL);
    in = out = 149999;
    IS(copy_file_range(from, &in, from, &out, 0, 0), 0);
    in = -1;
    out = 0;
    SHOW("%s", tap_error(tap_result(copy_file_range(from, &in, to, &out, 10, 0))));
    in = -100;
    SHOW("%s", tap_error(tap_result(copy_file_range(from, &in, to, &out, 10, 0))));
    in = 0;
    out = -100;
    SHOW("%s", tap_error(tap_result(copy_file_range(from, &in, to, &out, 10, 0))));
    SHOW("%s", tap_error(tap_result(copy_file_range(from, &in, to, &in, (size_t)-1, 0))));
    SHOW("%s", tap_error(tap_result(copy_file_range(open("f", O_WRONLY), NULL, to, NULL, 10, 0))));
    SHOW("%s", tap_error(tap_result(copy_file_range(from, (off_t *)8, to, NULL, 10, 0))));
    SHOW("%s", tap_error(tap_result(copy_file_range(from, NULL, open("/dev/null", O_WRONLY), NULL, 10, 0))));
    SHOW("%s", tap_error(tap_result(copy_file_range(open("/dev/zero", O_RDONLY), NULL, to, NULL, 10, 0))));
}
CASE(readiness_after_moving)
{
    fresh(O_NONBLOCK);
    int from = filled("f", 70000);
    struct pollfd ends[2] = { { p[0], POLLIN, 0 }, { p[1], POLLOUT, 0 } };
    off_t at = 0;
    IS(splice(from, &at, p[1], NULL, 70000, 0), 65536);
    IS(poll(ends, 2, 0), 1);
    EQ(ends[0].revents, POLLIN);
    IS(splice(p[0], NULL, open("/dev/null", O_WRONLY), NULL, 4096, 0), 4096);
    IS(poll(ends, 2, 0), 2);
}
CASE(sockets)
{
    int s[2];
    static char back[70000];
    fresh(O_NONBLOCK);
    OK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, s));
    int from = filled("f", 30000), to = open("g", O_RDWR | O_CREAT, 0644);
    off_t at = 100;
    IS(sendfile(s[0], from, &at, 20000), 20000);
    EQ(at, 20100);
    IS(read(s[1], back, 20000), 20000);
    TRUE(memcmp(back, big + 100, 20000) == 0);
    IS(sendfile(to, s[1], NULL, 10), -EINVAL);
    IS(sendfile(to, s[1], &at, 10), -ESPIPE);
    IS(splice(s[1], NULL, p[1], NULL, 100, 0), -EAGAIN);
    IS(write(s[0], "hello", 5), 5);
    IS(splice(s[1], NULL, p[1], NULL, 100, 0), 5);
    IS(splice(p[0], NULL, s[1], NULL, 3, 0), 3);
    IS(read(s[0], back, sizeof back), 3);
    TRUE(memcmp(back, "hel", 3) == 0);
    IS(splice(p[0], NULL, s[1], &at, 3, 0), -EINVAL);
    IS(splice(p[0], NULL, to, NULL, 100, 0), 2);
    STR(text_of("g"), "lo");
    IS(copy_file_range(s[0], NULL, to, NULL, 1, 0), -EINVAL);
    signal(SIGPIPE, SIG_IGN);
    close(s[0]);
    IS(write(p[1], "x", 1), 1);
    IS(splice(p[0], NULL, s[1], NULL, 1, 0), -EPIPE);
    at = 0;
    IS(sendfile(s[1], from, &at, 10), -EPIPE);
    IS(splice(s[1], NULL, p[1], NULL, 100, 0), 0);
}
