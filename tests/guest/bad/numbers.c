// Numbers of system calls that do not exist, and arguments full of garbage.
#include "../tap.h"

CASE(beyond_the_table)
{
    static const long numbers[] = { 500, 511, 547, 548, 600, 700, 999, 1000, 1024, 2000, 65536, 1000000000,
                                    0x7fffffff };
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        IS(syscall(numbers[i], 1, 2, 3, 4, 5, 6), -ENOSYS);
}
CASE(negative)
{
    static const long numbers[] = { -1, -2, -38, -1000, -2147483648l };
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        IS(syscall(numbers[i]), -ENOSYS);
}
CASE(x32_numbers)
{
    // The x32 bit: Debian's kernels refuse it unless asked at boot.
    IS(syscall(0x40000000 | SYS_getpid), -ENOSYS);
    IS(syscall(0x40000000 | 999), -ENOSYS);
}
CASE(numbers_between_tables)
{
    // 335 and 336 became uretprobe and uprobe, which kill a caller elsewhere than in a probe.
    for (long number = 337; number < 424; number++)
        IS(syscall(number), -ENOSYS);
}
static long raw(long number, long a, long b, long c)
{
    long result;
    register long r10 __asm__("r10") = -1, r8 __asm__("r8") = -1, r9 __asm__("r9") = -1;
    __asm__ volatile("syscall" : "=a"(result) : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
                     : "rcx", "r11", "memory");
    return result;
}
CASE(unused_arguments_are_ignored)
{
    EQ(raw(SYS_getpid, -1, -1, -1), getpid());
    EQ(raw(SYS_getuid, 0x123456789, -1, -1), getuid());
    EQ(raw(SYS_close, -1, -1, -1), -EBADF);
    EQ(raw(SYS_sched_yield, -1, -1, -1), 0);
}
CASE(calls_full_of_ones)
{
    // Each must fail, none may crash. Calls that would end, stop or wait are left out.
    static const long calls[] = {
        SYS_read, SYS_write, SYS_open, SYS_close, SYS_stat, SYS_fstat, SYS_lseek, SYS_mmap, SYS_mprotect,
        SYS_munmap, SYS_rt_sigprocmask, SYS_ioctl, SYS_pread64, SYS_pwrite64, SYS_readv, SYS_writev, SYS_access,
        SYS_pipe, SYS_mremap, SYS_msync, SYS_mincore, SYS_dup, SYS_dup2, SYS_nanosleep, SYS_getitimer,
        SYS_setitimer, SYS_sendfile, SYS_execve, SYS_uname, SYS_fcntl, SYS_flock, SYS_fsync, SYS_truncate,
        SYS_ftruncate, SYS_getcwd, SYS_chdir, SYS_fchdir, SYS_rename, SYS_mkdir, SYS_rmdir, SYS_creat, SYS_link,
        SYS_unlink, SYS_symlink, SYS_readlink, SYS_chmod, SYS_fchmod, SYS_chown, SYS_gettimeofday, SYS_getrlimit,
        SYS_getrusage, SYS_sysinfo, SYS_times, SYS_getgroups, SYS_setgroups, SYS_getresuid, SYS_getpgid,
        SYS_capget, SYS_rt_sigpending, SYS_rt_sigtimedwait, SYS_sigaltstack, SYS_utime, SYS_mknod, SYS_statfs,
        SYS_getpriority, SYS_sched_getparam, SYS_mlock, SYS_prctl, SYS_arch_prctl, SYS_setrlimit, SYS_chroot,
        SYS_gettid, SYS_readahead, SYS_setxattr, SYS_getxattr, SYS_time, SYS_sched_getaffinity, SYS_getdents64,
        SYS_fadvise64, SYS_timer_create, SYS_clock_gettime, SYS_clock_nanosleep, SYS_epoll_wait, SYS_epoll_ctl,
        SYS_tgkill, SYS_utimes, SYS_waitid, SYS_openat, SYS_mkdirat, SYS_newfstatat,
        SYS_unlinkat, SYS_renameat, SYS_linkat, SYS_symlinkat, SYS_readlinkat, SYS_fchmodat, SYS_faccessat,
        SYS_splice, SYS_tee, SYS_sync_file_range, SYS_vmsplice, SYS_utimensat, SYS_signalfd, SYS_timerfd_create,
        SYS_eventfd2, SYS_fallocate, SYS_timerfd_settime, SYS_signalfd4, SYS_epoll_create1,
        SYS_dup3, SYS_pipe2, SYS_preadv, SYS_pwritev, SYS_prlimit64, SYS_renameat2,
        SYS_getrandom, SYS_memfd_create, SYS_mlock2, SYS_copy_file_range, SYS_preadv2, SYS_statx, SYS_rseq,
        SYS_openat2, SYS_faccessat2, SYS_close_range + 1000,
    };
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++)
        if (calls[i] != SYS_gettid)
            SHOW("%ld=%s", calls[i], tap_error(raw(calls[i], -1, -1, -1)));
}
CASE(sockets_full_of_ones)
{
    static const long calls[] = { SYS_socket, SYS_connect, SYS_bind, SYS_sendto, SYS_accept4, SYS_socketpair };
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++)
        SHOW("%ld=%s", calls[i], tap_error(raw(calls[i], -1, -1, -1)));
}
CASE(watches_full_of_ones)
{
    IS(raw(SYS_inotify_init1, -1, -1, -1) == -EINVAL, 1);
    IS(raw(SYS_inotify_add_watch, -1, -1, -1) < 0, 1);
}
