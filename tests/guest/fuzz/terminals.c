// Random settings of a pseudo-terminal, and what it makes of random bytes on both of its sides.
// seeds: 12 300
#include "fuzz.h"
#include <asm/termbits.h>
#include <poll.h>
#include <sys/ioctl.h>

static int master, slave, packets;
static char name[32];

static const char *result(long value) { return tap_error(tap_result(value)); }
static void show(const unsigned char *bytes, long length)
{
    for (long i = 0; i < length; i++)
        if (bytes[i] > ' ' && bytes[i] < 0x7f && bytes[i] != '\\')
            say("%c", bytes[i]);
        else
            say("\\%02x", bytes[i]);
}
// All that the terminal's side can read, in reads of random sizes. Whoever finds nothing has waited for
// what Linux does behind its back.
static void drain_slave(void)
{
    unsigned char bytes[600];
    long got;
    say(" slave:");
    while ((got = read(slave, bytes, pick(4) ? pick(40) + 1 : 600)) >= 0) {
        say(" [");
        show(bytes, got);
        say("]");
    }
    say(" %s", result(got));
}
// All that the other side can read. Where one read ends and the next begins is a matter of luck there.
static void drain_master(void)
{
    unsigned char bytes[600];
    long got;
    say(" master: ");
    while ((got = read(master, bytes, sizeof bytes)) >= 0)
        if (packets && got == 1 && bytes[0])
            say("<%x>", bytes[0]);
        else
            show(bytes + (packets && !bytes[0]), got - (packets && !bytes[0]));
    say(" %s", result(got));
}
static void drain(void)
{
    drain_slave();
    drain_master();
}
static unsigned char some_byte(void)
{
    static const unsigned char special[] = "\n\n\n\r\r\t\t  \b\x7f\x7f\x7f\x15\x17\x17\x16\x12\x04\x04\x03\x1c\x1a\x11\x13\x00\xff\xff\x01\x1b\x80\xc3\xa9\xe2\x82\xac\xdf\xc0_;,";
    switch (pick(5)) {
    case 0:
    case 1:
        return special[pick(sizeof special - 1)];
    case 2:
        return (unsigned char)(pick(26) + 'A');
    case 3:
        return (unsigned char)(pick(26) + 'a');
    default:
        return pick(6) ? (unsigned char)(pick(10) + '0') : (unsigned char)pick(256);
    }
}
static unsigned some_bytes(unsigned char *bytes)
{
    unsigned length = pick(5) ? pick(12) + 1 : pick(120) + 1;
    for (unsigned i = 0; i < length; i++)
        bytes[i] = some_byte();
    return length;
}
static void do_type(void)
{
    unsigned char bytes[200];
    unsigned length = some_bytes(bytes);
    // A signal takes back what came before it, as far as nobody was fast enough to read it: Linux moves
    // bytes behind the writer's back. As first of all it has only what others wrote.
    for (unsigned i = 1; i < length; i++)
        if (bytes[i] == 3 || bytes[i] == 0x1c || bytes[i] == 0x1a)
            bytes[i] = '.';
    say("type ");
    show(bytes, length);
    say(" = %s", result(write(master, bytes, length)));
}
static void do_print(void)
{
    unsigned char bytes[200];
    unsigned length = some_bytes(bytes);
    say("print ");
    show(bytes, length);
    say(" = %s", result(write(slave, bytes, length)));
}
static void do_settings(void)
{
    static const unsigned input[] = { IGNCR, ICRNL, INLCR, ISTRIP, IUCLC, IXON, IXANY, IXOFF, IUTF8, PARMRK, IGNBRK };
    static const unsigned output[] = { OPOST, ONLCR, OCRNL, ONOCR, ONLRET, OLCUC, XTABS };
    static const unsigned local[] = { ICANON, ICANON, ECHO, ECHO, ECHOE, ECHOK, ECHOKE, ECHOCTL, ECHOPRT, ECHONL,
                                      ISIG, NOFLSH, IEXTEN, EXTPROC, TOSTOP };
    static const unsigned requests[] = { TCSETS, TCSETS, TCSETSW, TCSETSF };
    static const unsigned char characters[] = { 0, 'a', 'E', ';', 0x7f, 0x15, 0x16, 0x17, '\t', 0xff, '\r', '_' };
    struct termios settings;
    ioctl(slave, TCGETS, &settings);
    for (unsigned i = pick(4) + 1; i > 0; i--)
        switch (pick(4)) {
        case 0:
            settings.c_iflag ^= ONE_OF(input);
            break;
        case 1:
            settings.c_oflag ^= ONE_OF(output);
            break;
        case 2:
            settings.c_lflag ^= ONE_OF(local);
            break;
        default:
            if (pick(2) == 0) {
                unsigned which = pick(NCCS);
                // Minimum and time decide how reads end, which other tests look at.
                if (which != VTIME && which != VMIN && which != VINTR && which != VQUIT && which != VSUSP)
                    settings.c_cc[which] = ONE_OF(characters);
            }
        }
    unsigned request = ONE_OF(requests);
    int fd = pick(4) ? slave : master;
    say("set %x %x %x ", settings.c_iflag, settings.c_oflag, settings.c_lflag);
    show(settings.c_cc, NCCS);
    say(" by %x = %s", request, result(ioctl(fd, request, &settings)));
}
static void do_usual(void)
{
    static const struct termios usual = {
        .c_iflag = ICRNL | IXON, .c_oflag = OPOST | ONLCR, .c_cflag = B38400 | CS8 | CREAD,
        .c_lflag = ISIG | ICANON | ECHO | ECHOE | ECHOK | ECHOCTL | ECHOKE | IEXTEN,
        .c_cc = { 3, 0x1c, 0x7f, 0x15, 4, 0, 1, 0, 0x11, 0x13, 0x1a, 0, 0x12, 0xf, 0x17, 0x16, 0 },
    };
    struct termios settings = usual;
    if (pick(3) == 0)
        settings.c_lflag &= ~(unsigned)ICANON;
    say("usual %x = %s", settings.c_lflag, result(ioctl(slave, TCSETSF, &settings)));
}
static void do_show(void)
{
    struct termios2 settings;
    say("get = %s: ", result(ioctl(pick(2) ? slave : master, TCGETS2, &settings)));
    say("%x %x %x %x %d %u %u ", settings.c_iflag, settings.c_oflag, settings.c_cflag, settings.c_lflag,
        settings.c_line, settings.c_ispeed, settings.c_ospeed);
    show(settings.c_cc, NCCS);
}
static void do_flow(void)
{
    int fd = pick(3) ? slave : master, action = (int)pick(4), queue = (int)pick(4);
    if (pick(2))
        say("flow %d of %s = %s", action, fd == slave ? "slave" : "master", result(ioctl(fd, TCXONC, action)));
    else
        say("flush %d of %s = %s", queue, fd == slave ? "slave" : "master", result(ioctl(fd, TCFLSH, queue)));
}
static void do_packet(void)
{
    int on = (int)pick(2);
    say("packet %d = %s", on, result(ioctl(master, TIOCPKT, &on)));
    packets = on;
}
static void do_poll(void)
{
    struct pollfd both[] = { { master, POLLIN | POLLOUT | POLLPRI, 0 }, { slave, POLLIN | POLLOUT | POLLPRI, 0 } };
    int unread[] = { -1, -1 };
    say("poll = %s", result(poll(both, 2, 0)));
    ioctl(master, FIONREAD, &unread[0]);
    ioctl(slave, FIONREAD, &unread[1]);
    say(" %x %x, %d %d", both[0].revents, both[1].revents, unread[0], unread[1]);
}
static void do_insert(void)
{
    unsigned char byte = some_byte();
    say("insert \\%02x = %s", byte, result(ioctl(slave, TIOCSTI, &byte)));
}
static void do_reopen(void)
{
    close(slave);
    drain_master();
    slave = open(name, O_RDWR | O_NOCTTY | O_NONBLOCK);
    say(" reopen %s", slave < 0 ? "fails" : "succeeds");
}
static void step(void)
{
    static void (*const steps[])(void) = { do_type, do_type, do_type, do_type, do_type, do_type, do_print, do_print,
                                           do_settings, do_settings, do_settings, do_usual, do_show, do_flow, do_packet,
                                           do_poll, do_insert, do_reopen };
    ONE_OF(steps)();
    drain();
    say("\n");
}

int main(int count, char **words)
{
    unsigned number;
    int lock = 0;
    master = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_NONBLOCK);
    if (ioctl(master, TIOCSPTLCK, &lock) || ioctl(master, TIOCGPTN, &number))
        return 1;
    snprintf(name, sizeof name, "/dev/pts/%u", number);
    slave = open(name, O_RDWR | O_NOCTTY | O_NONBLOCK);
    if (slave < 0)
        return 2;
    fuzz(count, words, step);
    return 0;
}
