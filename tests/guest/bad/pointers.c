// Every call that takes a pointer, given bad ones: EFAULT, and no harm done.
#define TAP_DIRS
#include "../files.h"
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/timerfd.h>

// Null, low, a hole, the top, the kernel's half, not canonical, the last byte.
static unsigned long pointers[7];

static void prepare(void)
{
    char *hole = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    munmap(hole, 8192);
    pointers[0] = 0;
    pointers[1] = 8;
    pointers[2] = (unsigned long)hole;
    pointers[3] = 0x7ffffffff000;
    pointers[4] = 0xffffffff80000000;
    pointers[5] = 0x1234567812345678;
    pointers[6] = ~0ul;
}

struct call { long number; long a[6]; const char *name; };
#define P 0x7e577e57

// Does the call with each bad pointer in the place marked P; shows the results in order.
static void each(const struct call *calls, size_t count)
{
    prepare();
    for (size_t i = 0; i < count; i++) {
        char line[128] = "";
        for (int bad = 0; bad < 7; bad++) {
            long a[6];
            for (int j = 0; j < 6; j++)
                a[j] = calls[i].a[j] == P ? (long)pointers[bad] : calls[i].a[j];
            long result = tap_result(syscall(calls[i].number, a[0], a[1], a[2], a[3], a[4], a[5]));
            size_t used = strlen(line);
            snprintf(line + used, sizeof line - used, "%s%s", bad ? "," : "",
                     result == -EFAULT ? "F" : tap_error(result));
        }
        SHOW("%s=%s", calls[i].name, line);
    }
}
#define EACH(...)                                          \
    static const struct call each_of[] = { __VA_ARGS__ };  \
    each(each_of, sizeof each_of / sizeof *each_of)
#define CALL(name, ...) { SYS_##name, { __VA_ARGS__ }, #name }

CASE(paths)
{
    EACH(CALL(open, P, O_RDONLY), CALL(openat, AT_FDCWD, P, O_RDONLY), CALL(stat, P, P), CALL(lstat, P, P),
         CALL(newfstatat, AT_FDCWD, P, P, 0), CALL(access, P, 0), CALL(faccessat, AT_FDCWD, P, 0),
         CALL(faccessat2, AT_FDCWD, P, 0, 0), CALL(unlink, P), CALL(unlinkat, AT_FDCWD, P, 0), CALL(rmdir, P),
         CALL(mkdir, P, 0755), CALL(mkdirat, AT_FDCWD, P, 0755), CALL(mknod, P, 0100644, 0),
         CALL(chdir, P), CALL(chroot, P), CALL(chmod, P, 0644), CALL(fchmodat, AT_FDCWD, P, 0644),
         CALL(chown, P, 0, 0), CALL(lchown, P, 0, 0), CALL(fchownat, AT_FDCWD, P, 0, 0, 0),
         CALL(truncate, P, 0), CALL(readlink, P, P, 10), CALL(creat, P, 0644), CALL(execve, P, P, P),
         CALL(statfs, P, P), CALL(utime, P, 0), CALL(utimes, P, 0));
}
CASE(two_paths)
{
    put("f", "x");
    EACH({ SYS_rename, { (long)"f", P }, "rename" }, { SYS_rename, { P, (long)"g" }, "rename" },
         { SYS_link, { (long)"f", P }, "link" }, { SYS_link, { P, (long)"g" }, "link" },
         { SYS_symlink, { (long)"f", P }, "symlink" }, { SYS_symlink, { P, (long)"g" }, "symlink" },
         { SYS_renameat2, { AT_FDCWD, (long)"f", AT_FDCWD, P, 0 }, "renameat2" },
         { SYS_linkat, { AT_FDCWD, (long)"f", AT_FDCWD, P, 0 }, "linkat" },
         { SYS_symlinkat, { (long)"f", AT_FDCWD, P }, "symlinkat" });
    STR(text_of("f"), "x");
}
CASE(results_of_stat)
{
    EACH({ SYS_stat, { (long)".", P }, "stat" }, { SYS_lstat, { (long)".", P }, "lstat" },
         { SYS_fstat, { 1, P }, "fstat" }, { SYS_newfstatat, { AT_FDCWD, (long)".", P, 0 }, "newfstatat" },
         { SYS_statx, { AT_FDCWD, (long)".", 0, 0x7ff, P }, "statx" },
         { SYS_statfs, { (long)".", P }, "statfs" }, { SYS_fstatfs, { 1, P }, "fstatfs" },
         { SYS_readlink, { (long)"/proc/self/exe", P, 10 }, "readlink" }, { SYS_getcwd, { P, 100 }, "getcwd" });
}
CASE(reading)
{
    static int zero, empty;
    zero = open("/dev/zero", O_RDONLY);
    put("f", "some text");
    empty = open("f", O_RDWR);
    struct call calls[] = { { SYS_read, { zero, P, 10 }, "read zero" }, { SYS_read, { empty, P, 10 }, "read file" },
                            { SYS_pread64, { empty, P, 10, 0 }, "pread64" },
                            { SYS_write, { empty, P, 10 }, "write file" },
                            { SYS_pwrite64, { empty, P, 10, 0 }, "pwrite64" },
                            { SYS_readv, { zero, P, 1 }, "readv" }, { SYS_writev, { empty, P, 1 }, "writev" },
                            { SYS_preadv, { empty, P, 1, 0 }, "preadv" },
                            { SYS_getdents64, { open(".", O_RDONLY), P, 100 }, "getdents64" },
                            { SYS_sendfile, { zero, empty, P, 1 }, "sendfile" } };
    each(calls, sizeof calls / sizeof *calls);
    STR(text_of("f"), "some text");
}
CASE(descriptor_results)
{
    EACH(CALL(pipe, P), CALL(pipe2, P, 0));
    static int p[2];
    OK(pipe(p));
    struct call calls[] = { { SYS_ioctl, { p[0], 0x541b, P }, "FIONREAD" },
                            { SYS_ioctl, { p[0], 0x5421, P }, "FIONBIO" },
                            { SYS_fcntl, { open("f", O_RDWR | O_CREAT, 0644), 5, P }, "F_GETLK" },
                            { SYS_fcntl, { open("f", O_RDWR), 6, P }, "F_SETLK" },
                            { SYS_select, { 1, P, 0, 0, (long)(long[2]){ 0, 0 } }, "select" },
                            { SYS_poll, { P, 1, 0 }, "poll" },
                            { SYS_epoll_ctl, { epoll_create1(0), 1, p[0], P }, "epoll_ctl" },
                            { SYS_timerfd_settime, { timerfd_create(1, 0), 0, P, 0 }, "timerfd_settime" },
                            { SYS_signalfd4, { -1, P, 8, 0 }, "signalfd4" },
                            { SYS_memfd_create, { P, 0 }, "memfd_create" } };
    each(calls, sizeof calls / sizeof *calls);
}
CASE(signals)
{
    // Where null means "not asked for", it succeeds.
    static uint64_t set;
    EACH({ SYS_rt_sigaction, { SIGUSR1, P, 0, 8 }, "sigaction new" },
         { SYS_rt_sigaction, { SIGUSR1, 0, P, 8 }, "sigaction old" },
         { SYS_rt_sigprocmask, { SIG_BLOCK, P, 0, 8 }, "sigprocmask new" },
         { SYS_rt_sigprocmask, { SIG_BLOCK, 0, P, 8 }, "sigprocmask old" },
         { SYS_rt_sigpending, { P, 8 }, "sigpending" }, { SYS_sigaltstack, { P, 0 }, "sigaltstack new" },
         { SYS_sigaltstack, { 0, P }, "sigaltstack old" },
         { SYS_rt_sigtimedwait, { P, 0, 0, 8 }, "sigtimedwait" },
         { SYS_rt_sigtimedwait, { (long)&set, 0, 1, 8 }, "sigtimedwait time" },
         { SYS_rt_sigqueueinfo, { 0x3ffffff, SIGUSR1, P }, "sigqueueinfo" });
}
CASE(times)
{
    EACH({ SYS_clock_gettime, { 0, P }, "clock_gettime" }, { SYS_clock_getres, { 0, P }, "clock_getres" },
         { SYS_gettimeofday, { P, 0 }, "gettimeofday" }, { SYS_gettimeofday, { 0, P }, "timezone" },
         { SYS_nanosleep, { P, 0 }, "nanosleep" }, { SYS_clock_nanosleep, { 1, 0, P, 0 }, "clock_nanosleep" },
         { SYS_getitimer, { 0, P }, "getitimer" },
         { SYS_setitimer, { 0, P, 0 }, "setitimer" }, { SYS_timer_create, { 1, 0, P }, "timer_create" },
         { SYS_utimensat, { AT_FDCWD, (long)".", 8, 0 }, "utimensat" }, { SYS_adjtimex, { P }, "adjtimex" });
}
CASE(system)
{
    EACH({ SYS_uname, { P }, "uname" }, { SYS_sysinfo, { P }, "sysinfo" }, { SYS_getrusage, { 0, P }, "getrusage" },
         { SYS_getrlimit, { 0, P }, "getrlimit" }, { SYS_prlimit64, { 0, 0, 0, P }, "prlimit64" },
         { SYS_getrandom, { P, 10, 0 }, "getrandom" }, { SYS_getgroups, { 0, P }, "getgroups" },
         { SYS_getresuid, { P, P, P }, "getresuid" }, { SYS_capget, { P, P }, "capget" },
         { SYS_sched_getaffinity, { 0, 128, P }, "sched_getaffinity" },
         { SYS_sched_getparam, { 0, P }, "sched_getparam" }, { SYS_getcpu, { P, 0, 0 }, "getcpu" },
         { SYS_prctl, { 16, P }, "PR_GET_NAME" }, { SYS_prctl, { 15, P }, "PR_SET_NAME" },
         { SYS_arch_prctl, { 0x1003, P }, "ARCH_GET_FS" }, { SYS_get_robust_list, { 0, P, P }, "robust" },
         { SYS_futex, { P, 1, 1 }, "futex wake" }, { SYS_futex, { P, 0, 0, 0 }, "futex wait" });
}
CASE(memory)
{
    EACH({ SYS_mincore, { 0x400000, 4096, P }, "mincore" }, { SYS_munmap, { P, 4096 }, "munmap" },
         { SYS_mprotect, { P, 4096, 1 }, "mprotect" }, { SYS_madvise, { P, 4096, 4 }, "madvise" },
         { SYS_msync, { P, 4096, 4 }, "msync" }, { SYS_mlock, { P, 4096 }, "mlock" },
         { SYS_mremap, { P, 4096, 8192, 1, 0 }, "mremap" });
}
CASE(string_up_to_the_last_byte)
{
    // A name that ends exactly at the end of the mapped page is fine; one that runs over is not.
    char *page = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    munmap(page + 4096, 4096);
    strcpy(page + 4096 - 2, ".");
    struct stat st;
    IS(stat(page + 4096 - 2, &st), 0);
    page[4095] = 'x';
    IS(stat(page + 4096 - 2, &st), -EFAULT);
}
CASE(struct_over_the_edge)
{
    char *page = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    munmap(page + 4096, 4096);
    IS(syscall(SYS_uname, page + 4096 - 390), 0);
    IS(syscall(SYS_uname, page + 4096 - 389), -EFAULT);
    IS(syscall(SYS_fstat, 1, page + 4096 - 144), 0);
    IS(syscall(SYS_fstat, 1, page + 4096 - 143), -EFAULT);
    IS(syscall(SYS_clock_gettime, 1, page + 4096 - 16), 0);
    IS(syscall(SYS_clock_gettime, 1, page + 4096 - 15), -EFAULT);
}
CASE(read_only_memory_as_a_result)
{
    char *page = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    IS(syscall(SYS_uname, page), -EFAULT);
    IS(syscall(SYS_read, open("/dev/zero", O_RDONLY), page, 10), -EFAULT);
    IS(syscall(SYS_fstat, 1, page), -EFAULT);
    IS(syscall(SYS_getrandom, page, 10, 0), -EFAULT);
}
CASE(unreadable_memory_as_an_argument)
{
    char *page = mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    IS(syscall(SYS_open, page, O_RDONLY), -EFAULT);
    int p[2];
    OK(pipe(p));
    IS(syscall(SYS_write, p[1], page, 10), -EFAULT);
    IS(syscall(SYS_nanosleep, page, NULL), -EFAULT);
}
