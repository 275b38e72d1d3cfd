// Waiting and waking (futex(2)): operations, errors, timeouts, keys.
#include "futex.h"

static unsigned word, other;

CASE(values_and_addresses)
{
    word = 1;
    IS(futex(&word, FUTEX_WAIT, 2, NULL, NULL, 0), -EAGAIN);
    IS(futex((char *)&word + 1, FUTEX_WAIT, 1, NULL, NULL, 0), -EINVAL);
    IS(futex((char *)&word + 2, FUTEX_WAKE, 1, NULL, NULL, 0), -EINVAL);
    IS(futex((void *)4, FUTEX_WAIT, 1, NULL, NULL, 0), -EFAULT);
    IS(futex((void *)4, FUTEX_WAKE, 1, NULL, NULL, 0), -EFAULT);
    IS(futex((void *)4, FUTEX_WAIT_PRIVATE, 1, NULL, NULL, 0), -EFAULT);
    IS(futex((void *)4, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0), 0);
    IS(futex((void *)-4096, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0), -EFAULT);
    IS(futex(&word, FUTEX_WAKE, 1, NULL, NULL, 0), 0);
    IS(futex(&word, 99, 1, NULL, NULL, 0), -ENOSYS);
    IS(futex(&word, FUTEX_FD, 1, NULL, NULL, 0), -ENOSYS);
    const int no_clock[] = { FUTEX_WAIT, FUTEX_WAKE, FUTEX_REQUEUE, FUTEX_WAKE_OP, FUTEX_LOCK_PI, FUTEX_UNLOCK_PI, FUTEX_WAKE_BITSET };
    for (unsigned i = 0; i < sizeof no_clock / sizeof *no_clock; i++)
        IS(futex(&word, no_clock[i] | FUTEX_CLOCK_REALTIME, 1, NULL, &other, 0), -ENOSYS);
}
CASE(timeouts)
{
    struct timespec short_time = { 0, 1000000 }, bad = { 0, 1000000000 }, negative = { -1, 0 };
    struct timespec past = { 1, 0 }, soon;
    word = 1;
    IS(futex(&word, FUTEX_WAIT, 1, &short_time, NULL, 0), -ETIMEDOUT);
    IS(futex(&word, FUTEX_WAIT, 1, &bad, NULL, 0), -EINVAL);
    IS(futex(&word, FUTEX_WAIT, 2, &negative, NULL, 0), -EINVAL);
    IS(futex(&word, FUTEX_WAIT, 1, (void *)1, NULL, 0), -EFAULT);
    IS(futex(&word, FUTEX_WAIT_BITSET, 1, &past, NULL, 1), -ETIMEDOUT);
    IS(futex(&word, FUTEX_WAIT_BITSET | FUTEX_CLOCK_REALTIME, 1, &past, NULL, 1), -ETIMEDOUT);
    soon = later(CLOCK_MONOTONIC, 2);
    IS(futex(&word, FUTEX_WAIT_BITSET, 1, &soon, NULL, 1), -ETIMEDOUT);
    soon = later(CLOCK_REALTIME, 2);
    IS(futex(&word, FUTEX_WAIT_BITSET | FUTEX_CLOCK_REALTIME, 1, &soon, NULL, 1), -ETIMEDOUT);
    IS(futex(&word, FUTEX_WAIT_BITSET, 1, NULL, NULL, 0), -EINVAL);
    IS(futex(&word, FUTEX_WAKE_BITSET, 1, NULL, NULL, 0), -EINVAL);
    IS(futex(&word, FUTEX_WAIT_BITSET, 2, NULL, NULL, 1), -EAGAIN);
}
CASE(wakes)
{
    struct helper helper;
    struct call call = { .word = &word, .operation = FUTEX_WAIT, .value = 7 };
    word = 7;
    start(&helper, make_call, &call);
    IS(futex(&word, FUTEX_WAKE, 5, NULL, NULL, 0), 1);
    EQ(finish(&helper), 0);
    // A count of zero wakes one.
    start(&helper, make_call, &call);
    IS(futex(&word, FUTEX_WAKE, 0, NULL, NULL, 0), 1);
    EQ(finish(&helper), 0);
}
CASE(private_and_shared_are_one_in_own_memory)
{
    struct helper helper;
    struct call call = { .word = &word, .operation = FUTEX_WAIT_PRIVATE, .value = 7 };
    word = 7;
    start(&helper, make_call, &call);
    SHOW("%ld", futex(&word, FUTEX_WAKE, 1, NULL, NULL, 0));
    futex(&word, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
    EQ(finish(&helper), 0);
}
CASE(bits_choose)
{
    struct helper helper;
    struct call call = { .word = &word, .operation = FUTEX_WAIT_BITSET_PRIVATE, .value = 7, .third = 6 };
    word = 7;
    start(&helper, make_call, &call);
    IS(futex(&word, FUTEX_WAKE_BITSET_PRIVATE, 9, NULL, NULL, 9), 0);
    IS(futex(&word, FUTEX_WAKE_BITSET_PRIVATE, 9, NULL, NULL, 4), 1);
    EQ(finish(&helper), 0);
}
CASE(requeues)
{
    struct helper one, two;
    struct call call = { .word = &word, .operation = FUTEX_WAIT_PRIVATE, .value = 7 };
    word = 7;
    start(&one, make_call, &call);
    start(&two, make_call, &call);
    IS(futex(&word, FUTEX_CMP_REQUEUE_PRIVATE, 1, (void *)5, &other, 8), -EAGAIN);
    IS(futex(&word, FUTEX_CMP_REQUEUE_PRIVATE, 1, (void *)5, &other, 7), 2);
    EQ(finish(&one), 0);
    IS(futex(&word, FUTEX_WAKE_PRIVATE, 5, NULL, NULL, 0), 0);
    IS(futex(&other, FUTEX_REQUEUE_PRIVATE, 0, (void *)5, &other, 0), 1);
    IS(futex(&other, FUTEX_WAKE_PRIVATE, 5, NULL, NULL, 0), 1);
    EQ(finish(&two), 0);
    IS(futex(&word, FUTEX_CMP_REQUEUE, -1, (void *)1, &other, 7), -EINVAL);
    IS(futex(&word, FUTEX_CMP_REQUEUE, 1, (void *)0xffffffffL, &other, 7), -EINVAL);
    IS(futex(&word, FUTEX_CMP_REQUEUE, 1, (void *)1, (void *)2, 7), -EINVAL);
}
CASE(wake_operation)
{
    word = 5, other = 10;
    IS(futex(&word, FUTEX_WAKE_OP, 1, (void *)1, &other, FUTEX_OP(FUTEX_OP_ADD, 3, FUTEX_OP_CMP_EQ, 0)), 0);
    EQ(other, 13);
    IS(futex(&word, FUTEX_WAKE_OP, 1, (void *)1, &other, FUTEX_OP(FUTEX_OP_SET, -1, FUTEX_OP_CMP_EQ, 0)), 0);
    EQ((int)other, -1);
    IS(futex(&word, FUTEX_WAKE_OP, 1, (void *)1, &other, FUTEX_OP(FUTEX_OP_ANDN, 0xf, FUTEX_OP_CMP_EQ, 0)), 0);
    EQ(other, 0xfffffff0);
    IS(futex(&word, FUTEX_WAKE_OP, 1, (void *)1, &other, FUTEX_OP((FUTEX_OP_XOR | FUTEX_OP_OPARG_SHIFT), 31, FUTEX_OP_CMP_EQ, 0)), 0);
    EQ(other, 0x7ffffff0);
    IS(futex(&word, FUTEX_WAKE_OP, 1, (void *)1, &other, FUTEX_OP(FUTEX_OP_OR, 1, FUTEX_OP_CMP_EQ, 0)), 0);
    EQ(other, 0x7ffffff1);
    IS(futex(&word, FUTEX_WAKE_OP, 1, (void *)1, &other, FUTEX_OP(5, 1, FUTEX_OP_CMP_EQ, 0)), -ENOSYS);
    IS(futex(&word, FUTEX_WAKE_OP, 1, (void *)1, (void *)4, 0), -EFAULT);
    struct helper helper;
    struct call call = { .word = &other, .operation = FUTEX_WAIT, .value = 0 };
    other = 0;
    start(&helper, make_call, &call);
    IS(futex(&word, FUTEX_WAKE_OP, 1, (void *)1, &other, FUTEX_OP(FUTEX_OP_SET, 4, FUTEX_OP_CMP_GT, 0)), 0);
    IS(futex(&word, FUTEX_WAKE_OP, 1, (void *)1, &other, FUTEX_OP(FUTEX_OP_SET, 4, FUTEX_OP_CMP_GE, 4)), 1);
    EQ(finish(&helper), 0);
}
CASE(one_page_at_two_places)
{
    int fd = open("/dev/shm", O_TMPFILE | O_RDWR, 0600);
    struct helper helper;
    OK(ftruncate(fd, 4096));
    unsigned *one = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    unsigned *two = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    struct call call = { .word = one + 3, .operation = FUTEX_WAIT };
    start(&helper, make_call, &call);
    IS(futex(two + 2, FUTEX_WAKE, 1, NULL, NULL, 0), 0);
    IS(futex(two + 3, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0), 0);
    IS(futex(two + 3, FUTEX_WAKE, 1, NULL, NULL, 0), 1);
    EQ(finish(&helper), 0);
}
CASE(memory_that_may_only_be_read)
{
    unsigned *page = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    struct timespec short_time = { 0, 1000000 };
    IS(futex(page, FUTEX_WAIT_PRIVATE, 0, &short_time, NULL, 0), -ETIMEDOUT);
    IS(futex(page, FUTEX_WAIT_PRIVATE, 1, &short_time, NULL, 0), -EAGAIN);
    IS(futex(page, FUTEX_WAKE_OP_PRIVATE, 1, (void *)1, page, 0), -EFAULT);
    IS(futex(page, FUTEX_LOCK_PI_PRIVATE, 0, NULL, NULL, 0), -EFAULT);
    mprotect(page, 4096, PROT_NONE);
    IS(futex(page, FUTEX_WAIT_PRIVATE, 0, &short_time, NULL, 0), -EFAULT);
    IS(futex(page, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0), 0);
}
static void waker(int signal)
{
    (void)signal;
    word = 8;
    futex(&word, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
}
CASE(signals)
{
    struct helper helper;
    struct timespec long_time = { 100, 0 };
    struct call call = { .word = &word, .operation = FUTEX_WAIT_PRIVATE, .value = 7 };
    handle(SIGUSR1, 0);
    word = 7;
    start(&helper, make_call, &call);
    pthread_kill(helper.thread, SIGUSR1);
    EQ(finish(&helper), -EINTR);
    // Restarted, it looks at the word again.
    struct sigaction action = { .sa_handler = waker, .sa_flags = SA_RESTART };
    sigaction(SIGUSR1, &action, NULL);
    start(&helper, make_call, &call);
    pthread_kill(helper.thread, SIGUSR1);
    EQ(finish(&helper), -EAGAIN);
    // With a time it is not restarted.
    word = 7;
    call.timeout = &long_time;
    start(&helper, make_call, &call);
    pthread_kill(helper.thread, SIGUSR1);
    EQ(finish(&helper), -EINTR);
}

struct waitv { unsigned long val, uaddr; unsigned flags, reserved; };
struct waitv_call { struct waitv *list; unsigned count; struct timespec *timeout; int clock; };
static long waitv(void *data)
{
    struct waitv_call *call = data;
    return syscall(449, call->list, call->count, 0, call->timeout, call->clock);
}

CASE(one_of_several)
{
    static unsigned words[3];
    struct waitv list[3] = { { 0, (long)&words[0], 130, 0 }, { 0, (long)&words[1], 130, 0 }, { 0, (long)&words[2], 2, 0 } };
    struct waitv_call call = { list, 3, NULL, 0 };
    struct helper helper;
    start(&helper, waitv, &call);
    IS(futex(&words[1], FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0), 1);
    EQ(finish(&helper), 1);
    start(&helper, waitv, &call);
    IS(futex(&words[2], FUTEX_WAKE, 1, NULL, NULL, 0), 1);
    EQ(finish(&helper), 2);
    IS(futex(&words[0], FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0), 0);
}
CASE(errors_of_several)
{
    static unsigned words[2];
    struct waitv list[2] = { { 0, (long)&words[0], 2, 0 }, { 1, (long)&words[1], 2, 0 } };
    struct timespec past = { 1, 0 }, bad = { 0, -1 };
    IS(syscall(449, list, 2, 0, NULL, 0), -EAGAIN);
    IS(syscall(449, list, 0, 0, NULL, 0), -EINVAL);
    IS(syscall(449, list, 129, 0, NULL, 0), -EINVAL);
    IS(syscall(449, list, 1, 1, NULL, 0), -EINVAL);
    IS(syscall(449, NULL, 1, 0, NULL, 0), -EINVAL);
    IS(syscall(449, 8, 1, 0, NULL, 0), -EFAULT);
    IS(syscall(449, list, 1, 0, &past, CLOCK_MONOTONIC), -ETIMEDOUT);
    IS(syscall(449, list, 1, 0, &past, CLOCK_REALTIME), -ETIMEDOUT);
    IS(syscall(449, list, 1, 0, &past, CLOCK_BOOTTIME), -EINVAL);
    IS(syscall(449, list, 1, 0, &bad, CLOCK_MONOTONIC), -EINVAL);
    list[0].reserved = 1;
    IS(syscall(449, list, 1, 0, &past, CLOCK_MONOTONIC), -EINVAL);
    list[0].reserved = 0, list[0].flags = 1;
    IS(syscall(449, list, 1, 0, &past, CLOCK_MONOTONIC), -EINVAL);
    list[0].flags = 2 | 64;
    IS(syscall(449, list, 1, 0, &past, CLOCK_MONOTONIC), -EINVAL);
    list[0].flags = 2, list[0].val = 1L << 32;
    IS(syscall(449, list, 1, 0, &past, CLOCK_MONOTONIC), -EINVAL);
    list[0].val = 0, list[0].uaddr += 2;
    IS(syscall(449, list, 1, 0, &past, CLOCK_MONOTONIC), -EINVAL);
}
CASE(newer_calls)
{
    struct timespec past = { 1, 0 };
    struct waitv pair[2] = { { 7, (long)&word, 130, 0 }, { 0, (long)&other, 130, 0 } };
    word = 7;
    // Where Linux is older than they are, there is nothing to compare.
    if (syscall(454, &word, 1L, 1, 2) == -1 && errno == ENOSYS)
        return;
    IS(syscall(454, &word, 0L, 1, 2), -EINVAL);
    IS(syscall(454, &word, 1L << 32, 1, 2), -EINVAL);
    IS(syscall(454, &word, 1L, 1, 0), -EINVAL);
    IS(syscall(455, &word, 8L, 1L, 130, NULL, 0), -EAGAIN);
    IS(syscall(455, &word, 7L, 0L, 130, NULL, 0), -EINVAL);
    IS(syscall(455, &word, 7L, 1L, 130, &past, CLOCK_MONOTONIC), -ETIMEDOUT);
    IS(syscall(455, &word, 7L, 1L, 130, &past, 5), -EINVAL);
    struct helper helper;
    struct call call = { .word = &word, .operation = FUTEX_WAIT_PRIVATE, .value = 7 };
    start(&helper, make_call, &call);
    IS(syscall(454, &word, 1L, 0, 130), 0);
    IS(syscall(456, pair, 1, 0, 1), -EINVAL);
    IS(syscall(456, pair, 0, -1, 1), -EINVAL);
    IS(syscall(456, pair, 0, 0, 1), 1);
    IS(syscall(454, &other, 1L, 1, 130), 1);
    EQ(finish(&helper), 0);
    pair[0].val = 8;
    IS(syscall(456, pair, 0, 0, 1), -EAGAIN);
}
