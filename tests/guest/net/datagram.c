// Datagrams and sequenced packets: whole messages, peers, full queues.
#include "net.h"

static const char *pull(int fd, size_t size, int flags)
{
    static char text[2][96];
    static int turn;
    turn = !turn;
    memset(text[turn], 0, sizeof text[turn]);
    ssize_t count = recv(fd, text[turn], size, flags | MSG_DONTWAIT);
    if (count >= 0)
        sprintf(text[turn] + strlen(text[turn]), "/%ld", (long)count);
    return count < 0 ? tap_error(-errno) : text[turn];
}

CASE(messages_stay_whole)
{
    EACH_KIND (kind) {
        if (kind == SOCK_STREAM)
            continue;
        int p[2];
        OK(socketpair(AF_UNIX, kind, 0, p));
        OK(send(p[0], "first", 5, 0));
        OK(send(p[0], "", 0, 0));
        OK(write(p[0], "", 0));
        OK(send(p[0], "second", 6, MSG_EOR));
        char byte;
        IS(read(p[1], &byte, 0), 0);
        BOTH("%s", "%s", pull(p[1], 3, MSG_PEEK), pull(p[1], 3, MSG_PEEK | MSG_TRUNC));
        BOTH("%s", "%s", pull(p[1], 3, 0), pull(p[1], 9, 0));
        BOTH("%s", "%s", pull(p[1], 9, 0), pull(p[1], 2, MSG_TRUNC));
        BOTH("%s", "%s", pull(p[1], 9, 0), E(send(p[0], "x", 1, MSG_OOB)));
        SHOW("%s", pull(p[1], 9, MSG_OOB));
        char text[4];
        struct iovec part = { text, 3 };
        struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1, .msg_flags = 77 };
        OK(send(p[0], "longer", 6, 0));
        BOTH("%s", "%x", E(recvmsg(p[1], &message, MSG_CMSG_CLOEXEC)), message.msg_flags);
        OK(send(p[0], "abc", 3, 0));
        BOTH("%s", "%x", E(recvmsg(p[1], &message, MSG_PEEK)), message.msg_flags);
        part.iov_len = 0;
        BOTH("%s", "%x", E(recvmsg(p[1], &message, MSG_TRUNC)), message.msg_flags);
    }
    net_close();
}
CASE(peek_offset)
{
    EACH_KIND (kind) {
        if (kind == SOCK_STREAM)
            continue;
        int p[2];
        OK(socketpair(AF_UNIX, kind, 0, p));
        OK(send(p[0], "first", 5, 0));
        OK(send(p[0], "second", 6, 0));
        IS(net_set(p[1], SO_PEEK_OFF, 2), 0);
        for (int i = 0; i < 5; i++)
            BOTH("%s", "%ld", pull(p[1], 2, MSG_PEEK), net_option(p[1], SO_PEEK_OFF));
        BOTH("%s", "%ld", pull(p[1], 9, 0), net_option(p[1], SO_PEEK_OFF));
        BOTH("%s", "%ld", pull(p[1], 9, MSG_PEEK), net_option(p[1], SO_PEEK_OFF));
    }
    net_close();
}
CASE(named_senders)
{
    int receiver = socket(AF_UNIX, SOCK_DGRAM, 0), sender = socket(AF_UNIX, SOCK_DGRAM, 0);
    OK(net_bind(receiver, "r"));
    SHOW("%s", E(net_send_to(sender, "anonymous", "r")));
    OK(net_bind(sender, "s"));
    SHOW("%s", E(net_send_to(sender, "named", "r")));
    struct sockaddr_un address;
    char text[20];
    socklen_t length = sizeof address;
    SHOW("%s", E(recvfrom(receiver, text, 20, 0, (void *)&address, &length)));
    SHOW("%u", length);
    length = sizeof address;
    SHOW("%s", E(recvfrom(receiver, text, 20, MSG_PEEK, (void *)&address, &length)));
    SHOW("%s", net_text(&address, length));
    // The name is that of now, even after the end.
    OK(close(sender));
    length = sizeof address;
    SHOW("%s", E(recvfrom(receiver, text, 20, 0, (void *)&address, &length)));
    SHOW("%s", net_text(&address, length));
    BOTH("%s", "%s", E(net_send_to(receiver, "self", "r")), pull(receiver, 20, 0));
    SHOW("%s", E(sendto(receiver, "x", 1, 0, (void *)&address, 0)));
    SHOW("%s", E(sendto(receiver, "x", 1, 0, (void *)&address, 2)));
    SHOW("%s", E(sendto(receiver, "x", 1, 0, (void *)&address, 200)));
    net_close();
}
CASE(peers)
{
    int a = socket(AF_UNIX, SOCK_DGRAM, 0), b = socket(AF_UNIX, SOCK_DGRAM, 0), c = socket(AF_UNIX, SOCK_DGRAM, 0);
    OK(net_bind(a, "a"));
    OK(net_bind(b, "b"));
    OK(net_bind(c, "c"));
    OK(net_connect(a, "b"));
    BOTH("%s", "%s", net_name_of(a, 1), net_name_of(b, 1));
    BOTH("%s", "%s", E(write(a, "1", 1)), E(net_send_to(a, "2", "c")));
    BOTH("%s", "%s", E(net_send_to(c, "3", "a")), E(net_connect(c, "a")));
    BOTH("%s", "%s", E(net_send_to(b, "4", "a")), pull(a, 9, 0));
    BOTH("%s", "%s", pull(b, 9, 0), pull(c, 9, 0));
    OK(net_connect(b, "a"));
    OK(write(b, "lost", 4));
    // What came from the old peer is dropped, and that peer hears of it.
    OK(net_connect(a, "c"));
    BOTH("%s", "%s", pull(a, 9, 0), pull(b, 9, 0));
    BOTH("%s", "%s", pull(b, 9, 0), E(write(b, "x", 1)));
    struct sockaddr none = { .sa_family = AF_UNSPEC };
    SHOW("%s", E(connect(a, &none, sizeof none)));
    BOTH("%s", "%s", net_name_of(a, 1), E(write(a, "x", 1)));
    SHOW("%s", E(connect(a, &none, sizeof none)));
    SHOW("%s", E(connect(a, &none, 1)));
    OK(net_connect(a, "c"));
    OK(close(c));
    SHOW("%x", net_poll(a, NET_ALL));
    BOTH("%s", "%s", net_name_of(a, 1), E(write(a, "x", 1)));
    BOTH("%s", "%s", E(write(a, "x", 1)), E(net_send_to(a, "x", "c")));
    net_close();
}
CASE(full_queue)
{
    int receiver = socket(AF_UNIX, SOCK_DGRAM, 0), made = 0;
    OK(net_bind(receiver, "r"));
    int sender = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);
    OK(net_connect(sender, "r"));
    while (send(sender, "x", 1, 0) == 1)
        made++;
    BOTH("%d", "%s", made, tap_error(-errno));
    SHOW("%x", net_poll(sender, NET_ALL));
    int other = socket(AF_UNIX, SOCK_DGRAM, 0);
    BOTH("%x", "%s", net_poll(other, NET_ALL), E(net_send_to(other, "y", "r")));
    // A watch hears of room.
    int epoll = epoll_create1(0);
    struct epoll_event event = { .events = EPOLLOUT | EPOLLET }, got;
    OK(epoll_ctl(epoll, EPOLL_CTL_ADD, sender, &event));
    IS(epoll_wait(epoll, &got, 1, 0), 0);
    SHOW("%s", pull(receiver, 9, 0));
    SHOW("%d", epoll_wait(epoll, &got, 1, 0));
    SHOW("%x", net_poll(sender, NET_ALL));
    SHOW("%s", E(write(sender, "x", 1)));
    // Two that talk to each other are bounded by bytes only.
    OK(net_bind(sender, "s"));
    OK(net_connect(receiver, "s"));
    made = 0;
    while (send(sender, "x", 1, 0) == 1)
        made++;
    BOTH("%d", "%s", made, tap_error(-errno));
    net_close();
}
CASE(shut_receiver)
{
    int receiver = socket(AF_UNIX, SOCK_DGRAM, 0), sender = socket(AF_UNIX, SOCK_DGRAM, 0);
    OK(net_bind(receiver, "r"));
    OK(net_connect(sender, "r"));
    OK(write(sender, "before", 6));
    OK(shutdown(receiver, SHUT_RD));
    BOTH("%s", "%x", E(write(sender, "x", 1)), net_poll(receiver, NET_ALL));
    BOTH("%s", "%s", pull(receiver, 9, 0), pull(receiver, 9, 0));
    char byte;
    SHOW("%s", E(recv(receiver, &byte, 1, 0)));
    OK(shutdown(sender, SHUT_WR));
    BOTH("%s", "%x", E(write(sender, "x", 1)), net_poll(sender, NET_ALL));
    net_close();
}
CASE(packets_need_a_connection)
{
    int fd = socket(AF_UNIX, SOCK_SEQPACKET, 0), p[2];
    BOTH("%s", "%s", pull(fd, 9, 0), E(send(fd, "x", 1, 0)));
    net_connection(SOCK_SEQPACKET, "s", p);
    BOTH("%s", "%s", E(net_send_to(p[0], "abc", "nobody")), pull(p[1], 9, 0));
    OK(send(p[1], "def", 3, 0));
    OK(close(p[1]));
    BOTH("%s", "%s", pull(p[0], 9, 0), pull(p[0], 9, 0));
    char byte;
    BOTH("%s", "%s", E(recv(p[0], &byte, 1, 0)), E(send(p[0], "x", 1, 0)));
    net_close();
}
CASE(many_at_once)
{
    int p[2];
    OK(socketpair(AF_UNIX, SOCK_DGRAM, 0, p));
    struct iovec out[3] = { { "a", 1 }, { "bcd", 3 }, { "", 0 } };
    struct mmsghdr messages[4] = { 0 };
    for (int i = 0; i < 3; i++) {
        messages[i].msg_hdr.msg_iov = &out[i];
        messages[i].msg_hdr.msg_iovlen = 1;
    }
    SHOW("%s", E(sendmmsg(p[0], messages, 3, 0)));
    SHOW("%u %u %u", messages[0].msg_len, messages[1].msg_len, messages[2].msg_len);
    char text[4][8] = { "" };
    struct iovec in[4];
    for (int i = 0; i < 4; i++) {
        in[i] = (struct iovec){ text[i], 7 };
        messages[i].msg_hdr.msg_iov = &in[i];
        messages[i].msg_hdr.msg_iovlen = 1;
    }
    SHOW("%s", E(recvmmsg(p[1], messages, 4, MSG_WAITFORONE, NULL)));
    SHOW("%u %u %u %s%s", messages[0].msg_len, messages[1].msg_len, messages[2].msg_len, text[0], text[1]);
    SHOW("%s", E(recvmmsg(p[1], messages, 4, MSG_DONTWAIT, NULL)));
    SHOW("%s", E(recvmmsg(p[1], messages, 0, 0, NULL)));
    struct timespec bad = { 0, 1000000000 }, none = { 0, 0 };
    SHOW("%s", E(recvmmsg(p[1], messages, 1, 0, &bad)));
    OK(send(p[0], "x", 1, 0));
    OK(send(p[0], "y", 1, 0));
    SHOW("%s", E(recvmmsg(p[1], messages, 4, 0, &none)));
    messages[1].msg_hdr.msg_iovlen = 5000;
    SHOW("%s", E(sendmmsg(p[0], messages, 4, 0)));
    SHOW("%s", E(sendmmsg(p[0], messages + 1, 1, 0)));
    net_close();
}
