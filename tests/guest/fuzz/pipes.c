// Random sequences on pipes, events and what watches them; nothing here ever waits.
// seeds: 6 100
#include "fuzz.h"
#include <poll.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>

// Which of them are events: since Linux 6.10 those take eight bytes exactly, before that more.
static int events[8];
static int fds[8] = { -1, -1, -1, -1, -1, -1, -1, -1 };
static int watcher;
static char buffer[70000];

static const char *result(long value) { return tap_error(tap_result(value)); }
static void drop(unsigned slot)
{
    if (fds[slot] >= 0)
        close(fds[slot]);
    fds[slot] = -1;
    events[slot] = 0;
}
static void do_create(void)
{
    unsigned one = pick(8), two = pick(8), value = pick(5);
    int p[2];
    drop(one);
    if (one == two || pick(4) == 0) {
        events[one] = 1;
        fds[one] = eventfd(value, EFD_NONBLOCK | (pick(2) ? EFD_SEMAPHORE : 0));
        say("f%u = eventfd(%u)", one, value);
        return;
    }
    drop(two);
    say("f%u, f%u = pipe() = %s", one, two, result(pipe2(p, O_NONBLOCK)));
    fds[one] = p[0];
    fds[two] = p[1];
}
static void do_write(void)
{
    unsigned slot = pick(8), length = pick(3) ? pick(5000) : pick(70000);
    uint64_t value = pick(4) ? pick(100) : ~0ull - 1;
    if (pick(3) == 0)
        say("write(f%u, value %llu) = %s", slot, (unsigned long long)value, result(write(fds[slot], &value, 8)));
    else
        length = events[slot] && length > 8 ? 8 : length,
        say("write(f%u, %u) = %s", slot, length, result(write(fds[slot], buffer, length)));
}
static void do_read(void)
{
    unsigned slot = pick(8), length = pick(3) ? pick(5000) : pick(70000);
    say("read(f%u, %u) = %s", slot, length, result(read(fds[slot], buffer, length)));
}
static void do_move(void)
{
    unsigned from = pick(8), to = pick(8), length = pick(9000) + 1;
    if (pick(2))
        say("splice(f%u, f%u, %u) = %s", from, to, length,
            result(splice(fds[from], NULL, fds[to], NULL, length, SPLICE_F_NONBLOCK)));
    else
        say("tee(f%u, f%u, %u) = %s", from, to, length, result(tee(fds[from], fds[to], length, SPLICE_F_NONBLOCK)));
}
static void do_close(void)
{
    unsigned slot = pick(8);
    say("close(f%u) = %s", slot, result(close(fds[slot])));
    fds[slot] = -1;
}
static void do_dup(void)
{
    unsigned from = pick(8), to = pick(8);
    if (from != to)
        drop(to);
    if (from != to && fds[from] >= 0)
        fds[to] = dup(fds[from]), events[to] = events[from];
    say("f%u = dup(f%u) %s", to, from, fds[to] >= 0 ? "ok" : "none");
}
static void do_watch(void)
{
    static const unsigned kinds[] = { EPOLLIN, EPOLLOUT, EPOLLIN | EPOLLOUT, EPOLLIN | EPOLLET, EPOLLOUT | EPOLLET,
                                      EPOLLIN | EPOLLONESHOT };
    unsigned slot = pick(8), operation = pick(3) + 1;
    struct epoll_event event = { .events = ONE_OF(kinds), .data.u32 = slot };
    say("epoll_ctl(%u, f%u, %#x) = %s", operation, slot, event.events,
        result(epoll_ctl(watcher, (int)operation, fds[slot], &event)));
}
static int by_slot(const void *left, const void *right)
{
    return (int)((const struct epoll_event *)left)->data.u32 - (int)((const struct epoll_event *)right)->data.u32;
}
static void do_events(void)
{
    struct epoll_event events[16];
    int count = epoll_wait(watcher, events, 16, 0);
    say("epoll_wait() = %s", result(count));
    if (count > 0)
        qsort(events, (size_t)count, sizeof *events, by_slot);
    for (int i = 0; i < count; i++)
        say(" f%u:%#x", events[i].data.u32, events[i].events);
}
static void do_poll(void)
{
    struct pollfd set[8];
    for (int i = 0; i < 8; i++)
        set[i] = (struct pollfd){ fds[i], POLLIN | POLLOUT, 0 };
    say("poll() = %s", result(poll(set, 8, 0)));
    for (int i = 0; i < 8; i++)
        say(" %x", set[i].revents);
}
static void do_size(void)
{
    static const int sizes[] = { 4096, 5000, 16384, 65536, 100000 };
    unsigned slot = pick(8);
    int size = ONE_OF(sizes), unread = -1;
    switch (pick(3)) {
    case 0:
        say("F_SETPIPE_SZ(f%u, %d) = %s", slot, size, result(fcntl(fds[slot], F_SETPIPE_SZ, size)));
        break;
    case 1:
        say("F_GETPIPE_SZ(f%u) = %s", slot, result(fcntl(fds[slot], F_GETPIPE_SZ)));
        break;
    default:
        say("FIONREAD(f%u) = %s", slot, result(ioctl(fds[slot], FIONREAD, &unread)));
        say(" %d", unread);
    }
}
static void step(void)
{
    static void (*const steps[])(void) = { do_create, do_write, do_write, do_write, do_read, do_read, do_move, do_close,
                                           do_dup, do_watch, do_watch, do_events, do_events, do_poll, do_size };
    ONE_OF(steps)();
    say("\n");
}

int main(int count, char **words)
{
    signal(SIGPIPE, SIG_IGN);
    watcher = epoll_create1(0);
    fuzz(count, words, step);
    return 0;
}
