// Shared by the tests of processes.
#ifndef PROCESS_H
#define PROCESS_H

#include "../tap.h"
#include <linux/sched.h>
#include <poll.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>

// A number that parent and children share.
__attribute__((unused)) static int *shared_words(void)
{
    return mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
}
// Ends a child and waits for it.
__attribute__((unused)) static void end_child(pid_t pid)
{
    kill(pid, SIGKILL);
    waitpid(pid, 0, __WALL);
}
// A child that does nothing until it is told otherwise.
__attribute__((unused)) static pid_t idle_child(void)
{
    pid_t pid = fork();
    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        for (;;)
            pause();
    }
    return pid;
}
// Waits until a word has a value; gives up after some seconds.
__attribute__((unused)) static int word_becomes(int *word, int value)
{
    for (int i = 0; i < 10000; i++) {
        if (__atomic_load_n(word, __ATOMIC_SEQ_CST) == value)
            return 1;
        usleep(1000);
    }
    return 0;
}
// The child's status, which has ended or stopped.
__attribute__((unused)) static int status_of(pid_t pid)
{
    int status = -1;
    if (waitpid(pid, &status, __WALL) != pid)
        return -1;
    return status;
}

#endif
