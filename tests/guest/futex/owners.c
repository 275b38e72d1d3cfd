// Locks with an owner (FUTEX_LOCK_PI and its like), and locks of threads that end.
#include "futex.h"

static unsigned word, other;

CASE(taken_and_given_up)
{
    word = 0;
    IS(futex(&word, FUTEX_LOCK_PI, 0, NULL, NULL, 0), 0);
    EQ(word, self());
    IS(futex(&word, FUTEX_LOCK_PI, 0, NULL, NULL, 0), -EDEADLK);
    IS(futex(&word, FUTEX_TRYLOCK_PI, 0, NULL, NULL, 0), -EDEADLK);
    IS(futex(&word, FUTEX_UNLOCK_PI, 0, NULL, NULL, 0), 0);
    EQ(word, 0);
    IS(futex(&word, FUTEX_UNLOCK_PI, 0, NULL, NULL, 0), -EPERM);
    IS(futex(&word, FUTEX_TRYLOCK_PI_PRIVATE, 0, NULL, NULL, 0), 0);
    EQ(word, self());
    IS(futex(&word, FUTEX_UNLOCK_PI_PRIVATE, 0, NULL, NULL, 0), 0);
    IS(futex((char *)&word + 1, FUTEX_LOCK_PI, 0, NULL, NULL, 0), -EINVAL);
    IS(futex((void *)4, FUTEX_LOCK_PI, 0, NULL, NULL, 0), -EFAULT);
    IS(futex((void *)4, FUTEX_UNLOCK_PI, 0, NULL, NULL, 0), -EFAULT);
}
CASE(owners_that_are_not)
{
    struct timespec past = { 1, 0 };
    word = 0x3fffffff;
    IS(futex(&word, FUTEX_LOCK_PI, 0, &past, NULL, 0), -ESRCH);
    SHOW("%#x", word);
    word = 0x3fffffff;
    IS(futex(&word, FUTEX_TRYLOCK_PI, 0, NULL, NULL, 0), -ESRCH);
    word = FUTEX_OWNER_DIED;
    IS(futex(&word, FUTEX_LOCK_PI, 0, NULL, NULL, 0), 0);
    EQ(word, FUTEX_OWNER_DIED | self());
    IS(futex(&word, FUTEX_UNLOCK_PI, 0, NULL, NULL, 0), 0);
    word = FUTEX_WAITERS;
    IS(futex(&word, FUTEX_LOCK_PI, 0, NULL, NULL, 0), 0);
    SHOW("%d", word == self());
    word = self();
    IS(futex(&word, FUTEX_UNLOCK_PI, 0, NULL, NULL, 0), 0);
    EQ(word, 0);
}
CASE(handed_to_the_waiter)
{
    struct helper helper;
    struct call call = { .word = &word, .operation = FUTEX_LOCK_PI_PRIVATE };
    word = self();
    start(&helper, make_call, &call);
    EQ(word, self() | FUTEX_WAITERS);
    IS(futex(&word, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0), -EINVAL);
    IS(futex(&word, FUTEX_UNLOCK_PI_PRIVATE, 0, NULL, NULL, 0), 0);
    EQ(finish(&helper), 0);
    // It ended and has given nothing up.
    EQ(word & FUTEX_TID_MASK, (unsigned)helper.tid);
}
static volatile int stage;
static long holder(void *data)
{
    (void)data;
    long result = futex(&word, FUTEX_LOCK_PI_PRIVATE, 0, NULL, NULL, 0);
    stage = 1;
    while (stage != 2)
        sched_yield();
    futex(&word, FUTEX_UNLOCK_PI_PRIVATE, 0, NULL, NULL, 0);
    return result;
}
static void *holder_main(void *data) { return (void *)holder(data); }
CASE(waiting_for_another)
{
    pthread_t thread;
    struct timespec soon;
    word = 0, stage = 0;
    OK(pthread_create(&thread, NULL, holder_main, NULL));
    while (stage != 1)
        sched_yield();
    IS(futex(&word, FUTEX_TRYLOCK_PI_PRIVATE, 0, NULL, NULL, 0), -EAGAIN);
    IS(futex(&word, FUTEX_UNLOCK_PI_PRIVATE, 0, NULL, NULL, 0), -EPERM);
    soon = later(CLOCK_REALTIME, 2);
    IS(futex(&word, FUTEX_LOCK_PI_PRIVATE, 0, &soon, NULL, 0), -ETIMEDOUT);
    TRUE(word & FUTEX_WAITERS);
    soon = later(CLOCK_MONOTONIC, 2);
    IS(futex(&word, FUTEX_LOCK_PI2 | FUTEX_PRIVATE_FLAG, 0, &soon, NULL, 0), -ETIMEDOUT);
    soon = later(CLOCK_REALTIME, 2);
    IS(futex(&word, FUTEX_LOCK_PI2 | FUTEX_PRIVATE_FLAG | FUTEX_CLOCK_REALTIME, 0, &soon, NULL, 0), -ETIMEDOUT);
    stage = 2;
    IS(futex(&word, FUTEX_LOCK_PI_PRIVATE, 0, NULL, NULL, 0), 0);
    EQ(word & FUTEX_TID_MASK, self());
    pthread_join(thread, NULL);
    IS(futex(&word, FUTEX_UNLOCK_PI_PRIVATE, 0, NULL, NULL, 0), 0);
    EQ(word, 0);
}
static long second_first(void *data)
{
    (void)data;
    futex(&other, FUTEX_LOCK_PI_PRIVATE, 0, NULL, NULL, 0);
    long result = futex(&word, FUTEX_LOCK_PI_PRIVATE, 0, NULL, NULL, 0);
    futex(&word, FUTEX_UNLOCK_PI_PRIVATE, 0, NULL, NULL, 0);
    futex(&other, FUTEX_UNLOCK_PI_PRIVATE, 0, NULL, NULL, 0);
    return result;
}
CASE(each_waits_for_the_other)
{
    struct helper helper;
    word = other = 0;
    IS(futex(&word, FUTEX_LOCK_PI_PRIVATE, 0, NULL, NULL, 0), 0);
    start(&helper, second_first, NULL);
    IS(futex(&other, FUTEX_LOCK_PI_PRIVATE, 0, NULL, NULL, 0), -EDEADLK);
    IS(futex(&word, FUTEX_UNLOCK_PI_PRIVATE, 0, NULL, NULL, 0), 0);
    EQ(finish(&helper), 0);
}
CASE(signals_do_not_end_it)
{
    struct helper helper;
    struct call call = { .word = &word, .operation = FUTEX_LOCK_PI_PRIVATE };
    handle(SIGUSR1, 0);
    word = self();
    start(&helper, make_call, &call);
    pthread_kill(helper.thread, SIGUSR1);
    sched_yield();
    IS(futex(&word, FUTEX_UNLOCK_PI_PRIVATE, 0, NULL, NULL, 0), 0);
    EQ(finish(&helper), 0);
}
static void *ender(void *data)
{
    (void)data;
    futex(&word, FUTEX_LOCK_PI_PRIVATE, 0, NULL, NULL, 0);
    stage = 1;
    // Until the other thread waits.
    while (!(*(volatile unsigned *)&word & FUTEX_WAITERS))
        sched_yield();
    return NULL;
}
CASE(inherited_from_an_owner_that_ended)
{
    pthread_t thread;
    word = 0, stage = 0;
    OK(pthread_create(&thread, NULL, ender, NULL));
    while (stage != 1)
        sched_yield();
    IS(futex(&word, FUTEX_LOCK_PI_PRIVATE, 0, NULL, NULL, 0), 0);
    EQ(word, self() | FUTEX_WAITERS | FUTEX_OWNER_DIED);
    pthread_join(thread, NULL);
    IS(futex(&word, FUTEX_UNLOCK_PI_PRIVATE, 0, NULL, NULL, 0), 0);
    EQ(word, 0);
}
CASE(moved_to_a_lock)
{
    struct helper one, two;
    struct call call = { .word = &word, .operation = FUTEX_WAIT_REQUEUE_PI_PRIVATE, .value = 7, .second = &other };
    word = 7, other = 0;
    start(&one, make_call, &call);
    start(&two, make_call, &call);
    IS(futex(&word, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0), -EINVAL);
    IS(futex(&word, FUTEX_CMP_REQUEUE_PRIVATE, 1, (void *)1, &other, 7), -EINVAL);
    IS(futex(&word, FUTEX_CMP_REQUEUE_PI_PRIVATE, 2, (void *)1, &other, 7), -EINVAL);
    IS(futex(&word, FUTEX_CMP_REQUEUE_PI_PRIVATE, 1, (void *)1, &other, 8), -EAGAIN);
    IS(futex(&word, FUTEX_CMP_REQUEUE_PI_PRIVATE, 1, (void *)1, &word, 7), -EINVAL);
    other = self();
    IS(futex(&word, FUTEX_CMP_REQUEUE_PI_PRIVATE, 1, (void *)5, &other, 7), 2);
    EQ(other, self() | FUTEX_WAITERS);
    IS(futex(&other, FUTEX_UNLOCK_PI_PRIVATE, 0, NULL, NULL, 0), 0);
    EQ(finish(&one), 0);
    // The first ended as the owner; the second inherits.
    EQ(finish(&two), 0);
    EQ(other & FUTEX_TID_MASK, (unsigned)two.tid);
}
CASE(moved_to_a_free_lock)
{
    struct helper one;
    struct call call = { .word = &word, .operation = FUTEX_WAIT_REQUEUE_PI_PRIVATE, .value = 7, .second = &other };
    struct timespec past = { 1, 0 };
    word = 7, other = 0;
    start(&one, make_call, &call);
    IS(futex(&word, FUTEX_CMP_REQUEUE_PI_PRIVATE, 1, (void *)0, &other, 7), 1);
    EQ(finish(&one), 0);
    EQ(other, (unsigned)one.tid);
    IS(futex(&word, FUTEX_CMP_REQUEUE_PI_PRIVATE, 1, (void *)0, &other, 7), 0);
    IS(futex(&word, FUTEX_WAIT_REQUEUE_PI_PRIVATE, 7, &past, &other, 0), -ETIMEDOUT);
    IS(futex(&word, FUTEX_WAIT_REQUEUE_PI_PRIVATE, 8, &past, &other, 0), -EAGAIN);
    IS(futex(&word, FUTEX_WAIT_REQUEUE_PI_PRIVATE, 7, &past, &word, 0), -EINVAL);
}

// Robust lists.
struct entry { struct entry *next; unsigned word, padding; };
struct list { struct entry *first; long offset; struct entry *pending; };
static struct list list;
static struct entry entries[4], late;
static int with_waiters;
static void *robust(void *data)
{
    unsigned tid = self();
    list.first = &entries[0];
    list.offset = offsetof(struct entry, word);
    for (int i = 0; i < 4; i++) {
        entries[i].next = i < 3 ? &entries[i + 1] : (struct entry *)&list;
        entries[i].word = tid | (with_waiters ? FUTEX_WAITERS : 0);
    }
    entries[2].word = 12345;
    late.word = data ? 0 : tid;
    list.pending = &late;
    syscall(SYS_set_robust_list, &list, sizeof list);
    stage = 1;
    if (with_waiters)
        while (stage != 2)
            sched_yield();
    return NULL;
}
CASE(robust_list)
{
    pthread_t thread;
    with_waiters = 0;
    OK(pthread_create(&thread, NULL, robust, NULL));
    pthread_join(thread, NULL);
    EQ(entries[0].word, FUTEX_OWNER_DIED);
    EQ(entries[1].word, FUTEX_OWNER_DIED);
    EQ(entries[2].word, 12345);
    EQ(entries[3].word, FUTEX_OWNER_DIED);
    EQ(late.word, FUTEX_OWNER_DIED);
}
CASE(robust_list_wakes)
{
    pthread_t thread;
    struct helper helper;
    with_waiters = 1, stage = 0;
    OK(pthread_create(&thread, NULL, robust, NULL));
    while (stage != 1)
        sched_yield();
    struct call call = { .word = &entries[1].word, .operation = FUTEX_WAIT, .value = entries[1].word };
    start(&helper, make_call, &call);
    stage = 2;
    EQ(finish(&helper), 0);
    pthread_join(thread, NULL);
    EQ(entries[1].word, FUTEX_WAITERS | FUTEX_OWNER_DIED);
}
CASE(robust_mutex)
{
    pthread_mutexattr_t attributes;
    static pthread_mutex_t mutex;
    pthread_t thread;
    pthread_mutexattr_init(&attributes);
    pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST);
    for (int inherits = 0; inherits < 2; inherits++) {
        pthread_mutexattr_setprotocol(&attributes, inherits ? PTHREAD_PRIO_INHERIT : PTHREAD_PRIO_NONE);
        OK(-pthread_mutex_init(&mutex, &attributes));
        OK(-pthread_create(&thread, NULL, (void *(*)(void *))pthread_mutex_lock, &mutex));
        pthread_join(thread, NULL);
        EQ(pthread_mutex_lock(&mutex), EOWNERDEAD);
        EQ(pthread_mutex_consistent(&mutex), 0);
        EQ(pthread_mutex_unlock(&mutex), 0);
        EQ(pthread_mutex_lock(&mutex), 0);
        EQ(pthread_mutex_unlock(&mutex), 0);
    }
}
static pthread_mutex_t contended;
static long shared_count;
static void *count_up(void *data)
{
    (void)data;
    for (int i = 0; i < 2000; i++) {
        pthread_mutex_lock(&contended);
        long now = shared_count;
        if (i % 50 == 0)
            sched_yield();
        shared_count = now + 1;
        pthread_mutex_unlock(&contended);
    }
    return NULL;
}
CASE(contended_mutex_with_inheritance)
{
    pthread_mutexattr_t attributes;
    pthread_t threads[4];
    pthread_mutexattr_init(&attributes);
    pthread_mutexattr_setprotocol(&attributes, PTHREAD_PRIO_INHERIT);
    OK(-pthread_mutex_init(&contended, &attributes));
    shared_count = 0;
    for (int i = 0; i < 4; i++)
        OK(-pthread_create(&threads[i], NULL, count_up, NULL));
    for (int i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
    EQ(shared_count, 8000);
}
CASE(get_robust_list)
{
    void *head = NULL;
    size_t length = 0;
    OK(syscall(SYS_get_robust_list, 0, &head, &length));
    EQ(length, 24);
    TRUE(head != NULL);
    IS(syscall(SYS_get_robust_list, 99999999, &head, &length), -ESRCH);
    IS(syscall(SYS_get_robust_list, 0, &head, 1L), -EFAULT);
    IS(syscall(SYS_set_robust_list, head, 23), -EINVAL);
}
