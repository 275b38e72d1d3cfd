// The two sides of a pseudo-terminal: names, numbers, opening, closing, hanging up, readiness.
#include "pty.h"
#include <dirent.h>
#include <pthread.h>
#include <sys/resource.h>
#include <sys/statfs.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>

CASE(name_and_number)
{
    struct stat st;
    pty_open();
    STR(ptsname(pty_master), pty_name);
    STR(ttyname(pty_slave), pty_name);
    IS(isatty(pty_master), 1);
    IS(isatty(pty_slave), 1);
    OK(fstat(pty_slave, &st));
    EQ(major(st.st_rdev), 136);
    EQ(minor(st.st_rdev), (unsigned)atoi(pty_name + 9));
    TRUE(S_ISCHR(st.st_mode));
    EQ(st.st_uid, getuid());
    EQ(st.st_ino, (unsigned)atoi(pty_name + 9) + 3);
    OK(fstat(pty_master, &st));
    EQ(st.st_rdev, makedev(5, 2));
    unsigned device;
    IS(ioctl(pty_slave, TIOCGDEV, &device), 0);
    EQ(device, 136 << 8 | (unsigned)atoi(pty_name + 9));
    pty_close();
    IS(access(pty_name, F_OK), -ENOENT);
}
CASE(locked_until_unlocked)
{
    int lock = -1, master = open("/dev/ptmx", O_RDWR | O_NOCTTY);
    IS(ioctl(master, TIOCGPTLCK, &lock), 0);
    EQ(lock, 1);
    IS(open(ptsname(master), O_RDWR | O_NOCTTY), -EIO);
    IS(unlockpt(master), 0);
    IS(ioctl(master, TIOCGPTLCK, &lock), 0);
    EQ(lock, 0);
    int slave = open(ptsname(master), O_RDWR | O_NOCTTY);
    TRUE(slave >= 0);
    IS(ioctl(slave, TIOCSPTLCK, &lock), -ENOTTY);
    IS(ioctl(slave, TIOCGPTN, &lock), -ENOTTY);
    IS(ioctl(master, TIOCSPTLCK, 8), -EFAULT);
    close(slave);
    close(master);
}
CASE(peer)
{
    int master = open("/dev/ptmx", O_RDWR | O_NOCTTY);
    IS(unlockpt(master), 0);
    int slave = ioctl(master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
    TRUE(slave >= 0);
    IS(fcntl(slave, F_GETFD), FD_CLOEXEC);
    STR(ttyname(slave), ptsname(master));
    IS(fcntl(slave, F_GETFL) & O_ACCMODE, O_RDWR);
    close(slave);
    close(master);
}
CASE(lowest_number_is_used_again)
{
    int one = open("/dev/ptmx", O_RDWR | O_NOCTTY), two = open("/dev/ptmx", O_RDWR | O_NOCTTY);
    char first[64], second[64];
    strcpy(first, ptsname(one));
    strcpy(second, ptsname(two));
    TRUE(strcmp(first, second) != 0);
    close(one);
    one = open("/dev/ptmx", O_RDWR | O_NOCTTY);
    STR(ptsname(one), first);
    close(two);
    // The number stays in use as long as the terminal is open.
    IS(unlockpt(one), 0);
    int slave = open(first, O_RDWR | O_NOCTTY);
    close(one);
    one = open("/dev/ptmx", O_RDWR | O_NOCTTY);
    TRUE(strcmp(ptsname(one), first) != 0);
    close(slave);
    close(one);
}
CASE(file_system)
{
    struct statfs fs;
    OK(statfs("/dev/pts", &fs));
    EQ(fs.f_type, 0x1cd1);
    EQ(fs.f_namelen, 255);
    pty_open();
    int seen = 0;
    DIR *directory = opendir("/dev/pts");
    for (struct dirent *entry; (entry = readdir(directory));)
        if (!strcmp(entry->d_name, pty_name + 9)) {
            seen++;
            EQ(entry->d_type, DT_CHR);
        }
    closedir(directory);
    EQ(seen, 1);
    IS(mkdir("/dev/pts/x", 0755), -EPERM);
    IS(open("/dev/pts/x", O_CREAT | O_WRONLY, 0644), -EACCES);
    IS(unlink(pty_name), -EPERM);
    IS(access("/dev/pts/999999", F_OK), -ENOENT);
    IS(access("/dev/pts/00", F_OK), -ENOENT);
    OK(chmod(pty_name, 0600));
    struct stat st;
    OK(fstat(pty_slave, &st));
    EQ(st.st_mode, S_IFCHR | 0600);
    pty_close();
}
CASE(limit)
{
    char text[32] = "";
    int fd = open("/proc/sys/kernel/pty/max", O_RDONLY);
    TRUE(read(fd, text, sizeof text) > 0);
    TRUE(atoi(text) > 0);
    close(fd);
    pty_open();
    fd = open("/proc/sys/kernel/pty/nr", O_RDONLY);
    TRUE(read(fd, text, sizeof text) > 0);
    TRUE(atoi(text) > 0);
    close(fd);
    pty_close();
}
CASE(bytes_go_through)
{
    void *volatile nowhere = (void *)8;
    pty_open();
    put(pty_slave, "out\n");
    STR(get(pty_master), "out\\0d\\0a");
    put(pty_master, "in\n");
    STR(get(pty_slave), "in\\0a");
    STR(get(pty_master), "in\\0d\\0a");
    STR(get(pty_master), "EAGAIN");
    STR(get(pty_slave), "EAGAIN");
    IS(lseek(pty_slave, 0, SEEK_SET), -ESPIPE);
    IS(write(pty_master, "", 0), 0);
    IS(write(pty_slave, nowhere, 5), -EFAULT);
    IS(write(pty_master, nowhere, 5), -EFAULT);
    put(pty_slave, "x");
    IS(read(pty_master, nowhere, 5), -EFAULT);
    pty_close();
}
CASE(echo_without_the_terminal_open)
{
    int master = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_NONBLOCK);
    STR(get(master), "EAGAIN");
    EQ(ready(master), POLLOUT);
    put(master, "early\n");
    struct pollfd entry = { master, POLLIN, 0 };
    IS(poll(&entry, 1, -1), 1);
    STR(get(master), "early\\0d\\0a");
    IS(unlockpt(master), 0);
    int slave = open(ptsname(master), O_RDWR | O_NOCTTY | O_NONBLOCK);
    STR(get(slave), "early\\0a");
    close(slave);
    close(master);
}
CASE(terminal_closed)
{
    pty_open();
    put(pty_slave, "last");
    close(pty_slave);
    EQ(ready(pty_master), POLLIN | POLLOUT | POLLHUP);
    STR(get(pty_master), "last");
    STR(get(pty_master), "EIO");
    EQ(ready(pty_master), POLLOUT | POLLHUP);
    // What the emulator writes now is still there for the next who opens.
    put(pty_master, "typed\n");
    pty_slave = open(pty_name, O_RDWR | O_NOCTTY | O_NONBLOCK);
    STR(get(pty_slave), "typed\\0a");
    STR(get(pty_master), "typed\\0d\\0a");
    STR(get(pty_master), "EAGAIN");
    EQ(ready(pty_master), POLLOUT);
    pty_close();
}
CASE(settings_outlive_closing)
{
    struct termios settings;
    pty_open();
    change(pty_slave, ECHO, 0);
    close(pty_slave);
    pty_slave = open(pty_name, O_RDWR | O_NOCTTY | O_NONBLOCK);
    OK(tcgetattr(pty_slave, &settings));
    EQ(settings.c_lflag & ECHO, 0);
    pty_close();
}
CASE(hang_up)
{
    int value;
    struct termios settings;
    pty_open();
    put(pty_master, "lost\n");
    close(pty_master);
    EQ(ready(pty_slave), POLLIN | POLLOUT | POLLERR | POLLHUP);
    STR(get(pty_slave), "");
    IS(write(pty_slave, "x", 1), -EIO);
    IS(ioctl(pty_slave, TCGETS, &settings), -EIO);
    IS(ioctl(pty_slave, FIONREAD, &value), -EIO);
    IS(ioctl(pty_slave, TIOCSPGRP, &value), -ENOTTY);
    IS(ioctl(pty_slave, TIOCGPGRP, &value), -EIO);
    IS(open(pty_name, O_RDWR | O_NOCTTY), -ENOENT);
    close(pty_slave);
}
static int done;
static long got;
static void *reader(void *word)
{
    char byte;
    got = tap_result(read(*(int *)word, &byte, 1));
    __atomic_store_n(&done, 1, __ATOMIC_SEQ_CST);
    return NULL;
}
// Until a thread of this process sleeps in a read of a terminal.
static void until_asleep(void)
{
    for (int i = 0; i < 20000; i++) {
        char path[64], text[256] = "";
        snprintf(path, sizeof path, "/proc/self/task");
        DIR *directory = opendir(path);
        int asleep = 0;
        for (struct dirent *entry; (entry = readdir(directory));) {
            if (atoi(entry->d_name) == getpid() || entry->d_name[0] == '.')
                continue;
            snprintf(path, sizeof path, "/proc/self/task/%.20s/stat", entry->d_name);
            int fd = open(path, O_RDONLY);
            if (fd >= 0 && read(fd, text, sizeof text - 1) > 0 && strstr(text, ") S "))
                asleep = 1;
            close(fd);
        }
        closedir(directory);
        if (asleep)
            return;
        usleep(1000);
    }
    tap_fail("no thread fell asleep");
}
static void waiting(int *fd, int (*then)(void), long want)
{
    pthread_t thread;
    done = 0;
    fcntl(*fd, F_SETFL, 0);
    pthread_create(&thread, NULL, reader, fd);
    until_asleep();
    EQ(done, 0);
    if (then())
        tap_fail("the other side fails: %s", tap_error(-errno));
    pthread_join(thread, NULL);
    EQ(got, want);
}
static int close_slave(void) { return close(pty_slave); }
static int close_master(void) { return close(pty_master); }
static int type_line(void) { return write(pty_master, "a\n", 2) != 2; }
static int print_byte(void) { return write(pty_slave, "a", 1) != 1; }
CASE(reader_waits_for_a_line)
{
    pty_open();
    waiting(&pty_slave, type_line, 1);
    pty_close();
}
CASE(emulator_waits_for_output)
{
    pty_open();
    waiting(&pty_master, print_byte, 1);
    pty_close();
}
CASE(reader_of_a_closed_terminal)
{
    pty_open();
    waiting(&pty_master, close_slave, -EIO);
    close(pty_master);
}
CASE(reader_that_is_hung_up)
{
    pty_open();
    waiting(&pty_slave, close_master, -EIO);
    close(pty_slave);
}
CASE(readiness)
{
    pty_open();
    EQ(ready(pty_master), POLLOUT);
    EQ(ready(pty_slave), POLLOUT);
    put(pty_master, "no line");
    EQ(ready(pty_slave), POLLOUT);
    put(pty_master, "\n");
    struct pollfd entry = { pty_slave, POLLIN, 0 };
    IS(poll(&entry, 1, -1), 1);
    int count;
    OK(ioctl(pty_slave, FIONREAD, &count));
    EQ(count, 8);
    EQ(ready(pty_slave), POLLIN | POLLOUT);
    STR(get(pty_slave), "no line\\0a");
    EQ(ready(pty_master), POLLIN | POLLOUT);
    OK(ioctl(pty_master, FIONREAD, &count));
    EQ(count, 9);
    STR(get(pty_master), "no line\\0d\\0a");
    OK(ioctl(pty_master, TIOCOUTQ, &count));
    EQ(count, 0);
    pty_close();
}
CASE(readiness_with_a_minimum)
{
    pty_open();
    wait_as(pty_slave, 3, 0);
    put(pty_master, "ab");
    EQ(ready(pty_slave), POLLOUT);
    put(pty_master, "c");
    EQ(ready(pty_slave), POLLIN | POLLOUT);
    wait_as(pty_slave, 30, 1);
    EQ(ready(pty_slave), POLLIN | POLLOUT);
    pty_close();
}
static char much[20000];
CASE(full_output_waits)
{
    pty_open();
    memset(much, 'x', sizeof much);
    long count = 0, got;
    while ((got = write(pty_slave, much, sizeof much)) > 0)
        count += got;
    EQ(tap_result(got), -EAGAIN);
    TRUE(count >= 4096 && count < 100000);
    EQ(ready(pty_slave) & POLLOUT, 0);
    long taken = 0;
    while ((got = read(pty_master, much, sizeof much)) > 0)
        taken += got;
    EQ(taken, count);
    EQ(ready(pty_slave), POLLOUT);
    pty_close();
}
CASE(full_input_waits)
{
    pty_open();
    wait_as(pty_slave, 1, 0);
    memset(much, 'y', sizeof much);
    long count = 0, got;
    for (int misses = 0; misses < 100; sched_yield()) {
        got = write(pty_master, much, sizeof much);
        misses = got > 0 ? 0 : misses + 1;
        count += got > 0 ? got : 0;
    }
    EQ(tap_result(got), -EAGAIN);
    TRUE(count >= 4095 && count < 100000);
    long taken = 0;
    while ((got = read(pty_slave, much, sizeof much)) > 0)
        taken += got;
    EQ(taken, count);
    pty_close();
}
CASE(exclusive)
{
    int value = -1;
    pty_open();
    IS(ioctl(pty_slave, TIOCGEXCL, &value), 0);
    EQ(value, 0);
    IS(ioctl(pty_slave, TIOCEXCL), 0);
    IS(ioctl(pty_slave, TIOCGEXCL, &value), 0);
    EQ(value, 1);
    IS(ioctl(pty_slave, TIOCNXCL), 0);
    IS(ioctl(pty_slave, TIOCGEXCL, &value), 0);
    EQ(value, 0);
    pty_close();
}
ROOT_CASE(exclusive_for_users)
{
    pty_open();
    OK(chmod(pty_name, 0666));
    IS(ioctl(pty_slave, TIOCEXCL), 0);
    OK(setresuid(65534, 65534, 0));
    long result = tap_result(open(pty_name, O_RDWR | O_NOCTTY));
    OK(setresuid(0, 0, 0));
    EQ(result, -EBUSY);
    int fd = open(pty_name, O_RDWR | O_NOCTTY);
    TRUE(fd >= 0);
    close(fd);
    pty_close();
}
CASE(window_size)
{
    struct winsize size = { 1, 1, 1, 1 };
    pty_open();
    OK(ioctl(pty_slave, TIOCGWINSZ, &size));
    EQ(size.ws_row | size.ws_col | size.ws_xpixel | size.ws_ypixel, 0);
    size = (struct winsize){ 24, 80, 640, 480 };
    OK(ioctl(pty_master, TIOCSWINSZ, &size));
    size = (struct winsize){ 0, 0, 0, 0 };
    OK(ioctl(pty_slave, TIOCGWINSZ, &size));
    EQ(size.ws_row, 24);
    EQ(size.ws_col, 80);
    EQ(size.ws_xpixel, 640);
    EQ(size.ws_ypixel, 480);
    size.ws_row = 50;
    OK(ioctl(pty_slave, TIOCSWINSZ, &size));
    OK(ioctl(pty_master, TIOCGWINSZ, &size));
    EQ(size.ws_row, 50);
    IS(ioctl(pty_slave, TIOCGWINSZ, 8), -EFAULT);
    IS(ioctl(pty_slave, TIOCSWINSZ, 8), -EFAULT);
    pty_close();
}
CASE(line_discipline)
{
    int discipline = -1;
    pty_open();
    IS(ioctl(pty_slave, TIOCGETD, &discipline), 0);
    EQ(discipline, 0);
    IS(ioctl(pty_slave, TIOCSETD, &discipline), 0);
    IS(ioctl(pty_master, TIOCGETD, &discipline), 0);
    discipline = 1000;
    IS(ioctl(pty_slave, TIOCSETD, &discipline), -EINVAL);
    pty_close();
}
CASE(requests_that_are_nothing_here)
{
    int value = 0;
    pty_open();
    IS(ioctl(pty_slave, TIOCMGET, &value), -ENOTTY);
    IS(ioctl(pty_slave, TIOCGSERIAL, &value), -ENOTTY);
    IS(ioctl(pty_slave, 0x54ff, &value), -ENOTTY);
    IS(tcsendbreak(pty_slave, 0), 0);
    IS(tcdrain(pty_slave), 0);
    IS(ioctl(pty_slave, TIOCSBRK, 0), 0);
    IS(ioctl(pty_slave, TIOCCBRK, 0), 0);
    IS(ioctl(pty_slave, TCFLSH, 3), -EINVAL);
    IS(ioctl(pty_slave, TCXONC, 4), -EINVAL);
    IS(ioctl(pty_slave, TIOCGSOFTCAR, &value), 0);
    EQ(value, 0);
    pty_close();
}
ROOT_CASE(locked_settings)
{
    struct ktermios { unsigned flags[4]; unsigned char line, c_cc[19]; } held = { 0 }, now;
    struct termios wanted, got;
    pty_open();
    memset(&now, 0xff, sizeof now);
    IS(ioctl(pty_slave, TIOCGLCKTRMIOS, &now), 0);
    EQ(memcmp(&now, &held, sizeof now), 0);
    held.flags[3] = ECHO;
    held.c_cc[VINTR] = 1;
    IS(ioctl(pty_master, TIOCSLCKTRMIOS, &held), 0);
    IS(ioctl(pty_slave, TIOCGLCKTRMIOS, &now), 0);
    EQ(memcmp(&now, &held, sizeof now), 0);
    OK(tcgetattr(pty_slave, &wanted));
    wanted.c_lflag &= ~(tcflag_t)(ECHO | ICANON);
    wanted.c_cc[VINTR] = 9;
    wanted.c_cc[VQUIT] = 10;
    OK(tcsetattr(pty_slave, TCSANOW, &wanted));
    OK(tcgetattr(pty_slave, &got));
    EQ(got.c_lflag & (ECHO | ICANON), ECHO);
    EQ(got.c_cc[VINTR], 3);
    EQ(got.c_cc[VQUIT], 10);
    IS(ioctl(pty_slave, TIOCSLCKTRMIOS, 8), -EFAULT);
}
CASE(devices_of_terminals)
{
    IS(open("/dev/tty", O_RDWR), -ENXIO);
    int fd = open("/dev/pts/ptmx", O_RDWR | O_NOCTTY);
    TRUE(fd >= 0);
    IS(isatty(fd), 1);
    close(fd);
}
// Numbers beyond 2047 are as good as others.
CASE(thousands_of_pairs)
{
    enum { COUNT = 2100 };
    static int emulators[COUNT];
    struct rlimit limit = { COUNT + 100, COUNT + 100 }, before;
    OK(getrlimit(RLIMIT_NOFILE, &before));
    if (before.rlim_cur < COUNT + 100)
        OK(setrlimit(RLIMIT_NOFILE, &limit));
    for (int i = 0; i < COUNT; i++)
        if ((emulators[i] = posix_openpt(O_RDWR | O_NOCTTY)) < 0) {
            tap_fail("no pair %d: %s", i, strerror(errno));
            return;
        }
    OK(unlockpt(emulators[COUNT - 1]));
    struct stat st;
    int terminal = open(ptsname(emulators[COUNT - 1]), O_RDWR | O_NOCTTY);
    TRUE(terminal >= 0);
    OK(fstat(terminal, &st));
    EQ(major(st.st_rdev), 136);
    TRUE(minor(st.st_rdev) >= 2048);
    close(terminal);
    for (int i = 0; i < COUNT; i++)
        close(emulators[i]);
}
