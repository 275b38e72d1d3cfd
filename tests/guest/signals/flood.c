// Signals that come faster than the process has time for.
#include "sig.h"
#include <sys/mman.h>
#include <sys/wait.h>

static volatile int *shared;

static void count(int signal)
{
    (void)signal;
    shared[1]++;
}
static pid_t start(void (*handler)(int), int number)
{
    shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    pid_t child = fork();
    if (child == 0) {
        signal(number, handler);
        for (shared[0] = 1; shared[0] != 2;)
            ;
        _exit(shared[1] > 0);
    }
    while (!shared[0])
        usleep(1000);
    return child;
}
static int end_of(pid_t child)
{
    int status = -1;
    shared[0] = 2;
    waitpid(child, &status, 0);
    return status;
}
CASE(process_that_handles_each)
{
    pid_t child = start(count, SIGUSR1);
    for (int i = 0; i < 20000; i++)
        OK(kill(child, SIGUSR1));
    EQ(end_of(child), 1 << 8);
}
CASE(process_that_queues_them)
{
    pid_t child = start(count, SIGRTMIN + 1);
    for (int i = 0; i < 20000; i++) {
        int result = sigqueue(child, SIGRTMIN + 1, (union sigval){ .sival_int = i });
        EQ(result == 0 || errno == EAGAIN, 1);
    }
    EQ(end_of(child), 1 << 8);
}
CASE(process_that_has_ended)
{
    pid_t child = start(SIG_DFL, SIGTERM);
    for (int i = 0; i < 20000; i++)
        OK(kill(child, SIGKILL));
    EQ(end_of(child), SIGKILL);
}
