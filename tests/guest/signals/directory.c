// pidfd_send_signal(2) with the directory of a process in /proc, and with what is not one.
#include "sig.h"
#include <sys/wait.h>

static long send(int fd, int number)
{
    return syscall(SYS_pidfd_send_signal, fd, number, NULL, 0);
}
static int open_proc(pid_t pid, const char *rest, int flags)
{
    char name[64];
    snprintf(name, sizeof name, "/proc/%d%s", pid, rest);
    return open(name, flags | O_RDONLY);
}
CASE(directory_of_a_process)
{
    pid_t child = fork();
    if (child == 0)
        for (;;)
            pause();
    int fd = open_proc(child, "", O_DIRECTORY);
    IS(send(fd, 0), 0);
    IS(send(fd, 1000), -EINVAL);
    IS(send(fd, SIGKILL), 0);
    int status = 0;
    EQ(waitpid(child, &status, 0), child);
    EQ(WTERMSIG(status), SIGKILL);
    IS(send(fd, 0), -ESRCH);
}
CASE(what_is_no_directory_of_a_process)
{
    static const struct { const char *rest; int flags; } rows[] = {
        { "/fd", O_DIRECTORY }, { "/task", O_DIRECTORY }, { "/status", 0 }, { "", O_PATH }, { "/root", 0 },
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int fd = open_proc(getpid(), rows[i].rest, rows[i].flags);
        EQ(fd >= 0, 1);
        IS(send(fd, 0), -EBADF);
        close(fd);
    }
    int fd = open("/proc", O_DIRECTORY);
    IS(send(fd, 0), -EBADF);
    char rest[64];
    snprintf(rest, sizeof rest, "/task/%d", getpid());
    IS(send(open_proc(getpid(), rest, 0), 0), -EBADF);
}
