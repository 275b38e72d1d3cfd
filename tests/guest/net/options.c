// getsockopt, setsockopt.
#include "net.h"
#include <netinet/in.h>

static const int names[] = {
    SO_DEBUG, SO_REUSEADDR, SO_TYPE, SO_ERROR, SO_DONTROUTE, SO_BROADCAST, SO_SNDBUF, SO_RCVBUF, SO_KEEPALIVE,
    SO_OOBINLINE, SO_NO_CHECK, SO_PRIORITY, SO_BSDCOMPAT, SO_REUSEPORT, SO_PASSCRED, SO_RCVLOWAT, SO_SNDLOWAT,
    SO_ACCEPTCONN, SO_PROTOCOL, SO_DOMAIN, SO_PEEK_OFF, SO_MARK, SO_SELECT_ERR_QUEUE, 9999, 0,
};
enum { COUNT = sizeof names / sizeof *names };

CASE(what_they_are)
{
    EACH_KIND (kind) {
        int fd = socket(AF_UNIX, kind, 0);
        for (int i = 0; i < COUNT; i++)
            SHOW("%ld", net_option(fd, names[i]));
    }
    net_close();
}
CASE(what_can_be_set)
{
    static const int values[] = { 1, 0, -1, 7 };
    for (int i = 0; i < COUNT; i++) {
        if (names[i] == SO_DEBUG || names[i] == SO_PRIORITY || names[i] == SO_MARK)
            continue;
        int fd = socket(AF_UNIX, SOCK_STREAM, 0);
        for (int j = 0; j < 4; j++)
            SHOW("%ld:%ld", net_set(fd, names[i], values[j]), net_option(fd, names[i]));
        close(fd);
    }
}
CASE(lengths)
{
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    for (socklen_t size = 0; size < 10; size++) {
        char room[16] = "xxxxxxxxxxxxxxx";
        socklen_t length = size;
        SHOW("%s:%u:%d", E(getsockopt(fd, SOL_SOCKET, SO_TYPE, room, &length)), length, room[0]);
        SHOW("%s", E(setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, room, size)));
        SHOW("%s", E(setsockopt(fd, SOL_SOCKET, SO_LINGER, room, size)));
    }
    int value;
    socklen_t length = (socklen_t)-1;
    SHOW("%s", E(getsockopt(fd, SOL_SOCKET, SO_TYPE, &value, &length)));
    SHOW("%s", E(setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &value, (socklen_t)-1)));
    length = 4;
    SHOW("%s", E(getsockopt(fd, SOL_SOCKET, SO_TYPE, NULL, &length)));
    SHOW("%s", E(getsockopt(fd, SOL_SOCKET, SO_TYPE, &value, NULL)));
    SHOW("%s", E(setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, NULL, 4)));
    net_close();
}
CASE(other_levels)
{
    int fd = socket(AF_UNIX, SOCK_STREAM, 0), value = 1;
    socklen_t length = 4;
    static const int levels[] = { 0, IPPROTO_TCP, IPPROTO_UDP, IPPROTO_IPV6, -1, 270 };
    for (size_t i = 0; i < sizeof levels / sizeof *levels; i++) {
        SHOW("%s", E(getsockopt(fd, levels[i], 1, &value, &length)));
        SHOW("%s", E(setsockopt(fd, levels[i], 1, &value, 4)));
    }
    net_close();
}
CASE(buffer_sizes)
{
    static const int sizes[] = { 0, 1, 1000, 1151, 1152, 1153, 2303, 2304, 2305, 10000, 4194303, 4194304, 4194305, 2000000000, -1 };
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        OK(net_set(fd, SO_SNDBUF, sizes[i]));
        OK(net_set(fd, SO_RCVBUF, sizes[i]));
        SHOW("%ld/%ld", net_option(fd, SO_SNDBUF), net_option(fd, SO_RCVBUF));
    }
    net_close();
}
CASE(times)
{
    int fd = socket(AF_UNIX, SOCK_STREAM, 0), one = 1;
    static const struct timeval tries[] = { { 0, 0 }, { 1, 0 }, { 1, 500000 }, { 0, 4000 }, { 0, 999999 + 1 }, { 0, -1 }, { -1, 0 }, { 1000000, 0 } };
    static const int both[] = { SO_RCVTIMEO, SO_SNDTIMEO };
    for (size_t i = 0; i < sizeof tries / sizeof *tries; i++)
        for (int j = 0; j < 2; j++) {
            struct timeval time = { 77, 77 };
            socklen_t length = sizeof time;
            SHOW("%s", E(setsockopt(fd, SOL_SOCKET, both[j], &tries[i], sizeof time)));
            OK(getsockopt(fd, SOL_SOCKET, both[j], &time, &length));
            if (tries[i].tv_sec >= 0)
                SHOW("%ld.%06ld/%u", (long)time.tv_sec, (long)time.tv_usec, length);
        }
    SHOW("%s", E(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &one, sizeof one)));
    net_close();
}
CASE(linger)
{
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    static const struct linger tries[] = { { 1, 5 }, { 0, 7 }, { 9, 0 }, { 0, 3 } };
    for (int i = 0; i < 4; i++) {
        struct linger got = { 0, 0 };
        socklen_t length = sizeof got;
        SHOW("%s", E(setsockopt(fd, SOL_SOCKET, SO_LINGER, &tries[i], sizeof got)));
        OK(getsockopt(fd, SOL_SOCKET, SO_LINGER, &got, &length));
        SHOW("%d:%d:%u", got.l_onoff, got.l_linger, length);
    }
    net_close();
}
ROOT_CASE(privileges)
{
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    SHOW("%ld %ld", net_set(fd, SO_SNDBUFFORCE, 10000000), net_option(fd, SO_SNDBUF));
    SHOW("%ld %ld", net_set(fd, SO_PRIORITY, 100), net_option(fd, SO_PRIORITY));
    SHOW("%ld %ld", net_set(fd, SO_MARK, 5), net_option(fd, SO_MARK));
    SHOW("%ld %ld", net_set(fd, SO_DEBUG, 1), net_option(fd, SO_DEBUG));
    as_nobody();
    SHOW("%ld %ld", net_set(fd, SO_SNDBUFFORCE, 1), net_set(fd, SO_RCVBUFFORCE, 1));
    SHOW("%ld %ld", net_set(fd, SO_PRIORITY, 7), net_set(fd, SO_PRIORITY, 6));
    SHOW("%ld %ld", net_set(fd, SO_MARK, 7), net_set(fd, SO_DEBUG, 1));
    as_root();
    net_close();
}
CASE(settings_in_proc)
{
    SHOW("%s", text_of("/proc/sys/net/core/wmem_default"));
    SHOW("%s", text_of("/proc/sys/net/core/rmem_default"));
    SHOW("%s", text_of("/proc/sys/net/core/somaxconn"));
    SHOW("%s", text_of("/proc/sys/net/core/optmem_max"));
    SHOW("%s", text_of("/proc/sys/net/unix/max_dgram_qlen"));
}
