// Restartable sequences (rseq(2)). The C library registers one for each thread when it can; where it has,
// a case takes that back first.
#include "../tap.h"
#include <pthread.h>
#include <sched.h>
#include <sys/auxv.h>
#include <sys/wait.h>

struct area { unsigned start, cpu; unsigned long sequence; unsigned flags, node, concurrency, rest; };
struct sequence { unsigned version, flags; unsigned long start, length, abort; };
#define SIGNATURE 0x53053053u

static struct area area __attribute__((aligned(64)));
static long rseq(void *at, unsigned length, int flags, unsigned signature)
{
    long got = syscall(SYS_rseq, at, length, flags, signature);
    return got == -1 ? -errno : got;
}
// Takes back what the C library registered.
static void take_back(void)
{
#ifdef __GLIBC__
    extern const ptrdiff_t __rseq_offset __attribute__((weak));
    extern const unsigned __rseq_size __attribute__((weak));
    if (&__rseq_size && __rseq_size)
        rseq((char *)__builtin_thread_pointer() + __rseq_offset, 32, 1, SIGNATURE);
#endif
}

CASE(registered_and_taken_back)
{
    take_back();
    EQ(rseq(&area, 32, 0, SIGNATURE), 0);
    TRUE(area.cpu < 4096 && area.cpu == area.start);
    EQ(rseq(&area, 32, 0, SIGNATURE), -EBUSY);
    EQ(rseq(&area, 32, 0, 1), -EPERM);
    EQ(rseq(&area, 64, 0, SIGNATURE), -EINVAL);
    EQ(rseq((char *)&area + 32, 32, 0, SIGNATURE), -EINVAL);
    EQ(rseq(&area, 32, 2, SIGNATURE), -EINVAL);
    EQ(rseq(&area, 32, 1, 1), -EPERM);
    EQ(rseq(&area, 64, 1, SIGNATURE), -EINVAL);
    EQ(rseq(&area, 32, 3, SIGNATURE), -EINVAL);
    EQ(rseq(&area, 32, 1, SIGNATURE), 0);
    EQ(area.cpu, -1u);
    EQ(rseq(&area, 32, 1, SIGNATURE), -EINVAL);
}
CASE(wrong_from_the_start)
{
    take_back();
    EQ(rseq(&area, 31, 0, SIGNATURE), -EINVAL);
    EQ(rseq((char *)&area + 4, 32, 0, SIGNATURE), -EINVAL);
    EQ(rseq((void *)0xffff800000000000, 32, 0, SIGNATURE), -EFAULT);
    EQ(rseq(NULL, 32, 1, SIGNATURE), -EINVAL);
}
CASE(what_programs_are_told)
{
    SHOW("%lu %lu", getauxval(27), getauxval(28));
}
CASE(the_processor_is_the_one_that_runs)
{
    cpu_set_t all, one;
    take_back();
    EQ(rseq(&area, 32, 0, SIGNATURE), 0);
    EQ(sched_getaffinity(0, sizeof all, &all), 0);
    for (int cpu = 0; cpu < CPU_SETSIZE; cpu++) {
        if (!CPU_ISSET(cpu, &all))
            continue;
        CPU_ZERO(&one);
        CPU_SET(cpu, &one);
        EQ(sched_setaffinity(0, sizeof one, &one), 0);
        EQ(area.cpu, cpu);
        EQ(area.start, cpu);
        EQ(sched_getcpu(), cpu);
    }
    EQ(sched_setaffinity(0, sizeof all, &all), 0);
    EQ(rseq(&area, 32, 1, SIGNATURE), 0);
}

static volatile int aborted, handled;
static void on_alarm(int number)
{
    (void)number;
    handled++;
}
// Spins inside of a sequence until something interrupts it there; gives whether it went on at the abort.
__attribute__((noinline)) static int spin_in_sequence(void)
{
    static struct sequence sequence __attribute__((aligned(32)));
    int went_on = 0;
    asm volatile(
        "leaq 1f(%%rip), %%rax\n movq %%rax, 8(%1)\n"
        "leaq 2f(%%rip), %%rcx\n subq %%rax, %%rcx\n movq %%rcx, 16(%1)\n"
        "leaq 4f(%%rip), %%rax\n movq %%rax, 24(%1)\n"
        "movq %1, 8(%2)\n"
        "1: pause\n jmp 1b\n"
        "2: nop\n jmp 5f\n"
        ".long 0x53053053\n"
        "4: movl $1, %0\n"
        "5:\n"
        : "+r"(went_on) : "r"(&sequence), "r"(&area) : "rax", "rcx", "memory", "cc");
    return went_on;
}
CASE(a_signal_starts_a_sequence_anew)
{
    struct sigaction action = { .sa_handler = on_alarm };
    take_back();
    EQ(rseq(&area, 32, 0, SIGNATURE), 0);
    sigaction(SIGALRM, &action, NULL);
    ualarm(20000, 0);
    EQ(spin_in_sequence(), 1);
    EQ(area.sequence, 0);
    // Other threads may have taken the processor before; the handler runs all the same.
    while (!handled)
        ;
    EQ(rseq(&area, 32, 1, SIGNATURE), 0);
}
static void *compete(void *stop)
{
    while (!*(volatile int *)stop)
        ;
    return NULL;
}
CASE(losing_the_processor_starts_a_sequence_anew)
{
    static volatile int stop;
    pthread_t rivals[4];
    cpu_set_t all, one;
    take_back();
    EQ(rseq(&area, 32, 0, SIGNATURE), 0);
    sched_getaffinity(0, sizeof all, &all);
    CPU_ZERO(&one);
    CPU_SET(sched_getcpu(), &one);
    EQ(sched_setaffinity(0, sizeof one, &one), 0);
    for (int i = 0; i < 4; i++)
        pthread_create(&rivals[i], NULL, compete, (void *)&stop);
    EQ(spin_in_sequence(), 1);
    stop = 1;
    for (int i = 0; i < 4; i++)
        pthread_join(rivals[i], NULL);
    EQ(sched_setaffinity(0, sizeof all, &all), 0);
    EQ(rseq(&area, 32, 1, SIGNATURE), 0);
}
CASE(a_child_has_it_and_a_thread_has_not)
{
    int status;
    take_back();
    EQ(rseq(&area, 32, 0, SIGNATURE), 0);
    pid_t child = fork();
    if (child == 0)
        _exit(rseq(&area, 32, 0, SIGNATURE) == -EBUSY && area.cpu < 4096 ? 0 : 1);
    EQ(waitpid(child, &status, 0), child);
    EQ(status, 0);
    EQ(rseq(&area, 32, 1, SIGNATURE), 0);
}
