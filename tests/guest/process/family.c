// Parents, zombies, subreapers, orphaned groups, sessions.
#include "process.h"
#include <termios.h>
#include <pthread.h>

static int *words;

// What a child's link in /proc says; an error's number as such.
static long link_of(pid_t pid, const char *name, char *target, size_t size)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/%s", pid, name);
    long length = tap_result(readlink(path, target, size - 1));
    if (length >= 0)
        target[length] = 0;
    return length;
}
// Waits until a process has become a zombie, and leaves it one.
static void becomes_zombie(pid_t pid)
{
    siginfo_t info;
    waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT);
}
static char state_of(pid_t pid)
{
    char path[64], text[512] = "";
    snprintf(path, sizeof path, "/proc/%d/stat", pid);
    int fd = open(path, O_RDONLY);
    ssize_t length = read(fd, text, sizeof text - 1);
    close(fd);
    char *end = length > 0 ? strrchr(text, ')') : 0;
    return end ? end[2] : '?';
}
static int state_becomes(pid_t pid, char state)
{
    for (int i = 0; i < 10000; i++) {
        if (state_of(pid) == state)
            return 1;
        usleep(1000);
    }
    return 0;
}
// The exit status of a child that did its checks itself.
#define CHILD_SAYS(pid, want) EQ(status_of(pid), (want) << 8)

CASE(zombie_links_lead_nowhere)
{
    char target[256];
    pid_t pid = fork();
    if (pid == 0)
        _exit(3);
    becomes_zombie(pid);
    IS(link_of(pid, "exe", target, sizeof target), -ENOENT);
    IS(link_of(pid, "cwd", target, sizeof target), -ENOENT);
    IS(link_of(pid, "root", target, sizeof target), -ENOENT);
    EQ(state_of(pid), 'Z');
    // It can still be signalled, and has still its number, group and session.
    IS(kill(pid, SIGKILL), 0);
    IS(getpgid(pid), getpgrp());
    IS(getsid(pid), getsid(0));
    CHILD_SAYS(pid, 3);
    IS(kill(pid, 0), -ESRCH);
}
CASE(subreaper_waits_for_grandchildren)
{
    pid_t reaper = fork();
    if (reaper == 0) {
        if (prctl(PR_SET_CHILD_SUBREAPER, 1))
            _exit(1);
        for (int i = 0; i < 3; i++) {
            if (fork() == 0) {
                for (int j = 0; j < 2; j++)
                    if (fork() == 0)
                        _exit(10 + j);
                _exit(1);
            }
        }
        // Three children and six grandchildren, whoever ends first.
        int sum = 0, count = 0, status;
        while (wait(&status) > 0) {
            count++;
            sum += WEXITSTATUS(status);
        }
        _exit(errno == ECHILD && count == 9 && sum == 3 + 3 * 21 ? 0 : 2);
    }
    CHILD_SAYS(reaper, 0);
}
CASE(subreaper_is_the_nearest_one)
{
    words = shared_words();
    words[0] = words[1] = 0;
    pid_t far = fork();
    if (far == 0) {
        prctl(PR_SET_CHILD_SUBREAPER, 1);
        pid_t near = fork();
        if (near == 0) {
            // The attribute is not inherited.
            int is_reaper = -1;
            prctl(PR_GET_CHILD_SUBREAPER, &is_reaper);
            if (is_reaper != 0)
                _exit(7);
            prctl(PR_SET_CHILD_SUBREAPER, 1);
            pid_t middle = fork();
            if (middle == 0) {
                pid_t orphan = fork();
                if (orphan == 0) {
                    word_becomes(words, 1);
                    words[1] = getppid();
                    _exit(5);
                }
                _exit(0);
            }
            waitpid(middle, 0, 0);
            words[0] = 1;
            int status;
            pid_t found = wait(&status);
            _exit(found > 0 && WEXITSTATUS(status) == 5 && words[1] == getpid() ? 0 : 3);
        }
        int status;
        waitpid(near, &status, 0);
        _exit(WEXITSTATUS(status));
    }
    CHILD_SAYS(far, 0);
}
CASE(zombie_is_inherited)
{
    pid_t reaper = fork();
    if (reaper == 0) {
        prctl(PR_SET_CHILD_SUBREAPER, 1);
        pid_t middle = fork();
        if (middle == 0) {
            pid_t zombie = fork();
            if (zombie == 0)
                _exit(9);
            becomes_zombie(zombie);
            _exit(0);
        }
        int status;
        waitpid(middle, 0, 0);
        _exit(wait(&status) > 0 && WEXITSTATUS(status) == 9 ? 0 : 1);
    }
    CHILD_SAYS(reaper, 0);
}
CASE(orphans_of_one_who_ignores_children)
{
    pid_t reaper = fork();
    if (reaper == 0) {
        prctl(PR_SET_CHILD_SUBREAPER, 1);
        signal(SIGCHLD, SIG_IGN);
        if (fork() == 0) {
            if (fork() == 0)
                _exit(0);
            _exit(0);
        }
        // Nothing is ever found, and the wait ends when the last one has.
        _exit(wait(0) == -1 && errno == ECHILD ? 0 : 1);
    }
    CHILD_SAYS(reaper, 0);
}
// A session of its own whose leader runs `body`; gives its exit status.
static int in_session(int (*body)(void))
{
    pid_t pid = fork();
    if (pid == 0) {
        setsid();
        _exit(body());
    }
    int status = status_of(pid);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 0x100 | status;
}
static volatile sig_atomic_t hung_up;
static void on_hup(int number)
{
    (void)number;
    hung_up = 1;
}
CASE(reparented_to_the_session_is_no_orphan)
{
    // The leader is the new parent, in the same session: so the group is not orphaned, and stays stopped.
    words = shared_words();
    pid_t pid = fork();
    if (pid == 0) {
        setsid();
        prctl(PR_SET_CHILD_SUBREAPER, 1);
        pid_t parent = fork();
        if (parent == 0) {
            pid_t member = fork();
            if (member == 0) {
                setpgid(0, 0);
                raise(SIGSTOP);
                _exit(4);
            }
            words[0] = member;
            waitpid(member, 0, WUNTRACED);
            _exit(0);
        }
        waitpid(parent, 0, 0);
        int stays = state_becomes(words[0], 'T');
        kill(words[0], SIGKILL);
        waitpid(words[0], 0, 0);
        _exit(stays ? 0 : 1);
    }
    CHILD_SAYS(pid, 0);
}
// The leader of the session ends, who was the parent of the stopped group.
static void leader_with_group(int ignores)
{
    setsid();
    pid_t member = fork();
    if (member == 0) {
        setpgid(0, 0);
        signal(SIGHUP, ignores ? SIG_IGN : on_hup);
        words[0] = getpid();
        raise(SIGSTOP);
        words[1] = hung_up ? 1 : 2;
        _exit(4);
    }
    waitpid(member, 0, WUNTRACED);
    _exit(0);
}
static int orphaned_by_leader(int ignores)
{
    words = shared_words();
    memset(words, 0, 64);
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    pid_t leader = fork();
    if (leader == 0)
        leader_with_group(ignores);
    waitpid(leader, 0, 0);
    int status = status_of(words[0]);
    prctl(PR_SET_CHILD_SUBREAPER, 0);
    return words[1] * 16 + (WIFEXITED(status) ? WEXITSTATUS(status) : 15);
}
CASE(stopped_orphans_are_hung_up)
{
    EQ(orphaned_by_leader(0), 1 * 16 + 4);
    EQ(orphaned_by_leader(1), 2 * 16 + 4);
}
CASE(running_orphans_are_left_alone)
{
    words = shared_words();
    memset(words, 0, 64);
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    pid_t leader = fork();
    if (leader == 0) {
        setsid();
        pid_t member = fork();
        if (member == 0) {
            setpgid(0, 0);
            signal(SIGHUP, on_hup);
            words[0] = getpid();
            word_becomes(words + 2, 1);
            _exit(hung_up ? 1 : 0);
        }
        word_becomes(words, member);
        _exit(0);
    }
    waitpid(leader, 0, 0);
    words[2] = 1;
    CHILD_SAYS(words[0], 0);
    prctl(PR_SET_CHILD_SUBREAPER, 0);
}
// The last member with a parent outside of the group ends itself.
CASE(group_is_orphaned_by_its_own_member)
{
    words = shared_words();
    memset(words, 0, 64);
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    pid_t session = fork();
    if (session == 0) {
        setsid();
        pid_t first = fork();
        if (first == 0) {
            setpgid(0, 0);
            pid_t second = fork();
            if (second == 0) {
                signal(SIGHUP, on_hup);
                words[0] = getpid();
                raise(SIGSTOP);
                words[1] = hung_up ? 1 : 2;
                _exit(4);
            }
            waitpid(second, 0, WUNTRACED);
            _exit(0);
        }
        waitpid(first, 0, 0);
        word_becomes(words + 3, 1);
        _exit(0);
    }
    // The second one's parent is now this process, of another session: the group is orphaned.
    int told = word_becomes(words + 1, 1);
    words[3] = 1;
    while (wait(0) > 0)
        ;
    prctl(PR_SET_CHILD_SUBREAPER, 0);
    TRUE(told);
    (void)session;
}
static int terminal_signals_stop_no_orphans(void)
{
    // This leader's parent is in another session: its own group is orphaned.
    pid_t pid = fork();
    if (pid == 0) {
        raise(SIGTSTP);
        raise(SIGTTIN);
        raise(SIGTTOU);
        _exit(6);
    }
    int status = 0;
    waitpid(pid, &status, WUNTRACED);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
CASE(terminal_stops_pass_orphans_by)
{
    EQ(in_session(terminal_signals_stop_no_orphans), 6);
}
static int read_from_orphaned_background(void)
{
    words = shared_words();
    memset(words, 0, 64);
    int master = posix_openpt(O_RDWR | O_NOCTTY);
    char name[64];
    if (master < 0 || grantpt(master) || unlockpt(master) || ptsname_r(master, name, sizeof name))
        return 1;
    int terminal = open(name, O_RDWR);
    if (terminal < 0)
        return 2;
    // In the background, with a parent in the session: the read stops it.
    pid_t pid = fork();
    if (pid == 0) {
        setpgid(0, 0);
        char byte;
        signal(SIGTTIN, SIG_DFL);
        long got = tap_result(read(terminal, &byte, 1));
        words[1] = (int)got;
        _exit(0);
    }
    int status;
    waitpid(pid, &status, WUNTRACED);
    if (!WIFSTOPPED(status) || WSTOPSIG(status) != SIGTTIN)
        return 3;
    kill(pid, SIGKILL);
    waitpid(pid, &status, 0);
    // In the background, and the one parent in the session in the same group: the read fails.
    pid_t middle = fork();
    if (middle == 0) {
        setpgid(0, 0);
        pid_t reader = fork();
        if (reader == 0) {
            word_becomes(words + 2, 1);
            char byte;
            words[1] = (int)tap_result(read(terminal, &byte, 1));
            words[3] = 1;
            _exit(0);
        }
        words[0] = reader;
        _exit(0);
    }
    waitpid(middle, &status, 0);
    words[2] = 1;
    if (!word_becomes(words + 3, 1))
        return 4;
    return words[1] == -EIO ? 0 : 5;
}
CASE(orphans_in_the_background_read_nothing)
{
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    EQ(in_session(read_from_orphaned_background), 0);
    while (wait(0) > 0)
        ;
    prctl(PR_SET_CHILD_SUBREAPER, 0);
}
CASE(a_group_goes_with_its_last_member)
{
    pid_t first = idle_child(), second = idle_child(), third = idle_child();
    IS(setpgid(first, first), 0);
    IS(setpgid(second, first), 0);
    end_child(first);
    IS(kill(-first, 0), 0);
    IS(getpgid(second), first);
    // The group lives on without the process that it is named after.
    IS(setpgid(third, first), 0);
    IS(setpgid(third, third), 0);
    end_child(second);
    IS(kill(-first, 0), -ESRCH);
    IS(setpgid(third, first), -EPERM);
    end_child(third);
}
static void *make_child(void *argument)
{
    pid_t *pid = argument;
    *pid = fork();
    if (*pid == 0)
        _exit(2);
    becomes_zombie(*pid);
    // The thread's own child is found, whatever else there is.
    siginfo_t info;
    memset(&info, 0, sizeof info);
    if (syscall(SYS_waitid, P_ALL, 0, &info, WEXITED | WNOWAIT | __WNOTHREAD, 0) || info.si_pid != *pid)
        *pid = -1;
    word_becomes(words, 1);
    return 0;
}
CASE(children_of_other_threads)
{
    words = shared_words();
    words[0] = 0;
    pid_t pid = 0;
    pthread_t thread;
    EQ(pthread_create(&thread, 0, make_child, &pid), 0);
    siginfo_t info;
    while (syscall(SYS_waitid, P_ALL, 0, &info, WEXITED | WNOWAIT | WNOHANG, 0) || !info.si_pid)
        usleep(1000);
    IS(syscall(SYS_wait4, -1, 0, __WNOTHREAD, 0), -ECHILD);
    words[0] = 1;
    pthread_join(thread, 0);
    TRUE(pid > 0);
    // With its thread gone, which may take a moment after it was joined, the child is another thread's.
    long found;
    while ((found = tap_result(syscall(SYS_wait4, -1, 0, __WNOTHREAD, 0))) == -ECHILD)
        usleep(1000);
    EQ(found, pid);
}
