// Every call that takes a descriptor, given bad ones.
#include "../tap.h"

struct call { long number; long a[6]; const char *name; };
static char buffer[4096];
static long two[2];

#define B ((long)buffer)
#define D 0x7e577e57
static const struct call calls[] = {
    { SYS_read, { D, B, 1 }, "read" },
    { SYS_write, { D, B, 1 }, "write" },
    { SYS_pread64, { D, B, 1, 0 }, "pread64" },
    { SYS_pwrite64, { D, B, 1, 0 }, "pwrite64" },
    { SYS_readv, { D, B, 0 }, "readv" },
    { SYS_writev, { D, B, 0 }, "writev" },
    { SYS_preadv, { D, B, 0, 0 }, "preadv" },
    { SYS_close, { D }, "close" },
    { SYS_fstat, { D, B }, "fstat" },
    { SYS_lseek, { D, 0, 0 }, "lseek" },
    { SYS_ioctl, { D, 0x5401, B }, "ioctl" },
    { SYS_dup, { D }, "dup" },
    { SYS_dup2, { D, 50 }, "dup2" },
    { SYS_dup3, { D, 50, 0 }, "dup3" },
    { SYS_fcntl, { D, 1, 0 }, "fcntl" },
    { SYS_flock, { D, 1 }, "flock" },
    { SYS_fsync, { D }, "fsync" },
    { SYS_fdatasync, { D }, "fdatasync" },
    { SYS_ftruncate, { D, 0 }, "ftruncate" },
    { SYS_getdents64, { D, B, 100 }, "getdents64" },
    { SYS_fchdir, { D }, "fchdir" },
    { SYS_fchmod, { D, 0644 }, "fchmod" },
    { SYS_fchown, { D, 0, 0 }, "fchown" },
    { SYS_fstatfs, { D, B }, "fstatfs" },
    { SYS_openat, { D, (long)"x", 0 }, "openat" },
    { SYS_mkdirat, { D, (long)"x", 0755 }, "mkdirat" },
    { SYS_mknodat, { D, (long)"x", 0100644, 0 }, "mknodat" },
    { SYS_unlinkat, { D, (long)"x", 0 }, "unlinkat" },
    { SYS_symlinkat, { (long)"x", D, (long)"y" }, "symlinkat" },
    { SYS_readlinkat, { D, (long)"x", B, 10 }, "readlinkat" },
    { SYS_fchmodat, { D, (long)"x", 0644 }, "fchmodat" },
    { SYS_fchownat, { D, (long)"x", 0, 0, 0 }, "fchownat" },
    { SYS_faccessat, { D, (long)"x", 0 }, "faccessat" },
    { SYS_newfstatat, { D, (long)"x", B, 0 }, "newfstatat" },
    { SYS_utimensat, { D, (long)"x", 0, 0 }, "utimensat" },
    { SYS_sendfile, { D, 0, 0, 1 }, "sendfile to" },
    { SYS_splice, { D, 0, 1, 0, 1, 0 }, "splice" },
    { SYS_tee, { D, 1, 1, 0 }, "tee" },
    { SYS_copy_file_range, { D, 0, 1, 0, 1, 0 }, "copy_file_range" },
    { SYS_fallocate, { D, 0, 0, 10 }, "fallocate" },
    { SYS_fadvise64, { D, 0, 0, 0 }, "fadvise64" },
    { SYS_readahead, { D, 0, 10 }, "readahead" },
    { SYS_sync_file_range, { D, 0, 0, 0 }, "sync_file_range" },
    { SYS_syncfs, { D }, "syncfs" },
    { SYS_epoll_wait, { D, B, 1, 0 }, "epoll_wait" },
    { SYS_epoll_ctl, { D, 1, 0, B }, "epoll_ctl" },
    { SYS_timerfd_gettime, { D, B }, "timerfd_gettime" },
    { SYS_fgetxattr, { D, (long)"user.a", B, 10 }, "fgetxattr" },
    { SYS_fsetxattr, { D, (long)"user.a", B, 1, 0 }, "fsetxattr" },
    { SYS_flistxattr, { D, B, 10 }, "flistxattr" },
    { SYS_fremovexattr, { D, (long)"user.a" }, "fremovexattr" },
    { SYS_mmap, { 0, 4096, 1, 2, D, 0 }, "mmap" },
};

static const struct call sockets[] = {
    { SYS_accept, { D, 0, 0 }, "accept" },
    { SYS_bind, { D, B, 16 }, "bind" },
    { SYS_listen, { D, 1 }, "listen" },
    { SYS_getsockname, { D, B, (long)two }, "getsockname" },
    { SYS_shutdown, { D, 0 }, "shutdown" },
};
static const struct call watches[] = {
    { SYS_inotify_add_watch, { D, (long)".", 2 }, "inotify_add_watch" },
    { SYS_inotify_rm_watch, { D, 1 }, "inotify_rm_watch" },
};

static void one(const struct call *call, int fd)
{
    long a[6];
    for (int j = 0; j < 6; j++)
        a[j] = call->a[j] == D ? fd : call->a[j];
    long result = tap_result(syscall(call->number, a[0], a[1], a[2], a[3], a[4], a[5]));
    SHOW("%s=%s", call->name, tap_error(result));
}
// One descriptor against all calls.
static void against(int fd)
{
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++)
        one(&calls[i], fd);
}

CASE(minus_one) { against(-1); }
CASE(never_opened) { against(700); }
CASE(huge) { against(0x7fffffff); }
CASE(very_negative) { against(-12345); }
CASE(sockets)
{
    for (size_t i = 0; i < sizeof sockets / sizeof *sockets; i++) {
        one(&sockets[i], -1);
        one(&sockets[i], 700);
    }
}
CASE(watches)
{
    for (size_t i = 0; i < sizeof watches / sizeof *watches; i++) {
        one(&watches[i], -1);
        one(&watches[i], 1);
    }
}
CASE(path_only)
{
    static const int kinds[] = { O_PATH, O_PATH | O_DIRECTORY };
    static const char *const names[] = { "/proc/self/exe", "/" };
    for (int i = 0; i < 2; i++) {
        int fd = open(names[i], kinds[i]);
        TRUE(fd >= 0);
        char byte;
        SHOW("%s", tap_error(tap_result(read(fd, &byte, 1))));
        SHOW("%s", tap_error(tap_result(fsync(fd))));
        SHOW("%s", tap_error(tap_result(syscall(SYS_getdents64, fd, buffer, 100))));
        SHOW("%s", tap_error(tap_result(syscall(SYS_flock, fd, 1))));
        SHOW("%s", tap_error(tap_result(syscall(SYS_fgetxattr, fd, "user.a", buffer, 10))));
        SHOW("%s", tap_error(tap_result(syscall(SYS_fchdir, fd))));
        SHOW("%s", tap_error(tap_result(syscall(SYS_ioctl, fd, 0x5401, buffer))));
    }
}
