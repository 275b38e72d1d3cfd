// What the cases about sockets share.
#ifndef NET_H
#define NET_H

#define TAP_DIRS
#include "../files.h"
#include <linux/sockios.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/un.h>

static const int net_kinds[] = { SOCK_STREAM, SOCK_DGRAM, SOCK_SEQPACKET };
#define EACH_KIND(kind)                                                       \
    for (int index_ = 0, kind; index_ < 3 && (kind = net_kinds[index_], 1); index_++)

// What a call gave, to be shown.
#define E(call) tap_error(tap_result((long)(call)))

// Shows what two calls gave, the first one first.
#define BOTH(format, other, first, second)                                    \
    do {                                                                      \
        SHOW(format, first);                                                  \
        SHOW(other, second);                                                  \
    } while (0)

// An address; a name that starts with '@' is abstract. Its length is in the other return.
__attribute__((unused)) static struct sockaddr_un net_name(const char *name, socklen_t *length)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    size_t size = strlen(name);
    memcpy(address.sun_path, name, size);
    if (*name == '@')
        address.sun_path[0] = 0;
    *length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + size + (*name != '@'));
    return address;
}

__attribute__((unused)) static int net_bind(int fd, const char *name)
{
    socklen_t length;
    struct sockaddr_un address = net_name(name, &length);
    return bind(fd, (struct sockaddr *)&address, length);
}

__attribute__((unused)) static int net_connect(int fd, const char *name)
{
    socklen_t length;
    struct sockaddr_un address = net_name(name, &length);
    return connect(fd, (struct sockaddr *)&address, length);
}

__attribute__((unused)) static ssize_t net_send_to(int fd, const char *text, const char *name)
{
    socklen_t length;
    struct sockaddr_un address = net_name(name, &length);
    return sendto(fd, text, strlen(text), MSG_DONTWAIT, (struct sockaddr *)&address, length);
}

// An address as text: its length, then the name with '@' for zeros.
__attribute__((unused)) static const char *net_text(const struct sockaddr_un *address, socklen_t length)
{
    static char text[2][256];
    static int turn;
    turn = !turn;
    int used = snprintf(text[turn], sizeof text[turn], "%u:", length);
    for (socklen_t i = 2; i < length && i < sizeof *address; i++) {
        char byte = ((const char *)address)[i];
        text[turn][used++] = byte ? byte : '@';
    }
    text[turn][used] = 0;
    return text[turn];
}

__attribute__((unused)) static const char *net_name_of(int fd, int peer)
{
    struct sockaddr_un address;
    socklen_t length = sizeof address;
    int result = peer ? getpeername(fd, (struct sockaddr *)&address, &length)
                      : getsockname(fd, (struct sockaddr *)&address, &length);
    return result ? tap_error(-errno) : net_text(&address, length);
}

// A listening socket.
__attribute__((unused)) static int net_listener(int kind, const char *name, int backlog)
{
    int fd = socket(AF_UNIX, kind, 0);
    if (fd < 0 || net_bind(fd, name) || listen(fd, backlog))
        tap_fail("cannot listen at %s: %s", name, tap_error(-errno));
    return fd;
}

// A connection: [0] was accepted, [1] connected.
__attribute__((unused)) static void net_connection(int kind, const char *name, int fds[2])
{
    int listener = net_listener(kind, name, 1);
    fds[1] = socket(AF_UNIX, kind, 0);
    if (net_connect(fds[1], name))
        tap_fail("cannot connect to %s: %s", name, tap_error(-errno));
    fds[0] = accept(listener, NULL, NULL);
    close(listener);
}

__attribute__((unused)) static int net_poll(int fd, int events)
{
    struct pollfd one = { .fd = fd, .events = (short)events };
    return poll(&one, 1, 0) < 0 ? -errno : one.revents;
}

#define NET_ALL (POLLIN | POLLOUT | POLLPRI | POLLRDHUP | POLLRDNORM | POLLWRNORM | POLLRDBAND | POLLWRBAND)

__attribute__((unused)) static long net_option(int fd, int name)
{
    int value = -99;
    socklen_t length = sizeof value;
    return getsockopt(fd, SOL_SOCKET, name, &value, &length) ? -errno : value;
}

__attribute__((unused)) static long net_set(int fd, int name, int value)
{
    return setsockopt(fd, SOL_SOCKET, name, &value, sizeof value) ? -errno : 0;
}

// Closes everything that a case left open.
__attribute__((unused)) static void net_close(void) { syscall(SYS_close_range, 3, ~0u, 0); }

#endif
