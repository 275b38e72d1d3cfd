// The line discipline where the random sequences of fuzz/terminals.c do not lead: long lines, minimum and
// time, both forms of settings, packet mode.
#include "pty.h"
#include <pthread.h>
#include <time.h>

static char text[10000];

CASE(usual_settings)
{
    struct termios settings;
    pty_open();
    OK(tcgetattr(pty_slave, &settings));
    EQ(settings.c_iflag, ICRNL | IXON);
    EQ(settings.c_oflag, OPOST | ONLCR);
    EQ(settings.c_cflag, B38400 | CS8 | CREAD);
    EQ(settings.c_lflag, ISIG | ICANON | ECHO | ECHOE | ECHOK | ECHOCTL | ECHOKE | IEXTEN);
    EQ(settings.c_cc[VMIN], 1);
    EQ(cfgetospeed(&settings), B38400);
    IS(tcgetattr(pty_master, &settings), 0);
    IS(ioctl(pty_slave, TCGETS, 8), -EFAULT);
    IS(ioctl(pty_slave, TCSETS, 8), -EFAULT);
    pty_close();
}
CASE(old_form)
{
    struct { unsigned short input, output, control, local; unsigned char line, characters[8]; } old;
    struct termios settings;
    pty_open();
    OK(ioctl(pty_slave, TCGETA, &old));
    EQ(old.local, ISIG | ICANON | ECHO | ECHOE | ECHOK | ECHOCTL | ECHOKE | IEXTEN);
    EQ(old.characters[VERASE], 0x7f);
    old.local &= (unsigned short)~ECHO;
    old.characters[VERASE] = '#';
    OK(ioctl(pty_slave, TCSETAF, &old));
    OK(tcgetattr(pty_slave, &settings));
    EQ(settings.c_lflag & ECHO, 0);
    EQ(settings.c_cc[VERASE], '#');
    EQ(settings.c_cc[VSTART], 0x11);
    pty_close();
}
CASE(speeds)
{
    struct termios settings;
    pty_open();
    OK(tcgetattr(pty_slave, &settings));
    cfsetspeed(&settings, B115200);
    settings.c_cflag = (settings.c_cflag & ~(tcflag_t)CSIZE) | CS5 | PARENB;
    OK(tcsetattr(pty_slave, TCSADRAIN, &settings));
    OK(tcgetattr(pty_master, &settings));
    EQ(cfgetospeed(&settings), B115200);
    EQ(settings.c_cflag & (CSIZE | PARENB), CS8);
    pty_close();
}
CASE(line_of_4096_bytes)
{
    pty_open();
    change(pty_slave, ECHO, 0);
    memset(text, 'a', 5000);
    text[4094] = 'b';
    text[4095] = text[4096] = 'c';
    text[5000] = '\n';
    for (int done = 0; done < 5001;) {
        long count = write(pty_master, text + done, (size_t)(5001 - done));
        done += count > 0 ? (int)count : 0;
    }
    struct pollfd entry = { pty_slave, POLLIN, 0 };
    IS(poll(&entry, 1, -1), 1);
    memset(text, 0, sizeof text);
    IS(read(pty_slave, text, sizeof text), 4096);
    EQ(text[4094], 'b');
    EQ(text[4095], '\n');
    STR(get(pty_slave), "EAGAIN");
    pty_close();
}
CASE(line_in_pieces)
{
    char byte[3] = "";
    pty_open();
    put(pty_master, "abc\nde\n");
    struct pollfd entry = { pty_slave, POLLIN, 0 };
    IS(poll(&entry, 1, -1), 1);
    IS(read(pty_slave, byte, 2), 2);
    STR(byte, "ab");
    STR(get(pty_slave), "c\\0a");
    STR(get(pty_slave), "de\\0a");
    pty_close();
}
CASE(end_of_file)
{
    pty_open();
    put(pty_master, "\004ab\004c\n\004");
    STR(get(pty_slave), "");
    STR(get(pty_slave), "ab");
    STR(get(pty_slave), "c\\0a");
    STR(get(pty_slave), "");
    STR(get(pty_slave), "EAGAIN");
    // A read that is full just before the end of the file takes it along.
    put(pty_master, "xy\004z\004");
    char two[3] = "";
    IS(read(pty_slave, two, 2), 2);
    STR(two, "xy");
    STR(get(pty_slave), "z");
    pty_close();
}
CASE(lines_become_bytes)
{
    pty_open();
    put(pty_master, "half");
    STR(echo(), "half");
    change(pty_slave, ICANON, 0);
    STR(get(pty_slave), "half");
    put(pty_master, "more");
    struct pollfd entry = { pty_slave, POLLIN, 0 };
    IS(poll(&entry, 1, -1), 1);
    change(pty_slave, 0, ICANON);
    STR(get(pty_slave), "more");
    STR(get(pty_slave), "EAGAIN");
    pty_close();
}
CASE(inserted_input)
{
    pty_open();
    for (const char *at = "typed\n"; *at; at++)
        OK(ioctl(pty_slave, TIOCSTI, at));
    STR(get(pty_slave), "typed\\0a");
    STR(get(pty_master), "typed\\0d\\0a");
    IS(ioctl(pty_slave, TIOCSTI, 8), -EFAULT);
    pty_close();
}
CASE(flushing)
{
    pty_open();
    put(pty_master, "gone\n");
    struct pollfd entry = { pty_slave, POLLIN, 0 };
    IS(poll(&entry, 1, -1), 1);
    IS(tcflush(pty_slave, TCIFLUSH), 0);
    STR(get(pty_slave), "EAGAIN");
    struct termios settings;
    put(pty_master, "gone\n");
    IS(poll(&entry, 1, -1), 1);
    OK(tcgetattr(pty_slave, &settings));
    OK(tcsetattr(pty_slave, TCSAFLUSH, &settings));
    STR(get(pty_slave), "EAGAIN");
    pty_close();
}
CASE(stopping_and_starting)
{
    pty_open();
    put(pty_master, "\023");
    STR(echo(), "EAGAIN");
    IS(write(pty_slave, "x", 1), -EAGAIN);
    EQ(ready(pty_slave), 0);
    put(pty_master, "\021");
    STR(echo(), "EAGAIN");
    put(pty_slave, "x");
    STR(get(pty_master), "x");
    IS(tcflow(pty_slave, TCOOFF), 0);
    IS(write(pty_slave, "x", 1), -EAGAIN);
    put(pty_master, "\021");
    STR(echo(), "EAGAIN");
    IS(write(pty_slave, "x", 1), -EAGAIN);
    IS(tcflow(pty_slave, TCOON), 0);
    put(pty_slave, "y");
    STR(get(pty_master), "y");
    IS(tcflow(pty_slave, TCIOFF), 0);
    STR(get(pty_master), "\\13");
    IS(tcflow(pty_slave, TCION), 0);
    STR(get(pty_master), "\\11");
    pty_close();
}
CASE(packets)
{
    int on = 1, off = 0, value = -1;
    pty_open();
    IS(ioctl(pty_slave, TIOCPKT, &on), -ENOTTY);
    IS(ioctl(pty_master, TIOCGPKT, &value), 0);
    EQ(value, 0);
    IS(ioctl(pty_master, TIOCPKT, &on), 0);
    IS(ioctl(pty_master, TIOCGPKT, &value), 0);
    EQ(value, 1);
    put(pty_slave, "data");
    STR(get(pty_master), "\\00data");
    IS(tcflush(pty_slave, TCIFLUSH), 0);
    EQ(ready(pty_master), POLLIN | POLLOUT | POLLPRI);
    STR(get(pty_master), "\\01");
    IS(tcflush(pty_slave, TCIOFLUSH), 0);
    STR(get(pty_master), "\\03");
    IS(tcflow(pty_slave, TCOOFF), 0);
    STR(get(pty_master), "\\04");
    IS(tcflow(pty_slave, TCOON), 0);
    STR(get(pty_master), "\\08");
    struct termios settings;
    OK(tcgetattr(pty_slave, &settings));
    settings.c_iflag &= ~(tcflag_t)IXON;
    OK(tcsetattr(pty_slave, TCSANOW, &settings));
    STR(get(pty_master), "\\10");
    settings.c_iflag |= IXON;
    OK(tcsetattr(pty_slave, TCSANOW, &settings));
    STR(get(pty_master), " ");
    settings.c_lflag |= EXTPROC;
    OK(tcsetattr(pty_slave, TCSANOW, &settings));
    STR(get(pty_master), "@");
    // News come before data.
    put(pty_slave, "later");
    IS(tcflush(pty_slave, TCIFLUSH), 0);
    STR(get(pty_master), "\\01");
    STR(get(pty_master), "\\00later");
    IS(ioctl(pty_master, TIOCPKT, &off), 0);
    put(pty_slave, "plain");
    STR(get(pty_master), "plain");
    pty_close();
}

// Reads wait: the thread that types is told when one has begun by a byte of output.
static long milliseconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}
static const char *typed[4];
static void *typist(void *word)
{
    (void)word;
    for (int i = 0; typed[i]; i++) {
        struct timespec pause = { 0, 20000000 };
        nanosleep(&pause, NULL);
        if (write(pty_master, typed[i], strlen(typed[i])) < 0)
            return word;
    }
    return NULL;
}
static const char *read_slowly(const char *one, const char *two, const char *three)
{
    pthread_t thread;
    typed[0] = one;
    typed[1] = two;
    typed[2] = three;
    fcntl(pty_slave, F_SETFL, 0);
    pthread_create(&thread, NULL, typist, NULL);
    const char *result = get(pty_slave);
    pthread_join(thread, NULL);
    return result;
}
CASE(minimum_without_time)
{
    pty_open();
    wait_as(pty_slave, 5, 0);
    STR(read_slowly("ab", "cd", "ef"), "abcdef");
    pty_close();
}
CASE(time_between_bytes)
{
    pty_open();
    wait_as(pty_slave, 50, 1);
    long start = milliseconds();
    STR(read_slowly("ab", "c", NULL), "abc");
    TRUE(milliseconds() - start >= 100);
    pty_close();
}
CASE(time_without_minimum)
{
    pty_open();
    wait_as(pty_slave, 0, 2);
    fcntl(pty_slave, F_SETFL, 0);
    long start = milliseconds();
    STR(get(pty_slave), "");
    TRUE(milliseconds() - start >= 150);
    wait_as(pty_slave, 0, 50);
    STR(read_slowly("ab", NULL, NULL), "ab");
    pty_close();
}
CASE(neither_minimum_nor_time)
{
    pty_open();
    wait_as(pty_slave, 0, 0);
    fcntl(pty_slave, F_SETFL, 0);
    STR(get(pty_slave), "");
    put(pty_master, "ab");
    EQ(ready(pty_slave), POLLIN | POLLOUT);
    STR(get(pty_slave), "ab");
    pty_close();
}
static void heard(int number) { (void)number; }
CASE(signal_ends_a_read)
{
    pty_open();
    fcntl(pty_slave, F_SETFL, 0);
    struct itimerspec soon = { { 0, 0 }, { 0, 20000000 } };
    timer_t timer;
    struct sigevent event = { .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1 };
    struct sigaction action = { .sa_handler = heard };
    OK(sigaction(SIGUSR1, &action, NULL));
    OK(timer_create(CLOCK_MONOTONIC, &event, &timer));
    OK(timer_settime(timer, 0, &soon, NULL));
    STR(get(pty_slave), "EINTR");
    OK(timer_delete(timer));
    pty_close();
}
