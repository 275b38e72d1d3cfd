// Sessions and controlling terminals, stops and orphans (credentials(7), tty(4)).
#include "pty.h"
#include <sched.h>
#include <sys/mman.h>
#include <sys/wait.h>

// What the processes of a case tell each other.
static struct shared { volatile int word[8]; char failure[512], shown[2048]; } *shared;
static volatile int heard[65];
static void hear(int number) { heard[number]++; }
static void listen_to(int number)
{
    struct sigaction action = { .sa_handler = hear };
    sigaction(number, &action, NULL);
}
static void until(volatile int *word, int value)
{
    for (int i = 0; *word != value; i++) {
        if (i > 60000)
            _exit(77);
        usleep(1000);
    }
}
// Runs the rest of a case as a process of its own, which leads a session of its own; gives its wait status.
static int as_leader(void (*body)(void))
{
    int status = -1;
    shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    pid_t child = fork();
    if (child == 0) {
        alarm(15);
        setsid();
        body();
        strcpy(shared->failure, tap_failure);
        _exit(tap_failure[0] ? 1 : 0);
    }
    if (child < 0 || waitpid(child, &status, 0) != child)
        tap_fail("no child: %s", tap_error(-errno));
    if (shared->failure[0])
        tap_fail("%s", shared->failure);
    return status;
}
static pid_t forked(void (*body)(void))
{
    pid_t child = fork();
    if (child == 0) {
        body();
        if (tap_failure[0])
            strcpy(shared->failure, tap_failure);
        _exit(tap_failure[0] ? 1 : 0);
    }
    return child;
}
static int terminal(int flags)
{
    int fd = open(pty_name, O_RDWR | flags);
    if (fd < 0)
        tap_fail("no terminal: %s", tap_error(-errno));
    return fd;
}
// A session leader with a terminal of its own.
static void with_terminal(void)
{
    pty_open();
    close(pty_slave);
    pty_slave = terminal(0);
}

static void taken_by_opening(void)
{
    int pid = -1;
    pty_open();
    IS(open("/dev/tty", O_RDWR), -ENXIO);
    IS(ioctl(pty_slave, TIOCGPGRP, &pid), -ENOTTY);
    IS(ioctl(pty_slave, TIOCGSID, &pid), -ENOTTY);
    IS(tcsetpgrp(pty_slave, getpid()), -ENOTTY);
    IS(ioctl(pty_master, TIOCGPGRP, &pid), 0);
    EQ(pid, 0);
    IS(ioctl(pty_master, TIOCGSID, &pid), -ENOTTY);
    int write_only = open(pty_name, O_WRONLY);
    IS(open("/dev/tty", O_RDWR), -ENXIO);
    close(write_only);
    int fd = terminal(0);
    IS(ioctl(fd, TIOCGPGRP, &pid), 0);
    EQ(pid, getpid());
    IS(ioctl(fd, TIOCGSID, &pid), 0);
    EQ(pid, getpid());
    IS(ioctl(pty_master, TIOCGPGRP, &pid), 0);
    EQ(pid, getpid());
    int tty = open("/dev/tty", O_RDWR);
    TRUE(tty >= 0);
    IS(tcgetpgrp(tty), getpid());
    put(tty, "x");
    STR(get(pty_master), "x");
}
CASE(opening_takes_a_terminal)
{
    EQ(as_leader(taken_by_opening), 0);
}
static void taken_by_request(void)
{
    int pid;
    pty_open();
    IS(ioctl(pty_slave, TIOCSCTTY, 0), 0);
    IS(ioctl(pty_slave, TIOCSCTTY, 0), 0);
    OK(ioctl(pty_slave, TIOCGSID, &pid));
    EQ(pid, getpid());
    // Only one terminal a session.
    int other = open("/dev/ptmx", O_RDWR | O_NOCTTY);
    unlockpt(other);
    int second = open(ptsname(other), O_RDWR);
    IS(ioctl(second, TIOCSCTTY, 0), -EPERM);
    IS(ioctl(second, TIOCGSID, &pid), -ENOTTY);
    IS(ioctl(second, TIOCNOTTY), -ENOTTY);
}
CASE(request_takes_a_terminal)
{
    EQ(as_leader(taken_by_request), 0);
}
static void member(void)
{
    int pid;
    // A child has its parent's terminal; a new session has none.
    IS(ioctl(pty_slave, TIOCGSID, &pid), 0);
    EQ(pid, getppid());
    IS(ioctl(pty_slave, TIOCSCTTY, 0), -EPERM);
    int fd = open("/dev/tty", O_RDWR);
    TRUE(fd >= 0);
    IS(setsid(), getpid());
    IS(open("/dev/tty", O_RDWR), -ENXIO);
    IS(ioctl(pty_slave, TIOCGPGRP, &pid), -ENOTTY);
    IS(ioctl(pty_slave, TIOCSCTTY, 0), -EPERM);
    int again = open(pty_name, O_RDWR);
    TRUE(again >= 0);
    IS(open("/dev/tty", O_RDWR), -ENXIO);
}
static void inherited(void)
{
    int status;
    with_terminal();
    pid_t child = forked(member);
    IS(waitpid(child, &status, 0), child);
    EQ(status, 0);
}
CASE(children_inherit)
{
    EQ(as_leader(inherited), 0);
}
static void thief(void)
{
    int pid;
    setsid();
    IS(ioctl(pty_slave, TIOCSCTTY, 1), 0);
    OK(ioctl(pty_slave, TIOCGSID, &pid));
    EQ(pid, getpid());
    shared->word[0] = 1;
    until(&shared->word[0], 2);
}
static void robbed(void)
{
    int status, pid;
    with_terminal();
    signal(SIGHUP, SIG_IGN);
    pid_t child = forked(thief);
    until(&shared->word[0], 1);
    IS(open("/dev/tty", O_RDWR), -ENXIO);
    IS(ioctl(pty_slave, TIOCGSID, &pid), -ENOTTY);
    shared->word[0] = 2;
    IS(waitpid(child, &status, 0), child);
    EQ(status, 0);
}
ROOT_CASE(root_steals_a_terminal)
{
    EQ(as_leader(robbed), 0);
}
static void gives_up_alone(void)
{
    IS(ioctl(pty_slave, TIOCNOTTY), 0);
    IS(open("/dev/tty", O_RDWR), -ENXIO);
    IS(ioctl(pty_slave, TIOCNOTTY), -ENOTTY);
}
static void given_up(void)
{
    int status, pid;
    with_terminal();
    listen_to(SIGHUP);
    listen_to(SIGCONT);
    pid_t child = forked(gives_up_alone);
    IS(waitpid(child, &status, 0), child);
    EQ(status, 0);
    IS(ioctl(pty_slave, TIOCGSID, &pid), 0);
    IS(ioctl(pty_slave, TIOCNOTTY), 0);
    EQ(heard[SIGHUP], 1);
    EQ(heard[SIGCONT], 1);
    IS(ioctl(pty_slave, TIOCGSID, &pid), -ENOTTY);
    IS(open("/dev/tty", O_RDWR), -ENXIO);
    IS(ioctl(pty_slave, TIOCSCTTY, 0), 0);
}
CASE(giving_up)
{
    EQ(as_leader(given_up), 0);
}
static void foreground(void)
{
    int pid = 1;
    with_terminal();
    signal(SIGTTOU, SIG_IGN);
    pid_t child = forked((void (*)(void))pause);
    OK(setpgid(child, child));
    IS(tcsetpgrp(pty_slave, 99999999), -ESRCH);
    IS(tcsetpgrp(pty_slave, 1), getpgid(1) == 1 && getsid(1) == getsid(0) ? 0 : -EPERM);
    IS(tcsetpgrp(pty_slave, -5), -EINVAL);
    IS(ioctl(pty_slave, TIOCSPGRP, 8), -EFAULT);
    IS(tcsetpgrp(pty_slave, child), 0);
    IS(tcgetpgrp(pty_slave), child);
    IS(ioctl(pty_master, TIOCGPGRP, &pid), 0);
    EQ(pid, child);
    // Also by a group in the background, as long as it does not mind the signal.
    IS(tcsetpgrp(pty_slave, getpid()), 0);
    kill(child, SIGKILL);
    IS(waitpid(child, NULL, 0), child);
}
CASE(group_in_the_foreground)
{
    EQ(as_leader(foreground), 0);
}
static void typed_signals(void)
{
    with_terminal();
    fcntl(pty_slave, F_SETFL, O_NONBLOCK);
    int numbers[] = { SIGINT, SIGQUIT, SIGTSTP, SIGWINCH };
    for (int i = 0; i < 4; i++)
        listen_to(numbers[i]);
    put(pty_master, "lost\003");
    STR(echo(), "^C");
    until(&heard[SIGINT], 1);
    put(pty_master, "\034");
    STR(echo(), "^\\");
    until(&heard[SIGQUIT], 1);
    put(pty_master, "\032");
    STR(echo(), "^Z");
    until(&heard[SIGTSTP], 1);
    change(pty_slave, 0, NOFLSH);
    put(pty_master, "kept\003\n");
    STR(get(pty_slave), "kept\\0a");
    STR(get(pty_master), "kept^C\\0d\\0a");
    until(&heard[SIGINT], 2);
    struct winsize size = { 10, 20, 0, 0 };
    OK(ioctl(pty_master, TIOCSWINSZ, &size));
    until(&heard[SIGWINCH], 1);
    OK(ioctl(pty_master, TIOCSWINSZ, &size));
    OK(ioctl(pty_master, TIOCSIG, SIGINT));
    until(&heard[SIGINT], 3);
    IS(ioctl(pty_master, TIOCSIG, SIGHUP), -EINVAL);
    EQ(heard[SIGWINCH], 1);
}
CASE(characters_send_signals)
{
    EQ(as_leader(typed_signals), 0);
}

static int background_call;
static long background_result(void)
{
    struct termios settings;
    char byte;
    switch (background_call) {
    case 0:
        return tap_result(read(pty_slave, &byte, 1));
    case 1:
        return tap_result(write(pty_slave, "x", 1));
    case 2:
        ioctl(pty_slave, TCGETS, &settings);
        return tap_result(ioctl(pty_slave, TCSETS, &settings));
    case 3:
        return tap_result(tcflush(pty_slave, TCIFLUSH));
    case 4:
        return tap_result(tcsetpgrp(pty_slave, getpgrp()));
    default:
        return tap_result(ioctl(pty_slave, TCGETS, &settings));
    }
}
static void background(void)
{
    setpgid(0, 0);
    shared->word[0] = (int)background_result();
}
// What a group in the background gets: the signal that stopped it, or the call's result; after it was put
// into the foreground and went on, the call's result.
static void try_background(int call, int ignored)
{
    int status;
    background_call = call;
    shared->word[0] = 12345;
    if (ignored)
        signal(ignored, SIG_IGN);
    pid_t child = forked(background);
    if (ignored)
        signal(ignored, SIG_DFL);
    IS(waitpid(child, &status, WUNTRACED), child);
    if (WIFSTOPPED(status)) {
        SHOW("%d: stopped by %d,", call, WSTOPSIG(status));
        EQ(shared->word[0], 12345);
        signal(SIGTTOU, SIG_IGN);
        IS(tcsetpgrp(pty_slave, child), 0);
        put(pty_master, "z\n");
        OK(kill(-child, SIGCONT));
        IS(waitpid(child, &status, 0), child);
        IS(tcsetpgrp(pty_slave, getpid()), 0);
        signal(SIGTTOU, SIG_DFL);
    }
    EQ(WIFEXITED(status), 1);
    SHOW("%d: %s", call, tap_error(shared->word[0]));
    tcflush(pty_slave, TCIOFLUSH);
    fcntl(pty_master, F_SETFL, O_NONBLOCK);
    get(pty_master);
}
static void backgrounds(void)
{
    with_terminal();
    for (int call = 0; call < 6; call++)
        try_background(call, 0);
    change(pty_slave, 0, TOSTOP);
    try_background(1, 0);
    try_background(0, SIGTTIN);
    for (int call = 1; call < 6; call++)
        try_background(call, SIGTTOU);
    strcpy(shared->shown, tap_shown);
}
CASE(background_groups_are_stopped)
{
    EQ(as_leader(backgrounds), 0);
    SHOW("%s", shared->shown);
}
static void orphan_calls(void)
{
    char byte;
    struct termios settings;
    setpgid(0, 0);
    until(&shared->word[1], 1);
    // The parent is gone: nobody of the session is left who could let this group go on.
    while (getppid() == shared->word[2])
        sched_yield();
    IS(read(pty_slave, &byte, 1), -EIO);
    OK(tcgetattr(pty_slave, &settings));
    IS(tcsetattr(pty_slave, TCSANOW, &settings), -EIO);
    raise(SIGTSTP);
    shared->word[1] = 3;
}
static void middle(void)
{
    setpgid(0, 0);
    shared->word[2] = getpid();
    forked(orphan_calls);
    shared->word[1] = 1;
}
static void orphaned(void)
{
    int status;
    with_terminal();
    pid_t child = forked(middle);
    IS(waitpid(child, &status, 0), child);
    until(&shared->word[1], 3);
}
CASE(orphaned_groups_get_an_error)
{
    EQ(as_leader(orphaned), 0);
}
static void stopped_orphan(void)
{
    listen_to(SIGHUP);
    listen_to(SIGCONT);
    shared->word[3] = getpid();
    raise(SIGSTOP);
    until(&heard[SIGHUP], 1);
    until(&heard[SIGCONT], 1);
    shared->word[1] = 4;
}
static void parent_of_stopped(void)
{
    int status;
    setpgid(0, 0);
    pid_t child = forked(stopped_orphan);
    OK(setpgid(child, child));
    IS(waitpid(child, &status, WUNTRACED), child);
    EQ(status, SIGSTOP << 8 | 0x7f);
}
static void orphans_stopped(void)
{
    int status;
    pid_t child = forked(parent_of_stopped);
    IS(waitpid(child, &status, 0), child);
    EQ(status, 0);
    until(&shared->word[1], 4);
}
CASE(stopped_orphans_are_hung_up)
{
    EQ(as_leader(orphans_stopped), 0);
}
static void foreground_of_ending(void)
{
    listen_to(SIGHUP);
    setpgid(0, 0);
    shared->word[1] = 1;
    until(&heard[SIGHUP], 1);
    // The terminal belongs to nobody now; Linux sends the signal a moment before.
    for (int fd; (fd = open("/dev/tty", O_RDWR)) >= 0; usleep(1000))
        close(fd);
    EQ(errno, ENXIO);
    shared->word[1] = 5;
}
static void ending_leader(void)
{
    with_terminal();
    signal(SIGTTOU, SIG_IGN);
    pid_t child = forked(foreground_of_ending);
    until(&shared->word[1], 1);
    IS(tcsetpgrp(pty_slave, child), 0);
}
CASE(leader_ends)
{
    EQ(as_leader(ending_leader), 0);
    until(&shared->word[1], 5);
    STR(shared->failure, "");
}
static void hung_up_leader(void)
{
    with_terminal();
    listen_to(SIGHUP);
    listen_to(SIGCONT);
    close(pty_master);
    EQ(heard[SIGHUP], 1);
    EQ(heard[SIGCONT], 1);
    IS(open("/dev/tty", O_RDWR), -ENXIO);
    STR(get(pty_slave), "");
}
CASE(hang_up_tells_the_leader)
{
    EQ(as_leader(hung_up_leader), 0);
}
static void killed_by_hang_up(void)
{
    with_terminal();
    close(pty_master);
    pause();
}
CASE(hang_up_ends_the_leader)
{
    EQ(as_leader(killed_by_hang_up), SIGHUP);
}
ROOT_CASE(vhangup_kills_the_terminal)
{
    IS(syscall(SYS_vhangup), 0);
}
static void sleeper(void) { for (;;) pause(); }
static volatile siginfo_t told;
static void child_changed(int number, siginfo_t *info, void *context)
{
    (void)context;
    heard[number]++;
    *(siginfo_t *)&told = *info;
}
static void reports(void)
{
    int status;
    struct sigaction action = { .sa_sigaction = child_changed, .sa_flags = SA_SIGINFO };
    sigaction(SIGCHLD, &action, NULL);
    pid_t child = forked(sleeper);
    // A group of its own: one without a parent in the session cannot be stopped from a terminal.
    OK(setpgid(child, child));
    OK(kill(child, SIGTSTP));
    until(&heard[SIGCHLD], 1);
    EQ(told.si_code, CLD_STOPPED);
    EQ(told.si_status, SIGTSTP);
    EQ(told.si_pid, child);
    IS(waitpid(child, &status, WNOHANG), 0);
    IS(waitpid(child, &status, WUNTRACED | WNOHANG), child);
    EQ(status, SIGTSTP << 8 | 0x7f);
    IS(waitpid(child, &status, WUNTRACED | WNOHANG), 0);
    OK(kill(child, SIGCONT));
    until(&heard[SIGCHLD], 2);
    EQ(told.si_code, CLD_CONTINUED);
    siginfo_t info = { 0 };
    IS(waitid(P_PID, (id_t)child, &info, WCONTINUED | WNOWAIT), 0);
    EQ(info.si_code, CLD_CONTINUED);
    EQ(info.si_status, SIGCONT);
    IS(waitpid(child, &status, WCONTINUED), child);
    EQ(WIFCONTINUED(status), 1);
    action.sa_flags |= SA_NOCLDSTOP;
    sigaction(SIGCHLD, &action, NULL);
    OK(kill(child, SIGSTOP));
    IS(waitpid(child, &status, WUNTRACED), child);
    EQ(heard[SIGCHLD], 2);
    OK(kill(child, SIGKILL));
    IS(waitpid(child, &status, 0), child);
    EQ(status, SIGKILL);
}
CASE(stops_are_reported)
{
    EQ(as_leader(reports), 0);
}
