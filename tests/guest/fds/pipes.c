// Pipes and FIFOs, splice and its kin.
// place: volume overlay memory
#define TAP_DIRS
#include "../files.h"
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/uio.h>

static int p[2];
static char big[70000];

static void fresh(int flags)
{
    if (pipe2(p, flags))
        tap_fail("pipe2: %s", tap_error(-errno));
    signal(SIGPIPE, SIG_IGN);
}

CASE(bytes_come_in_order)
{
    char text[16] = "";
    fresh(0);
    IS(write(p[1], "hello ", 6), 6);
    IS(write(p[1], "world", 5), 5);
    IS(read(p[0], text, 3), 3);
    IS(read(p[0], text + 3, 13), 8);
    STR(text, "hello world");
}
CASE(end_of_file)
{
    char byte;
    fresh(0);
    IS(write(p[1], "x", 1), 1);
    close(p[1]);
    IS(read(p[0], &byte, 1), 1);
    IS(read(p[0], &byte, 1), 0);
    IS(read(p[0], &byte, 1), 0);
}
CASE(broken)
{
    fresh(0);
    close(p[0]);
    IS(write(p[1], "x", 1), -EPIPE);
}
CASE(wrong_ends)
{
    char byte;
    fresh(0);
    IS(read(p[1], &byte, 1), -EBADF);
    IS(write(p[0], "x", 1), -EBADF);
}
CASE(non_blocking)
{
    char byte;
    fresh(O_NONBLOCK);
    IS(read(p[0], &byte, 1), -EAGAIN);
    IS(write(p[1], big, 65536), 65536);
    IS(write(p[1], "x", 1), -EAGAIN);
    IS(read(p[0], big, 4096), 4096);
    IS(write(p[1], big, 4096), 4096);
    IS(write(p[1], "x", 1), -EAGAIN);
}
CASE(atomic_up_to_pipe_buf)
{
    fresh(O_NONBLOCK);
    IS(write(p[1], big, 65536), 65536);
    IS(read(p[0], big, 4095), 4095);
    // Less than a page is free: 4096 bytes or fewer go whole or not at all.
    IS(write(p[1], big, 4096), -EAGAIN);
    IS(read(p[0], big, 1), 1);
    IS(write(p[1], big, 4096), 4096);
}
CASE(larger_writes_may_be_partial)
{
    fresh(O_NONBLOCK);
    IS(write(p[1], big, 70000), 65536);
    IS(read(p[0], big, 8192), 8192);
    IS(write(p[1], big, 70000), 8192);
}
CASE(capacity_in_small_writes)
{
    // Small writes share a page.
    fresh(O_NONBLOCK);
    int count = 0;
    while (write(p[1], big, 100) == 100)
        count++;
    SHOW("%d writes of 100", count);
}
CASE(size_can_be_changed)
{
    fresh(O_NONBLOCK);
    IS(fcntl(p[0], F_GETPIPE_SZ), 65536);
    IS(fcntl(p[1], F_SETPIPE_SZ, 10000), 16384);
    IS(fcntl(p[0], F_GETPIPE_SZ), 16384);
    IS(write(p[1], big, 70000), 16384);
    IS(fcntl(p[1], F_SETPIPE_SZ, 4096), -EBUSY);
    IS(fcntl(p[1], F_SETPIPE_SZ, 1 << 20), 1 << 20);
    IS(write(p[1], big, 70000), 70000);
    IS(fcntl(p[1], F_SETPIPE_SZ, 0), -EBUSY);
    IS(fcntl(p[1], F_SETPIPE_SZ, -1), -EINVAL);
    IS(fcntl(open(".", O_RDONLY), F_GETPIPE_SZ), -EBADF);
    close(p[0]);
    close(p[1]);
    fresh(0);
    IS(fcntl(p[0], F_SETPIPE_SZ, 1), 4096);
}
ROOT_CASE(size_limit_as_nobody)
{
    fresh(0);
    as_nobody();
    long result = tap_result(fcntl(p[0], F_SETPIPE_SZ, 1 << 22));
    as_root();
    EQ(result, -EPERM);
}
CASE(poll_of_a_pipe)
{
    struct pollfd fds[2];
    fresh(O_NONBLOCK);
    fds[0] = (struct pollfd){ p[0], POLLIN | POLLOUT, 0 };
    fds[1] = (struct pollfd){ p[1], POLLIN | POLLOUT, 0 };
    IS(poll(fds, 2, 0), 1);
    EQ(fds[0].revents, 0);
    EQ(fds[1].revents, POLLOUT);
    IS(write(p[1], big, 65536), 65536);
    IS(poll(fds, 2, 0), 1);
    EQ(fds[0].revents, POLLIN);
    EQ(fds[1].revents, 0);
    close(p[1]);
    fds[1].fd = -1;
    IS(poll(fds, 2, 0), 1);
    EQ(fds[0].revents, POLLIN | POLLHUP);
    close(p[0]);
    fresh(0);
    close(p[0]);
    fds[0] = (struct pollfd){ p[1], POLLOUT, 0 };
    IS(poll(fds, 1, 0), 1);
    EQ(fds[0].revents, POLLOUT | POLLERR);
}
CASE(fifo_opening)
{
    OK(mkfifo("fifo", 0644));
    IS(open("fifo", O_WRONLY | O_NONBLOCK), -ENXIO);
    int in = open("fifo", O_RDONLY | O_NONBLOCK);
    TRUE(in >= 0);
    int out = open("fifo", O_WRONLY | O_NONBLOCK);
    TRUE(out >= 0);
    char text[4] = "";
    IS(write(out, "abc", 3), 3);
    IS(read(in, text, 4), 3);
    STR(text, "abc");
    IS(read(in, text, 4), -EAGAIN);
    close(out);
    IS(read(in, text, 4), 0);
    int both = open("fifo", O_RDWR);
    TRUE(both >= 0);
    IS(write(both, "x", 1), 1);
    IS(read(both, text, 1), 1);
    struct stat st;
    OK(fstat(in, &st));
    EQ(st.st_mode & S_IFMT, S_IFIFO);
    EQ(st.st_size, 0);
    IS(lseek(in, 0, SEEK_SET), -ESPIPE);
}
CASE(stat_of_a_pipe)
{
    struct stat st, other;
    fresh(0);
    OK(fstat(p[0], &st));
    OK(fstat(p[1], &other));
    EQ(st.st_mode, S_IFIFO | 0600);
    EQ(st.st_ino, other.st_ino);
    EQ(st.st_nlink, 1);
    EQ(st.st_size, 0);
    EQ(st.st_blksize, 4096);
    char path[32], text[64] = "", want[64];
    snprintf(path, sizeof path, "/proc/self/fd/%d", p[0]);
    OK(readlink(path, text, sizeof text - 1));
    snprintf(want, sizeof want, "pipe:[%lu]", (unsigned long)st.st_ino);
    STR(text, want);
}
CASE(reopening_a_pipe)
{
    char path[32], byte;
    fresh(0);
    snprintf(path, sizeof path, "/proc/self/fd/%d", p[0]);
    int again = open(path, O_WRONLY);
    TRUE(again >= 0);
    IS(write(again, "x", 1), 1);
    IS(read(p[0], &byte, 1), 1);
}
CASE(reopening_a_pipe_waits_for_nobody)
{
    char path[32], byte;
    fresh(0);
    snprintf(path, sizeof path, "/proc/self/fd/%d", p[0]);
    IS(write(p[1], "x", 1), 1);
    close(p[1]);
    int again = open(path, O_RDONLY);
    TRUE(again >= 0);
    IS(read(again, &byte, 1), 1);
    IS(read(again, &byte, 1), 0);
    fresh(0);
    snprintf(path, sizeof path, "/proc/self/fd/%d", p[1]);
    close(p[0]);
    again = open(path, O_WRONLY | O_NONBLOCK);
    TRUE(again >= 0);
    signal(SIGPIPE, SIG_IGN);
    IS(write(again, "x", 1), -EPIPE);
    TRUE(open(path, O_WRONLY) >= 0);
}
CASE(splice_moves)
{
    char text[16] = "";
    fresh(0);
    put("f", "0123456789");
    int from = open("f", O_RDONLY), to = open("g", O_RDWR | O_CREAT, 0644);
    off_t at = 2;
    IS(splice(from, &at, p[1], NULL, 5, 0), 5);
    EQ(at, 7);
    IS(splice(p[0], NULL, to, NULL, 100, 0), 5);
    STR(text_of("g"), "23456");
    IS(splice(from, NULL, p[1], NULL, 100, SPLICE_F_MOVE), 10);
    int other[2];
    OK(pipe(other));
    IS(splice(p[0], NULL, other[1], NULL, 4, 0), 4);
    IS(read(other[0], text, 16), 4);
    STR(text, "0123");
    IS(splice(from, NULL, p[1], NULL, 100, 0), 0);
}
CASE(splice_errors)
{
    put("f", "0123456789");
    int file = open("f", O_RDWR);
    off_t at = 0;
    fresh(O_NONBLOCK);
    IS(splice(file, NULL, file, NULL, 1, 0), -EINVAL);
    IS(splice(p[0], &at, file, NULL, 1, 0), -ESPIPE);
    IS(splice(p[0], NULL, p[1], NULL, 1, 0), -EINVAL);
    IS(splice(p[0], NULL, file, NULL, 1, SPLICE_F_NONBLOCK), -EAGAIN);
    IS(splice(-1, NULL, p[1], NULL, 1, 0), -EBADF);
    IS(splice(p[1], NULL, file, NULL, 1, 0), -EBADF);
    IS(splice(file, NULL, p[1], NULL, 1, 0x80), -EINVAL);
    IS(splice(file, NULL, p[1], NULL, 0, 0), 0);
    IS(splice(p[0], NULL, open("f", O_WRONLY | O_APPEND), NULL, 1, 0), -EINVAL);
}
CASE(tee_copies)
{
    int other[2];
    char text[8] = "";
    fresh(O_NONBLOCK);
    OK(pipe2(other, O_NONBLOCK));
    IS(write(p[1], "abcdef", 6), 6);
    IS(tee(p[0], other[1], 3, 0), 3);
    IS(read(other[0], text, 8), 3);
    STR(text, "abc");
    IS(read(p[0], text, 8), 6);
    STR(text, "abcdef");
    IS(tee(p[0], other[1], 3, SPLICE_F_NONBLOCK), -EAGAIN);
    IS(tee(p[0], p[1], 3, 0), -EINVAL);
    IS(tee(p[0], open(".", O_RDONLY), 3, 0), -EBADF);
}
CASE(vmsplice_gives)
{
    char text[8] = "", data[] = "splice";
    struct iovec part = { data, 6 };
    fresh(O_NONBLOCK);
    IS(vmsplice(p[1], &part, 1, 0), 6);
    IS(read(p[0], text, 8), 6);
    STR(text, "splice");
    IS(vmsplice(p[1], &part, 1, 0x80), -EINVAL);
    IS(vmsplice(open(".", O_RDONLY), &part, 1, 0), -EBADF);
}
CASE(direct_mode_keeps_packets)
{
    char text[16] = "";
    fresh(O_DIRECT);
    IS(write(p[1], "one", 3), 3);
    IS(write(p[1], "three", 5), 5);
    IS(read(p[0], text, 16), 3);
    IS(read(p[0], text, 2), 2);
    SHOW("%s", tap_error(fcntl(p[0], F_SETFL, O_NONBLOCK) ? -errno : tap_result(read(p[0], text, 16))));
}
CASE(unread_bytes_are_counted)
{
    int left = -1;
    fresh(0);
    IS(ioctl(p[0], FIONREAD, &left), 0);
    EQ(left, 0);
    IS(write(p[1], big, 5000), 5000);
    IS(ioctl(p[1], FIONREAD, &left), 0);
    EQ(left, 5000);
}
CASE(zero_length)
{
    char byte;
    fresh(O_NONBLOCK);
    IS(read(p[0], &byte, 0), 0);
    IS(write(p[1], &byte, 0), 0);
    IS(read(p[0], &byte, 1), -EAGAIN);
}
