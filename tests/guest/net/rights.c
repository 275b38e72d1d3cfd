// Descriptors and credentials in messages.
#include "net.h"

struct sent { char data[32]; int fds[300]; int count; };

// Sends text with descriptors.
static ssize_t send_fds(int fd, const char *text, const int *fds, int count)
{
    static char control[CMSG_SPACE(300 * sizeof(int))];
    memset(control, 0, sizeof control);
    struct iovec part = { (void *)text, strlen(text) };
    struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1, .msg_control = control,
                              .msg_controllen = CMSG_SPACE((size_t)count * sizeof(int)) };
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    *header = (struct cmsghdr){ CMSG_LEN((size_t)count * sizeof(int)), SOL_SOCKET, SCM_RIGHTS };
    if (count)
        memcpy(CMSG_DATA(header), fds, (size_t)count * sizeof(int));
    return sendmsg(fd, &message, MSG_DONTWAIT);
}

// Receives with room for so many bytes of control messages; shows what came.
static int pull(int fd, size_t size, size_t room, int flags, int *fds)
{
    static char control[4096];
    char text[64] = "";
    struct iovec part = { text, size };
    struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1, .msg_control = room ? control : NULL,
                              .msg_controllen = room };
    memset(control, 0, sizeof control);
    ssize_t count = recvmsg(fd, &message, flags | MSG_DONTWAIT);
    if (count < 0) {
        SHOW("%s", tap_error(-errno));
        return 0;
    }
    SHOW("%s/%ld/%x/%lu", text, (long)count, message.msg_flags, (unsigned long)message.msg_controllen);
    int got = 0;
    for (struct cmsghdr *header = CMSG_FIRSTHDR(&message); header; header = CMSG_NXTHDR(&message, header)) {
        if (header->cmsg_type == SCM_RIGHTS) {
            int more = (int)((header->cmsg_len - CMSG_LEN(0)) / sizeof(int));
            memcpy(fds + got, CMSG_DATA(header), (size_t)more * sizeof(int));
            got += more;
            SHOW("rights:%lu:%d", (unsigned long)header->cmsg_len, more);
        } else {
            struct ucred who = { 0 };
            memcpy(&who, CMSG_DATA(header), header->cmsg_len - CMSG_LEN(0));
            SHOW("%s:%lu:%d:%d", who.pid == getpid() ? "me" : who.pid ? "other" : "nobody",
                 (unsigned long)header->cmsg_len, who.uid == getuid() ? 0 : (int)who.uid,
                 who.gid == getgid() ? 0 : (int)who.gid);
        }
    }
    return got;
}

CASE(one_descriptor)
{
    EACH_KIND (kind) {
        int p[2], pipes[2], got[8];
        OK(socketpair(AF_UNIX, kind, 0, p));
        OK(pipe(pipes));
        SHOW("%s", E(send_fds(p[0], "x", &pipes[1], 1)));
        OK(close(pipes[1]));
        EQ(pull(p[1], 9, 100, 0, got), 1);
        IS(fcntl(got[0], F_GETFD), 0);
        IS(write(got[0], "through", 7), 7);
        char text[9] = "";
        IS(read(pipes[0], text, 8), 7);
        STR(text, "through");
        OK(close(got[0]));
        IS(read(pipes[0], text, 8), 0);
        SHOW("%s", E(send_fds(p[0], "y", pipes, 1)));
        EQ(pull(p[1], 9, 100, MSG_CMSG_CLOEXEC, got), 1);
        IS(fcntl(got[0], F_GETFD), FD_CLOEXEC);
        // Without room for it the descriptor is closed.
        SHOW("%s", E(send_fds(p[0], "z", pipes, 1)));
        EQ(pull(p[1], 9, 0, 0, got), 0);
        net_close();
    }
}
CASE(room_for_descriptors)
{
    int p[2], some[3] = { 0, 1, 2 }, got[8];
    OK(socketpair(AF_UNIX, SOCK_DGRAM, 0, p));
    for (size_t room = 8; room <= 40; room += 2) {
        OK(send_fds(p[0], "m", some, 3));
        pull(p[1], 9, room, 0, got);
    }
    net_close();
}
CASE(descriptors_end_a_read)
{
    int p[2], zero = 0, got[8];
    OK(socketpair(AF_UNIX, SOCK_STREAM, 0, p));
    OK(write(p[0], "ab", 2));
    OK(send_fds(p[0], "cd", &zero, 1));
    OK(write(p[0], "ef", 2));
    OK(send_fds(p[0], "gh", &zero, 1));
    OK(send_fds(p[0], "ij", &zero, 1));
    for (int i = 0; i < 4; i++)
        pull(p[1], 30, 100, 0, got);
    // They come with the first byte of theirs.
    OK(send_fds(p[0], "klm", &zero, 1));
    pull(p[1], 1, 100, 0, got);
    pull(p[1], 9, 100, 0, got);
    OK(send_fds(p[0], "nop", &zero, 1));
    char text[9];
    IS(read(p[1], text, 1), 1);
    pull(p[1], 9, 100, 0, got);
    SHOW("%s", E(send_fds(p[0], "", &zero, 1)));
    pull(p[1], 9, 100, 0, got);
    net_close();
}
CASE(peeked_descriptors)
{
    EACH_KIND (kind) {
        int p[2], zero = 0, got[8];
        OK(socketpair(AF_UNIX, kind, 0, p));
        OK(send_fds(p[0], "abc", &zero, 1));
        OK(write(p[0], "def", 3));
        EQ(pull(p[1], 9, 100, MSG_PEEK, got), 1);
        EQ(pull(p[1], 2, 100, MSG_PEEK, got), 1);
        EQ(pull(p[1], 9, 100, 0, got), 1);
        SHOW("%d", got[0]);
        net_close();
    }
}
CASE(bad_descriptors)
{
    int p[2], some[300], got[300];
    OK(socketpair(AF_UNIX, SOCK_DGRAM, 0, p));
    for (int i = 0; i < 300; i++)
        some[i] = i % 3;
    SHOW("%s", E(send_fds(p[0], "x", some, 254)));
    SHOW("%s", E(send_fds(p[0], "x", some, 253)));
    SHOW("%d", pull(p[1], 9, 2000, 0, got));
    some[1] = 999;
    SHOW("%s", E(send_fds(p[0], "x", some, 2)));
    some[1] = -1;
    SHOW("%s", E(send_fds(p[0], "x", some, 2)));
    SHOW("%s", E(send_fds(p[0], "none", some, 0)));
    pull(p[1], 9, 100, 0, got);
    int path = open("/", O_PATH);
    SHOW("%s", E(send_fds(p[0], "path", &path, 1)));
    SHOW("%d", pull(p[1], 9, 100, 0, got));
    struct rlimit { unsigned long now, max; } limit, before;
    OK(syscall(SYS_prlimit64, 0, 7, NULL, &before));
    net_close();
    OK(socketpair(AF_UNIX, SOCK_DGRAM, 0, p));
    limit = before;
    limit.now = 7;
    some[1] = 1;
    OK(send_fds(p[0], "many", some, 3));
    OK(syscall(SYS_prlimit64, 0, 7, &limit, NULL));
    SHOW("%d", pull(p[1], 9, 100, 0, got));
    OK(send_fds(p[0], "none", some, 3));
    SHOW("%d", pull(p[1], 9, 100, 0, got));
    OK(syscall(SYS_prlimit64, 0, 7, &before, NULL));
    net_close();
}
CASE(malformed_control)
{
    int p[2];
    OK(socketpair(AF_UNIX, SOCK_DGRAM, 0, p));
    char control[64];
    struct iovec part = { "x", 1 };
    struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1, .msg_control = control };
    static const struct { size_t room, length; int level, kind; } tries[] = {
        { 8, 8, 1, 1 }, { 15, 20, 1, 1 }, { 16, 15, 1, 1 }, { 16, 16, 1, 1 }, { 16, 17, 1, 1 }, { 24, 0, 1, 1 },
        { 24, 18, 1, 1 }, { 24, 20, 1, 99 }, { 24, 20, 2, 99 }, { 24, 24, 1, 2 }, { 32, 28, 1, 2 },
        { 32, 29, 1, 2 }, { 24, 4000, 2, 1 }, { 20, 20, 1, 1 }, { 40, 20, 0, 1 },
    };
    for (size_t i = 0; i < sizeof tries / sizeof *tries; i++) {
        memset(control, 0, sizeof control);
        struct cmsghdr header = { tries[i].length, tries[i].level, tries[i].kind };
        memcpy(control, &header, sizeof header);
        message.msg_controllen = tries[i].room;
        SHOW("%s", E(sendmsg(p[0], &message, MSG_DONTWAIT)));
    }
    message.msg_controllen = 0x80000000ul;
    SHOW("%s", E(sendmsg(p[0], &message, 0)));
    message.msg_controllen = 200000;
    SHOW("%s", E(sendmsg(p[0], &message, 0)));
    message.msg_controllen = 32;
    message.msg_control = NULL;
    SHOW("%s", E(sendmsg(p[0], &message, 0)));
    message.msg_controllen = 0;
    message.msg_iovlen = 1025;
    BOTH("%s", "%s", E(sendmsg(p[0], &message, 0)), E(recvmsg(p[0], &message, 0)));
    message.msg_iovlen = 1;
    message.msg_name = control;
    message.msg_namelen = (socklen_t)-1;
    BOTH("%s", "%s", E(sendmsg(p[0], &message, 0)), E(recvmsg(p[0], &message, 0)));
    message.msg_name = NULL;
    SHOW("%s", E(sendmsg(p[0], &message, 0)));
    net_close();
}
CASE(credentials)
{
    EACH_KIND (kind) {
        int p[2], got[8];
        OK(socketpair(AF_UNIX, kind, 0, p));
        OK(write(p[0], "before", 6));
        IS(net_set(p[1], SO_PASSCRED, 1), 0);
        OK(write(p[0], "after", 5));
        OK(write(p[0], "again", 5));
        for (int i = 0; i < 4; i++)
            pull(p[1], 30, 100, 0, got);
        OK(write(p[0], "short", 5));
        pull(p[1], 30, 20, 0, got);
        OK(write(p[0], "none", 4));
        pull(p[1], 30, 0, 0, got);
        IS(net_set(p[1], SO_PASSCRED, 0), 0);
        IS(net_set(p[0], SO_PASSCRED, 1), 0);
        OK(write(p[0], "sender", 6));
        IS(net_set(p[1], SO_PASSCRED, 1), 0);
        pull(p[1], 30, 100, 0, got);
        char control[CMSG_SPACE(sizeof(struct ucred))] = "";
        struct iovec part = { "given", 5 };
        struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1, .msg_control = control,
                                  .msg_controllen = sizeof control };
        struct cmsghdr *header = CMSG_FIRSTHDR(&message);
        *header = (struct cmsghdr){ CMSG_LEN(sizeof(struct ucred)), SOL_SOCKET, SCM_CREDENTIALS };
        struct ucred who = { getpid(), getuid(), getgid() };
        memcpy(CMSG_DATA(header), &who, sizeof who);
        SHOW("%s", E(sendmsg(p[0], &message, 0)));
        pull(p[1], 30, 100, 0, got);
        who.pid = 1 << 23;
        memcpy(CMSG_DATA(header), &who, sizeof who);
        SHOW("%s", E(sendmsg(p[0], &message, 0)));
        who.pid = getpid();
        who.uid = (uid_t)-1;
        memcpy(CMSG_DATA(header), &who, sizeof who);
        SHOW("%s", E(sendmsg(p[0], &message, 0)));
        net_close();
    }
}
ROOT_CASE(credentials_of_others)
{
    int p[2], got[8];
    OK(socketpair(AF_UNIX, SOCK_DGRAM, 0, p));
    IS(net_set(p[1], SO_PASSCRED, 1), 0);
    char control[CMSG_SPACE(sizeof(struct ucred))] = "";
    struct iovec part = { "x", 1 };
    struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1, .msg_control = control,
                              .msg_controllen = sizeof control };
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    *header = (struct cmsghdr){ CMSG_LEN(sizeof(struct ucred)), SOL_SOCKET, SCM_CREDENTIALS };
    struct ucred who = { getpid(), 1234, 5678 };
    memcpy(CMSG_DATA(header), &who, sizeof who);
    SHOW("%s", E(sendmsg(p[0], &message, 0)));
    pull(p[1], 30, 100, 0, got);
    as_nobody();
    SHOW("%s", E(sendmsg(p[0], &message, 0)));
    as_root();
    net_close();
}
CASE(peer_credentials)
{
    int p[2];
    struct ucred who;
    socklen_t length = sizeof who;
    EACH_KIND (kind) {
        OK(socketpair(AF_UNIX, kind, 0, p));
        OK(getsockopt(p[0], SOL_SOCKET, SO_PEERCRED, &who, &length));
        TRUE(who.pid == getpid() && who.uid == geteuid() && who.gid == getegid());
        int fd = socket(AF_UNIX, kind, 0);
        OK(getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &length));
        SHOW("%d %d %d %u", who.pid, (int)who.uid, (int)who.gid, length);
        if (kind == SOCK_DGRAM)
            continue;
        net_connection(kind, kind == SOCK_STREAM ? "s" : "p", p);
        for (int i = 0; i < 2; i++) {
            OK(getsockopt(p[i], SOL_SOCKET, SO_PEERCRED, &who, &length));
            TRUE(who.pid == getpid() && who.uid == geteuid() && who.gid == getegid());
        }
    }
    length = 5;
    BOTH("%s", "%u", E(getsockopt(p[0], SOL_SOCKET, SO_PEERCRED, &who, &length)), length);
    net_close();
}

// A pipe whose writing end is only in flight shows whether it is still there.
static int is_held(int reader)
{
    char byte;
    fcntl(reader, F_SETFL, O_NONBLOCK);
    return read(reader, &byte, 1) < 0 && errno == EAGAIN;
}

// Linux collects soon, not at once, and when a socket is closed while it collects for somebody else, only after
// the next one.
static int is_released(int reader)
{
    struct pollfd one = { .fd = reader, .events = POLLIN };
    for (int i = 0; i < 1000 && poll(&one, 1, 10) == 0; i++)
        close(socket(AF_UNIX, SOCK_STREAM, 0));
    return one.revents == POLLHUP;
}

CASE(circles_are_collected)
{
    EACH_KIND (kind) {
        int p[2], q[2], pipes[2];
        // A socket in its own queue.
        OK(socketpair(AF_UNIX, kind, 0, p));
        OK(pipe(pipes));
        int both[2] = { p[1], pipes[1] };
        OK(send_fds(p[0], "x", both, 2));
        OK(close(pipes[1]));
        OK(close(p[0]));
        EQ(is_held(pipes[0]), 1);
        OK(close(p[1]));
        EQ(is_released(pipes[0]), 1);
        // Two that hold each other.
        OK(socketpair(AF_UNIX, kind, 0, p));
        OK(socketpair(AF_UNIX, kind, 0, q));
        OK(pipe(pipes));
        int first[2] = { q[1], pipes[1] };
        OK(send_fds(p[0], "x", first, 2));
        OK(send_fds(q[0], "y", &p[1], 1));
        OK(close(pipes[1]));
        OK(close(p[0]));
        OK(close(q[0]));
        OK(close(p[1]));
        EQ(is_held(pipes[0]), 1);
        int spare = dup(q[1]);
        OK(close(q[1]));
        EQ(is_held(pipes[0]), 1);
        // What can still be reached is not touched.
        int got[8];
        EQ(pull(spare, 9, 100, MSG_PEEK, got), 1);
        OK(close(got[0]));
        OK(close(spare));
        EQ(is_released(pipes[0]), 1);
        net_close();
    }
}
CASE(connections_nobody_accepted)
{
    int pipes[2], listener = net_listener(SOCK_STREAM, "s", 5), client = socket(AF_UNIX, SOCK_STREAM, 0);
    OK(net_connect(client, "s"));
    OK(pipe(pipes));
    int both[2] = { listener, pipes[1] };
    OK(send_fds(client, "x", both, 2));
    OK(close(pipes[1]));
    EQ(is_held(pipes[0]), 1);
    OK(close(listener));
    // Only its own queue holds the listener now, which goes when the next socket does.
    OK(close(socket(AF_UNIX, SOCK_STREAM, 0)));
    char byte;
    EQ(is_released(pipes[0]), 1);
    SHOW("%s", E(recv(client, &byte, 1, MSG_DONTWAIT)));
    net_close();
}
CASE(long_chains)
{
    // A socket in a message in a socket in a message …; closing the last one closes all.
    int pipes[2], held;
    OK(pipe(pipes));
    held = pipes[1];
    for (int i = 0; i < 3000; i++) {
        int p[2];
        OK(socketpair(AF_UNIX, SOCK_STREAM, 0, p));
        if (send_fds(p[0], "x", &held, 1) != 1) {
            tap_fail("after %d: %s", i, tap_error(-errno));
            return;
        }
        OK(close(held));
        OK(close(p[0]));
        held = p[1];
    }
    EQ(is_held(pipes[0]), 1);
    OK(close(held));
    EQ(is_released(pipes[0]), 1);
    net_close();
}
CASE(nothing_leaks)
{
    for (int i = 0; i < 2000; i++) {
        int p[2], q[2];
        OK(socketpair(AF_UNIX, SOCK_STREAM, 0, p));
        OK(socketpair(AF_UNIX, SOCK_DGRAM, 0, q));
        OK(send_fds(p[0], "x", q, 2));
        OK(send_fds(q[0], "y", p, 2));
        OK(send_fds(p[1], "z", p, 2));
        net_close();
    }
}
