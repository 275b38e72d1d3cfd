// wait4 and waitid: who is waited for, for what, and what is told.
#include "process.h"

#define P_PIDFD_ 3

static siginfo_t info;

static long wait_id(int which, int id, int options)
{
    memset(&info, 0x55, sizeof info);
    return syscall(SYS_waitid, which, id, &info, options, 0);
}

CASE(refused)
{
    IS(syscall(SYS_wait4, -1, 0, 0, 0), -ECHILD);
    IS(syscall(SYS_wait4, -1, 0, 0x10, 0), -EINVAL);
    IS(syscall(SYS_wait4, -1, 0, WEXITED, 0), -EINVAL);
    IS(syscall(SYS_wait4, -1, 0, WNOWAIT, 0), -EINVAL);
    IS(syscall(SYS_wait4, 0x80000000, 0, 0, 0), -ESRCH);
    IS(syscall(SYS_wait4, 99999, 0, 0, 0), -ECHILD);
    IS(wait_id(P_ALL, 0, 0), -EINVAL);
    IS(wait_id(P_ALL, 0, WNOHANG), -EINVAL);
    IS(wait_id(P_ALL, 0, WEXITED | 0x10), -EINVAL);
    IS(wait_id(P_ALL, 0, WEXITED), -ECHILD);
    IS(wait_id(P_PID, 0, WEXITED), -EINVAL);
    IS(wait_id(P_PID, -1, WEXITED), -EINVAL);
    IS(wait_id(P_PGID, -1, WEXITED), -EINVAL);
    IS(wait_id(P_PGID, 0, WEXITED), -ECHILD);
    IS(wait_id(P_PIDFD_, -1, WEXITED), -EINVAL);
    IS(wait_id(P_PIDFD_, 77, WEXITED), -EBADF);
    IS(wait_id(P_PIDFD_, 0, WEXITED), -EBADF);
    IS(wait_id(4, 0, WEXITED), -EINVAL);
}
CASE(statuses)
{
    static const struct { int how, value; } rows[] = {
        { 0, 0 }, { 0, 1 }, { 0, 255 }, { 0, 256 }, { 0, -1 }, { 1, SIGKILL }, { 1, SIGTERM }, { 1, SIGSEGV },
        { 1, SIGABRT }, { 1, 34 },
    };
    struct rlimit none = { 0, 0 };
    setrlimit(RLIMIT_CORE, &none);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        pid_t pid = fork();
        if (pid == 0) {
            if (rows[i].how)
                kill(getpid(), rows[i].value);
            _exit(rows[i].value);
        }
        IS(wait_id(P_PID, pid, WEXITED | WNOWAIT), 0);
        EQ(info.si_pid, pid);
        EQ(info.si_signo, SIGCHLD);
        EQ(info.si_errno, 0);
        EQ(info.si_uid, getuid());
        int status = 0;
        IS(waitpid(pid, &status, 0), pid);
        SHOW("%x/%d/%d", status, info.si_code, info.si_status);
        IS(waitpid(pid, &status, 0), -ECHILD);
    }
}
CASE(nothing_has_happened_yet)
{
    pid_t pid = idle_child();
    int status = 77;
    IS(waitpid(pid, &status, WNOHANG), 0);
    EQ(status, 77);
    IS(wait_id(P_PID, pid, WEXITED | WNOHANG), 0);
    EQ(info.si_pid, 0);
    EQ(info.si_signo, 0);
    EQ(info.si_code, 0);
    EQ(info.si_status, 0);
    end_child(pid);
}
CASE(stop_and_continue)
{
    pid_t pid = idle_child();
    // The terminal's signals stop no orphaned group: here the parent is in another one.
    setpgid(pid, pid);
    kill(pid, SIGSTOP);
    int status;
    IS(waitpid(pid, &status, WUNTRACED), pid);
    EQ(status, 0x137f);
    // It is told once.
    IS(waitpid(pid, &status, WUNTRACED | WNOHANG), 0);
    kill(pid, SIGCONT);
    IS(waitpid(pid, &status, WCONTINUED), pid);
    EQ(status, 0xffff);
    IS(waitpid(pid, &status, WCONTINUED | WNOHANG), 0);
    kill(pid, SIGTSTP);
    IS(wait_id(P_PID, pid, WSTOPPED | WNOWAIT), 0);
    EQ(info.si_code, CLD_STOPPED);
    EQ(info.si_status, SIGTSTP);
    IS(wait_id(P_PID, pid, WSTOPPED), 0);
    IS(wait_id(P_PID, pid, WSTOPPED | WNOHANG), 0);
    EQ(info.si_pid, 0);
    kill(pid, SIGCONT);
    IS(wait_id(P_PID, pid, WCONTINUED | WNOWAIT), 0);
    EQ(info.si_code, CLD_CONTINUED);
    EQ(info.si_status, SIGCONT);
    IS(wait_id(P_PID, pid, WCONTINUED), 0);
    // A stop that nobody waited for is forgotten when the process goes on.
    kill(pid, SIGSTOP);
    IS(wait_id(P_PID, pid, WSTOPPED | WNOWAIT), 0);
    kill(pid, SIGCONT);
    IS(wait_id(P_PID, pid, WCONTINUED | WNOWAIT), 0);
    IS(waitpid(pid, &status, WUNTRACED | WNOHANG), 0);
    end_child(pid);
}
CASE(stopped_child_is_killed)
{
    pid_t pid = idle_child();
    kill(pid, SIGSTOP);
    int status;
    IS(waitpid(pid, &status, WUNTRACED), pid);
    kill(pid, SIGTERM);
    IS(waitpid(pid, &status, WNOHANG), 0);
    kill(pid, SIGKILL);
    IS(waitpid(pid, &status, WUNTRACED), pid);
    EQ(status, SIGKILL);
}
// Who waits for stops only does not find a zombie, and has nobody to wait for.
CASE(stops_of_a_zombie)
{
    pid_t pid = fork();
    if (pid == 0)
        _exit(3);
    IS(wait_id(P_PID, pid, WEXITED | WNOWAIT), 0);
    IS(wait_id(P_PID, pid, WSTOPPED | WNOHANG), -ECHILD);
    IS(wait_id(P_PID, pid, WCONTINUED | WNOHANG), -ECHILD);
    IS(wait_id(P_PID, pid, WSTOPPED), -ECHILD);
    IS(wait_id(P_PID, pid, WEXITED | WNOHANG), 0);
    EQ(info.si_status, 3);
}
CASE(groups)
{
    int *go = shared_words();
    pid_t first = fork();
    if (first == 0)
        _exit(word_becomes(go, 1) ? 1 : 9);
    pid_t second = fork();
    if (second == 0) {
        setpgid(0, 0);
        go[1] = 1;
        _exit(word_becomes(go, 1) ? 2 : 9);
    }
    TRUE(word_becomes(go + 1, 1));
    go[0] = 1;
    int status;
    IS(waitpid(-second, &status, 0), second);
    EQ(status, 2 << 8);
    IS(waitpid(-second, &status, 0), -ECHILD);
    IS(wait_id(P_PGID, getpgrp(), WEXITED | WNOWAIT), 0);
    EQ(info.si_pid, first);
    IS(wait_id(P_PGID, 0, WEXITED | WNOWAIT), 0);
    IS(waitpid(0, &status, 0), first);
    EQ(status, 1 << 8);
}
CASE(by_descriptor)
{
    pid_t pid = idle_child();
    int fd = (int)syscall(SYS_pidfd_open, pid, 0);
    IS(wait_id(P_PIDFD_, fd, WEXITED | WNOHANG), 0);
    EQ(info.si_pid, 0);
    struct pollfd poller = { fd, POLLIN, 0 };
    IS(poll(&poller, 1, 0), 0);
    kill(pid, SIGKILL);
    IS(poll(&poller, 1, 10000), 1);
    EQ(poller.revents & POLLIN, POLLIN);
    IS(wait_id(P_PIDFD_, fd, WEXITED | WNOWAIT), 0);
    EQ(info.si_pid, pid);
    IS(wait_id(P_PIDFD_, fd, WEXITED), 0);
    EQ(info.si_code, CLD_KILLED);
    IS(wait_id(P_PIDFD_, fd, WEXITED), -ECHILD);
    IS(syscall(SYS_pidfd_send_signal, fd, 0, 0, 0), -ESRCH);
    close(fd);
}
CASE(by_descriptor_that_does_not_wait)
{
    pid_t pid = idle_child();
    int fd = (int)syscall(SYS_pidfd_open, pid, O_NONBLOCK);
    IS(wait_id(P_PIDFD_, fd, WEXITED), -EAGAIN);
    end_child(pid);
    IS(wait_id(P_PIDFD_, fd, WEXITED), -ECHILD);
    close(fd);
}
static int clone_body(void *status)
{
    return (int)(long)status;
}
CASE(clones)
{
    static char stack[65536];
    int status;
    pid_t pid = clone(clone_body, stack + sizeof stack, 0, (void *)5);
    IS(waitpid(pid, &status, 0), -ECHILD);
    IS(waitpid(pid, &status, __WCLONE), pid);
    EQ(status, 5 << 8);
    signal(SIGUSR1, SIG_IGN);
    pid = clone(clone_body, stack + sizeof stack, SIGUSR1, (void *)6);
    IS(waitpid(pid, &status, 0), -ECHILD);
    IS(waitpid(pid, &status, __WALL), pid);
    EQ(status, 6 << 8);
    signal(SIGUSR1, SIG_DFL);
    pid = clone(clone_body, stack + sizeof stack, SIGCHLD, (void *)7);
    IS(waitpid(pid, &status, __WCLONE), -ECHILD);
    IS(waitpid(-1, &status, __WALL | __WCLONE), pid);
    EQ(status, 7 << 8);
    pid = clone(clone_body, stack + sizeof stack, 0, (void *)8);
    IS(wait_id(P_PID, pid, WEXITED), -ECHILD);
    IS(wait_id(P_PID, pid, WEXITED | __WCLONE), 0);
    EQ(info.si_status, 8);
}
CASE(the_order_of_any)
{
    pid_t pids[3];
    for (int i = 0; i < 3; i++) {
        pids[i] = fork();
        if (pids[i] == 0)
            _exit(i);
    }
    for (int i = 0; i < 3; i++)
        IS(wait_id(P_PID, pids[i], WEXITED | WNOWAIT), 0);
    for (int i = 0; i < 3; i++)
        IS(wait(0), pids[i]);
    IS(wait(0), -ECHILD);
}
CASE(resources)
{
    struct rusage usage;
    pid_t pid = fork();
    if (pid == 0) {
        struct timeval start, now;
        struct rusage own;
        gettimeofday(&start, 0);
        do {
            getrusage(RUSAGE_SELF, &own);
            gettimeofday(&now, 0);
        } while (own.ru_utime.tv_sec * 1000000 + own.ru_utime.tv_usec + own.ru_stime.tv_sec * 1000000 +
                         own.ru_stime.tv_usec < 20000);
        _exit(0);
    }
    memset(&usage, 0x55, sizeof usage);
    IS(wait4(pid, 0, 0, &usage), pid);
    long used = usage.ru_utime.tv_usec + usage.ru_stime.tv_usec +
                1000000 * (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec);
    TRUE(used >= 20000 && used < 10000000);
    TRUE(usage.ru_maxrss > 0);
    struct rusage children;
    IS(getrusage(RUSAGE_CHILDREN, &children), 0);
    TRUE(children.ru_maxrss >= usage.ru_maxrss);
    TRUE(children.ru_utime.tv_usec + children.ru_stime.tv_usec > 0);
}
CASE(bad_addresses)
{
    pid_t pid = fork();
    if (pid == 0)
        _exit(1);
    // The child is gone though its status could not be told.
    IS(syscall(SYS_wait4, pid, 8, 0, 0), -EFAULT);
    IS(syscall(SYS_wait4, pid, 0, 0, 0), -ECHILD);
    pid = fork();
    if (pid == 0)
        _exit(1);
    IS(syscall(SYS_waitid, P_PID, pid, 8, WEXITED, 0), -EFAULT);
    IS(syscall(SYS_waitid, P_PID, pid, 0, WEXITED, 0), -ECHILD);
    pid = fork();
    if (pid == 0)
        _exit(1);
    IS(syscall(SYS_waitid, P_PID, pid, 0, WEXITED, 0), 0);
}
