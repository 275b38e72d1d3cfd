// What the cases about communication between threads share.
#ifndef IPC_H
#define IPC_H

#include "tap.h"
#include <pthread.h>
#include <sched.h>
#include <sys/ipc.h>
#include <time.h>

// A second thread that makes one call; `call` runs in it.
struct helper {
    pthread_t thread;
    long (*call)(void *);
    void *argument;
    long result;
    volatile pid_t tid;
    volatile int ended;
};

__attribute__((unused)) static void *helper_main(void *data)
{
    struct helper *helper = data;
    helper->tid = (pid_t)syscall(SYS_gettid);
    errno = 0;
    helper->result = tap_result(helper->call(helper->argument));
    helper->ended = 1;
    return NULL;
}

// Starts it; waits until it sleeps in its call, or is through with it.
__attribute__((unused)) static void start(struct helper *helper, long (*call)(void *), void *argument)
{
    char path[64], text[512], *state;
    *helper = (struct helper) { .call = call, .argument = argument };
    if (pthread_create(&helper->thread, NULL, helper_main, helper)) {
        tap_fail("no thread");
        return;
    }
    while (!helper->tid)
        sched_yield();
    snprintf(path, sizeof path, "/proc/self/task/%d/stat", helper->tid);
    for (int sleeping = 0; sleeping < 3 && !helper->ended;) {
        int fd = open(path, O_RDONLY);
        long length = fd < 0 ? -1 : read(fd, text, sizeof text - 1);
        close(fd);
        if (length <= 0)
            return;
        text[length] = 0;
        state = strrchr(text, ')');
        sleeping = state && state[2] == 'S' ? sleeping + 1 : 0;
        sched_yield();
    }
}

__attribute__((unused)) static long finish(struct helper *helper)
{
    pthread_join(helper->thread, NULL);
    return helper->result;
}

// A signal whose handler does nothing.
__attribute__((unused)) static void nothing(int signal) { (void)signal; }

__attribute__((unused)) static void handle(int signal, int flags)
{
    struct sigaction action = { .sa_handler = nothing, .sa_flags = flags };
    sigaction(signal, &action, NULL);
}

// A key that no other program has, with some certainty.
__attribute__((unused)) static key_t a_key(int number) { return 0x54000000 + getpid() * 16 + number; }

#endif
