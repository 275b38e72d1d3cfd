// What the cases about signals share.
#ifndef SIG_H
#define SIG_H

#include "tap.h"
#include <setjmp.h>
#include <sys/time.h>
#include <time.h>
#include <ucontext.h>

static volatile int sig_count, sig_order[64];
static siginfo_t sig_info;

__attribute__((unused)) static void sig_handler(int signal)
{
    if (sig_count < 64)
        sig_order[sig_count] = signal;
    sig_count++;
}

__attribute__((unused)) static void sig_action(int signal, siginfo_t *info, void *context)
{
    (void)context;
    sig_info = *info;
    sig_handler(signal);
}

// Installs sig_action with these flags and begins to count.
__attribute__((unused)) static void watch(int signal, int flags)
{
    struct sigaction action = { .sa_sigaction = sig_action, .sa_flags = SA_SIGINFO | flags };
    if (sigaction(signal, &action, NULL))
        tap_fail("sigaction(%d): %s", signal, tap_error(-errno));
    sig_count = 0;
    memset(&sig_info, 0, sizeof sig_info);
}

__attribute__((unused)) static sigset_t set_of(int first, int second)
{
    sigset_t set;
    sigemptyset(&set);
    if (first)
        sigaddset(&set, first);
    if (second)
        sigaddset(&set, second);
    return set;
}

__attribute__((unused)) static void hold(int first, int second)
{
    sigset_t set = set_of(first, second);
    sigprocmask(SIG_BLOCK, &set, NULL);
}

__attribute__((unused)) static void release(void)
{
    sigset_t set;
    sigemptyset(&set);
    sigprocmask(SIG_SETMASK, &set, NULL);
}

// SIGALRM after so many milliseconds.
__attribute__((unused)) static void alarm_in(int milliseconds)
{
    struct itimerval timer = { .it_value = { milliseconds / 1000, milliseconds % 1000 * 1000 } };
    setitimer(ITIMER_REAL, &timer, NULL);
}

__attribute__((unused)) static long now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

#endif
