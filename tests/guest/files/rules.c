// The rules of each call about names and attributes: what it does to times and counts, whom it refuses.
// place: volume overlay memory
#define TAP_DIRS
#include "../files.h"
#include <dirent.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/xattr.h>
#include <time.h>

// Which of a file's times (a, m, c) changed since the last look; the file is set far back afterwards.
static struct timespec before[8][3];
static void old(int slot, const char *name)
{
    struct timespec times[2] = { { 1000 + slot, 0 }, { 1000 + slot, 0 } };
    struct stat st;
    utimensat(AT_FDCWD, name, times, AT_SYMLINK_NOFOLLOW);
    lstat(name, &st);
    before[slot][0] = st.st_atim;
    before[slot][1] = st.st_mtim;
    before[slot][2] = st.st_ctim;
    // Times are as fine as the timer's tick on most file systems.
    struct timespec tick = { 0, 11000000 };
    nanosleep(&tick, NULL);
}
static int same(struct timespec a, struct timespec b) { return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec; }
static const char *changed(int slot, const char *name)
{
    static char text[8][4];
    char *at = text[slot];
    struct stat st;
    if (lstat(name, &st))
        return "?";
    if (!same(before[slot][0], st.st_atim))
        *at++ = 'a';
    if (!same(before[slot][1], st.st_mtim))
        *at++ = 'm';
    if (!same(before[slot][2], st.st_ctim))
        *at++ = 'c';
    *at = 0;
    return text[slot];
}
// Does it and shows what it gave, and what it changed of a file "f" and of the directory "d".
#define DOES(call)                                                                                  \
    do {                                                                                            \
        old(0, "d/f");                                                                              \
        old(1, "d");                                                                                \
        old(2, "e");                                                                                \
        long got_ = tap_result((long)(call));                                                       \
        SHOW("%s=%s f:%s d:%s e:%s", #call, got_ >= 0 ? "ok" : tap_error(got_), changed(0, "d/f"),  \
             changed(1, "d"), changed(2, "e"));                                                     \
    } while (0)
static void two_directories(void)
{
    OK(mkdir("d", 0755));
    OK(mkdir("e", 0755));
    put("d/f", "text");
}

CASE(times_of_names)
{
    two_directories();
    DOES(link("d/f", "e/l"));
    DOES(unlink("e/l"));
    DOES(link("d/f", "d/f"));
    DOES(symlink("x", "d/s"));
    DOES(unlink("d/s"));
    DOES(mkdir("d/x", 0755));
    DOES(mkdir("d/x", 0755));
    DOES(rename("d/x", "e/x"));
    DOES(rmdir("e/x"));
    DOES(rmdir("e/x"));
    DOES(mkfifo("d/p", 0600));
    DOES(mknod("d/r", 0100600, 0));
    DOES(rename("d/p", "d/q"));
    DOES(rename("d/f", "d/f"));
    DOES(close(open("d/n", O_CREAT | O_WRONLY, 0600)));
    DOES(close(open("d/n", O_CREAT | O_WRONLY, 0600)));
    DOES(rename("d/n", "d/r"));
}
CASE(times_of_contents)
{
    char byte;
    two_directories();
    int fd = open("d/f", O_RDWR);
    DOES(chmod("d/f", 0644));
    DOES(chown("d/f", (uid_t)-1, (gid_t)-1));
    DOES(chown("d/f", getuid(), (gid_t)-1));
    DOES(fchmod(fd, 0600));
    DOES(truncate("d/f", 4));
    DOES(truncate("d/f", 9));
    DOES(ftruncate(fd, 9));
    DOES(write(fd, "x", 1));
    DOES(write(fd, "x", 0));
    DOES(pread(fd, &byte, 1, 0));
    DOES(fallocate(fd, 0, 0, 4));
    DOES(fallocate(fd, 0, 0, 100));
    DOES(fallocate(fd, FALLOC_FL_KEEP_SIZE, 0, 200));
    DOES(close(open("d/f", O_WRONLY | O_TRUNC)));
    DOES(close(open("d/f", O_WRONLY | O_TRUNC)));
    DOES(setxattr("d/f", "user.a", "1", 1, 0));
    DOES(removexattr("d/f", "user.a"));
    DOES(removexattr("d/f", "user.a"));
    DOES(utimensat(AT_FDCWD, "d/f", NULL, 0));
    DOES(access("d/f", R_OK));
    DOES(chmod("d", 0700));
}
static long links(const char *name) { return links_of(name); }
CASE(counts_of_links)
{
    two_directories();
#define COUNT(call) (OK(call), SHOW("%s: d %ld e %ld", #call, links("d"), links("e")))
    OK(mkdir("d/x", 0755));
    SHOW("%ld %ld", links("d"), links("e"));
    OK(rename("d/x", "e/x"));
    SHOW("%ld %ld %ld", links("d"), links("e"), links("e/x"));
    OK(mkdir("d/y", 0755));
    OK(rename("d/y", "e/x"));
    SHOW("%ld %ld %ld", links("d"), links("e"), links("e/x"));
    OK(renameat2(AT_FDCWD, "e/x", AT_FDCWD, "d/f", RENAME_EXCHANGE));
    SHOW("%ld %ld %ld %ld", links("d"), links("e"), links("e/x"), links("d/f"));
    OK(rmdir("d/f"));
    OK(link("e/x", "d/g"));
    SHOW("%ld %ld %ld", links("d"), links("e"), links("d/g"));
    int fd = open("d/g", O_RDONLY);
    OK(unlink("e/x"));
    OK(unlink("d/g"));
    struct stat st;
    OK(fstat(fd, &st));
    SHOW("%ld", (long)st.st_nlink);
    OK(mkdir("z", 0755));
    fd = open("z", O_RDONLY);
    OK(rmdir("z"));
    OK(fstat(fd, &st));
    SHOW("%ld", (long)st.st_nlink);
}

// What uid 65534 gets for each of these.
#define AS_NOBODY(call)                                              \
    do {                                                             \
        as_nobody();                                                 \
        long got_ = tap_result((long)(call));                        \
        as_root();                                                   \
        SHOW("%s=%s", #call, got_ >= 0 ? "ok" : tap_error(got_));    \
    } while (0)
ROOT_CASE(sticky_matrix)
{
    OK(mkdir("s", 0755));
    OK(chmod("s", 01777));
    OK(mkdir("open", 0777));
    OK(chmod("open", 0777));
    put("s/roots", "x");
    put("s/theirs", "x");
    OK(mkdir("s/rootdir", 0777));
    OK(mkdir("s/theirdir", 0777));
    OK(chown("s/theirs", 65534, 65534));
    OK(chown("s/theirdir", 65534, 65534));
    put("open/new", "x");
    AS_NOBODY(unlink("s/roots"));
    AS_NOBODY(rename("s/roots", "s/x"));
    AS_NOBODY(rename("s/roots", "open/x"));
    AS_NOBODY(rename("open/new", "s/roots"));
    AS_NOBODY(rmdir("s/rootdir"));
    AS_NOBODY(rename("s/rootdir", "s/y"));
    AS_NOBODY(renameat2(AT_FDCWD, "s/theirs", AT_FDCWD, "s/roots", RENAME_EXCHANGE));
    AS_NOBODY(link("s/roots", "s/l"));
    AS_NOBODY(rename("s/theirs", "s/mine"));
    AS_NOBODY(rename("s/theirdir", "open/theirdir"));
    AS_NOBODY(rename("open/theirdir", "s/theirdir"));
    AS_NOBODY(unlink("s/mine"));
    AS_NOBODY(rmdir("s/theirdir"));
    OK(chown("s", 65534, 65534));
    AS_NOBODY(unlink("s/roots"));
    AS_NOBODY(rmdir("s/rootdir"));
}
ROOT_CASE(directories_move_when_they_may_change)
{
    OK(mkdir("open", 0777));
    OK(chmod("open", 0777));
    OK(mkdir("open/closed", 0755));
    OK(mkdir("open/a", 0755));
    OK(mkdir("open/b", 0755));
    OK(chown("open/a", 65534, 65534));
    AS_NOBODY(rename("open/closed", "open/c"));
    AS_NOBODY(rename("open/c", "open/a/c"));
    AS_NOBODY(rename("open/a", "open/d"));
    AS_NOBODY(rename("open/d", "open/b/d"));
}
ROOT_CASE(who_may_change_attributes)
{
    struct timespec some[2] = { { 5, 0 }, { 5, 0 } }, now[2] = { { 0, UTIME_NOW }, { 0, UTIME_NOW } };
    put("r", "x");
    put("w", "x");
    put("o", "x");
    OK(chmod("w", 0666));
    OK(chown("o", 65534, 65534));
    OK(chmod("r", 0644));
    AS_NOBODY(chmod("w", 0600));
    AS_NOBODY(chmod("o", 06755));
    AS_NOBODY(chown("o", 65534, 65534));
    AS_NOBODY(chown("o", (uid_t)-1, 1));
    AS_NOBODY(chown("o", 0, (gid_t)-1));
    AS_NOBODY(chown("w", (uid_t)-1, (gid_t)-1));
    AS_NOBODY(chown("w", (uid_t)-1, 65534));
    AS_NOBODY(utimensat(AT_FDCWD, "w", some, 0));
    AS_NOBODY(utimensat(AT_FDCWD, "w", now, 0));
    AS_NOBODY(utimensat(AT_FDCWD, "r", now, 0));
    AS_NOBODY(utimensat(AT_FDCWD, "o", some, 0));
    AS_NOBODY(truncate("r", 0));
    AS_NOBODY(truncate("w", 0));
    AS_NOBODY(setxattr("r", "user.a", "1", 1, 0));
    AS_NOBODY(setxattr("w", "user.a", "1", 1, 0));
    AS_NOBODY(setxattr("o", "trusted.a", "1", 1, 0));
    AS_NOBODY(getxattr("o", "trusted.a", NULL, 0));
    AS_NOBODY(setxattr("o", "security.a", "1", 1, 0));
    AS_NOBODY(open("o", O_RDONLY | O_NOATIME));
    AS_NOBODY(open("r", O_RDONLY | O_NOATIME));
    AS_NOBODY(mknod("c", S_IFCHR | 0600, 0x103));
    AS_NOBODY(chroot("."));
    SHOW("%lo", mode_of("o"));
}
ROOT_CASE(searching_needs_execute)
{
    OK(mkdir("d", 0755));
    put("d/f", "x");
    OK(symlink("d/f", "l"));
    OK(chmod("d", 0666));
    struct stat st;
    char text[64];
    AS_NOBODY(stat("d/f", &st));
    AS_NOBODY(stat("l", &st));
    AS_NOBODY(lstat("l", &st));
    AS_NOBODY(open("d/f", O_RDONLY));
    AS_NOBODY(open("d/n", O_CREAT | O_WRONLY, 0600));
    AS_NOBODY(open("d", O_RDONLY));
    AS_NOBODY(unlink("d/f"));
    AS_NOBODY(mkdir("d/x", 0755));
    AS_NOBODY(link("d/f", "g"));
    AS_NOBODY(rename("d/f", "g"));
    AS_NOBODY(symlink("x", "d/s"));
    AS_NOBODY(readlink("d/f", text, sizeof text));
    AS_NOBODY(chdir("d"));
    AS_NOBODY(access("d/f", F_OK));
    AS_NOBODY(chmod("d/f", 0600));
    AS_NOBODY(truncate("d/f", 0));
    AS_NOBODY(utimensat(AT_FDCWD, "d/f", NULL, 0));
    AS_NOBODY(mkfifo("d/p", 0600));
    AS_NOBODY(rmdir("d/f"));
    OK(chmod("d", 0111));
    AS_NOBODY(stat("d/f", &st));
    AS_NOBODY(open("d", O_RDONLY));
    AS_NOBODY(open("d/n", O_CREAT | O_WRONLY, 0600));
}
CASE(directories_by_positions)
{
    // An entry's position leads behind it, whatever was made or removed before it.
    char name[16];
    OK(mkdir("d", 0755));
    for (int i = 0; i < 300; i++) {
        snprintf(name, sizeof name, "d/n%03d", i);
        put(name, "");
    }
    DIR *directory = opendir("d");
    char seen[300] = "";
    int count = 0;
    struct dirent *entry;
    while ((entry = readdir(directory)) && count < 100) {
        count++;
        if (entry->d_name[0] == 'n')
            seen[atoi(entry->d_name + 1)]++;
    }
    if (entry && entry->d_name[0] == 'n')
        seen[atoi(entry->d_name + 1)]++;
    for (int i = 0; i < 300; i += 3) {
        snprintf(name, sizeof name, "d/n%03d", i);
        OK(unlink(name));
    }
    for (int i = 300; i < 350; i++) {
        snprintf(name, sizeof name, "d/m%03d", i);
        put(name, "");
    }
    while ((entry = readdir(directory)))
        if (entry->d_name[0] == 'n')
            seen[atoi(entry->d_name + 1)]++;
    for (int i = 0; i < 300; i++)
        TRUE(seen[i] == 1 || (i % 3 == 0 && seen[i] == 0));
    long at = telldir(directory);
    TRUE(at != 0);
    IS(lseek(dirfd(directory), -1, SEEK_SET), -EINVAL);
    IS(lseek(dirfd(directory), 0, SEEK_SET), 0);
}
CASE(limits_of_sizes)
{
    struct rlimit rlimit, was;
    static char bytes[200];
    signal(SIGXFSZ, SIG_IGN);
    OK(getrlimit(RLIMIT_FSIZE, &was));
    rlimit = was;
    rlimit.rlim_cur = 100;
    OK(setrlimit(RLIMIT_FSIZE, &rlimit));
    int fd = open("f", O_RDWR | O_CREAT, 0600);
    IS(write(fd, bytes, 200), 100);
    IS(write(fd, bytes, 1), -EFBIG);
    IS(pwrite(fd, bytes, 50, 80), 20);
    IS(ftruncate(fd, 101), -EFBIG);
    IS(truncate("f", 101), -EFBIG);
    IS(ftruncate(fd, 100), 0);
    IS(fallocate(fd, 0, 0, 101), -EFBIG);
    SHOW("%s", tap_error(tap_result(fallocate(fd, FALLOC_FL_KEEP_SIZE, 0, 101))));
    int append = open("f", O_WRONLY | O_APPEND);
    IS(write(append, bytes, 1), -EFBIG);
    OK(setrlimit(RLIMIT_FSIZE, &was));
}
