// Signals of readiness: O_ASYNC on pipes, F_SETSIG, owners; F_NOTIFY on directories.
#define TAP_DIRS
#include "../files.h"
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <time.h>

static volatile sig_atomic_t came;
static siginfo_t last;
static void on_signal(int signal, siginfo_t *info, void *context)
{
    (void)context;
    came = signal;
    last = *info;
}
static void handle(int signal)
{
    struct sigaction action = { .sa_sigaction = on_signal, .sa_flags = SA_SIGINFO | SA_RESTART };
    sigaction(signal, &action, NULL);
    came = 0;
}
// What came within two seconds.
static int wait_signal(void)
{
    struct timespec turn = { 0, 2000000 };
    for (int i = 0; i < 1000 && !came; i++)
        nanosleep(&turn, NULL);
    int signal = came;
    came = 0;
    return signal;
}
// That nothing came shows when something else did.
static int nothing_came(void)
{
    struct timespec turn = { 0, 30000000 };
    nanosleep(&turn, NULL);
    return !came;
}

CASE(input_on_a_pipe)
{
    int p[2];
    char byte;
    OK(pipe(p));
    handle(SIGIO);
    IS(fcntl(p[0], F_SETOWN, getpid()), 0);
    IS(fcntl(p[0], F_SETFL, O_ASYNC), 0);
    IS(fcntl(p[0], F_GETFL) & O_ASYNC, O_ASYNC);
    IS(write(p[1], "x", 1), 1);
    EQ(wait_signal(), SIGIO);
    SHOW("code %d", last.si_code);
    IS(read(p[0], &byte, 1), 1);
    IS(fcntl(p[0], F_SETFL, 0), 0);
    IS(write(p[1], "x", 1), 1);
    TRUE(nothing_came());
}
CASE(a_chosen_signal_says_more)
{
    int p[2];
    OK(pipe(p));
    handle(SIGRTMIN + 3);
    IS(fcntl(p[0], F_SETOWN, getpid()), 0);
    IS(fcntl(p[0], F_SETSIG, SIGRTMIN + 3), 0);
    IS(fcntl(p[0], F_SETFL, O_ASYNC | O_NONBLOCK), 0);
    IS(write(p[1], "x", 1), 1);
    EQ(wait_signal(), SIGRTMIN + 3);
    EQ(last.si_code, POLL_IN);
    EQ(last.si_fd, p[0]);
    EQ(last.si_band, POLLIN | POLLRDNORM);
    IS(fcntl(p[0], F_SETSIG, 0), 0);
    handle(SIGIO);
    IS(write(p[1], "x", 1), 1);
    EQ(wait_signal(), SIGIO);
}
CASE(room_in_a_pipe)
{
    int p[2];
    static char big[65536];
    OK(pipe2(p, O_NONBLOCK));
    handle(SIGUSR1);
    IS(write(p[1], big, sizeof big), (long)sizeof big);
    IS(fcntl(p[1], F_SETOWN, getpid()), 0);
    IS(fcntl(p[1], F_SETSIG, SIGUSR1), 0);
    int on = 1;
    IS(ioctl(p[1], FIOASYNC, &on), 0);
    IS(read(p[0], big, sizeof big), (long)sizeof big);
    EQ(wait_signal(), SIGUSR1);
    EQ(last.si_code, POLL_OUT);
    EQ(last.si_fd, p[1]);
}
CASE(files_without_it)
{
    int on = 1, fd = open("f", O_RDWR | O_CREAT, 0600);
    SHOW("%s", tap_error(tap_result(ioctl(fd, FIOASYNC, &on))));
    IS(fcntl(fd, F_SETFL, O_ASYNC), 0);
    SHOW("%x", fcntl(fd, F_GETFL) & O_ASYNC);
    on = 0;
    SHOW("%s", tap_error(tap_result(ioctl(fd, FIOASYNC, &on))));
}
CASE(nobody_to_tell)
{
    int p[2];
    OK(pipe(p));
    handle(SIGIO);
    IS(fcntl(p[0], F_SETFL, O_ASYNC), 0);
    IS(write(p[1], "x", 1), 1);
    TRUE(nothing_came());
}
CASE(one_change_of_a_directory)
{
    OK(mkdir("d", 0755));
    int fd = open("d", O_RDONLY);
    handle(SIGIO);
    IS(fcntl(fd, F_NOTIFY, DN_CREATE), 0);
    IS(fcntl(fd, F_GETOWN), getpid());
    put("d/f", "x");
    EQ(wait_signal(), SIGIO);
    put("d/g", "x");
    TRUE(nothing_came());
}
CASE(many_changes_of_a_directory)
{
    OK(mkdir("d", 0755));
    put("d/f", "x");
    int fd = open("d", O_RDONLY);
    handle(SIGRTMIN + 1);
    IS(fcntl(fd, F_SETSIG, SIGRTMIN + 1), 0);
    IS(fcntl(fd, F_NOTIFY, DN_ATTRIB | DN_MODIFY | DN_MULTISHOT), 0);
    OK(chmod("d/f", 0600));
    EQ(wait_signal(), SIGRTMIN + 1);
    EQ(last.si_fd, fd);
    SHOW("%d %lx", last.si_code, last.si_band);
    OK(truncate("d/f", 0));
    EQ(wait_signal(), SIGRTMIN + 1);
    OK(rename("d/f", "d/g"));
    TRUE(nothing_came());
    IS(fcntl(fd, F_NOTIFY, DN_RENAME | DN_MULTISHOT), 0);
    OK(rename("d/g", "d/f"));
    EQ(wait_signal(), SIGRTMIN + 1);
    OK(chmod("d/f", 0644));
    EQ(wait_signal(), SIGRTMIN + 1);
    IS(fcntl(fd, F_NOTIFY, 0), 0);
    OK(chmod("d/f", 0600));
    TRUE(nothing_came());
    IS(fcntl(fd, F_NOTIFY, DN_DELETE | DN_MULTISHOT), 0);
    OK(unlink("d/f"));
    EQ(wait_signal(), SIGRTMIN + 1);
    close(fd);
    put("d/h", "x");
    OK(unlink("d/h"));
    TRUE(nothing_came());
    IS(fcntl(open("f", O_CREAT | O_RDWR, 0600), F_NOTIFY, DN_CREATE), -ENOTDIR);
    IS(fcntl(open("d", O_RDONLY), F_NOTIFY, DN_MULTISHOT), 0);
}
