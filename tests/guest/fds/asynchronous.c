// Signals that tell of readiness (O_ASYNC, F_SETOWN, F_SETSIG of fcntl(2)).
#include "../tap.h"
#include <linux/sockios.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>

static volatile int count;
static siginfo_t got;
static void note(int signal, siginfo_t *info, void *context)
{
    (void)signal, (void)context;
    got = *info;
    count++;
}
static void watch(int signal)
{
    struct sigaction action = { .sa_sigaction = note, .sa_flags = SA_SIGINFO };
    sigaction(signal, &action, NULL);
    count = 0;
    memset(&got, 0, sizeof got);
}
static int ends[2];
static void make_pipe(int end)
{
    if (pipe(ends) || fcntl(ends[end], F_SETOWN, getpid()) || fcntl(ends[end], F_SETFL, O_ASYNC | O_NONBLOCK))
        tap_fail("no pipe that tells: %s", tap_error(-errno));
}

CASE(reader_is_told)
{
    char text[8];
    watch(SIGIO);
    make_pipe(0);
    STOP_IF_FAILED();
    TRUE(fcntl(ends[0], F_GETFL) & O_ASYNC);
    EQ(count, 0);
    IS(write(ends[1], "x", 1), 1);
    EQ(count, 1);
    EQ(got.si_signo, SIGIO);
    EQ(got.si_code, SI_KERNEL);
    IS(read(ends[0], text, 8), 1);
    EQ(count, 1);
    OK(fcntl(ends[0], F_SETFL, 0));
    IS(write(ends[1], "x", 1), 1);
    EQ(count, 1);
}
CASE(chosen_signal_says_what)
{
    watch(SIGRTMIN + 3);
    make_pipe(0);
    STOP_IF_FAILED();
    OK(fcntl(ends[0], F_SETSIG, SIGRTMIN + 3));
    IS(write(ends[1], "x", 1), 1);
    EQ(count, 1);
    EQ(got.si_code, POLL_IN);
    EQ(got.si_fd, ends[0]);
    EQ(got.si_band, POLLIN | POLLRDNORM);
}
CASE(writer_is_told)
{
    static char block[65536];
    char byte[4096];
    watch(SIGIO);
    make_pipe(1);
    STOP_IF_FAILED();
    OK(fcntl(ends[1], F_SETSIG, SIGIO));
    IS(write(ends[1], block, sizeof block), 65536);
    IS(write(ends[1], block, 1), -EAGAIN);
    EQ(count, 0);
    IS(read(ends[0], byte, sizeof byte), 4096);
    EQ(count, 1);
    EQ(got.si_code, POLL_OUT);
    EQ(got.si_band, POLLOUT | POLLWRNORM | POLLWRBAND);
    EQ(got.si_fd, ends[1]);
}
CASE(to_a_thread)
{
    struct f_owner_ex owner = { F_OWNER_TID, (pid_t)syscall(SYS_gettid) };
    watch(SIGIO);
    OK(pipe(ends));
    OK(fcntl(ends[0], F_SETOWN_EX, &owner));
    int on = 1;
    OK(ioctl(ends[0], FIOASYNC, &on));
    TRUE(fcntl(ends[0], F_GETFL) & O_ASYNC);
    IS(write(ends[1], "x", 1), 1);
    EQ(count, 1);
    on = 0;
    OK(ioctl(ends[0], FIOASYNC, &on));
    IS(write(ends[1], "x", 1), 1);
    EQ(count, 1);
}
CASE(without_an_owner)
{
    watch(SIGIO);
    OK(pipe(ends));
    OK(fcntl(ends[0], F_SETFL, O_ASYNC));
    IS(write(ends[1], "x", 1), 1);
    EQ(count, 0);
}
CASE(after_a_close)
{
    watch(SIGIO);
    make_pipe(0);
    STOP_IF_FAILED();
    int again = dup(ends[0]);
    close(ends[0]);
    IS(write(ends[1], "x", 1), 1);
    EQ(count, 1);
    close(again);
    signal(SIGPIPE, SIG_IGN);
    IS(write(ends[1], "x", 1), -EPIPE);
    EQ(count, 1);
}
CASE(files_that_never_tell)
{
    int fd = open("/dev/null", O_RDWR), on = 1;
    OK(fd);
    OK(fcntl(fd, F_SETFL, O_ASYNC));
    EQ(fcntl(fd, F_GETFL) & O_ASYNC, 0);
    IS(ioctl(fd, FIOASYNC, &on), -ENOTTY);
    IS(ioctl(fd, FIOASYNC, 1L), -EFAULT);
    on = 0;
    OK(ioctl(fd, FIOASYNC, &on));
}
