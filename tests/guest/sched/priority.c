// Policies and priorities act: who runs first, who gives way, and who gets how much (sched(7)).
#include "../tap.h"
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

// Everything on one processor, so that only the scheduler says who runs.
static void on_one_cpu(void)
{
    cpu_set_t all, one;
    CPU_ZERO(&one);
    sched_getaffinity(0, sizeof all, &all);
    for (int cpu = 0; cpu < CPU_SETSIZE; cpu++)
        if (CPU_ISSET(cpu, &all)) {
            CPU_SET(cpu, &one);
            break;
        }
    sched_setaffinity(0, sizeof one, &one);
}
static int policy(int which, int priority)
{
    struct sched_param parameter = { .sched_priority = priority };
    return sched_setscheduler(0, which, &parameter);
}

// What happened, in order.
static char order[64];
static atomic_int used;
static void happens(char what)
{
    int place = atomic_fetch_add(&used, 1);
    if (place < (int)sizeof order - 1)
        order[place] = what;
}
struct actor { char name; int priority, policy, rounds; pthread_t thread; };
static void *act(void *data)
{
    struct actor *actor = data;
    for (int round = 0; round < actor->rounds; round++) {
        if (round)
            sched_yield();
        happens(actor->name);
    }
    return NULL;
}
static void begin(struct actor *actor)
{
    pthread_attr_t attributes;
    struct sched_param parameter = { .sched_priority = actor->priority };
    pthread_attr_init(&attributes);
    pthread_attr_setinheritsched(&attributes, PTHREAD_EXPLICIT_SCHED);
    pthread_attr_setschedpolicy(&attributes, actor->policy);
    pthread_attr_setschedparam(&attributes, &parameter);
    EQ(pthread_create(&actor->thread, &attributes, act, actor), 0);
}
static void clear(void)
{
    memset(order, 0, sizeof order);
    atomic_store(&used, 0);
}

ROOT_CASE(the_more_urgent_runs_at_once)
{
    clear();
    on_one_cpu();
    OK(policy(SCHED_FIFO, 10));
    struct actor less = { .name = 'l', .priority = 5, .policy = SCHED_FIFO, .rounds = 1 };
    struct actor same = { .name = 's', .priority = 10, .policy = SCHED_FIFO, .rounds = 1 };
    struct actor more = { .name = 'm', .priority = 20, .policy = SCHED_FIFO, .rounds = 1 };
    struct actor fair = { .name = 'f', .policy = SCHED_OTHER, .rounds = 1 };
    begin(&fair);
    begin(&less);
    begin(&same);
    happens('-');
    begin(&more);
    happens('-');
    struct actor *all[] = { &fair, &less, &same, &more };
    for (int i = 0; i < 4; i++)
        pthread_join(all[i]->thread, NULL);
    OK(policy(SCHED_OTHER, 0));
    STR(order, "-m-slf");
}

ROOT_CASE(equals_take_turns_when_they_yield)
{
    clear();
    on_one_cpu();
    OK(policy(SCHED_FIFO, 10));
    struct actor a = { .name = 'a', .priority = 9, .policy = SCHED_FIFO, .rounds = 3 };
    struct actor b = { .name = 'b', .priority = 9, .policy = SCHED_RR, .rounds = 3 };
    struct actor c = { .name = 'c', .priority = 9, .policy = SCHED_FIFO, .rounds = 2 };
    struct actor less = { .name = 'l', .priority = 8, .policy = SCHED_FIFO, .rounds = 1 };
    begin(&less);
    begin(&a);
    begin(&b);
    begin(&c);
    struct actor *all[] = { &a, &b, &c, &less };
    for (int i = 0; i < 4; i++)
        pthread_join(all[i]->thread, NULL);
    OK(policy(SCHED_OTHER, 0));
    // Each was created at priority 10, and who is made less urgent comes before its new equals.
    STR(order, "cbacbabal");
}

static pthread_barrier_t barrier;
static void *wait_for_change(void *name)
{
    pthread_barrier_wait(&barrier);
    happens(*(char *)name);
    return NULL;
}
ROOT_CASE(a_changed_priority_counts_at_once)
{
    clear();
    on_one_cpu();
    OK(policy(SCHED_FIFO, 10));
    pthread_t first, second;
    pthread_barrier_init(&barrier, NULL, 3);
    EQ(pthread_create(&first, NULL, wait_for_change, "1"), 0);
    EQ(pthread_create(&second, NULL, wait_for_change, "2"), 0);
    // Both are ready behind the barrier, in this order, and this thread goes on before them.
    sched_yield();
    pthread_barrier_wait(&barrier);
    struct sched_param parameter = { .sched_priority = 20 };
    happens('-');
    EQ(pthread_setschedparam(second, SCHED_FIFO, &parameter), 0);
    happens('-');
    parameter.sched_priority = 1;
    EQ(pthread_setschedparam(pthread_self(), SCHED_FIFO, &parameter), 0);
    happens('-');
    pthread_join(first, NULL);
    pthread_join(second, NULL);
    OK(policy(SCHED_OTHER, 0));
    STR(order, "-2-1-");
}

ROOT_CASE(a_signal_is_handled_by_the_more_urgent_child_first)
{
    on_one_cpu();
    OK(policy(SCHED_FIFO, 10));
    int ends[2], ready[2];
    pid_t children[2];
    OK(pipe(ends));
    OK(pipe(ready));
    for (int i = 0; i < 2; i++)
        if (!(children[i] = fork())) {
            // The first child is the less urgent one.
            policy(SCHED_FIFO, 20 + i);
            sigset_t set;
            sigemptyset(&set);
            sigaddset(&set, SIGUSR1);
            sigprocmask(SIG_BLOCK, &set, NULL);
            char name = '0' + i;
            if (write(ready[1], &name, 1) != 1)
                _exit(1);
            int number;
            sigwait(&set, &number);
            _exit(write(ends[1], &name, 1) != 1);
        }
    char said[3] = "", byte;
    EQ(read(ready[0], &byte, 1), 1);
    EQ(read(ready[0], &byte, 1), 1);
    usleep(1000);
    // Both get it while the more urgent sender goes on.
    OK(policy(SCHED_FIFO, 50));
    OK(kill(children[0], SIGUSR1));
    OK(kill(children[1], SIGUSR1));
    OK(policy(SCHED_FIFO, 10));
    for (int i = 0; i < 2; i++) {
        EQ(read(ends[0], said + i, 1), 1);
        int status;
        OK(wait(&status));
        EQ(status, 0);
    }
    OK(policy(SCHED_OTHER, 0));
    STR(said, "10");
}

static atomic_int stop_of_hog;
static void *hog(void *data)
{
    (void)data;
    while (!atomic_load(&stop_of_hog))
        sched_yield();
    return NULL;
}
// What never blocks leaves something to those who may want to end it.
ROOT_CASE(an_ordinary_thread_gets_a_turn_beside_a_hog)
{
    on_one_cpu();
    pthread_t thread;
    OK(policy(SCHED_FIFO, 10));
    EQ(pthread_create(&thread, NULL, hog, NULL), 0);
    OK(policy(SCHED_OTHER, 0));
    atomic_store(&stop_of_hog, 1);
    pthread_join(thread, NULL);
}

static atomic_int stop;
static long share[2];
static void *spin(void *data)
{
    long *mine = data;
    struct timespec used_time;
    while (!atomic_load(&stop))
        ;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used_time);
    *mine = used_time.tv_sec * 1000000000 + used_time.tv_nsec;
    return NULL;
}
struct spinner { int nice, policy; };
static struct spinner competitors[2];
static void *start_to_spin(void *data)
{
    struct spinner *spinner = data;
    setpriority(PRIO_PROCESS, 0, spinner->nice);
    policy(spinner->policy, 0);
    return spin(&share[spinner - competitors]);
}
// Two threads compete until the process has had this much time; gives how many times more the first had, at most 1000.
static long compete(struct spinner first, struct spinner second)
{
    on_one_cpu();
    atomic_store(&stop, 0);
    pthread_t threads[2];
    competitors[0] = first, competitors[1] = second;
    pthread_create(&threads[0], NULL, start_to_spin, &competitors[0]);
    pthread_create(&threads[1], NULL, start_to_spin, &competitors[1]);
    struct timespec time;
    do {
        usleep(5000);
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    } while (time.tv_sec * 1000 + time.tv_nsec / 1000000 < 600);
    atomic_store(&stop, 1);
    pthread_join(threads[0], NULL);
    pthread_join(threads[1], NULL);
    return share[1] ? share[0] / share[1] < 1000 ? share[0] / share[1] : 1000 : 1000;
}
// In a process of its own, because time used before would count.
static long compete_apart(struct spinner first, struct spinner second)
{
    pid_t child = fork();
    if (!child) {
        long times = compete(first, second);
        _exit(times > 200 ? 200 : times);
    }
    int status;
    return waitpid(child, &status, 0) == child && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}
CASE(nice_threads_get_less)
{
    long times = compete_apart((struct spinner){ 0, SCHED_OTHER }, (struct spinner){ 10, SCHED_OTHER });
    // 1024 to 110.
    if (times < 4 || times > 25)
        tap_fail("the share was %ld times the other", times);
}
CASE(idle_threads_get_next_to_nothing)
{
    long times = compete_apart((struct spinner){ 0, SCHED_OTHER }, (struct spinner){ 0, SCHED_IDLE });
    if (times < 25)
        tap_fail("the share was %ld times the other", times);
}
CASE(equals_get_the_same)
{
    struct spinner plain = { 0, SCHED_OTHER };
    long times = compete_apart(plain, plain);
    if (times > 2)
        tap_fail("the share was %ld times the other", times);
}
