// socket, socketpair: arguments, and what the descriptors are.
#include "net.h"
#include <sys/mman.h>

CASE(families_types_protocols)
{
    static const int families[] = { -1, 0, AF_UNIX, 45, 46, 1000, 9999999 };
    static const int kinds[] = { 0, 1, 2, 3, 4, 5, 6, 10, 11, 15, SOCK_STREAM | 0x100, SOCK_STREAM | 0x80000000 };
    static const int protocols[] = { 0, 1, 2, -1, 17 };
    for (size_t i = 0; i < sizeof families / sizeof *families; i++)
        for (size_t j = 0; j < sizeof kinds / sizeof *kinds; j++)
            for (size_t k = 0; k < sizeof protocols / sizeof *protocols; k++) {
                int fd = socket(families[i], kinds[j], protocols[k]);
                SHOW("%d", fd < 0 ? errno : 0);
                net_close();
            }
}
CASE(pair_arguments)
{
    int pair[2];
    BOTH("%s", "%s", E(socketpair(AF_UNIX, SOCK_STREAM, 0, NULL)), E(socketpair(-1, SOCK_STREAM, 0, NULL)));
    BOTH("%s", "%s", E(socketpair(46, SOCK_STREAM, 0, pair)), E(socketpair(AF_UNIX, 77, 0, pair)));
    BOTH("%s", "%s", E(socketpair(AF_UNIX, SOCK_STREAM | 1 << 20, 0, pair)), E(socketpair(AF_UNIX, 3, 9, pair)));
    IS(socketpair(AF_UNIX, SOCK_RAW, AF_UNIX, pair), 0);
    EQ(net_option(pair[0], SO_TYPE), SOCK_DGRAM);
    net_close();
}
CASE(flags)
{
    int pair[2];
    OK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, pair));
    IS(fcntl(pair[0], F_GETFD), FD_CLOEXEC);
    SHOW("%x", fcntl(pair[1], F_GETFL));
    char byte;
    IS(read(pair[0], &byte, 1), -EAGAIN);
    int off = 0;
    OK(ioctl(pair[0], FIONBIO, &off));
    SHOW("%x", fcntl(pair[0], F_GETFL));
    net_close();
}
CASE(what_it_is)
{
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    struct stat st;
    OK(fstat(fd, &st));
    SHOW("%o %ld %ld %ld", st.st_mode, (long)st.st_size, (long)st.st_nlink, (long)st.st_blksize);
    EQ(st.st_uid, geteuid());
    char path[64], link[64] = "", want[64];
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    OK(readlink(path, link, sizeof link - 1));
    snprintf(want, sizeof want, "socket:[%ld]", (long)st.st_ino);
    STR(link, want);
    BOTH("%s", "%s", E(open(path, O_RDWR)), E(lseek(fd, 0, SEEK_SET)));
    char byte = 0;
    BOTH("%s", "%s", E(pread(fd, &byte, 1, 0)), E(pwrite(fd, &byte, 1, 0)));
    BOTH("%s", "%s", E(fsync(fd)), E(ftruncate(fd, 0)));
    SHOW("%s", mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0) == MAP_FAILED ? tap_error(-errno) : "mapped");
    BOTH("%s", "%s", E(fchmod(fd, 0600)), E(fchdir(fd)));
    OK(fstat(fd, &st));
    SHOW("%o", st.st_mode);
    BOTH("%s", "%s", E(read(fd, &byte, 1)), E(write(fd, &byte, 1)));
    BOTH("%s", "%s", E(read(fd, &byte, 0)), E(write(fd, &byte, 0)));
    net_close();
}
CASE(calls_on_other_files)
{
    int fds[2] = { open("/dev/null", O_RDWR), open("/", O_PATH) };
    struct msghdr message = { 0 };
    struct mmsghdr many = { 0 };
    struct sockaddr_un address;
    socklen_t length = sizeof address;
    int value;
    for (int i = 0; i < 2; i++) {
        int fd = fds[i];
        BOTH("%s", "%s", E(net_bind(fd, "x")), E(net_connect(fd, "x")));
        BOTH("%s", "%s", E(listen(fd, 1)), E(accept(fd, NULL, NULL)));
        BOTH("%s", "%s", E(accept4(fd, NULL, NULL, 1)), E(getsockname(fd, (void *)&address, &length)));
        BOTH("%s", "%s", E(getpeername(fd, (void *)&address, &length)), E(shutdown(fd, 9)));
        BOTH("%s", "%s", E(send(fd, "x", 1, 0)), E(recv(fd, &value, 1, 0)));
        BOTH("%s", "%s", E(sendmsg(fd, &message, 0)), E(recvmsg(fd, &message, 0)));
        BOTH("%s", "%s", E(sendmmsg(fd, &many, 1, 0)), E(recvmmsg(fd, &many, 1, 0, NULL)));
        BOTH("%s", "%s", E(setsockopt(fd, 1, 1, &value, -1)), E(setsockopt(fd, 1, 1, &value, 4)));
        SHOW("%s", E(getsockopt(fd, 1, 3, &value, &length)));
    }
    net_close();
}
CASE(no_descriptor_left)
{
    struct rlimit { unsigned long now, max; } limit, before;
    OK(syscall(SYS_prlimit64, 0, 7, NULL, &before));
    limit = before;
    limit.now = 5;
    OK(syscall(SYS_prlimit64, 0, 7, &limit, NULL));
    int pair[2] = { -7, -7 }, fd = socket(AF_UNIX, SOCK_STREAM, 0);
    SHOW("%d", fd);
    SHOW("%s", E(socketpair(AF_UNIX, SOCK_STREAM, 0, pair)));
    SHOW("%d", socket(AF_UNIX, SOCK_STREAM, 0));
    SHOW("%s", E(socket(AF_UNIX, SOCK_STREAM, 0)));
    OK(syscall(SYS_prlimit64, 0, 7, &before, NULL));
    net_close();
}
CASE(accept_without_descriptor)
{
    int listener = net_listener(SOCK_STREAM, "s", 5), client = socket(AF_UNIX, SOCK_STREAM, 0);
    OK(net_connect(client, "s"));
    OK(write(client, "hello", 5));
    struct rlimit { unsigned long now, max; } limit, before;
    OK(syscall(SYS_prlimit64, 0, 7, NULL, &before));
    limit = before;
    limit.now = 5;
    OK(syscall(SYS_prlimit64, 0, 7, &limit, NULL));
    IS(accept(listener, NULL, NULL), -EMFILE);
    OK(syscall(SYS_prlimit64, 0, 7, &before, NULL));
    char text[9] = "";
    IS(read(accept(listener, NULL, NULL), text, 8), 5);
    STR(text, "hello");
    net_close();
}
CASE(other_families_are_refused)
{
    // Both sides refuse an address family that nobody has.
    SHOW("%s", E(socket(AF_AX25, SOCK_STREAM, 0)));
    SHOW("%s", E(socket(AF_AX25, 20, 0)));
}
