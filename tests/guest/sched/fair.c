// Who has run for long does not pay for it when others come.
#include "../process/process.h"
#include <pthread.h>

#define ALONE 200000000ul

static unsigned long first, second;

static void *count_second(void *unused)
{
    while (second < ALONE / 2)
        __atomic_store_n(&second, second + 1, __ATOMIC_RELAXED);
    // Long before it has counted as far as the first one, that one has gone on.
    _exit(__atomic_load_n(&first, __ATOMIC_RELAXED) - ALONE > ALONE / 20 ? 0 : 2);
    return unused;
}
static void *count_first(void *unused)
{
    pthread_t thread;
    while (first < ALONE)
        __atomic_store_n(&first, first + 1, __ATOMIC_RELAXED);
    if (pthread_create(&thread, 0, count_second, 0))
        _exit(1);
    for (;;)
        __atomic_store_n(&first, first + 1, __ATOMIC_RELAXED);
    return unused;
}
// On one processor: a thread that counts alone, then a second one.
CASE(the_first_goes_on_beside_the_second)
{
    pid_t pid = fork();
    if (pid == 0) {
        cpu_set_t one;
        pthread_t thread;
        sched_getaffinity(0, sizeof one, &one);
        int cpu = 0;
        while (!CPU_ISSET(cpu, &one))
            cpu++;
        CPU_ZERO(&one);
        CPU_SET(cpu, &one);
        if (sched_setaffinity(0, sizeof one, &one) || pthread_create(&thread, 0, count_first, 0))
            _exit(1);
        pthread_join(thread, 0);
    }
    EQ(status_of(pid), 0);
}
