// Parents, orphans, zombies, reapers, SIGCHLD, groups and sessions.
#include "process.h"

static int *words;
static volatile int chld, chld_code, chld_status, chld_pid;

static void on_chld(int number, siginfo_t *info, void *context)
{
    chld++;
    chld_code = info->si_code;
    chld_status = info->si_status;
    chld_pid = info->si_pid;
}
static void handle_chld(int flags)
{
    struct sigaction action = { .sa_sigaction = on_chld, .sa_flags = SA_SIGINFO | flags };
    sigaction(SIGCHLD, &action, 0);
    chld = chld_code = chld_status = 0;
}
static int child_comes(int count)
{
    for (int i = 0; i < 10000 && chld < count; i++)
        usleep(1000);
    return chld;
}
CASE(what_sigchld_says)
{
    handle_chld(0);
    pid_t pid = fork();
    if (pid == 0)
        _exit(9);
    EQ(child_comes(1), 1);
    EQ(chld_code, CLD_EXITED);
    EQ(chld_status, 9);
    EQ(chld_pid, pid);
    wait(0);
    pid = idle_child();
    kill(pid, SIGSTOP);
    EQ(child_comes(2), 2);
    EQ(chld_code, CLD_STOPPED);
    EQ(chld_status, SIGSTOP);
    kill(pid, SIGCONT);
    EQ(child_comes(3), 3);
    EQ(chld_code, CLD_CONTINUED);
    EQ(chld_status, SIGCONT);
    kill(pid, SIGTERM);
    EQ(child_comes(4), 4);
    EQ(chld_code, CLD_KILLED);
    EQ(chld_status, SIGTERM);
    wait(0);
    signal(SIGCHLD, SIG_DFL);
}
CASE(no_sigchld_for_stops)
{
    handle_chld(SA_NOCLDSTOP);
    pid_t pid = idle_child();
    int status;
    kill(pid, SIGSTOP);
    IS(waitpid(pid, &status, WUNTRACED), pid);
    kill(pid, SIGCONT);
    IS(waitpid(pid, &status, WCONTINUED), pid);
    EQ(chld, 0);
    kill(pid, SIGKILL);
    EQ(child_comes(1), 1);
    wait(0);
    signal(SIGCHLD, SIG_DFL);
}
CASE(children_that_nobody_waits_for)
{
    signal(SIGCHLD, SIG_IGN);
    pid_t pid = fork();
    if (pid == 0)
        _exit(0);
    IS(waitpid(pid, 0, 0), -ECHILD);
    IS(kill(pid, 0), -ESRCH);
    handle_chld(SA_NOCLDWAIT);
    pid = fork();
    if (pid == 0)
        _exit(0);
    IS(waitpid(pid, 0, 0), -ECHILD);
    EQ(child_comes(1), 1);
    // Ignoring it later reaps nothing.
    signal(SIGCHLD, SIG_DFL);
    pid = fork();
    if (pid == 0)
        _exit(4);
    siginfo_t info;
    IS(waitid(P_PID, pid, &info, WEXITED | WNOWAIT), 0);
    signal(SIGCHLD, SIG_IGN);
    int status;
    IS(waitpid(pid, &status, 0), pid);
    EQ(status, 4 << 8);
    signal(SIGCHLD, SIG_DFL);
}
CASE(zombies)
{
    pid_t pid = fork();
    if (pid == 0)
        _exit(0);
    siginfo_t info;
    waitid(P_PID, pid, &info, WEXITED | WNOWAIT);
    IS(kill(pid, 0), 0);
    IS(kill(pid, SIGTERM), 0);
    IS(getpgid(pid), getpgrp());
    IS(getsid(pid), getsid(0));
    char name[64], text[512] = "";
    snprintf(name, sizeof name, "/proc/%d/stat", pid);
    int fd = open(name, O_RDONLY);
    TRUE(read(fd, text, sizeof text - 1) > 0);
    close(fd);
    TRUE(strstr(text, ") Z ") != NULL);
    snprintf(name, sizeof name, "/proc/%d/cmdline", pid);
    fd = open(name, O_RDONLY);
    IS(read(fd, text, sizeof text), 0);
    close(fd);
    snprintf(name, sizeof name, "/proc/%d/exe", pid);
    IS(readlink(name, text, sizeof text), -ENOENT);
    IS(setpgid(pid, pid), 0);
    waitpid(pid, 0, 0);
    IS(kill(pid, 0), -ESRCH);
    IS(getpgid(pid), -ESRCH);
}
CASE(subreaper)
{
    words = shared_words();
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    pid_t pid = fork();
    if (pid == 0) {
        // The attribute is not inherited.
        int value = -1;
        prctl(PR_GET_CHILD_SUBREAPER, &value);
        words[2] = value;
        pid_t grandchild = fork();
        if (grandchild == 0) {
            word_becomes(words, 1);
            words[1] = getppid();
            _exit(11);
        }
        words[3] = grandchild;
        _exit(10);
    }
    int status;
    IS(waitpid(pid, &status, 0), pid);
    EQ(words[2], 0);
    words[0] = 1;
    IS(wait(&status), words[3]);
    EQ(status, 11 << 8);
    EQ(words[1], getpid());
    prctl(PR_SET_CHILD_SUBREAPER, 0);
}
// A zombie whose parent ends goes to the new parent, too; its end is told as SIGCHLD whatever it chose.
static int clone_body(void *unused)
{
    _exit(12);
}
CASE(a_zombie_changes_its_parent)
{
    static char stack[65536];
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    words = shared_words();
    pid_t pid = fork();
    if (pid == 0) {
        words[0] = clone(clone_body, stack + sizeof stack, SIGUSR2, 0);
        siginfo_t info;
        waitid(P_PID, words[0], &info, WEXITED | WNOWAIT | __WALL);
        _exit(0);
    }
    int status;
    IS(waitpid(pid, &status, 0), pid);
    IS(waitpid(words[0], &status, 0), words[0]);
    EQ(status, 12 << 8);
    prctl(PR_SET_CHILD_SUBREAPER, 0);
}
CASE(clone_parent)
{
    static char stack[65536];
    words = shared_words();
    pid_t pid = fork();
    if (pid == 0) {
        words[0] = clone(clone_body, stack + sizeof stack, CLONE_PARENT, 0);
        IS(waitpid(words[0], 0, __WALL), -ECHILD);
        _exit(0);
    }
    IS(waitpid(pid, 0, 0), pid);
    int status;
    IS(waitpid(words[0], &status, 0), words[0]);
    EQ(status, 12 << 8);
}
static void on_death(int number, siginfo_t *info, void *context)
{
    words[1] = info->si_code;
    words[2] = info->si_pid;
    words[0] = number;
}
CASE(parent_death_signal)
{
    words = shared_words();
    pid_t pid = fork();
    if (pid == 0) {
        words[3] = getpid();
        if (fork() == 0) {
            struct sigaction action = { .sa_sigaction = on_death, .sa_flags = SA_SIGINFO };
            sigaction(SIGUSR1, &action, 0);
            prctl(PR_SET_PDEATHSIG, SIGUSR1);
            int value = -1;
            if (fork() == 0) {
                prctl(PR_GET_PDEATHSIG, &value);
                _exit(value);
            }
            wait(&words[5]);
            words[4] = 1;
            for (;;)
                pause();
        }
        word_becomes(words + 4, 1);
        words[6] = getpid();
        _exit(0);
    }
    waitpid(pid, 0, 0);
    TRUE(word_becomes(words, SIGUSR1));
    EQ(words[1], SI_USER);
    EQ(words[2], pid);
    EQ(words[5], 0);
}
CASE(groups_and_sessions_of_others)
{
    words = shared_words();
    pid_t pid = idle_child();
    IS(setpgid(pid, 0), 0);
    IS(getpgid(pid), pid);
    IS(setpgid(pid, getpgrp()), 0);
    IS(setpgid(pid, 99999), -EPERM);
    IS(setpgid(pid, -1), -EINVAL);
    IS(setpgid(99999, 0), -ESRCH);
    end_child(pid);
    pid = fork();
    if (pid == 0)
        _exit(setpgid(getppid(), 0) == -1 ? errno : 0);
    EQ(status_of(pid), ESRCH << 8);
    pid = fork();
    if (pid == 0) {
        int outcome = setsid() == getpid() && getsid(0) == getpid() && getpgrp() == getpid();
        outcome &= setsid() == -1 && errno == EPERM;
        outcome &= setpgid(0, 0) == -1 && errno == EPERM;
        words[0] = outcome + 1;
        for (;;)
            pause();
    }
    TRUE(word_becomes(words, 2));
    IS(setpgid(pid, pid), -EPERM);
    IS(getsid(pid), pid);
    end_child(pid);
    // A leader of a group that has another session's number cannot begin one.
    pid = fork();
    if (pid == 0) {
        setpgid(0, 0);
        _exit(setsid() == -1 ? errno : 0);
    }
    EQ(status_of(pid), EPERM << 8);
}
// After exec the parent may not move it any more.
CASE(setpgid_after_exec)
{
    int p[2];
    IS(pipe2(p, O_CLOEXEC), 0);
    int hold[2];
    IS(pipe(hold), 0);
    pid_t pid = fork();
    if (pid == 0) {
        close(hold[1]);
        dup2(hold[0], 0);
        execl("/bin/cat", "cat", NULL);
        _exit(1);
    }
    close(p[1]);
    char byte;
    IS(read(p[0], &byte, 1), 0);
    IS(setpgid(pid, pid), -EACCES);
    close(hold[0]);
    close(hold[1]);
    close(p[0]);
    EQ(status_of(pid), 0);
}
static void note(int number)
{
    __atomic_or_fetch(words + 1, number == SIGHUP ? 1 : 2, __ATOMIC_SEQ_CST);
}
// A group that becomes orphaned with a stopped member gets SIGHUP and SIGCONT.
CASE(orphaned_group)
{
    words = shared_words();
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    pid_t session = fork();
    if (session == 0) {
        setsid();
        // The parent of the group, in another group of the same session.
        pid_t parent = fork();
        if (parent == 0) {
            pid_t member = fork();
            if (member == 0) {
                setpgid(0, 0);
                signal(SIGHUP, note);
                signal(SIGCONT, note);
                words[0] = 1;
                raise(SIGSTOP);
                words[2] = 1;
                _exit(0);
            }
            word_becomes(words, 1);
            waitpid(member, 0, WUNTRACED);
            _exit(0);
        }
        waitpid(parent, 0, 0);
        word_becomes(words + 2, 1);
        _exit(0);
    }
    EQ(status_of(session), 0);
    while (wait(0) > 0)
        ;
    EQ(words[1], 3);
    EQ(words[2], 1);
    prctl(PR_SET_CHILD_SUBREAPER, 0);
}
// SIGTSTP and its like do not stop an orphaned group; SIGSTOP does.
CASE(orphans_are_not_stopped_by_the_terminal)
{
    words = shared_words();
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    pid_t pid = fork();
    if (pid == 0) {
        setsid();
        raise(SIGTSTP);
        raise(SIGTTIN);
        raise(SIGTTOU);
        _exit(5);
    }
    int status;
    IS(waitpid(pid, &status, WUNTRACED), pid);
    EQ(status, 5 << 8);
    prctl(PR_SET_CHILD_SUBREAPER, 0);
}
CASE(kill_many)
{
    words = shared_words();
    pid_t leader = fork();
    if (leader == 0) {
        setpgid(0, 0);
        for (int i = 0; i < 3; i++)
            if (fork() == 0) {
                __atomic_add_fetch(words, 1, __ATOMIC_SEQ_CST);
                for (;;)
                    pause();
            }
        while (wait(0) > 0)
            __atomic_add_fetch(words + 1, 1, __ATOMIC_SEQ_CST);
        _exit(0);
    }
    TRUE(word_becomes(words, 3));
    IS(kill(-leader, 0), 0);
    IS(kill(-leader, 65), -EINVAL);
    IS(kill(-99999, 0), -ESRCH);
    IS(kill(-leader, SIGKILL), 0);
    EQ(status_of(leader), SIGKILL);
}
