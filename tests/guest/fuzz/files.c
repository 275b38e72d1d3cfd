// Random sequences of calls on a small tree of files.
// place: volume overlay memory
// seeds: 6 100
#include "fuzz.h"
#include <dirent.h>
#include <sys/sendfile.h>
#include <sys/uio.h>

static const char *const names[] = { "a", "b", "d", "d/a", "d/b", "d/e", "d/e/a", "e", "e/a", "l", "d/l", "./a",
                                     "d/../b", "e/../d/a", "d/", "l/a", "a/", ".", "d/." };
static int fds[6] = { -1, -1, -1, -1, -1, -1 };
static char buffer[9000];

static const char *result(long value) { return tap_error(tap_result(value)); }

// Descriptors are named by their place in the table, for their numbers are no business of the comparison.
static void do_open(void)
{
    static const int modes[] = { O_RDONLY, O_WRONLY, O_RDWR };
    static const int extra[] = { 0, O_CREAT, O_CREAT | O_EXCL, O_TRUNC, O_APPEND, O_CREAT | O_TRUNC, O_DIRECTORY,
                                 O_NOFOLLOW, O_PATH, O_CREAT | O_APPEND };
    const char *name = ONE_OF(names);
    int flags = ONE_OF(modes) | ONE_OF(extra);
    unsigned slot = pick(6), mode = pick(3) ? 0644 : 0400;
    if (fds[slot] >= 0)
        close(fds[slot]);
    fds[slot] = open(name, flags | O_NONBLOCK, mode);
    say("f%u = open(\"%s\", %#o, %#o) = %s\n", slot, name, flags, mode, fds[slot] < 0 ? result(-1) : "ok");
}
static void do_close(void)
{
    unsigned slot = pick(6);
    say("close(f%u) = %s\n", slot, result(close(fds[slot])));
    fds[slot] = -1;
}
static void do_write(void)
{
    unsigned slot = pick(6), length = pick(4) ? pick(100) : pick(9000), at = pick(12000);
    memset(buffer, 'a' + (int)pick(26), length);
    if (pick(2))
        say("write(f%u, %u) = %s\n", slot, length, result(write(fds[slot], buffer, length)));
    else
        say("pwrite(f%u, %u, %u) = %s\n", slot, length, at, result(pwrite(fds[slot], buffer, length, at)));
}
static unsigned sum(long length)
{
    unsigned total = 0;
    for (long i = 0; i < length; i++)
        total = total * 31 + (unsigned char)buffer[i];
    return total;
}
static void do_read(void)
{
    unsigned slot = pick(6), length = pick(9000), at = pick(12000);
    long got = pick(2) ? read(fds[slot], buffer, length) : pread(fds[slot], buffer, length, at);
    say("read(f%u, %u, %u) = %s sum %x\n", slot, length, at, result(got), sum(got));
}
static void do_seek(void)
{
    unsigned slot = pick(6), whence = pick(4);
    long at = (long)pick(12000) - 2000;
    // Where data and holes begin is the file system's affair; only the plain ways are compared.
    say("lseek(f%u, %ld, %u) = %s\n", slot, at, whence, result(lseek(fds[slot], at, whence < 3 ? (int)whence : 9)));
}
static void do_truncate(void)
{
    unsigned slot = pick(6);
    long size = (long)pick(12000) - 100;
    const char *name = ONE_OF(names);
    if (pick(2))
        say("ftruncate(f%u, %ld) = %s\n", slot, size, result(ftruncate(fds[slot], size)));
    else
        say("truncate(\"%s\", %ld) = %s\n", name, size, result(truncate(name, size)));
}
static void do_make(void)
{
    const char *name = ONE_OF(names), *other = ONE_OF(names);
    switch (pick(5)) {
    case 0:
    case 1:
        say("mkdir(\"%s\") = %s\n", name, result(mkdir(name, 0755)));
        break;
    case 2:
        say("link(\"%s\", \"%s\") = %s\n", name, other, result(link(name, other)));
        break;
    case 3:
        say("symlink(\"%s\", \"%s\") = %s\n", name, other, result(symlink(name, other)));
        break;
    default:
        say("mknod(\"%s\") = %s\n", name, result(mknod(name, S_IFIFO | 0600, 0)));
    }
}
static void do_remove(void)
{
    const char *name = ONE_OF(names);
    if (pick(2))
        say("unlink(\"%s\") = %s\n", name, result(unlink(name)));
    else
        say("rmdir(\"%s\") = %s\n", name, result(rmdir(name)));
}
static void do_rename(void)
{
    const char *name = ONE_OF(names), *other = ONE_OF(names);
    static const unsigned flags[] = { 0, 0, 0, 1, 2, 3 };
    unsigned flag = ONE_OF(flags);
    say("renameat2(\"%s\", \"%s\", %u) = %s\n", name, other, flag,
        result(syscall(SYS_renameat2, AT_FDCWD, name, AT_FDCWD, other, flag)));
}
static void show(const struct stat *st)
{
    say(" mode %o links %lu", st->st_mode, (unsigned long)st->st_nlink);
    if (S_ISREG(st->st_mode) || S_ISLNK(st->st_mode))
        say(" size %ld", (long)st->st_size);
    say("\n");
}
static void do_stat(void)
{
    struct stat st;
    unsigned slot = pick(6);
    const char *name = ONE_OF(names);
    long got;
    switch (pick(3)) {
    case 0:
        got = stat(name, &st);
        say("stat(\"%s\") = %s", name, result(got));
        break;
    case 1:
        got = lstat(name, &st);
        say("lstat(\"%s\") = %s", name, result(got));
        break;
    default:
        got = fstat(fds[slot], &st);
        say("fstat(f%u) = %s", slot, result(got));
    }
    if (got == 0)
        show(&st);
    else
        say("\n");
}
static void do_mode(void)
{
    const char *name = ONE_OF(names);
    unsigned slot = pick(6), mode = pick(01000);
    if (pick(2))
        say("chmod(\"%s\", %#o) = %s\n", name, mode, result(chmod(name, mode)));
    else
        say("fchmod(f%u, %#o) = %s\n", slot, mode, result(fchmod(fds[slot], mode)));
}
static void do_link_text(void)
{
    const char *name = ONE_OF(names);
    memset(buffer, 0, 64);
    long got = readlink(name, buffer, 63);
    say("readlink(\"%s\") = %s %s\n", name, result(got), got > 0 ? buffer : "");
}
static void do_dup(void)
{
    unsigned from = pick(6), to = pick(6);
    if (fds[from] < 0 || from == to) {
        say("nothing\n");
        return;
    }
    if (fds[to] >= 0)
        close(fds[to]);
    fds[to] = dup(fds[from]);
    say("f%u = dup(f%u) = %s\n", to, from, fds[to] < 0 ? result(-1) : "ok");
}
static void do_copy(void)
{
    unsigned from = pick(6), to = pick(6), length = pick(9000);
    if (pick(2))
        say("copy_file_range(f%u, f%u, %u) = %s\n", from, to, length,
            result(copy_file_range(fds[from], NULL, fds[to], NULL, length, 0)));
    else
        say("sendfile(f%u, f%u, %u) = %s\n", to, from, length, result(sendfile(fds[to], fds[from], NULL, length)));
}
static void do_allocate(void)
{
    static const int modes[] = { 0, FALLOC_FL_KEEP_SIZE, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE };
    unsigned slot = pick(6), at = pick(12000), length = pick(8000) + 1;
    int mode = ONE_OF(modes);
    say("fallocate(f%u, %d, %u, %u) = %s\n", slot, mode, at, length, result(fallocate(fds[slot], mode, at, length)));
}
static void do_times(void)
{
    const char *name = ONE_OF(names);
    struct timespec times[2] = { { pick(1000000), pick(1000) * 1000000 }, { pick(1000000), pick(1000) * 1000000 } };
    struct stat st;
    long got = utimensat(AT_FDCWD, name, times, 0);
    say("utimensat(\"%s\") = %s", name, result(got));
    if (got == 0 && stat(name, &st) == 0)
        say(" %ld.%ld", (long)st.st_mtim.tv_sec, st.st_mtim.tv_nsec);
    say("\n");
}
static int by_name(const void *left, const void *right) { return strcmp(left, right); }
static void list(const char *name)
{
    static char found[64][32];
    unsigned count = 0;
    DIR *directory = opendir(name);
    struct dirent *entry;
    say("list(\"%s\") = %s", name, directory ? "" : result(-1));
    while (directory && (entry = readdir(directory)) && count < 64)
        snprintf(found[count++], 32, "%.24s:%d", entry->d_name, entry->d_type);
    if (directory)
        closedir(directory);
    qsort(found, count, 32, by_name);
    for (unsigned i = 0; i < count; i++)
        say(" %s", found[i]);
    say("\n");
}
static void do_list(void) { list(ONE_OF(names)); }
static void do_access(void)
{
    const char *name = ONE_OF(names);
    unsigned mode = pick(8);
    say("access(\"%s\", %u) = %s\n", name, mode, result(access(name, (int)mode)));
}
static void do_flags(void)
{
    unsigned slot = pick(6), append = pick(2);
    if (pick(2))
        say("fcntl(f%u, F_GETFL) = %s\n", slot, result(fcntl(fds[slot], F_GETFL)));
    else
        say("fcntl(f%u, F_SETFL, %u) = %s\n", slot, append,
            result(fcntl(fds[slot], F_SETFL, O_NONBLOCK | (append ? O_APPEND : 0))));
}

static void step(void)
{
    static void (*const steps[])(void) = { do_open,  do_open,  do_open,  do_close,     do_write, do_write, do_read,
                                           do_read,  do_seek,  do_truncate, do_make,   do_make,  do_make,  do_remove,
                                           do_rename, do_rename, do_stat, do_stat,     do_mode,  do_link_text, do_dup,
                                           do_copy,  do_allocate, do_times, do_list,   do_access, do_flags };
    ONE_OF(steps)();
}

int main(int count, char **words)
{
    umask(022);
    // A directory of its own, of the same mode everywhere.
    if (mkdir("top", 0755) || chdir("top"))
        return 90;
    fuzz(count, words, step);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        int fd = open(names[i], O_RDONLY | O_NONBLOCK);
        long got = fd < 0 ? -1 : read(fd, buffer, sizeof buffer);
        say("end: %s: %s sum %x\n", names[i], fd < 0 ? "not open" : result(got), sum(got));
        list(names[i]);
        if (fd >= 0)
            close(fd);
    }
    return 0;
}
