// clone and clone3: what is refused, what the child gets, what is told to whom.
#include "../process/process.h"
#include <linux/futex.h>

static long clone_raw(unsigned long flags, void *stack, int *parent_tid, int *child_tid, unsigned long tls)
{
    return syscall(SYS_clone, flags, stack, parent_tid, child_tid, tls);
}
static long clone_three(struct clone_args *arguments, size_t size)
{
    long pid = syscall(SYS_clone3, arguments, size);
    if (pid == 0)
        _exit(33);
    return pid;
}
CASE(combinations_that_clone_refuses)
{
    static const unsigned long rows[] = {
        CLONE_THREAD,
        CLONE_SIGHAND,
        CLONE_THREAD | CLONE_SIGHAND,
        CLONE_THREAD | CLONE_VM,
        CLONE_FS | CLONE_NEWNS,
        CLONE_PIDFD | CLONE_PARENT_SETTID,
        CLONE_PIDFD | CLONE_DETACHED,
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int word;
        long pid = clone_raw(rows[i], 0, &word, &word, 0);
        if (pid == 0)
            _exit(0);
        SHOW("%s", pid > 0 ? "made" : tap_error(-errno));
        if (pid > 0)
            waitpid((pid_t)pid, 0, __WALL);
    }
}
CASE(combinations_that_clone3_refuses)
{
    struct clone_args arguments = { 0 };
    IS(clone_three(&arguments, 63), -EINVAL);
    IS(clone_three(&arguments, 4097), -E2BIG);
    IS(clone_three((struct clone_args *)8, 64), -EFAULT);
    static const struct clone_args rows[] = {
        { .flags = SIGCHLD },
        { .exit_signal = 65 },
        { .exit_signal = 1ul << 32 },
        { .flags = CLONE_DETACHED },
        { .flags = 1ul << 34 },
        { .stack = 4096 },
        { .stack_size = 4096 },
        { .stack = -1ul, .stack_size = 4096 },
        { .flags = CLONE_PARENT, .exit_signal = SIGCHLD },
        { .flags = CLONE_THREAD | CLONE_SIGHAND | CLONE_VM, .exit_signal = SIGCHLD },
        { .flags = CLONE_CLEAR_SIGHAND | CLONE_SIGHAND | CLONE_VM },
        { .set_tid_size = 33 },
        { .set_tid = 8 },
        { .set_tid_size = 1 },
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct clone_args row = rows[i];
        IS(clone_three(&row, sizeof row), -EINVAL);
    }
    // What a newer program does not use may be there.
    struct { struct clone_args known; unsigned long more; } newer = { { .exit_signal = SIGCHLD }, 0 };
    long pid = clone_three(&newer.known, sizeof newer);
    TRUE(pid > 0);
    EQ(status_of((pid_t)pid), 33 << 8);
    newer.more = 1;
    IS(clone_three(&newer.known, sizeof newer), -E2BIG);
}
CASE(numbers_are_written)
{
    int *words = shared_words();
    long pid = clone_raw(CLONE_PARENT_SETTID | CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID | SIGCHLD, 0, words,
                         words + 1, 0);
    if (pid == 0)
        _exit(words[0] == getpid() && words[1] == getpid() ? 1 : 2);
    EQ(words[0], pid);
    EQ(status_of((pid_t)pid), 1 << 8);
    // Nobody else uses the child's memory when it ends: the word stays.
    EQ(words[1], pid);
    // Bad addresses are the program's loss.
    pid = clone_raw(CLONE_PARENT_SETTID | CLONE_CHILD_SETTID | SIGCHLD, 0, (int *)8, (int *)8, 0);
    if (pid == 0)
        _exit(3);
    TRUE(pid > 0);
    EQ(status_of((pid_t)pid), 3 << 8);
}
static int stays(void *word)
{
    return word_becomes(word, 1) ? 5 : 6;
}
CASE(word_is_cleared_when_memory_is_shared)
{
    static char stack[65536] __attribute__((aligned(16)));
    static int go, tid;
    go = 0;
    tid = -1;
    pid_t pid = clone(stays, stack + sizeof stack, CLONE_VM | CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID | SIGCHLD,
                      &go, 0, 0, &tid);
    TRUE(pid > 0);
    go = 1;
    EQ(status_of(pid), 5 << 8);
    EQ(tid, 0);
}
CASE(descriptor_of_the_child)
{
    int fd = -1;
    long pid = clone_raw(CLONE_PIDFD | SIGCHLD, 0, &fd, 0, 0);
    if (pid == 0)
        for (;;)
            pause();
    TRUE(fd >= 0);
    EQ(fcntl(fd, F_GETFD), FD_CLOEXEC);
    IS(syscall(SYS_pidfd_send_signal, fd, SIGTERM, 0, 0), 0);
    EQ(status_of((pid_t)pid), SIGTERM);
    close(fd);
    pid = clone_raw(CLONE_PIDFD | SIGCHLD, 0, (int *)8, 0, 0);
    if (pid == 0)
        _exit(0);
    EQ(pid < 0 ? errno : 0, EFAULT);
}
// What is shared is seen on the other side, what is not is not.
CASE(descriptors_and_directories)
{
    for (int shared = 0; shared < 2; shared++) {
        char before[256], after[256];
        int fd = open("/dev/null", O_RDONLY);
        TRUE(getcwd(before, sizeof before) != NULL);
        long pid = clone_raw((shared ? CLONE_FILES | CLONE_FS : 0) | SIGCHLD, 0, 0, 0, 0);
        if (pid == 0) {
            close(fd);
            umask(0123);
            _exit(chdir("/"));
        }
        EQ(status_of((pid_t)pid), 0);
        IS(fcntl(fd, F_GETFD), shared ? -EBADF : 0);
        TRUE(getcwd(after, sizeof after) != NULL);
        EQ(strcmp(after, "/") == 0, shared || strcmp(before, "/") == 0);
        EQ(umask(022) == 0123, shared);
        if (!shared)
            close(fd);
        IS(chdir(before), 0);
    }
}
static int change_handler(void *unused)
{
    signal(SIGUSR1, SIG_IGN);
    return 0;
}
CASE(handlers)
{
    static char stack[65536] __attribute__((aligned(16)));
    for (int shared = 0; shared < 2; shared++) {
        signal(SIGUSR1, SIG_DFL);
        pid_t pid = clone(change_handler, stack + sizeof stack,
                          CLONE_VM | (shared ? CLONE_SIGHAND : 0) | SIGCHLD, 0);
        EQ(status_of(pid), 0);
        EQ(signal(SIGUSR1, SIG_DFL) == SIG_IGN, shared);
    }
}
