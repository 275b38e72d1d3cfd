// inotify: what each call makes watchers hear, in which order, and how events are queued.
// place: volume overlay memory
#define TAP_DIRS
#include "../files.h"
#include <poll.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/sendfile.h>
#include <sys/uio.h>
#include <sys/xattr.h>

static int fd;
static unsigned last_cookie;

// All waiting events, as "watch/mask:name" in hexadecimal; '=' marks the second half of a rename.
static const char *events(void)
{
    static char text[8192];
    static char buffer[16384] __attribute__((aligned(8)));
    char *at = text;
    *at = 0;
    ssize_t length = read(fd, buffer, sizeof buffer);
    if (length < 0)
        return tap_error(-errno);
    for (ssize_t i = 0; i < length;) {
        struct inotify_event *event = (struct inotify_event *)(buffer + i);
        int pair = event->cookie && event->cookie == last_cookie;
        last_cookie = event->cookie;
        at += snprintf(at, (size_t)(text + sizeof text - at), "%s%d/%x%s%s%s%s", at == text ? "" : " ", event->wd,
                       event->mask, event->len ? ":" : "", event->len ? event->name : "",
                       event->cookie ? "*" : "", pair ? "=" : "");
        i += (ssize_t)(sizeof *event + event->len);
    }
    return text;
}
#define SEE(what) SHOW("%s[%s]", what, events())

static void start(unsigned mask)
{
    fd = inotify_init1(IN_NONBLOCK);
    IS(inotify_add_watch(fd, ".", mask), 1);
}

CASE(using_a_file)
{
    char byte[8] = "";
    struct iovec part = { byte, 3 };
    start(IN_ALL_EVENTS);
    int file = open("f", O_CREAT | O_RDWR | O_TRUNC, 0644);
    SEE("create");
    OK(write(file, "abc", 3));
    SEE("write");
    OK(write(file, "", 0));
    SEE("write nothing");
    OK(pread(file, byte, 3, 0));
    SEE("read");
    OK(pread(file, byte, 3, 100));
    SEE("read at the end");
    OK(preadv(file, &part, 1, 100));
    OK(readv(file, &part, 0));
    SEE("readv of nothing");
    OK(ftruncate(file, 2));
    SEE("ftruncate");
    OK(truncate("f", 2));
    SEE("truncate to the same");
    OK(fallocate(file, 0, 0, 100));
    SEE("fallocate");
    int again = open("f", O_WRONLY | O_TRUNC);
    SEE("open and empty");
    close(again);
    SEE("close");
    again = open("f", O_RDONLY);
    int twin = dup(again);
    close(again);
    SEE("open, close one of two");
    close(twin);
    SEE("close");
    close(open("f", O_PATH));
    SEE("path only");
    STR(text_of("none"), "?");
    SEE("not there");
}
CASE(attributes)
{
    struct timespec times[2] = { { 0, UTIME_OMIT }, { 5, 0 } };
    put("f", "x");
    start(IN_ALL_EVENTS);
    OK(chmod("f", 0600));
    SEE("chmod");
    OK(chown("f", getuid(), getgid()));
    SEE("chown");
    OK(chown("f", (uid_t)-1, (gid_t)-1));
    SEE("chown to nobody else");
    OK(utimensat(AT_FDCWD, "f", times, 0));
    SEE("time of change");
    times[0].tv_nsec = 0;
    times[1].tv_nsec = UTIME_OMIT;
    OK(utimensat(AT_FDCWD, "f", times, 0));
    SEE("time of access");
    OK(utimensat(AT_FDCWD, "f", NULL, 0));
    SEE("both");
    OK(setxattr("f", "user.a", "1", 1, 0));
    SEE("setxattr");
    OK(removexattr("f", "user.a"));
    SEE("removexattr");
}
CASE(names)
{
    put("f", "x");
    start(IN_ALL_EVENTS & ~(IN_OPEN | IN_CLOSE));
    OK(link("f", "g"));
    SEE("link");
    OK(unlink("g"));
    SEE("unlink");
    OK(symlink("x", "s"));
    SEE("symlink");
    OK(mkfifo("p", 0600));
    SEE("mkfifo");
    OK(mknod("r", 0100600, 0));
    SEE("mknod");
    OK(mkdir("d", 0755));
    SEE("mkdir");
    OK(rename("f", "h"));
    SEE("rename");
    put("o", "y");
    SEE("another");
    OK(rename("h", "o"));
    SEE("rename over");
    OK(rename("o", "d/o"));
    SEE("rename out");
    OK(rename("d/o", "o"));
    SEE("rename in");
    OK(renameat2(AT_FDCWD, "o", AT_FDCWD, "d", RENAME_EXCHANGE));
    SEE("exchange");
    OK(renameat2(AT_FDCWD, "o", AT_FDCWD, "d", RENAME_EXCHANGE));
    OK(rename("o", "o"));
    SEE("exchange back, rename to itself");
    OK(rmdir("d"));
    SEE("rmdir");
    IS(rmdir("d"), -ENOENT);
    IS(mkdir("s", 0755), -EEXIST);
    SEE("failures");
}
CASE(directories)
{
    char buffer[1024];
    OK(mkdir("d", 0755));
    start(IN_ALL_EVENTS);
    int directory = open("d", O_RDONLY | O_DIRECTORY);
    SEE("open");
    OK(syscall(SYS_getdents64, directory, buffer, sizeof buffer));
    SEE("read");
    OK(syscall(SYS_getdents64, directory, buffer, sizeof buffer));
    SEE("read at the end");
    close(directory);
    SEE("close");
    IS(inotify_add_watch(fd, "d", IN_ALL_EVENTS), 2);
    put("d/f", "x");
    SEE("a file in it");
    OK(chmod("d", 0700));
    SEE("chmod");
    OK(rename("d", "e"));
    SEE("rename");
    OK(unlink("e/f"));
    SEE("unlink");
    OK(rmdir("e"));
    SEE("rmdir");
}
CASE(a_watched_file_goes)
{
    put("a", "x");
    start(IN_ALL_EVENTS);
    int file = open("a", O_RDWR);
    IS(inotify_add_watch(fd, "a", IN_ALL_EVENTS), 2);
    SEE("open");
    OK(write(file, "x", 1));
    SEE("write");
    OK(link("a", "b"));
    SEE("link");
    OK(unlink("b"));
    SEE("unlink one name");
    OK(unlink("a"));
    SEE("unlink");
    OK(write(file, "x", 1));
    SEE("write unlinked");
    close(file);
    SEE("close unlinked");
    IS(inotify_rm_watch(fd, 2), -EINVAL);
    put("c", "x");
    put("d", "x");
    events();
    IS(inotify_add_watch(fd, "d", IN_ALL_EVENTS), 3);
    IS(inotify_add_watch(fd, "c", IN_ALL_EVENTS), 4);
    OK(rename("c", "d"));
    SEE("replaced");
}
CASE(moving_data)
{
    int a, b;
    off_t from = 0, to = 0;
    put("a", "hello");
    put("b", "");
    start(IN_ACCESS | IN_MODIFY);
    a = open("a", O_RDWR);
    b = open("b", O_RDWR);
    OK(sendfile(b, a, &from, 5));
    SEE("sendfile");
    from = 0;
    IS(copy_file_range(a, &from, b, &to, 5, 0), 5);
    SEE("copy_file_range");
    IS(copy_file_range(a, &from, b, &to, 5, 0), 0);
    SEE("of nothing");
    int p[2];
    OK(pipe(p));
    from = to = 0;
    IS(splice(a, &from, p[1], NULL, 5, 0), 5);
    IS(splice(p[0], NULL, b, &to, 5, 0), 5);
    SEE("splice");
}
CASE(kinds_of_watches)
{
    start(IN_ALL_EVENTS | IN_EXCL_UNLINK);
    int file = open("x", O_CREAT | O_RDWR, 0600);
    OK(unlink("x"));
    SEE("unlink");
    OK(write(file, "a", 1));
    close(file);
    SEE("unlinked is excluded");
    IS(inotify_add_watch(fd, ".", IN_CREATE | IN_ONESHOT), 1);
    put("y", "");
    put("z", "");
    SEE("one shot");
    IS(inotify_rm_watch(fd, 1), -EINVAL);
    IS(inotify_add_watch(fd, "y", IN_ATTRIB), 2);
    IS(inotify_add_watch(fd, "y", IN_MODIFY | IN_MASK_ADD), 2);
    IS(inotify_add_watch(fd, "y", IN_MODIFY | IN_MASK_CREATE), -EEXIST);
    IS(inotify_add_watch(fd, "y", IN_MODIFY | IN_MASK_CREATE | IN_MASK_ADD), -EINVAL);
    OK(chmod("y", 0600));
    OK(truncate("y", 1));
    SEE("added");
    OK(symlink("y", "s"));
    IS(inotify_add_watch(fd, "s", IN_ATTRIB), 2);
    IS(inotify_add_watch(fd, "s", IN_ATTRIB | IN_DONT_FOLLOW), 3);
    IS(inotify_add_watch(fd, ".", IN_ONLYDIR), 4);
    IS(inotify_add_watch(fd, ".", 0x00080000 | IN_MODIFY), -EINVAL);
    IS(inotify_add_watch(fd, "y/", IN_MODIFY), -ENOTDIR);
    OK(rename("y", "w"));
    OK(truncate("w", 0));
    SEE("another name");
}
ROOT_CASE(a_watch_needs_permission)
{
    put("secret", "x");
    OK(chmod("secret", 0600));
    fd = inotify_init1(IN_NONBLOCK);
    as_nobody();
    IS(inotify_add_watch(fd, "secret", IN_MODIFY), -EACCES);
    as_root();
    IS(inotify_add_watch(fd, "secret", IN_MODIFY), 1);
}
CASE(reading_events)
{
    int left;
    char small[40];
    struct pollfd one;
    start(IN_CREATE | IN_DELETE);
    one = (struct pollfd){ fd, POLLIN, 0 };
    IS(poll(&one, 1, 0), 0);
    IS(ioctl(fd, FIONREAD, &left), 0);
    EQ(left, 0);
    close(open("f", O_CREAT, 0600));
    close(open("a_name_of_sixteen", O_CREAT, 0600));
    IS(poll(&one, 1, 0), 1);
    IS(ioctl(fd, FIONREAD, &left), 0);
    EQ(left, 32 + 48);
    IS(read(fd, small, 31), -EINVAL);
    IS(read(fd, small, sizeof small), 32);
    IS(read(fd, small, sizeof small), -EINVAL);
    IS(read(fd, (void *)8, 100), -EFAULT);
    IS(ioctl(fd, FIONREAD, &left), 0);
    EQ(left, 0);
    IS(read(fd, small, sizeof small), -EAGAIN);
    IS(write(fd, small, 1), -EBADF);
    IS(lseek(fd, 3, SEEK_SET), 0);
    IS(fcntl(fd, F_GETFL), O_NONBLOCK);
    char link[64], path[64];
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(path, link, sizeof link - 1);
    link[length < 0 ? 0 : length] = 0;
    STR(link, "anon_inode:inotify");
}
CASE(equal_events_are_one)
{
    start(IN_MODIFY | IN_ATTRIB);
    put("f", "");
    put("g", "");
    events();
    for (int i = 0; i < 5; i++)
        OK(truncate("f", i));
    OK(truncate("g", 1));
    OK(truncate("f", 1));
    OK(chmod("f", 0600));
    OK(chmod("f", 0644));
    SEE("merged");
}
CASE(too_many_events)
{
    char text[16] = "";
    int limit = open("/proc/sys/fs/inotify/max_queued_events", O_RDONLY);
    OK(read(limit, text, sizeof text - 1));
    long most = atol(text), count = 0, lost = 0, after = 0;
    start(IN_ATTRIB);
    put("f", "");
    put("g", "");
    for (long i = 0; i < most / 2 + 50; i++) {
        OK(chmod("f", 0600));
        OK(chmod("g", 0600));
    }
    static char buffer[65536] __attribute__((aligned(8)));
    ssize_t length;
    while ((length = read(fd, buffer, sizeof buffer)) > 0)
        for (ssize_t i = 0; i < length;) {
            struct inotify_event *event = (struct inotify_event *)(buffer + i);
            lost += event->mask == IN_Q_OVERFLOW && event->wd == -1 && event->len == 0;
            after += lost && event->mask != IN_Q_OVERFLOW;
            count++;
            i += (ssize_t)(sizeof *event + event->len);
        }
    EQ(count, most + 1);
    EQ(lost, 1);
    EQ(after, 0);
    OK(chmod("f", 0600));
    SEE("after");
}
CASE(limits)
{
    char text[16] = "";
    int limit = open("/proc/sys/fs/inotify/max_user_instances", O_RDONLY), count = 0;
    OK(read(limit, text, sizeof text - 1));
    static int fds[100000];
    while (count < atol(text) + 10 && (fds[count] = inotify_init1(0)) >= 0)
        count++;
    SHOW("%s", tap_error(-errno));
    for (int i = 0; i < count; i++)
        close(fds[i]);
    OK(inotify_init());
}
CASE(two_instances)
{
    start(IN_CREATE);
    int other = inotify_init1(IN_NONBLOCK), first = fd;
    IS(inotify_add_watch(other, ".", IN_CREATE | IN_CLOSE_WRITE), 1);
    put("f", "");
    SEE("one");
    fd = other;
    SEE("other");
    close(first);
    put("g", "");
    SEE("after the first is closed");
}
CASE(unnamed_files)
{
    char path[64];
    start(IN_CREATE | IN_DELETE);
    int file = open(".", O_TMPFILE | O_RDWR, 0600);
    TRUE(file >= 0);
    SEE("unnamed");
    snprintf(path, sizeof path, "/proc/self/fd/%d", file);
    OK(linkat(AT_FDCWD, path, AT_FDCWD, "named", AT_SYMLINK_FOLLOW));
    SEE("named");
}
