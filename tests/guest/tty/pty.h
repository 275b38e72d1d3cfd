// What the cases about terminals share: a pseudo-terminal, and texts to compare.
#ifndef PTY_H
#define PTY_H

#include "../tap.h"
#include <poll.h>
#include <sys/ioctl.h>
#include <termios.h>

static int pty_master, pty_slave;
static char pty_name[64];

// A new pseudo-terminal, both sides open and not waiting.
__attribute__((unused)) static void pty_open(void)
{
    unsigned number;
    int lock = 0;
    pty_master = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_NONBLOCK);
    if (pty_master < 0 || ioctl(pty_master, TIOCSPTLCK, &lock) || ioctl(pty_master, TIOCGPTN, &number))
        tap_fail("no pseudo-terminal: %s", tap_error(-errno));
    snprintf(pty_name, sizeof pty_name, "/dev/pts/%u", number);
    pty_slave = open(pty_name, O_RDWR | O_NOCTTY | O_NONBLOCK);
    if (pty_slave < 0)
        tap_fail("cannot open %s: %s", pty_name, tap_error(-errno));
}

__attribute__((unused)) static void pty_close(void)
{
    close(pty_slave);
    close(pty_master);
}

__attribute__((unused)) static void put(int fd, const char *text)
{
    size_t length = strlen(text);
    if (write(fd, text, length) != (ssize_t)length)
        tap_fail("write \"%s\": %s", text, tap_error(-errno));
}

// One read, with everything that is no plain character as \xx; or the error.
__attribute__((unused)) static const char *get(int fd)
{
    static char text[2][20000];
    static unsigned char bytes[5000];
    static int turn;
    turn = !turn;
    char *at = text[turn];
    ssize_t length = read(fd, bytes, sizeof bytes);
    if (length < 0)
        return tap_error(-errno);
    *at = 0;
    for (ssize_t i = 0; i < length; i++)
        at += bytes[i] >= ' ' && bytes[i] < 0x7f ? sprintf(at, "%c", bytes[i]) : sprintf(at, "\\%02x", bytes[i]);
    return text[turn];
}

// Whoever reads from the terminal and finds nothing has waited for what was typed; then the echo is there.
__attribute__((unused)) static const char *echo(void)
{
    char byte;
    if (read(pty_slave, &byte, 1) >= 0)
        tap_fail("there is something to read");
    return get(pty_master);
}

__attribute__((unused)) static short ready(int fd)
{
    struct pollfd entry = { fd, POLLIN | POLLOUT | POLLPRI, 0 };
    return poll(&entry, 1, 0) < 0 ? -1 : entry.revents;
}

__attribute__((unused)) static void change(int fd, tcflag_t off, tcflag_t on)
{
    struct termios settings;
    if (tcgetattr(fd, &settings))
        tap_fail("tcgetattr: %s", tap_error(-errno));
    settings.c_lflag = (settings.c_lflag & ~off) | on;
    if (tcsetattr(fd, TCSANOW, &settings))
        tap_fail("tcsetattr: %s", tap_error(-errno));
}

__attribute__((unused)) static void wait_as(int fd, unsigned char minimum, unsigned char time)
{
    struct termios settings;
    tcgetattr(fd, &settings);
    settings.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
    settings.c_cc[VMIN] = minimum;
    settings.c_cc[VTIME] = time;
    tcsetattr(fd, TCSANOW, &settings);
}

#endif
