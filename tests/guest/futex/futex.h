// What the cases about futexes share.
#ifndef FUTEX_H
#define FUTEX_H

#include "../ipc/ipc.h"
#include <linux/futex.h>
#include <sys/mman.h>

#ifndef FUTEX_LOCK_PI2
#define FUTEX_LOCK_PI2 13
#endif

static long futex(void *word, int operation, unsigned value, const void *timeout, void *second, unsigned third)
{
    errno = 0;
    return syscall(SYS_futex, word, operation, value, timeout, second, third);
}

__attribute__((unused)) static unsigned self(void) { return (unsigned)syscall(SYS_gettid); }

__attribute__((unused)) static struct timespec later(clockid_t clock, long milliseconds)
{
    struct timespec time;
    clock_gettime(clock, &time);
    time.tv_nsec += milliseconds * 1000000;
    time.tv_sec += time.tv_nsec / 1000000000;
    time.tv_nsec %= 1000000000;
    return time;
}

// One call of futex(2) for a helper thread.
struct call { void *word; int operation; unsigned value; const void *timeout; void *second; unsigned third; };
__attribute__((unused)) static long make_call(void *data)
{
    struct call *call = data;
    return futex(call->word, call->operation, call->value, call->timeout, call->second, call->third);
}

#endif
