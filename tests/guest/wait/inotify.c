// inotify: what one process sees of its own changes.
// place: volume memory
#define TAP_DIRS
#include "../files.h"
#include <sys/inotify.h>

static int fd;

// All waiting events, as "mask:name" in hexadecimal.
static const char *events(void)
{
    static char text[4096];
    char buffer[4096] __attribute__((aligned(8)));
    char *at = text;
    *at = 0;
    ssize_t length = read(fd, buffer, sizeof buffer);
    for (ssize_t i = 0; i < length;) {
        struct inotify_event *event = (struct inotify_event *)(buffer + i);
        at += sprintf(at, "%s%x:%s", at == text ? "" : " ", event->mask, event->len ? event->name : "");
        i += (ssize_t)(sizeof *event + event->len);
    }
    return text;
}

CASE(create_write_delete)
{
    fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    IS(fcntl(fd, F_GETFD), FD_CLOEXEC);
    IS(inotify_add_watch(fd, ".", IN_ALL_EVENTS & ~(IN_ACCESS | IN_OPEN | IN_CLOSE_NOWRITE)), 1);
    STR(events(), "");
    put("f", "x");
    STR(events(), "100:f 2:f 8:f");
    OK(chmod("f", 0600));
    STR(events(), "4:f");
    OK(rename("f", "g"));
    STR(events(), "40:f 80:g");
    OK(unlink("g"));
    STR(events(), "200:g");
    OK(mkdir("d", 0755));
    STR(events(), "40000100:d");
}
CASE(watch_of_a_file)
{
    put("f", "x");
    fd = inotify_init1(IN_NONBLOCK);
    IS(inotify_add_watch(fd, "f", IN_MODIFY | IN_ATTRIB | IN_DELETE_SELF), 1);
    int file = open("f", O_WRONLY | O_APPEND);
    IS(write(file, "y", 1), 1);
    STR(events(), "2:");
    close(file);
    OK(unlink("f"));
    STR(events(), "4: 400: 8000:");
}
CASE(rules)
{
    put("f", "x");
    fd = inotify_init1(IN_NONBLOCK);
    IS(inotify_init1(0x8), -EINVAL);
    IS(inotify_add_watch(fd, "none", IN_MODIFY), -ENOENT);
    IS(inotify_add_watch(fd, "f", 0), -EINVAL);
    IS(inotify_add_watch(0, "f", IN_MODIFY), -EINVAL);
    IS(inotify_add_watch(-1, "f", IN_MODIFY), -EBADF);
    IS(inotify_add_watch(fd, "f", IN_MODIFY | IN_ONLYDIR), -ENOTDIR);
    IS(inotify_add_watch(fd, "f", IN_MODIFY), 1);
    IS(inotify_add_watch(fd, "f", IN_ATTRIB), 1);
    IS(inotify_rm_watch(fd, 1), 0);
    STR(events(), "8000:");
    IS(inotify_rm_watch(fd, 1), -EINVAL);
    char small[8];
    IS(inotify_add_watch(fd, "f", IN_ATTRIB), 2);
    OK(chmod("f", 0600));
    IS(read(fd, small, 8), -EINVAL);
}
