// Random calls with random arguments. Nothing is compared but that the program comes to its end.
// seeds: 4 60
#define TAP_NO_MAIN
#include "../fuzz/fuzz.h"
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>

// Calls that end, stop, fork or wait, that reach other processes, or that unmap what the program stands on.
static const int left_out[] = {
    SYS_exit, SYS_exit_group, SYS_fork, SYS_vfork, SYS_clone, SYS_clone3, SYS_execve, SYS_execveat, SYS_pause,
    SYS_kill, SYS_tkill, SYS_tgkill, SYS_rt_sigqueueinfo, SYS_rt_tgsigqueueinfo, SYS_rt_sigsuspend,
    SYS_rt_sigtimedwait, SYS_rt_sigreturn, SYS_rt_sigaction, SYS_rt_sigprocmask, SYS_sigaltstack, SYS_munmap,
    SYS_mprotect, SYS_mremap, SYS_mmap, SYS_brk, SYS_madvise, SYS_shmat, SYS_shmdt, SYS_pkey_mprotect,
    SYS_remap_file_pages, SYS_arch_prctl, SYS_prctl, SYS_seccomp, SYS_ptrace, SYS_process_vm_writev, SYS_futex,
    SYS_poll, SYS_ppoll, SYS_select, SYS_pselect6, SYS_epoll_wait, SYS_epoll_pwait, SYS_nanosleep,
    SYS_clock_nanosleep, SYS_wait4, SYS_waitid, SYS_alarm, SYS_setitimer, SYS_timer_settime, SYS_timer_create,
    SYS_setrlimit, SYS_prlimit64, SYS_reboot, SYS_vhangup, SYS_setresuid, SYS_setresgid, SYS_setuid, SYS_setgid,
    SYS_flock, SYS_fcntl, SYS_dup2, SYS_dup3, SYS_close, SYS_read, SYS_readv, SYS_ioctl, SYS_msgrcv, SYS_semop,
    SYS_semtimedop, SYS_mq_timedreceive, SYS_accept, SYS_accept4, SYS_recvfrom, SYS_recvmsg, SYS_recvmmsg,
    SYS_connect, SYS_sched_setscheduler, SYS_sched_setattr, SYS_sched_setparam, SYS_getrandom, SYS_userfaultfd,
    SYS_io_uring_setup, SYS_io_uring_enter, SYS_io_getevents, SYS_open, SYS_openat, SYS_openat2, SYS_write,
    SYS_writev, SYS_pwritev, SYS_pwritev2, SYS_fallocate, SYS_truncate, SYS_ftruncate, SYS_mlockall, SYS_chroot,
    SYS_unshare, SYS_setns, SYS_setsid, SYS_setpgid, SYS_restart_syscall, SYS_rseq, SYS_set_robust_list,
    SYS_set_tid_address, SYS_epoll_pwait2, SYS_futex_waitv, SYS_close_range, SYS_splice, SYS_sendfile, SYS_tee,
    SYS_vmsplice, SYS_copy_file_range, SYS_process_madvise, SYS_pidfd_send_signal, SYS_io_submit, SYS_msync,
    SYS_sync, SYS_syncfs, SYS_membarrier, SYS_bpf, SYS_perf_event_open, SYS_keyctl, SYS_pidfd_getfd,
    SYS_shmget, SYS_shmctl, SYS_msgget, SYS_msgctl,
    SYS_semget, SYS_semctl, SYS_mq_open, SYS_add_key, SYS_request_key, SYS_process_mrelease, 335, 336, SYS_chdir, SYS_fchdir, SYS_getpriority, SYS_setpriority, SYS_io_pgetevents,
    SYS_landlock_restrict_self, 453, 454, 455, 456, 462,
};
static char *room;

static long argument(void)
{
    static const long numbers[] = { 0, 1, 2, 3, 7, 8, 16, 63, 64, 255, 4095, 4096, 65536, -1, -2, -100, 1l << 31,
                                    1l << 32, 1l << 47, 1l << 62, -4096, 0x7fffffff, 0x7ffffffff000, 0x41414141 };
    switch (pick(4)) {
    case 0:
        return (long)room + pick(8192);
    case 1:
        return (long)room + 8192 - pick(16);
    default:
        return ONE_OF(numbers);
    }
}

static void step(void)
{
    long number = (long)pick(470), a[6];
    for (int i = 0; i < 6; i++)
        a[i] = argument();
    for (int i = 0; i < 200; i++)
        room[pick(8192)] = (char)fuzz_next();
    strcpy(room + pick(4000), "some/name");
    for (size_t i = 0; i < sizeof left_out / sizeof *left_out; i++)
        if (left_out[i] == number)
            return;
    syscall(number, a[0], a[1], a[2], a[3], a[4], a[5]);
}

int main(int count, char **words)
{
    uint64_t seed = count > 1 ? strtoul(words[1], NULL, 10) : 1;
    // Two pages and then nothing, so that structures run over the edge.
    room = mmap(NULL, 3 * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    munmap(room + 8192, 4096);
    as_nobody();
    if (tap_failure[0] || setresuid(65534, 65534, 65534) || setresgid(65534, 65534, 65534))
        if (getuid() == 0)
            return 90;
    for (uint64_t i = 0; i < 3000; i++) {
        fuzz_state = seed * 1000003 + i * 7919;
        fuzz_next();
        step();
    }
    tap_say("the end\n");
    return 0;
}
