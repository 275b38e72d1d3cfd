// prctl, limits, priorities, scheduling, names, randomness and other small calls.
// flags: -Wno-array-bounds
#include "../tap.h"
#include <sched.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <sys/wait.h>

CASE(name_of_the_thread)
{
    char name[17] = "";
    IS(prctl(PR_GET_NAME, name), 0);
    STR(name, "process.static");
    IS(prctl(PR_SET_NAME, "a name far too long for it"), 0);
    IS(prctl(PR_GET_NAME, name), 0);
    STR(name, "a name far too ");
    char text[64] = "";
    int fd = open("/proc/self/comm", O_RDONLY);
    IS(read(fd, text, sizeof text), 16);
    STR(text, "a name far too \n");
    IS(syscall(SYS_prctl, PR_SET_NAME, 8), -EFAULT);
    IS(syscall(SYS_prctl, PR_GET_NAME, 8), -EFAULT);
}
CASE(dumpable)
{
    IS(prctl(PR_GET_DUMPABLE), 1);
    IS(prctl(PR_SET_DUMPABLE, 0), 0);
    IS(prctl(PR_GET_DUMPABLE), 0);
    IS(prctl(PR_SET_DUMPABLE, 2), -EINVAL);
    IS(prctl(PR_SET_DUMPABLE, 1), 0);
}
CASE(parent_death_signal)
{
    int signal = -1;
    IS(prctl(PR_SET_PDEATHSIG, SIGUSR1), 0);
    IS(prctl(PR_GET_PDEATHSIG, &signal), 0);
    EQ(signal, SIGUSR1);
    IS(prctl(PR_SET_PDEATHSIG, 0), 0);
    IS(prctl(PR_SET_PDEATHSIG, 99), -EINVAL);
}
CASE(no_new_privileges)
{
    IS(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0), 0);
    IS(prctl(PR_SET_NO_NEW_PRIVS, 2, 0, 0, 0), -EINVAL);
    IS(prctl(PR_SET_NO_NEW_PRIVS, 0, 0, 0, 0), -EINVAL);
    IS(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), 0);
    IS(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0), 1);
}
CASE(other_prctl_options)
{
    int value = -1;
    IS(prctl(99999, 0, 0, 0, 0), -EINVAL);
    IS(prctl(PR_GET_CHILD_SUBREAPER, &value), 0);
    EQ(value, 0);
    IS(prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
    IS(prctl(PR_GET_CHILD_SUBREAPER, &value), 0);
    EQ(value, 1);
    IS(prctl(PR_SET_CHILD_SUBREAPER, 0), 0);
    IS(prctl(PR_GET_TIMERSLACK), 50000);
    IS(prctl(PR_SET_TIMERSLACK, 1000), 0);
    IS(prctl(PR_GET_TIMERSLACK), 1000);
    IS(prctl(PR_SET_TIMERSLACK, 0), 0);
    IS(prctl(PR_GET_TIMERSLACK), 50000);
    IS(prctl(PR_GET_THP_DISABLE, 0, 0, 0, 0), 0);
    IS(prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0), 0);
    IS(prctl(PR_GET_THP_DISABLE, 0, 0, 0, 0), 1);
    IS(prctl(PR_SET_THP_DISABLE, 0, 0, 0, 0), 0);
    IS(prctl(PR_GET_SECCOMP), 0);
    IS(prctl(PR_GET_TSC, &value), 0);
    EQ(value, PR_TSC_ENABLE);
    IS(prctl(PR_MCE_KILL_GET, 0, 0, 0, 0), PR_MCE_KILL_DEFAULT);
    IS(prctl(PR_GET_TID_ADDRESS, 8), -EFAULT);
}
CASE(vma_name_is_accepted_or_refused_cleanly)
{
    char *at = (char *)syscall(SYS_mmap, 0, 4096, 3, 0x22, -1, 0);
    long result = tap_result(prctl(PR_SET_VMA, PR_SET_VMA_ANON_NAME, at, 4096, "name"));
    TRUE(result == 0 || result == -EINVAL);
}
CASE(limits_read_and_written)
{
    struct rlimit limit, old;
    for (int i = 0; i < 16; i++) {
        IS(getrlimit(i, &limit), 0);
        TRUE(limit.rlim_cur <= limit.rlim_max);
    }
    IS(syscall(SYS_getrlimit, 16, &limit), -EINVAL);
    IS(syscall(SYS_setrlimit, 16, &limit), -EINVAL);
    IS(syscall(SYS_getrlimit, 0, 8), -EFAULT);
    OK(getrlimit(RLIMIT_CORE, &old));
    limit = (struct rlimit){ 5, 4 };
    IS(setrlimit(RLIMIT_CORE, &limit), -EINVAL);
    limit = (struct rlimit){ 4, old.rlim_max };
    IS(setrlimit(RLIMIT_CORE, &limit), 0);
    struct rlimit got;
    OK(getrlimit(RLIMIT_CORE, &got));
    EQ(got.rlim_cur, 4);
    IS(syscall(SYS_prlimit64, getpid(), RLIMIT_CORE, &old, &got), 0);
    EQ(got.rlim_cur, 4);
    IS(syscall(SYS_prlimit64, 0x3fffffff, RLIMIT_CORE, NULL, &got), -ESRCH);
    IS(syscall(SYS_prlimit64, 0, RLIMIT_CORE, 8, NULL), -EFAULT);
    IS(syscall(SYS_prlimit64, 0, 99, NULL, &got), -EINVAL);
}
ROOT_CASE(hard_limits_need_privilege)
{
    // Not set back: that would need a privilege that root may lack here.
    struct rlimit limit = { 100, 1000 };
    OK(setrlimit(RLIMIT_NPROC, &limit));
    OK(setresuid(0, 65534, 0));
    limit.rlim_max = 2000;
    long up = tap_result(setrlimit(RLIMIT_NPROC, &limit));
    limit.rlim_max = 500;
    long down = tap_result(setrlimit(RLIMIT_NPROC, &limit));
    OK(setresuid(0, 0, 0));
    EQ(up, -EPERM);
    EQ(down, 0);
}
ROOT_CASE(priorities)
{
    errno = 0;
    EQ(getpriority(PRIO_PROCESS, 0), 0);
    IS(setpriority(PRIO_PROCESS, 0, 5), 0);
    EQ(getpriority(PRIO_PROCESS, 0), 5);
    IS(syscall(SYS_getpriority, PRIO_PROCESS, 0), 15);
    IS(setpriority(PRIO_PROCESS, 0, 100), 0);
    EQ(getpriority(PRIO_PROCESS, 0), 19);
    IS(setpriority(PRIO_PROCESS, 0, -5), 0);
    EQ(getpriority(PRIO_PROCESS, 0), -5);
    IS(setpriority(99, 0, 0), -EINVAL);
    IS(syscall(SYS_getpriority, 99, 0), -EINVAL);
    IS(syscall(SYS_getpriority, PRIO_PROCESS, 0x3fffffff), -ESRCH);
    IS(setpriority(PRIO_PROCESS, 0x3fffffff, 0), -ESRCH);
    IS(setpriority(PRIO_PROCESS, 0, 0), 0);
}
ROOT_CASE(priority_needs_privilege)
{
    OK(setresuid(0, 65534, 0));
    long up = tap_result(setpriority(PRIO_PROCESS, 0, -1)), down = tap_result(setpriority(PRIO_PROCESS, 0, 1));
    OK(setresuid(0, 0, 0));
    OK(setpriority(PRIO_PROCESS, 0, 0));
    EQ(up, -EACCES);
    EQ(down, 0);
}
CASE(scheduling)
{
    struct sched_param param = { 0 };
    IS(sched_yield(), 0);
    IS(sched_getscheduler(0), SCHED_OTHER);
    IS(sched_getparam(0, &param), 0);
    EQ(param.sched_priority, 0);
    IS(sched_get_priority_max(SCHED_FIFO), 99);
    IS(sched_get_priority_min(SCHED_FIFO), 1);
    IS(sched_get_priority_max(SCHED_OTHER), 0);
    IS(sched_get_priority_max(77), -EINVAL);
    IS(sched_setscheduler(0, SCHED_BATCH, &param), 0);
    IS(sched_getscheduler(0), SCHED_BATCH);
    IS(sched_setscheduler(0, SCHED_OTHER, &param), 0);
    IS(sched_setscheduler(0, 77, &param), -EINVAL);
    param.sched_priority = 5;
    IS(sched_setscheduler(0, SCHED_OTHER, &param), -EINVAL);
    IS(syscall(SYS_sched_setparam, 0, 8), -EFAULT);
    IS(syscall(SYS_sched_getparam, 0, NULL), -EINVAL);
    IS(sched_getscheduler(0x3fffffff), -ESRCH);
    IS(sched_getscheduler(-1), -EINVAL);
}
CASE(affinity)
{
    unsigned long mask[128] = { 0 }, other[128] = { 0 };
    long length = tap_result(syscall(SYS_sched_getaffinity, 0, sizeof mask, mask));
    TRUE(length >= 8 && length % 8 == 0);
    TRUE(mask[0] != 0);
    IS(syscall(SYS_sched_getaffinity, 0, 4, mask), -EINVAL);
    IS(syscall(SYS_sched_getaffinity, 0, sizeof mask, 8), -EFAULT);
    IS(syscall(SYS_sched_getaffinity, 0x3fffffff, sizeof mask, mask), -ESRCH);
    other[0] = mask[0] & -mask[0];
    IS(syscall(SYS_sched_setaffinity, 0, sizeof other, other), 0);
    OK(syscall(SYS_sched_getaffinity, 0, sizeof other, other));
    EQ(other[0], mask[0] & -mask[0]);
    unsigned cpu = 99, node = 99;
    IS(syscall(SYS_getcpu, &cpu, &node, NULL), 0);
    EQ(1ul << cpu, other[0]);
    other[0] = 0;
    IS(syscall(SYS_sched_setaffinity, 0, sizeof other, other), -EINVAL);
    IS(syscall(SYS_sched_setaffinity, 0, sizeof mask, mask), 0);
}
CASE(uname_of_linux)
{
    struct utsname name;
    OK(uname(&name));
    STR(name.sysname, "Linux");
    STR(name.machine, "x86_64");
    TRUE(atoi(name.release) >= 5);
    TRUE(name.nodename[0] != 0);
    IS(syscall(SYS_uname, 8), -EFAULT);
}
ROOT_CASE(host_name)
{
    char name[65];
    IS(gethostname(name, sizeof name), 0);
    OK(setresuid(0, 65534, 0));
    long result = tap_result(sethostname("other", 5));
    OK(setresuid(0, 0, 0));
    EQ(result, -EPERM);
    IS(sethostname(name, 65), -EINVAL);
    IS(syscall(SYS_sethostname, name, -1), -EINVAL);
}
CASE(personality_is_kept)
{
    IS(personality(0xffffffff), 0);
    IS(personality(ADDR_NO_RANDOMIZE), 0);
    IS(personality(0xffffffff), ADDR_NO_RANDOMIZE);
    IS(personality(0), ADDR_NO_RANDOMIZE);
}
CASE(random_bytes)
{
    unsigned char a[300] = { 0 }, b[300] = { 0 };
    IS(getrandom(a, 300, 0), 300);
    IS(getrandom(b, 300, GRND_NONBLOCK), 300);
    TRUE(memcmp(a, b, 300) != 0);
    IS(getrandom(a, 16, GRND_INSECURE), 16);
    IS(getrandom(a, 16, 0x80), -EINVAL);
    IS(getrandom(a, 16, GRND_RANDOM | GRND_INSECURE), -EINVAL);
    IS(syscall(SYS_getrandom, 8, 16, 0), -EFAULT);
    IS(getrandom(a, 0, 0), 0);
    static char large[1 << 20];
    IS(getrandom(large, sizeof large, 0), (long)sizeof large);
}
CASE(waiting_without_children)
{
    int status;
    siginfo_t info;
    IS(waitpid(-1, &status, 0), -ECHILD);
    IS(waitpid(-1, &status, WNOHANG), -ECHILD);
    IS(waitpid(0x3fffffff, &status, 0), -ECHILD);
    IS(syscall(SYS_wait4, -1, NULL, 0x80, NULL), -EINVAL);
    IS(waitid(P_ALL, 0, &info, WEXITED), -ECHILD);
    IS(waitid(P_ALL, 0, &info, 0), -EINVAL);
    IS(waitid(99, 0, &info, WEXITED), -EINVAL);
}
CASE(thread_bookkeeping)
{
    void *head;
    size_t length = 0;
    int word;
    IS(syscall(SYS_set_tid_address, &word), gettid());
    IS(syscall(SYS_get_robust_list, 0, &head, &length), 0);
    EQ(length, 24);
    IS(syscall(SYS_set_robust_list, head, 23), -EINVAL);
    IS(syscall(SYS_set_robust_list, head, 24), 0);
    IS(syscall(SYS_rseq, 0, 0, 0, 0), -EINVAL);
}
ROOT_CASE(privileged_calls_as_nobody)
{
    OK(setresuid(0, 65534, 0));
    long results[] = { tap_result(syscall(SYS_chroot, "/")),
                       tap_result(syscall(SYS_reboot, 0xfee1dead, 672274793, 0, 0)),
                       tap_result(syscall(SYS_mount, "a", "/", "tmpfs", 0, 0)),
                       tap_result(syscall(SYS_umount2, "/", 0)),
                       tap_result(syscall(SYS_settimeofday, &(long[]){ 0, 0 }, NULL)),
                       tap_result(syscall(SYS_pivot_root, "/", "/")) };
    OK(setresuid(0, 0, 0));
    for (size_t i = 0; i < sizeof results / sizeof *results; i++)
        SHOW("%s", tap_error(results[i]));
}
CASE(futex_without_others)
{
    int word = 5;
    struct { long s, ns; } time = { 0, 2000000 };
    IS(syscall(SYS_futex, &word, 0 /* WAIT */, 4, NULL), -EAGAIN);
    IS(syscall(SYS_futex, &word, 0, 5, &time), -ETIMEDOUT);
    IS(syscall(SYS_futex, &word, 128, 5, &time), -ETIMEDOUT);
    IS(syscall(SYS_futex, &word, 1 /* WAKE */, 1), 0);
    IS(syscall(SYS_futex, &word, 129, 1), 0);
    IS(syscall(SYS_futex, (char *)&word + 1, 0, 5, &time), -EINVAL);
    IS(syscall(SYS_futex, 8, 0, 5, &time), -EFAULT);
    IS(syscall(SYS_futex, &word, 99, 5, &time), -ENOSYS);
    IS(syscall(SYS_futex, &word, 9 /* WAIT_BITSET */, 5, &time, NULL, 0), -EINVAL);
    time.ns = 1000000000;
    IS(syscall(SYS_futex, &word, 0, 5, &time), -EINVAL);
}
