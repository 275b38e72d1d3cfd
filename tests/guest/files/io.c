// Reading and writing: offsets, vectors, holes, truncation, copying.
// place: volume overlay memory
#define TAP_DIRS
#include "files.h"
#include <sys/ioctl.h>
#include <sys/sendfile.h>
#include <sys/uio.h>

static int file(const char *text)
{
    put("f", text);
    return open("f", O_RDWR);
}

CASE(offset_moves)
{
    char text[8] = "";
    int fd = file("0123456789");
    IS(read(fd, text, 3), 3);
    IS(lseek(fd, 0, SEEK_CUR), 3);
    IS(write(fd, "XY", 2), 2);
    IS(read(fd, text, 2), 2);
    STR(text, "562");
    IS(lseek(fd, -1, SEEK_END), 9);
    IS(read(fd, text, 8), 1);
    IS(read(fd, text, 8), 0);
}
CASE(lseek_errors)
{
    int fd = file("abc"), p[2];
    IS(lseek(fd, -1, SEEK_SET), -EINVAL);
    IS(lseek(fd, -4, SEEK_END), -EINVAL);
    IS(lseek(fd, 0, 99), -EINVAL);
    IS(lseek(fd, 0, -1), -EINVAL);
    IS(lseek(-1, 0, SEEK_SET), -EBADF);
    OK(pipe(p));
    IS(lseek(p[0], 0, SEEK_CUR), -ESPIPE);
    IS(lseek(fd, 1000, SEEK_SET), 1000);
    char byte;
    IS(read(fd, &byte, 1), 0);
    EQ(size_of("f"), 3);
    // The largest size is the file system's.
    SHOW("%s", tap_error(tap_result(lseek(fd, 0x7fffffffffffffff, SEEK_SET))));
}
CASE(dup_shares_the_offset)
{
    char byte;
    int fd = file("abc"), twin = dup(fd), other = open("f", O_RDONLY);
    IS(read(fd, &byte, 1), 1);
    IS(lseek(twin, 0, SEEK_CUR), 1);
    IS(lseek(other, 0, SEEK_CUR), 0);
}
CASE(sparse_write_reads_zeroes)
{
    char text[8];
    int fd = file("");
    IS(pwrite(fd, "end", 3, 100000), 3);
    EQ(size_of("f"), 100003);
    IS(pread(fd, text, 8, 50000), 8);
    for (int i = 0; i < 8; i++)
        EQ(text[i], 0);
    struct stat st;
    OK(fstat(fd, &st));
    TRUE(st.st_blocks < 100);
}
CASE(pread_and_pwrite_rules)
{
    char text[8];
    int fd = file("abc"), p[2];
    OK(pipe(p));
    IS(pread(fd, text, 2, -1), -EINVAL);
    IS(pwrite(fd, text, 2, -1), -EINVAL);
    IS(pread(p[0], text, 1, 0), -ESPIPE);
    IS(pwrite(p[1], text, 1, 0), -ESPIPE);
    IS(pread(fd, text, 8, 3), 0);
    IS(pread(fd, text, 8, 1), 2);
    IS(lseek(fd, 0, SEEK_CUR), 0);
    IS(pread(open(".", O_RDONLY), text, 1, 0), -EISDIR);
}
CASE(read_errors)
{
    char text[8];
    put("f", "abc");
    IS(read(open("f", O_WRONLY), text, 1), -EBADF);
    IS(write(open("f", O_RDONLY), text, 1), -EBADF);
    IS(read(open(".", O_RDONLY), text, 1), -EISDIR);
    IS(read(-1, text, 1), -EBADF);
    IS(read(open("f", O_RDONLY), (void *)8, 1), -EFAULT);
    IS(write(open("f", O_RDWR), (void *)8, 1), -EFAULT);
    IS(read(open("f", O_RDONLY), text, 0), 0);
    IS(write(open("f", O_RDWR), text, 0), 0);
}
CASE(vectors)
{
    char a[3] = "", b[4] = "", c[9] = "";
    struct iovec parts[3] = { { a, 2 }, { b, 3 }, { c, 8 } };
    int fd = file("0123456789");
    IS(readv(fd, parts, 3), 10);
    STR(a, "01");
    STR(b, "234");
    STR(c, "56789");
    IS(writev(fd, parts, 2), 5);
    EQ(size_of("f"), 15);
    IS(preadv(fd, parts, 2, 5), 5);
    STR(a, "56");
    IS(pwritev(fd, parts, 1, 0), 2);
    IS(pread(fd, c, 2, 0), 2);
    EQ(c[0], '5');
}
CASE(vector_errors)
{
    char a[4];
    struct iovec parts[2] = { { a, 2 }, { (void *)8, 2 } };
    int fd = file("0123456789");
    IS(readv(fd, parts, 2), 2);
    IS(readv(fd, parts + 1, 1), -EFAULT);
    IS(readv(fd, parts, 0), 0);
    IS(readv(fd, parts, -1), -EINVAL);
    IS(readv(fd, parts, 1025), -EINVAL);
    IS(syscall(SYS_readv, fd, 8, 1), -EFAULT);
    parts[0].iov_len = (size_t)-1;
    IS(readv(fd, parts, 1), -EINVAL);
    IS(preadv(fd, parts, 1, -5), -EINVAL);
    static struct iovec many[1024];
    for (int i = 0; i < 1024; i++)
        many[i] = (struct iovec){ a, 1 };
    IS(lseek(fd, 0, SEEK_SET), 0);
    IS(readv(fd, many, 1024), 10);
}
CASE(preadv2_flags)
{
    char text[8] = "";
    struct iovec part = { text, 3 };
    int fd = file("0123456789");
    IS(preadv2(fd, &part, 1, 2, 0), 3);
    STR(text, "234");
    IS(lseek(fd, 1, SEEK_SET), 1);
    IS(preadv2(fd, &part, 1, -1, 0), 3);
    STR(text, "123");
    IS(lseek(fd, 0, SEEK_CUR), 4);
    IS(preadv2(fd, &part, 1, 0, 0x8000), -EOPNOTSUPP);
    IS(pwritev2(fd, &part, 1, 0, RWF_APPEND), 3);
    EQ(size_of("f"), 13);
    IS(pwritev2(fd, &part, 1, 0, RWF_SYNC), 3);
    IS(pwritev2(fd, &part, 1, 0, RWF_DSYNC | RWF_HIPRI), 3);
    long result = tap_result(preadv2(fd, &part, 1, 0, RWF_NOWAIT));
    TRUE(result == 3 || result == -EAGAIN || result == -EOPNOTSUPP);
}
CASE(truncate_cuts_and_grows)
{
    char text[8];
    int fd = file("0123456789");
    OK(ftruncate(fd, 4));
    STR(text_of("f"), "0123");
    OK(ftruncate(fd, 8));
    IS(pread(fd, text, 8, 0), 8);
    EQ(text[5], 0);
    OK(truncate("f", 1));
    EQ(size_of("f"), 1);
    IS(lseek(fd, 0, SEEK_CUR), 0);
}
CASE(truncate_errors)
{
    put("f", "abc");
    OK(mkdir("d", 0755));
    IS(truncate("f", -1), -EINVAL);
    IS(truncate("d", 0), -EISDIR);
    IS(truncate("none", 0), -ENOENT);
    IS(truncate("f/x", 0), -ENOTDIR);
    IS(ftruncate(open("f", O_RDONLY), 0), -EINVAL);
    IS(ftruncate(-1, 0), -EBADF);
    int p[2];
    OK(pipe(p));
    IS(ftruncate(p[1], 0), -EINVAL);
    IS(ftruncate(open("f", O_RDWR), -1), -EINVAL);
    IS(truncate("", 0), -ENOENT);
}
CASE(file_size_limit)
{
    struct { uint64_t now, max; } old, small;
    IS(syscall(SYS_prlimit64, 0, 1, NULL, &old), 0);
    small = old;
    small.now = 10;
    int fd = file("");
    signal(SIGXFSZ, SIG_IGN);
    IS(syscall(SYS_prlimit64, 0, 1, &small, NULL), 0);
    long first = tap_result(write(fd, "0123456789ABC", 13)), second = tap_result(write(fd, "x", 1));
    long third = tap_result(ftruncate(fd, 11));
    IS(syscall(SYS_prlimit64, 0, 1, &old, NULL), 0);
    EQ(first, 10);
    EQ(second, -EFBIG);
    EQ(third, -EFBIG);
}
CASE(holes_and_data)
{
    int fd = file("");
    OK(ftruncate(fd, 1 << 20));
    IS(pwrite(fd, "data", 4, 512 << 10), 4);
    IS(lseek(fd, 0, SEEK_DATA), 512 << 10);
    IS(lseek(fd, 0, SEEK_HOLE), 0);
    IS(lseek(fd, 512 << 10, SEEK_HOLE), (512 << 10) + 4096);
    IS(lseek(fd, 600 << 10, SEEK_DATA), -ENXIO);
    IS(lseek(fd, 1 << 20, SEEK_DATA), -ENXIO);
    IS(lseek(fd, 1 << 20, SEEK_HOLE), -ENXIO);
    IS(lseek(fd, -1, SEEK_DATA), -ENXIO);
}
CASE(fallocate_modes)
{
    int fd = file("abc");
    struct stat st;
    OK(fallocate(fd, 0, 0, 10000));
    EQ(size_of("f"), 10000);
    OK(fallocate(fd, FALLOC_FL_KEEP_SIZE, 10000, 50000));
    EQ(size_of("f"), 10000);
    OK(fstat(fd, &st));
    TRUE(st.st_blocks >= 60000 / 512);
    static char bytes[12288];
    memset(bytes, 'b', sizeof bytes);
    IS(pwrite(fd, bytes, sizeof bytes, 0), (long)sizeof bytes);
    OK(fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 4096, 4096));
    IS(pread(fd, bytes, sizeof bytes, 0), (long)sizeof bytes);
    EQ(bytes[4095], 'b');
    EQ(bytes[4096], 0);
    EQ(bytes[8191], 0);
    EQ(bytes[8192], 'b');
    OK(fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 100, 10));
    IS(pread(fd, bytes, 120, 0), 120);
    EQ(bytes[99], 'b');
    EQ(bytes[100], 0);
    EQ(bytes[110], 'b');
}
CASE(fallocate_errors)
{
    int fd = file("abc"), p[2];
    IS(fallocate(fd, 0, 0, 0), -EINVAL);
    IS(fallocate(fd, 0, -1, 10), -EINVAL);
    IS(fallocate(fd, 0, 0, -1), -EINVAL);
    IS(fallocate(fd, FALLOC_FL_PUNCH_HOLE, 0, 10), -EOPNOTSUPP);
    IS(fallocate(fd, 0x1000, 0, 10), -EOPNOTSUPP);
    IS(fallocate(open("f", O_RDONLY), 0, 0, 10), -EBADF);
    IS(fallocate(-1, 0, 0, 10), -EBADF);
    OK(pipe(p));
    IS(fallocate(p[1], 0, 0, 10), -ESPIPE);
    IS(fallocate(fd, 0, 0x7fffffffffffffff, 10), -EFBIG);
}
CASE(copy_file_range_copies)
{
    int from = file("0123456789"), to = open("g", O_RDWR | O_CREAT, 0644);
    off_t at = 2, into = 5;
    IS(copy_file_range(from, &at, to, &into, 4, 0), 4);
    EQ(at, 6);
    EQ(into, 9);
    IS(lseek(from, 0, SEEK_CUR), 0);
    IS(copy_file_range(from, NULL, to, NULL, 3, 0), 3);
    IS(lseek(from, 0, SEEK_CUR), 3);
    char text[16] = "";
    IS(pread(to, text, 16, 0), 9);
    TRUE(memcmp(text, "012\0\0002345", 9) == 0);
    IS(copy_file_range(from, NULL, to, NULL, 100, 0), 7);
    IS(copy_file_range(from, NULL, to, NULL, 100, 0), 0);
}
CASE(copy_file_range_errors)
{
    int from = file("0123456789"), p[2];
    off_t zero = 0, three = 3;
    IS(copy_file_range(from, NULL, from, NULL, 5, 1), -EINVAL);
    IS(copy_file_range(from, &zero, from, &three, 5, 0), -EINVAL);
    IS(copy_file_range(from, NULL, open("f", O_RDONLY), NULL, 5, 0), -EBADF);
    IS(copy_file_range(from, NULL, open("f", O_WRONLY | O_APPEND), NULL, 5, 0), -EBADF);
    IS(copy_file_range(from, NULL, -1, NULL, 5, 0), -EBADF);
    IS(copy_file_range(open(".", O_RDONLY), NULL, from, NULL, 5, 0), -EISDIR);
    OK(pipe(p));
    IS(copy_file_range(p[0], NULL, from, NULL, 5, 0), -EINVAL);
}
CASE(sendfile_copies)
{
    int from = file("0123456789"), p[2], to = open("g", O_RDWR | O_CREAT, 0644);
    char text[16] = "";
    off_t at = 4;
    OK(pipe(p));
    IS(sendfile(p[1], from, &at, 3), 3);
    EQ(at, 7);
    IS(read(p[0], text, 16), 3);
    STR(text, "456");
    IS(sendfile(to, from, NULL, 100), 10);
    IS(sendfile(to, from, NULL, 100), 0);
    STR(text_of("g"), "0123456789");
    IS(sendfile(p[1], p[0], NULL, 1), -EINVAL);
    IS(sendfile(open("g", O_RDONLY), from, NULL, 1), -EBADF);
    IS(sendfile(open("g", O_WRONLY | O_APPEND), from, NULL, 1), -EINVAL);
    at = -1;
    IS(sendfile(to, from, &at, 1), -EINVAL);
    IS(sendfile(to, -1, NULL, 1), -EBADF);
}
CASE(sync_calls)
{
    int fd = file("abc"), p[2];
    IS(fsync(fd), 0);
    IS(fdatasync(fd), 0);
    IS(fsync(open(".", O_RDONLY)), 0);
    IS(fsync(-1), -EBADF);
    OK(pipe(p));
    IS(fsync(p[0]), -EINVAL);
    IS(sync_file_range(fd, 0, 0, SYNC_FILE_RANGE_WRITE), 0);
    IS(sync_file_range(fd, 0, 0, 0x100), -EINVAL);
    IS(sync_file_range(p[0], 0, 0, 0), -ESPIPE);
    IS(syncfs(fd), 0);
    IS(syncfs(-1), -EBADF);
}
CASE(large_offsets)
{
    int fd = file("");
    char text[4] = "";
    off_t far = 0x123456789a;
    IS(pwrite(fd, "far", 3, far), 3);
    EQ(size_of("f"), far + 3);
    IS(pread(fd, text, 3, far), 3);
    STR(text, "far");
}
CASE(fionread)
{
    int fd = file("0123456789"), left = -1, p[2];
    IS(ioctl(fd, FIONREAD, &left), 0);
    EQ(left, 10);
    IS(lseek(fd, 4, SEEK_SET), 4);
    IS(ioctl(fd, FIONREAD, &left), 0);
    EQ(left, 6);
    OK(pipe(p));
    IS(write(p[1], "abc", 3), 3);
    IS(ioctl(p[0], FIONREAD, &left), 0);
    EQ(left, 3);
}
CASE(file_ioctls)
{
    int fd = file("abc"), one = 1;
    struct { unsigned short words[4]; } size;
    IS(ioctl(fd, TCGETS, &size), -ENOTTY);
    IS(ioctl(fd, TIOCGWINSZ, &size), -ENOTTY);
    IS(ioctl(fd, TIOCGPGRP, &size), -ENOTTY);
    IS(ioctl(fd, 0xdeadbeef, &one), -ENOTTY);
    IS(ioctl(fd, FIOCLEX), 0);
    IS(fcntl(fd, F_GETFD), 1);
    IS(ioctl(fd, FIONCLEX), 0);
    IS(fcntl(fd, F_GETFD), 0);
    IS(ioctl(fd, FIONBIO, &one), 0);
    EQ(fcntl(fd, F_GETFL) & O_NONBLOCK, O_NONBLOCK);
    IS(ioctl(-1, FIONBIO, &one), -EBADF);
    IS(ioctl(fd, FIONBIO, 8), -EFAULT);
    IS(ioctl(fd, _IOW(0x94, 9, int), -1), -EBADF);
}
CASE(append_with_pwritev)
{
    put("f", "abc");
    int fd = open("f", O_WRONLY | O_APPEND);
    struct iovec part = { "de", 2 };
    IS(pwritev(fd, &part, 1, 0), 2);
    IS(writev(fd, &part, 1), 2);
    STR(text_of("f"), "abcdede");
}
CASE(big_read_and_write)
{
    static char big[1 << 20], back[1 << 20];
    for (size_t i = 0; i < sizeof big; i++)
        big[i] = (char)(i * 31 + (i >> 8));
    int fd = file("");
    IS(write(fd, big, sizeof big), (long)sizeof big);
    IS(pread(fd, back, sizeof back, 0), (long)sizeof back);
    TRUE(memcmp(big, back, sizeof big) == 0);
    IS(pread(fd, back, 1000, 12345), 1000);
    TRUE(memcmp(big + 12345, back, 1000) == 0);
}
CASE(partly_bad_buffer_counts_what_was_copied)
{
    // The last page before a hole: what fits is transferred, as Linux does.
    char *page = (char *)syscall(SYS_mmap, 0, 8192, 3, 0x22, -1, 0);
    syscall(SYS_munmap, page + 4096, 4096);
    int fd = file("0123456789"), p[2];
    OK(pipe(p));
    SHOW("%s", tap_error(tap_result(read(fd, page + 4090, 10))));
    memset(page, 'q', 4096);
    SHOW("%s", tap_error(tap_result(write(fd, page + 4090, 10))));
    SHOW("%s", tap_error(tap_result(write(p[1], page + 4090, 10))));
    SHOW("%s", tap_error(tap_result(pread(open("/dev/zero", O_RDONLY), page + 4090, 10, 0))));
}
