// A fork bomb ends at RLIMIT_NPROC with EAGAIN, in processes and in threads, and the world goes on.
// timeout: 120
#include "../tap.h"
#include <pthread.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>

static struct { int refused, other, made; } *shared;

static void limited(rlim_t most)
{
    struct rlimit limit = { most, most };
    if (setrlimit(RLIMIT_NPROC, &limit) || setresgid(54321, 54321, 54321) || setresuid(54321, 54321, 54321))
        _exit(90);
}
static void share(void)
{
    shared = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
}
static void bomb(void)
{
    // Every process forks until it may not any more.
    for (;;) {
        pid_t pid = fork();
        if (pid > 0)
            __atomic_add_fetch(&shared->made, 1, __ATOMIC_SEQ_CST);
        if (pid < 0) {
            __atomic_add_fetch(errno == EAGAIN ? &shared->refused : &shared->other, 1, __ATOMIC_SEQ_CST);
            pause();
        }
    }
}
ROOT_CASE(forks_end_in_eagain)
{
    share();
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    pid_t pid = fork();
    if (pid == 0) {
        setpgid(0, 0);
        limited(40);
        bomb();
    }
    // All are there when as many were refused as there may be.
    for (int i = 0; i < 10000 && __atomic_load_n(&shared->refused, __ATOMIC_SEQ_CST) < 40; i++)
        usleep(1000);
    EQ(shared->refused, 40);
    EQ(shared->other, 0);
    EQ(shared->made, 39);
    setpgid(pid, pid);
    IS(kill(-pid, SIGKILL), 0);
    int status, ended = 0;
    while (wait(&status) > 0)
        ended += WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
    EQ(ended, 40);
    prctl(PR_SET_CHILD_SUBREAPER, 0);
}
static void *stay(void *unused)
{
    pause();
    return unused;
}
ROOT_CASE(threads_end_in_eagain)
{
    pid_t pid = fork();
    if (pid == 0) {
        pthread_t thread;
        int made = 0, error;
        limited(20);
        while (!(error = pthread_create(&thread, 0, stay, 0)))
            made++;
        _exit(error == EAGAIN ? made : 99);
    }
    int status;
    IS(waitpid(pid, &status, 0), pid);
    EQ(status, 19 << 8);
}
ROOT_CASE(root_is_not_limited)
{
    pid_t pid = fork();
    if (pid == 0) {
        struct rlimit limit = { 0, 0 };
        setrlimit(RLIMIT_NPROC, &limit);
        pid_t child = fork();
        if (child == 0)
            _exit(5);
        int status = 0;
        waitpid(child, &status, 0);
        _exit(child < 0 ? 1 : WEXITSTATUS(status));
    }
    int status;
    IS(waitpid(pid, &status, 0), pid);
    EQ(status, 5 << 8);
}
