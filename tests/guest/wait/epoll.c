// epoll in depth: level and edge, one shot, exclusive watches, nesting, limits.
#include "../net/net.h"
#include <pthread.h>
#include <sys/eventfd.h>
#include <sys/resource.h>

// What epoll_wait gives now: events of each entry, by its data.
static const char *now(int epoll)
{
    static char text[2][256];
    static int turn;
    struct epoll_event events[8];
    turn = !turn;
    int used = 0, count = epoll_wait(epoll, events, 8, 0);
    if (count < 0)
        return tap_error(-errno);
    used += sprintf(text[turn], "%d", count);
    for (int i = 0; i < count; i++)
        used += sprintf(text[turn] + used, "[%lx:%x]", (unsigned long)events[i].data.u64, events[i].events);
    return text[turn];
}

static long watch(int epoll, int operation, int fd, unsigned events)
{
    struct epoll_event event = { .events = events, .data.u64 = 0x100000000u + events };
    return tap_result(epoll_ctl(epoll, operation, fd, &event));
}
#define ADD EPOLL_CTL_ADD
#define MOD EPOLL_CTL_MOD
#define DEL EPOLL_CTL_DEL

CASE(level_and_edge_of_a_stream)
{
    static const unsigned kinds[] = { EPOLLIN, EPOLLIN | EPOLLET, EPOLLIN | EPOLLOUT | EPOLLET, EPOLLOUT | EPOLLET,
                                      EPOLLIN | EPOLLONESHOT, EPOLLRDHUP, EPOLLRDHUP | EPOLLET, 0, EPOLLET };
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        int p[2], epoll = epoll_create1(0);
        char byte;
        OK(socketpair(AF_UNIX, SOCK_STREAM, 0, p));
        SHOW("%ld", watch(epoll, ADD, p[0], kinds[i]));
        BOTH("%s", "%s", now(epoll), now(epoll));
        OK(write(p[1], "ab", 2));
        BOTH("%s", "%s", now(epoll), now(epoll));
        OK(write(p[1], "c", 1));
        BOTH("%s", "%s", now(epoll), now(epoll));
        OK(read(p[0], &byte, 1));
        BOTH("%s", "%s", now(epoll), now(epoll));
        OK(write(p[0], "x", 1));
        BOTH("%s", "%s", now(epoll), now(epoll));
        OK(read(p[1], &byte, 1));
        BOTH("%s", "%s", now(epoll), now(epoll));
        SHOW("%ld", watch(epoll, MOD, p[0], kinds[i]));
        BOTH("%s", "%s", now(epoll), now(epoll));
        OK(shutdown(p[1], SHUT_WR));
        BOTH("%s", "%s", now(epoll), now(epoll));
        OK(close(p[1]));
        BOTH("%s", "%s", now(epoll), now(epoll));
        net_close();
    }
}
CASE(changed_interest)
{
    int p[2], epoll = epoll_create1(0);
    char byte;
    OK(socketpair(AF_UNIX, SOCK_STREAM, 0, p));
    OK(watch(epoll, ADD, p[0], EPOLLIN | EPOLLET));
    OK(watch(epoll, MOD, p[0], EPOLLOUT | EPOLLET));
    BOTH("%s", "%s", now(epoll), now(epoll));
    OK(write(p[1], "a", 1));
    SHOW("%s", now(epoll));
    OK(watch(epoll, MOD, p[0], EPOLLIN | EPOLLET));
    BOTH("%s", "%s", now(epoll), now(epoll));
    OK(write(p[0], "x", 1));
    OK(read(p[1], &byte, 1));
    SHOW("%s", now(epoll));
    OK(watch(epoll, MOD, p[0], EPOLLIN | EPOLLONESHOT));
    BOTH("%s", "%s", now(epoll), now(epoll));
    OK(write(p[1], "b", 1));
    SHOW("%s", now(epoll));
    OK(watch(epoll, MOD, p[0], EPOLLIN | EPOLLONESHOT));
    SHOW("%s", now(epoll));
    OK(watch(epoll, MOD, p[0], 0));
    SHOW("%s", now(epoll));
    OK(close(p[1]));
    SHOW("%s", now(epoll));
    net_close();
}
CASE(edges_of_a_counter)
{
    int epoll = epoll_create1(0), fd = eventfd(3, EFD_SEMAPHORE | EFD_NONBLOCK);
    unsigned long count = 1;
    OK(watch(epoll, ADD, fd, EPOLLIN | EPOLLET));
    BOTH("%s", "%s", now(epoll), now(epoll));
    OK(read(fd, &count, 8));
    SHOW("%s", now(epoll));
    OK(write(fd, &count, 8));
    BOTH("%s", "%s", now(epoll), now(epoll));
    OK(watch(epoll, MOD, fd, EPOLLOUT | EPOLLET));
    BOTH("%s", "%s", now(epoll), now(epoll));
    OK(write(fd, &count, 8));
    SHOW("%s", now(epoll));
    OK(read(fd, &count, 8));
    SHOW("%s", now(epoll));
    net_close();
}
CASE(one_file_twice)
{
    int epoll = epoll_create1(0), fd = eventfd(0, 0), twin = dup(fd);
    unsigned long one = 1;
    SHOW("%ld", watch(epoll, ADD, fd, EPOLLIN));
    SHOW("%ld", watch(epoll, ADD, fd, EPOLLIN));
    SHOW("%ld", watch(epoll, ADD, twin, EPOLLIN | EPOLLET));
    OK(write(fd, &one, 8));
    BOTH("%s", "%s", now(epoll), now(epoll));
    // The watch ends with the last descriptor, and cannot be reached without its own.
    OK(close(fd));
    SHOW("%s", now(epoll));
    SHOW("%ld", watch(epoll, DEL, fd, 0));
    OK(close(twin));
    SHOW("%s", now(epoll));
    net_close();
}
CASE(order_and_room)
{
    int epoll = epoll_create1(0), fds[5];
    unsigned long one = 1;
    struct epoll_event got[5];
    for (int i = 0; i < 5; i++) {
        fds[i] = eventfd(0, 0);
        struct epoll_event event = { .events = EPOLLIN, .data.u32 = (unsigned)i };
        OK(epoll_ctl(epoll, ADD, fds[i], &event));
    }
    for (int i = 4; i >= 0; i--)
        OK(write(fds[i], &one, 8));
    // Those that were not told come first the next time.
    for (int turn = 0; turn < 4; turn++) {
        IS(epoll_wait(epoll, got, 2, 0), 2);
        SHOW("%u%u", got[0].data.u32, got[1].data.u32);
    }
    IS(epoll_wait(epoll, got, 5, 0), 5);
    for (int i = 0; i < 5; i++)
        SHOW("%u", got[i].data.u32);
    net_close();
}
CASE(nested)
{
    int inner = epoll_create1(0), outer = epoll_create1(0), edge = epoll_create1(0), fd = eventfd(0, EFD_NONBLOCK);
    unsigned long one = 1;
    OK(watch(outer, ADD, inner, EPOLLIN));
    OK(watch(edge, ADD, inner, EPOLLIN | EPOLLET));
    OK(watch(inner, ADD, fd, EPOLLIN));
    BOTH("%s", "%s", now(outer), now(edge));
    OK(write(fd, &one, 8));
    SHOW("%x", net_poll(inner, POLLIN | POLLOUT | POLLRDNORM));
    BOTH("%s", "%s", now(outer), now(outer));
    BOTH("%s", "%s", now(edge), now(edge));
    OK(write(fd, &one, 8));
    BOTH("%s", "%s", now(edge), now(outer));
    SHOW("%s", now(inner));
    OK(read(fd, &one, 8));
    BOTH("%s", "%s", now(outer), now(inner));
    net_close();
}
CASE(loops)
{
    int a = epoll_create1(0), b = epoll_create1(0), c = epoll_create1(0);
    SHOW("%ld", watch(a, ADD, a, EPOLLIN));
    SHOW("%ld", watch(a, ADD, b, EPOLLIN));
    SHOW("%ld", watch(b, ADD, a, EPOLLIN));
    SHOW("%ld", watch(b, ADD, c, EPOLLIN));
    SHOW("%ld", watch(c, ADD, a, EPOLLIN));
    SHOW("%ld", watch(a, ADD, c, EPOLLIN));
    net_close();
    int chain[8];
    for (int i = 0; i < 8; i++)
        chain[i] = epoll_create1(0);
    for (int i = 1; i < 8; i++)
        SHOW("%ld", watch(chain[i], ADD, chain[i - 1], EPOLLIN));
    net_close();
    for (int i = 0; i < 8; i++)
        chain[i] = epoll_create1(0);
    for (int i = 7; i > 0; i--)
        SHOW("%ld", watch(chain[i], ADD, chain[i - 1], EPOLLIN));
    net_close();
}
CASE(exclusive_rules)
{
    int epoll = epoll_create1(0), other = epoll_create1(0), fd = eventfd(0, 0);
    SHOW("%ld", watch(epoll, ADD, fd, EPOLLIN | EPOLLEXCLUSIVE | EPOLLONESHOT));
    SHOW("%ld", watch(epoll, ADD, fd, EPOLLIN | EPOLLEXCLUSIVE | EPOLLPRI));
    SHOW("%ld", watch(epoll, ADD, fd, EPOLLIN | EPOLLEXCLUSIVE | EPOLLRDHUP));
    SHOW("%ld", watch(epoll, ADD, other, EPOLLIN | EPOLLEXCLUSIVE));
    SHOW("%ld", watch(epoll, ADD, fd, EPOLLIN | EPOLLOUT | EPOLLEXCLUSIVE | EPOLLET | EPOLLWAKEUP));
    SHOW("%ld", watch(epoll, MOD, fd, EPOLLIN));
    SHOW("%ld", watch(epoll, MOD, fd, EPOLLIN | EPOLLEXCLUSIVE));
    SHOW("%ld", watch(epoll, DEL, fd, EPOLLEXCLUSIVE));
    SHOW("%ld", watch(epoll, ADD, fd, EPOLLIN));
    SHOW("%ld", watch(epoll, MOD, fd, EPOLLIN | EPOLLEXCLUSIVE));
    net_close();
}

enum { WAITERS = 4 };
static int started, woken;
static void *wait_once(void *argument)
{
    struct epoll_event event;
    __atomic_add_fetch(&started, 1, __ATOMIC_SEQ_CST);
    if (epoll_wait(*(int *)argument, &event, 1, -1) == 1)
        __atomic_add_fetch(&woken, 1, __ATOMIC_SEQ_CST);
    return NULL;
}
static int count_asleep(void)
{
    int asleep = 0;
    char path[64];
    for (int i = 0; i < 20; i++) {
        FILE *file;
        char state = 0;
        int tid = getpid() + i;
        snprintf(path, sizeof path, "/proc/self/task/%d/stat", tid);
        if (!(file = fopen(path, "r")))
            continue;
        if (fscanf(file, "%*d (%*[^)]) %c", &state) == 1 && state == 'S')
            asleep++;
        fclose(file);
    }
    return asleep;
}
CASE(exclusive_watches_wake_one)
{
    int epolls[WAITERS], fd = eventfd(0, EFD_SEMAPHORE);
    pthread_t threads[WAITERS];
    unsigned long one = 1;
    started = woken = 0;
    for (int i = 0; i < WAITERS; i++) {
        epolls[i] = epoll_create1(0);
        OK(watch(epolls[i], ADD, fd, EPOLLIN | EPOLLEXCLUSIVE));
        pthread_create(&threads[i], NULL, wait_once, &epolls[i]);
    }
    for (int i = 0; i < 5000 && count_asleep() < WAITERS; i++)
        usleep(1000);
    // Each write wakes at least one of those who still wait, and all end.
    for (int i = 0; i < WAITERS; i++)
        OK(write(fd, &one, 8));
    for (int i = 0; i < WAITERS; i++)
        pthread_join(threads[i], NULL);
    SHOW("%d", woken);
    net_close();
}
CASE(several_threads_at_one)
{
    int epoll = epoll_create1(0), fds[WAITERS];
    pthread_t threads[WAITERS];
    unsigned long one = 1;
    woken = 0;
    for (int i = 0; i < WAITERS; i++) {
        fds[i] = eventfd(0, 0);
        OK(watch(epoll, ADD, fds[i], EPOLLIN | EPOLLET));
        pthread_create(&threads[i], NULL, wait_once, &epoll);
    }
    for (int i = 0; i < WAITERS; i++)
        OK(write(fds[i], &one, 8));
    for (int i = 0; i < WAITERS; i++)
        pthread_join(threads[i], NULL);
    SHOW("%d", woken);
    net_close();
}
CASE(arguments)
{
    int epoll = epoll_create1(0), fd = eventfd(1, 0);
    // Not on the stack, which lies less than the largest number of events below the end of memory.
    static struct epoll_event event = { .events = EPOLLIN };
    SHOW("%s", E(epoll_ctl(-1, ADD, fd, &event)));
    SHOW("%s", E(epoll_ctl(epoll, ADD, -1, &event)));
    SHOW("%s", E(epoll_ctl(fd, ADD, epoll, &event)));
    SHOW("%s", E(epoll_ctl(epoll, 7, fd, &event)));
    SHOW("%s", E(epoll_ctl(epoll, ADD, fd, NULL)));
    SHOW("%s", E(epoll_ctl(epoll, MOD, fd, &event)));
    SHOW("%s", E(epoll_ctl(epoll, DEL, fd, NULL)));
    SHOW("%s", E(epoll_ctl(epoll, ADD, open("/", O_RDONLY), &event)));
    SHOW("%s", E(epoll_ctl(epoll, ADD, open("/", O_PATH), &event)));
    SHOW("%s", E(epoll_ctl(epoll, ADD, epoll, &event)));
    SHOW("%s", E(epoll_ctl(epoll, DEL, epoll, &event)));
    OK(epoll_ctl(epoll, ADD, fd, &event));
    static const int limits[] = { 0, -1, 1, 178956970, 178956971 };
    for (int i = 0; i < 5; i++) {
        SHOW("%s", E(syscall(SYS_epoll_wait, epoll, &event, limits[i], 0)));
        SHOW("%s", E(syscall(SYS_epoll_wait, -1, &event, limits[i], 0)));
        SHOW("%s", E(syscall(SYS_epoll_wait, fd, &event, limits[i], 0)));
        SHOW("%s", E(syscall(SYS_epoll_wait, epoll, (void *)8, limits[i], 0)));
    }
    SHOW("%s", E(read(epoll, &event, 1)));
    SHOW("%s", E(write(epoll, &event, 1)));
    net_close();
}
CASE(connections)
{
    int listener = net_listener(SOCK_STREAM, "s", 5), epoll = epoll_create1(0);
    OK(watch(epoll, ADD, listener, EPOLLIN | EPOLLOUT | EPOLLET));
    SHOW("%s", now(epoll));
    int client = socket(AF_UNIX, SOCK_STREAM, 0);
    OK(watch(epoll, ADD, client, EPOLLIN | EPOLLOUT | EPOLLET));
    BOTH("%s", "%s", now(epoll), now(epoll));
    OK(net_connect(client, "s"));
    SHOW("%s", now(epoll));
    OK(net_connect(socket(AF_UNIX, SOCK_STREAM, 0), "s"));
    BOTH("%s", "%s", now(epoll), now(epoll));
    int server = accept(listener, NULL, NULL);
    SHOW("%s", now(epoll));
    OK(close(server));
    BOTH("%s", "%s", now(epoll), now(epoll));
    OK(shutdown(listener, SHUT_RDWR));
    BOTH("%s", "%s", now(epoll), now(epoll));
    net_close();
}
