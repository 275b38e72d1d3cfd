// bind, getsockname, getpeername, listen, connect: names in the tree, abstract ones, and none.
#include "net.h"

CASE(path_makes_an_inode)
{
    umask(022);
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    SHOW("%s", net_name_of(fd, 0));
    OK(net_bind(fd, "s"));
    SHOW("%lo", mode_of("s"));
    BOTH("%s", "%s", net_name_of(fd, 0), net_name_of(fd, 1));
    BOTH("%s", "%s", E(open("s", O_RDWR)), E(open("s", O_PATH)));
    int other = socket(AF_UNIX, SOCK_DGRAM, 0);
    BOTH("%s", "%s", E(net_bind(other, "s")), E(net_bind(fd, "s")));
    SHOW("%s", E(net_bind(fd, "t")));
    SHOW("%ld", mode_of("t"));
    BOTH("%s", "%s", E(net_bind(other, "no/s")), E(net_bind(other, "s/s")));
    OK(close(fd));
    // The name stays, and leads nowhere.
    BOTH("%lo", "%s", mode_of("s"), E(net_connect(socket(AF_UNIX, SOCK_STREAM, 0), "s")));
    BOTH("%s", "%s", E(net_bind(other, "s")), E(unlink("s")));
    SHOW("%s", E(net_bind(other, "s")));
    net_close();
}
CASE(mode_of_the_inode)
{
    umask(077);
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    OK(net_bind(fd, "a"));
    umask(0);
    int other = socket(AF_UNIX, SOCK_STREAM, 0);
    OK(fchmod(other, 0640));
    OK(net_bind(other, "b"));
    BOTH("%lo", "%lo", mode_of("a"), mode_of("b"));
    umask(022);
    net_close();
}
CASE(lengths)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    memset(address.sun_path, 'n', sizeof address.sun_path);
    for (int length = -1; length <= 4; length++)
        SHOW("%s", E(bind(socket(AF_UNIX, SOCK_STREAM, 0), (void *)&address, (socklen_t)length)));
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    SHOW("%s", E(bind(fd, (void *)&address, sizeof address)));
    SHOW("%s", net_name_of(fd, 0));
    SHOW("%s", E(bind(fd, (void *)&address, sizeof address + 1)));
    SHOW("%s", E(bind(fd, (void *)&address, 128)));
    SHOW("%s", E(bind(fd, (void *)&address, 129)));
    SHOW("%s", E(bind(fd, (void *)&address, -2)));
    SHOW("%s", E(bind(fd, NULL, 10)));
    SHOW("%s", E(bind(fd, NULL, 0)));
    address.sun_family = AF_INET;
    SHOW("%s", E(bind(fd, (void *)&address, 20)));
    int client = socket(AF_UNIX, SOCK_STREAM, 0);
    BOTH("%s", "%s", E(connect(client, (void *)&address, 20)), E(connect(client, (void *)&address, 1)));
    BOTH("%s", "%s", E(connect(client, NULL, 20)), E(connect(client, (void *)&address, 200)));
    net_close();
}
CASE(the_room_for_a_name)
{
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    OK(net_bind(fd, "name"));
    char room[64];
    for (socklen_t size = 0; size < 10; size++) {
        memset(room, 'x', sizeof room);
        socklen_t length = size;
        OK(getsockname(fd, (void *)room, &length));
        SHOW("%u:%.*s", length, 8, room + 2);
    }
    socklen_t negative = (socklen_t)-1, length = 20;
    BOTH("%s", "%s", E(getsockname(fd, (void *)room, &negative)), E(getsockname(fd, NULL, &length)));
    SHOW("%s", E(getsockname(fd, (void *)room, NULL)));
    net_close();
}
CASE(abstract)
{
    int fds[3];
    EACH_KIND (kind) {
        // Each type has names of its own.
        fds[index_] = socket(AF_UNIX, kind, 0);
        SHOW("%s", E(net_bind(fds[index_], "@trapless-abstract")));
        SHOW("%s", E(net_bind(socket(AF_UNIX, kind, 0), "@trapless-abstract")));
        SHOW("%s", E(net_bind(fds[index_], "@trapless-other")));
    }
    SHOW("%s", net_name_of(fds[0], 0));
    // A name has no end but its length.
    struct sockaddr_un longer = { .sun_family = AF_UNIX, .sun_path = "\0trapless-abstract\0" };
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    SHOW("%s", E(bind(fd, (void *)&longer, 2 + 19)));
    SHOW("%s", net_name_of(fd, 0));
    close(fds[0]);
    SHOW("%s", E(net_bind(socket(AF_UNIX, SOCK_STREAM, 0), "@trapless-abstract")));
    SHOW("%s", E(net_connect(socket(AF_UNIX, SOCK_STREAM, 0), "@trapless-nobody")));
    net_close();
}
CASE(automatic)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    int fd = socket(AF_UNIX, SOCK_DGRAM, 0), other = socket(AF_UNIX, SOCK_DGRAM, 0);
    OK(bind(fd, (void *)&address, 2));
    socklen_t length = sizeof address;
    OK(getsockname(fd, (void *)&address, &length));
    EQ(length, 8);
    EQ(address.sun_path[0], 0);
    for (int i = 1; i < 6; i++)
        TRUE(strchr("0123456789abcdef", address.sun_path[i]));
    SHOW("%s", E(bind(fd, (void *)&(struct sockaddr_un){ .sun_family = AF_UNIX }, 2)));
    OK(connect(other, (void *)&address, length));
    IS(write(other, "x", 1), 1);
    net_close();
}
CASE(unlinked_renamed_linked)
{
    int listener = net_listener(SOCK_STREAM, "s", 5);
    OK(rename("s", "t"));
    SHOW("%s", E(net_connect(socket(AF_UNIX, SOCK_STREAM, 0), "s")));
    SHOW("%s", E(net_connect(socket(AF_UNIX, SOCK_STREAM, 0), "t")));
    SHOW("%s", net_name_of(listener, 0));
    OK(link("t", "u"));
    SHOW("%s", E(net_connect(socket(AF_UNIX, SOCK_STREAM, 0), "u")));
    OK(unlink("t"));
    SHOW("%s", E(net_connect(socket(AF_UNIX, SOCK_STREAM, 0), "t")));
    SHOW("%s", E(net_connect(socket(AF_UNIX, SOCK_STREAM, 0), "u")));
    OK(unlink("u"));
    int client = socket(AF_UNIX, SOCK_STREAM, 0);
    SHOW("%s", E(net_connect(client, "u")));
    net_close();
}
CASE(links_and_directories)
{
    OK(mkdir("d", 0755));
    OK(symlink("d", "link"));
    OK(symlink("d/s", "to"));
    OK(symlink("nowhere", "dangling"));
    int fd = socket(AF_UNIX, SOCK_STREAM, 0), client = socket(AF_UNIX, SOCK_STREAM, 0);
    SHOW("%s", E(net_bind(fd, "dangling")));
    BOTH("%s", "%s", E(net_bind(fd, "d")), E(net_bind(fd, "d/")));
    BOTH("%s", "%s", E(net_bind(fd, "new/")), E(net_bind(fd, "/")));
    OK(net_bind(fd, "link/s"));
    OK(listen(fd, 1));
    SHOW("%lo", mode_of("d/s"));
    put("file", "x");
    BOTH("%s", "%s", E(net_connect(client, "d")), E(net_connect(client, "file")));
    BOTH("%s", "%s", E(net_connect(client, "dangling")), E(net_connect(client, "file/x")));
    BOTH("%s", "%s", E(net_connect(client, "to")), net_name_of(client, 1));
    net_close();
}
ROOT_CASE(permissions)
{
    umask(022);
    OK(chmod(".", 0755));
    int listener = net_listener(SOCK_STREAM, "s", 5);
    int receiver = socket(AF_UNIX, SOCK_DGRAM, 0);
    OK(net_bind(receiver, "d"));
    OK(chmod("s", 0700));
    OK(chmod("d", 0755));
    (void)listener;
    int client = socket(AF_UNIX, SOCK_STREAM, 0), sender = socket(AF_UNIX, SOCK_DGRAM, 0);
    as_nobody();
    BOTH("%s", "%s", E(net_connect(client, "s")), E(net_connect(sender, "d")));
    BOTH("%s", "%s", E(net_send_to(sender, "x", "d")), E(net_bind(client, "mine")));
    as_root();
    OK(chmod("s", 0002));
    OK(chmod("d", 0002));
    as_nobody();
    BOTH("%s", "%s", E(net_connect(client, "s")), E(net_send_to(sender, "x", "d")));
    as_root();
    net_close();
}
CASE(types_do_not_mix)
{
    net_listener(SOCK_STREAM, "stream", 1);
    net_bind(socket(AF_UNIX, SOCK_DGRAM, 0), "datagram");
    net_listener(SOCK_SEQPACKET, "packet", 1);
    static const char *const names[] = { "stream", "datagram", "packet" };
    EACH_KIND (kind)
        for (int i = 0; i < 3; i++)
            SHOW("%s", E(net_connect(socket(AF_UNIX, kind, 0), names[i])));
    net_close();
}
CASE(listening)
{
    EACH_KIND (kind) {
        int fd = socket(AF_UNIX, kind, 0), pair[2];
        BOTH("%s", "%s", E(accept(fd, NULL, NULL)), E(listen(fd, 1)));
        OK(socketpair(AF_UNIX, kind, 0, pair));
        BOTH("%s", "%s", E(listen(pair[0], 1)), E(accept(pair[0], NULL, NULL)));
        OK(net_bind(pair[0], kind == SOCK_STREAM ? "a" : kind == SOCK_DGRAM ? "b" : "c"));
        BOTH("%s", "%s", E(listen(pair[0], 1)), net_name_of(pair[1], 1));
        if (kind == SOCK_DGRAM)
            continue;
        fd = net_listener(kind, kind == SOCK_STREAM ? "@trapless-l1" : "@trapless-l2", 3);
        BOTH("%s", "%s", E(listen(fd, 0)), E(listen(fd, -1)));
        char byte;
        BOTH("%s", "%s", E(write(fd, "x", 1)), E(read(fd, &byte, 1)));
        BOTH("%s", "%s", E(net_connect(fd, "@trapless-l1")), E(net_connect(fd, "@trapless-nobody")));
        BOTH("%ld", "%ld", net_option(fd, SO_ACCEPTCONN), net_option(pair[0], SO_ACCEPTCONN));
        SHOW("%s", E(accept4(fd, NULL, NULL, 7)));
    }
    net_close();
}
CASE(backlog)
{
    for (int backlog = 0; backlog < 3; backlog++) {
        char name[16];
        snprintf(name, sizeof name, "s%d", backlog);
        int listener = net_listener(SOCK_STREAM, name, backlog), made = 0;
        for (;;) {
            int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
            if (net_connect(fd, name))
                break;
            made++;
        }
        BOTH("%d", "%s", made, tap_error(-errno));
        OK(accept(listener, NULL, NULL));
        int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
        SHOW("%s", E(net_connect(fd, name)));
        // What waits is reset when the listener goes.
        OK(close(listener));
        char byte;
        BOTH("%s", "%s", E(read(fd, &byte, 1)), E(read(fd, &byte, 1)));
        SHOW("%s", E(net_connect(socket(AF_UNIX, SOCK_STREAM, 0), name)));
    }
    net_close();
}
CASE(connected_once)
{
    EACH_KIND (kind) {
        if (kind == SOCK_DGRAM)
            continue;
        const char *name = kind == SOCK_STREAM ? "s" : "p";
        int listener = net_listener(kind, name, 5), client = socket(AF_UNIX, kind, 0);
        OK(net_connect(client, name));
        BOTH("%s", "%s", E(net_connect(client, name)), E(net_connect(client, "nobody")));
        BOTH("%s", "%s", net_name_of(client, 0), net_name_of(client, 1));
        int server = accept(listener, NULL, NULL);
        BOTH("%s", "%s", net_name_of(server, 0), net_name_of(server, 1));
        BOTH("%s", "%s", E(net_bind(server, "again")), E(net_bind(client, kind == SOCK_STREAM ? "c" : "q")));
        BOTH("%s", "%s", net_name_of(client, 0), net_name_of(server, 1));
        struct sockaddr_un address;
        socklen_t length = 1000;
        int second = socket(AF_UNIX, kind, 0);
        OK(net_bind(second, kind == SOCK_STREAM ? "c2" : "q2"));
        OK(net_connect(second, name));
        int got = accept(listener, (void *)&address, &length);
        SHOW("%s", net_text(&address, length));
        OK(close(second));
        SHOW("%s", net_name_of(got, 1));
        OK(net_connect(socket(AF_UNIX, kind, 0), name));
        length = (socklen_t)-1;
        SHOW("%s", E(accept(listener, (void *)&address, &length)));
    }
    net_close();
}
CASE(listener_shut)
{
    int listener = net_listener(SOCK_STREAM, "s", 5);
    fcntl(listener, F_SETFL, O_NONBLOCK);
    SHOW("%s", E(accept(listener, NULL, NULL)));
    int early = socket(AF_UNIX, SOCK_STREAM, 0);
    OK(net_connect(early, "s"));
    OK(shutdown(listener, SHUT_RD));
    SHOW("%s", E(net_connect(socket(AF_UNIX, SOCK_STREAM, 0), "s")));
    int fd = accept(listener, NULL, NULL);
    TRUE(fd >= 0);
    SHOW("%s", E(accept(listener, NULL, NULL)));
    fcntl(listener, F_SETFL, 0);
    SHOW("%s", E(accept(listener, NULL, NULL)));
    net_close();
}
CASE(proc_net_unix)
{
    int listener = net_listener(SOCK_STREAM, "listed", 5), pair[2];
    OK(socketpair(AF_UNIX, SOCK_DGRAM, 0, pair));
    OK(net_bind(pair[0], "@trapless-listed"));
    OK(net_connect(socket(AF_UNIX, SOCK_STREAM, 0), "listed"));
    (void)listener;
    static const char *const names[] = { "listed", "@trapless-listed" };
    struct stat st;
    OK(fstat(pair[0], &st));
    for (int i = 0; i < 2; i++) {
        unsigned protocol, flags, kind, state, lines = 0, sum = 0;
        unsigned long inode;
        char line[512], name[256] = "";
        FILE *file = fopen("/proc/net/unix", "r");
        TRUE(file && fgets(line, sizeof line, file));
        if (i == 0)
            SHOW("%.60s", strtok(line, "\n"));
        while (fgets(line, sizeof line, file)) {
            int got = sscanf(line, "%*s %*x %x %x %x %x %lu %255s", &protocol, &flags, &kind, &state, &inode, name);
            if (got < 6 || strcmp(name, names[i]))
                continue;
            lines++;
            sum += flags + kind * 7 + state * 31 + 1000 * (inode == 0) + 10000 * (inode == st.st_ino);
        }
        BOTH("%u", "%u", lines, sum);
        fclose(file);
    }
    net_close();
}
