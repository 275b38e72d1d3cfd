// Streams: bytes in order, ends, errors, peeks.
#include "net.h"

// Addresses that the compiler does not know.
static char *volatile BAD = (char *)8, *volatile WORSE = (char *)-4096L;
static int got_signal;
static void on_signal(int number) { got_signal = number; }

// Never waits.
static const char *pull(int fd, size_t size, int flags)
{
    static char text[2][64];
    static int turn;
    turn = !turn;
    memset(text[turn], 0, sizeof text[turn]);
    ssize_t count = recv(fd, text[turn], size < 63 ? size : 63, flags | MSG_DONTWAIT);
    return count < 0 ? tap_error(-errno) : count == 0 ? "end" : text[turn];
}

CASE(bytes_join)
{
    int p[2];
    OK(socketpair(AF_UNIX, SOCK_STREAM, 0, p));
    IS(write(p[0], "one", 3), 3);
    IS(send(p[0], "two", 3, 0), 3);
    struct iovec parts[2] = { { "th", 2 }, { "ree", 3 } };
    IS(writev(p[0], parts, 2), 5);
    char a[4] = "", b[8] = "";
    struct iovec into[2] = { { a, 2 }, { b, 3 } };
    IS(readv(p[1], into, 2), 5);
    BOTH("%s", "%s", a, b);
    BOTH("%s", "%s", pull(p[1], 60, 0), pull(p[1], 60, MSG_DONTWAIT));
    BOTH("%s", "%s", E(send(p[0], "", 0, 0)), pull(p[1], 60, MSG_DONTWAIT));
    net_close();
}
CASE(peek)
{
    int p[2];
    OK(socketpair(AF_UNIX, SOCK_STREAM, 0, p));
    OK(write(p[0], "abc", 3));
    OK(write(p[0], "defg", 4));
    BOTH("%s", "%s", pull(p[1], 2, MSG_PEEK), pull(p[1], 60, MSG_PEEK));
    BOTH("%s", "%s", pull(p[1], 2, 0), pull(p[1], 60, MSG_PEEK));
    SHOW("%s", pull(p[1], 60, MSG_PEEK | MSG_WAITALL | MSG_DONTWAIT));
    IS(net_set(p[1], SO_PEEK_OFF, 1), 0);
    BOTH("%s", "%s", pull(p[1], 2, MSG_PEEK), pull(p[1], 60, MSG_PEEK));
    BOTH("%s", "%ld", pull(p[1], 60, MSG_PEEK | MSG_DONTWAIT), net_option(p[1], SO_PEEK_OFF));
    BOTH("%s", "%ld", pull(p[1], 2, 0), net_option(p[1], SO_PEEK_OFF));
    OK(write(p[0], "hi", 2));
    BOTH("%s", "%ld", pull(p[1], 60, MSG_PEEK), net_option(p[1], SO_PEEK_OFF));
    BOTH("%s", "%ld", pull(p[1], 60, 0), net_option(p[1], SO_PEEK_OFF));
    net_close();
}
CASE(counts_in_queue)
{
    int p[2], in, out;
    EACH_KIND (kind) {
        OK(socketpair(AF_UNIX, kind, 0, p));
        OK(write(p[0], "12345", 5));
        OK(write(p[0], "678", 3));
        OK(ioctl(p[1], FIONREAD, &in));
        OK(ioctl(p[0], SIOCOUTQ, &out));
        BOTH("%d", "%d", in, out);
        char byte;
        OK(read(p[1], &byte, 1));
        OK(ioctl(p[1], SIOCINQ, &in));
        OK(ioctl(p[0], SIOCOUTQ, &out));
        BOTH("%d", "%d", in, out);
        OK(ioctl(p[1], SIOCOUTQ, &out));
        BOTH("%d", "%s", out, E(ioctl(p[0], TCGETS, &out)));
    }
    int listener = net_listener(SOCK_STREAM, "s", 1);
    SHOW("%s", E(ioctl(listener, FIONREAD, &in)));
    net_close();
}
CASE(charges)
{
    static const int sizes[] = { 1, 100, 192, 193, 1000, 4000, 4096, 8192, 30000, 36544, 36545, 100000, 212960 };
    char *data = calloc(1, 300000);
    EACH_KIND (kind)
        for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
            int p[2], out, count = 0;
            OK(socketpair(AF_UNIX, kind | SOCK_NONBLOCK, 0, p));
            ssize_t sent, total = 0;
            while ((sent = send(p[0], data, (size_t)sizes[i], 0)) > 0) {
                total += sent;
                count++;
            }
            SHOW("%d", count);
            BOTH("%ld", "%s", (long)total, tap_error(-errno));
            OK(ioctl(p[0], SIOCOUTQ, &out));
            BOTH("%d", "%x", out, net_poll(p[0], NET_ALL));
            // How much must be read until it is writable again.
            int reads = 0;
            while (!(net_poll(p[0], POLLOUT) & POLLOUT) && recv(p[1], data, 4096, 0) > 0)
                reads++;
            SHOW("%d", reads);
            net_close();
        }
    free(data);
}
CASE(small_buffers)
{
    int p[2], out;
    OK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, p));
    char *data = calloc(1, 100000);
    IS(net_set(p[0], SO_SNDBUF, 1), 0);
    SHOW("%ld", net_option(p[0], SO_SNDBUF));
    SHOW("%ld", (long)send(p[0], data, 100000, 0));
    OK(ioctl(p[0], SIOCOUTQ, &out));
    BOTH("%d", "%s", out, E(send(p[0], data, 1, 0)));
    IS(net_set(p[0], SO_SNDBUF, 8000), 0);
    BOTH("%ld", "%s", net_option(p[0], SO_SNDBUF), E(send(p[0], data, 1, 0)));
    OK(socketpair(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0, p));
    IS(net_set(p[0], SO_SNDBUF, 1), 0);
    BOTH("%s", "%s", E(send(p[0], data, 4577, 0)), E(send(p[0], data, 4576, 0)));
    free(data);
    net_close();
}
CASE(end_of_stream)
{
    int p[2];
    OK(socketpair(AF_UNIX, SOCK_STREAM, 0, p));
    OK(write(p[0], "rest", 4));
    OK(close(p[0]));
    SHOW("%s", net_name_of(p[1], 1));
    BOTH("%s", "%s", pull(p[1], 60, 0), pull(p[1], 60, 0));
    signal(SIGPIPE, on_signal);
    got_signal = 0;
    BOTH("%s", "%d", E(write(p[1], "x", 1)), got_signal);
    got_signal = 0;
    BOTH("%s", "%d", E(send(p[1], "x", 1, MSG_NOSIGNAL)), got_signal);
    BOTH("%s", "%d", E(send(p[1], "", 0, 0)), got_signal);
    BOTH("%ld", "%s", net_option(p[1], SO_ERROR), pull(p[1], 60, 0));
    net_close();
}
CASE(end_with_unread_data)
{
    signal(SIGPIPE, on_signal);
    EACH_KIND (kind) {
        int p[2];
        OK(socketpair(AF_UNIX, kind, 0, p));
        OK(write(p[0], "mine", 4));
        OK(write(p[1], "yours", 5));
        OK(close(p[0]));
        SHOW("%x", net_poll(p[1], NET_ALL));
        BOTH("%s", "%s", pull(p[1], 60, MSG_DONTWAIT), pull(p[1], 60, MSG_DONTWAIT));
        got_signal = 0;
        BOTH("%s", "%d", E(write(p[1], "x", 1)), got_signal);
        BOTH("%s", "%d", E(write(p[1], "x", 1)), got_signal);
        SHOW("%s", pull(p[1], 60, MSG_DONTWAIT));
        OK(socketpair(AF_UNIX, kind, 0, p));
        OK(write(p[1], "yours", 5));
        OK(close(p[0]));
        BOTH("%ld", "%ld", net_option(p[1], SO_ERROR), net_option(p[1], SO_ERROR));
        OK(socketpair(AF_UNIX, kind, 0, p));
        OK(write(p[1], "yours", 5));
        OK(close(p[0]));
        got_signal = 0;
        BOTH("%s", "%d", E(send(p[1], "x", 1, MSG_DONTWAIT)), got_signal);
        BOTH("%s", "%s", E(send(p[1], "x", 1, MSG_NOSIGNAL)), pull(p[1], 60, MSG_DONTWAIT));
    }
    net_close();
}
CASE(shutdowns)
{
    signal(SIGPIPE, on_signal);
    EACH_KIND (kind)
        for (int how = 0; how < 3; how++) {
            int p[2];
            OK(socketpair(AF_UNIX, kind, 0, p));
            OK(write(p[0], "ab", 2));
            OK(write(p[1], "cd", 2));
            IS(shutdown(p[0], how), 0);
            SHOW("%d:%x %x", how, net_poll(p[0], NET_ALL), net_poll(p[1], NET_ALL));
            got_signal = 0;
            BOTH("%s", "%s", E(send(p[0], "x", 1, MSG_DONTWAIT)), E(send(p[1], "y", 1, MSG_DONTWAIT)));
            SHOW("%d", got_signal);
            for (int i = 0; i < 2; i++)
                BOTH("%s", "%s", pull(p[i], 60, MSG_DONTWAIT), pull(p[i], 60, MSG_DONTWAIT));
            BOTH("%s", "%s", E(shutdown(p[0], 3)), E(shutdown(p[1], -1)));
        }
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    BOTH("%s", "%x", E(shutdown(fd, SHUT_RDWR)), net_poll(fd, NET_ALL));
    net_close();
}
CASE(unconnected)
{
    EACH_KIND (kind) {
        int fd = socket(AF_UNIX, kind, 0);
        BOTH("%s", "%s", E(send(fd, "x", 1, 0)), pull(fd, 9, MSG_DONTWAIT));
        BOTH("%s", "%s", net_name_of(fd, 1), E(net_send_to(fd, "x", "nobody")));
        SHOW("%x", net_poll(fd, NET_ALL));
    }
    net_close();
}
CASE(address_on_a_stream)
{
    int p[2];
    OK(socketpair(AF_UNIX, SOCK_STREAM, 0, p));
    SHOW("%s", E(net_send_to(p[0], "x", "somebody")));
    struct sockaddr_un address;
    socklen_t length = sizeof address;
    OK(write(p[0], "x", 1));
    char byte;
    IS(recvfrom(p[1], &byte, 1, 0, (void *)&address, &length), 1);
    SHOW("%u", length);
    OK(net_bind(p[0], "named"));
    OK(write(p[0], "x", 1));
    length = sizeof address;
    IS(recvfrom(p[1], &byte, 1, 0, (void *)&address, &length), 1);
    SHOW("%s", net_text(&address, length));
    OK(write(p[0], "x", 1));
    SHOW("%s", E(recvfrom(p[1], &byte, 1, 0, (void *)&address, NULL)));
    net_close();
}
CASE(bad_memory)
{
    EACH_KIND (kind) {
        int p[2];
        OK(socketpair(AF_UNIX, kind, 0, p));
        BOTH("%s", "%s", E(write(p[0], BAD, 4)), E(send(p[0], WORSE, 4, 0)));
        OK(write(p[0], "data", 4));
        SHOW("%s", E(recv(p[1], (void *)8, 4, 0)));
        SHOW("%s", pull(p[1], 9, MSG_DONTWAIT));
        SHOW("%s", E(recv(p[1], NULL, 0, MSG_DONTWAIT)));
    }
    net_close();
}
CASE(wait_for_all)
{
    int p[2];
    OK(socketpair(AF_UNIX, SOCK_STREAM, 0, p));
    OK(write(p[0], "abc", 3));
    OK(shutdown(p[0], SHUT_WR));
    BOTH("%s", "%s", pull(p[1], 10, MSG_WAITALL), pull(p[1], 10, MSG_WAITALL));
    OK(socketpair(AF_UNIX, SOCK_STREAM, 0, p));
    OK(write(p[0], "abc", 3));
    SHOW("%s", pull(p[1], 10, MSG_WAITALL | MSG_DONTWAIT));
    OK(write(p[0], "abc", 3));
    IS(net_set(p[1], SO_RCVLOWAT, 5), 0);
    SHOW("%s", pull(p[1], 10, MSG_DONTWAIT));
    SHOW("%s", pull(p[1], 10, MSG_ERRQUEUE | MSG_DONTWAIT));
    struct timeval soon = { 0, 20000 };
    OK(setsockopt(p[1], SOL_SOCKET, SO_RCVTIMEO, &soon, sizeof soon));
    OK(write(p[0], "xy", 2));
    char text[16];
    IS(recv(p[1], text, 10, 0), 2);
    IS(recv(p[1], text, 10, 0), -EAGAIN);
    net_close();
}
CASE(large_transfer)
{
    int p[2];
    OK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, p));
    enum { TOTAL = 3000000 };
    unsigned char *in = malloc(TOTAL), *out = malloc(TOTAL);
    for (int i = 0; i < TOTAL; i++)
        in[i] = (unsigned char)(i * 7 + i / 251);
    size_t sent = 0, got = 0, step = 1;
    while (got < TOTAL) {
        ssize_t count = sent < TOTAL ? send(p[0], in + sent, TOTAL - sent, 0) : 0;
        if (count > 0)
            sent += (size_t)count;
        step = step * 3 % 70001 + 1;
        count = recv(p[1], out + got, step < TOTAL - got ? step : TOTAL - got, 0);
        if (count > 0)
            got += (size_t)count;
    }
    IS(memcmp(in, out, TOTAL), 0);
    free(in);
    free(out);
    net_close();
}
