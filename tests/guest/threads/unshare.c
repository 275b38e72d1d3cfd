// unshare: what a thread has for itself afterwards, what is refused.
#include "../ipc/ipc.h"
#include <fcntl.h>
#include <sched.h>
#include <sys/stat.h>
#include <sys/wait.h>

static long unshared(long flags)
{
    return syscall(SYS_unshare, flags) ? -errno : 0;
}
static long in_a_child(long flags)
{
    pid_t pid = fork();
    if (!pid)
        _exit((int)-unshared(flags));
    int status = 0;
    waitpid(pid, &status, 0);
    return -WEXITSTATUS(status);
}
CASE(flags)
{
    IS(in_a_child(0), 0);
    static const long unknown[] = { 1, CLONE_PTRACE, CLONE_PARENT, CLONE_VFORK, CLONE_IO, 1l << 32 };
    for (size_t i = 0; i < sizeof unknown / sizeof *unknown; i++) {
        IS(in_a_child(unknown[i]), -EINVAL);
    }
    // Nothing of it is shared.
    IS(in_a_child(CLONE_VM | CLONE_SIGHAND | CLONE_THREAD | CLONE_FS | CLONE_FILES | CLONE_SYSVSEM), 0);
}
static long with_another_thread(void *data)
{
    return unshared((long)data);
}
CASE(what_threads_share)
{
    static const long rows[] = { CLONE_THREAD, CLONE_SIGHAND, CLONE_VM };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct helper helper;
        start(&helper, with_another_thread, (void *)rows[i]);
        IS(finish(&helper), -EINVAL);
    }
}
static int copy = -1;
static long leaves(void *data)
{
    (void)data;
    char name[64];
    long result = unshared(CLONE_FS | CLONE_FILES);
    if (result || chdir("/") || !getcwd(name, sizeof name))
        return result;
    umask(0177);
    close(copy);
    return fcntl(copy, F_GETFD) == -1 ? strcmp(name, "/") : -1;
}
CASE(own_directory_umask_and_descriptors)
{
    struct helper helper;
    char before[4096], after[4096];
    TRUE(getcwd(before, sizeof before) != NULL);
    mode_t mask = umask(022);
    copy = dup(1);
    start(&helper, leaves, NULL);
    IS(finish(&helper), 0);
    TRUE(getcwd(after, sizeof after) != NULL);
    TRUE(!strcmp(before, after));
    EQ(umask(mask), 022);
    IS(close(copy), 0);
}
