// build: static
// flags: -Icrates/link/c/include target/linked/libtrapless.a
// Signals that interrupt linked calls: what is made anew and what is not, through a constant and a variable number.
#include <sys/time.h>
#include <time.h>

#include <trapless.h>

#include "tap.h"

static int ends[2];
static volatile int handled, wanted;

static void arm(void)
{
    struct itimerval soon = { .it_value.tv_usec = 2000 };
    setitimer(ITIMER_REAL, &soon, NULL);
}

// After as many signals as are wanted there is something to read.
static void handler(int signal)
{
    (void)signal;
    if (++handled < wanted)
        arm();
    else
        tl_write_raw(ends[1], "x", 1);
}

static void prepare(int flags, int count)
{
    struct sigaction action = { .sa_handler = handler, .sa_flags = flags };
    OK(pipe(ends));
    OK(sigaction(SIGALRM, &action, NULL));
    handled = 0;
    wanted = count;
    arm();
}

static void finish(void)
{
    OK(close(ends[0]));
    OK(close(ends[1]));
}

CASE(made_anew)
{
    char byte;
    prepare(SA_RESTART, 20);
    STOP_IF_FAILED();
    EQ(tl_read_raw(ends[0], &byte, 1), 1);
    EQ(handled, 20);
    finish();
    // The same place serves calls as before.
    EQ(tl_getpid_raw(), getpid());
}

CASE(made_anew_by_variable_number)
{
    static volatile long number = SYS_read;
    char byte;
    prepare(SA_RESTART, 20);
    STOP_IF_FAILED();
    EQ(tl_syscall_raw(number, ends[0], &byte, 1), 1);
    EQ(handled, 20);
    finish();
    EQ(tl_syscall_raw(number, -1, &byte, 1), -EBADF);
}

// Signals that come until one of them finds the call waiting.
enum { MANY = 1 << 30 };

static void disarm(void)
{
    struct itimerval never = { 0 };
    setitimer(ITIMER_REAL, &never, NULL);
}

CASE(interrupted)
{
    char byte;
    prepare(0, MANY);
    STOP_IF_FAILED();
    EQ(tl_read_raw(ends[0], &byte, 1), -EINTR);
    IS(tl_read(ends[0], &byte, 1), -EINTR);
    disarm();
    IS(tl_write(ends[1], "x", 1), 1);
    IS(tl_read(ends[0], &byte, 1), 1);
    finish();
}

CASE(rest_of_a_sleep)
{
    struct timespec time = { .tv_sec = 100 }, rest = { 0 };
    prepare(SA_RESTART, MANY);
    STOP_IF_FAILED();
    EQ(tl_nanosleep_raw(&time, &rest), -EINTR);
    disarm();
    TRUE(rest.tv_sec > 0 && rest.tv_sec < 100);
    finish();
}

static volatile long counted;

static void count(int signal)
{
    (void)signal;
    counted += tl_getpid_raw() == getpid();
}

// Signals that land anywhere in linked calls.
CASE(storm)
{
    struct sigaction action = { .sa_handler = count, .sa_flags = SA_RESTART };
    struct itimerval often = { { 0, 500 }, { 0, 500 } }, never = { 0 };
    OK(sigaction(SIGALRM, &action, NULL));
    long self = getpid(), parent = getppid();
    counted = 0;
    OK(setitimer(ITIMER_REAL, &often, NULL));
    while (counted < 50) {
        EQ(tl_getpid_raw(), self);
        EQ(tl_getppid_raw(), parent);
        EQ((tl_syscall_raw)(SYS_getpid), self);
    }
    OK(setitimer(ITIMER_REAL, &never, NULL));
}
