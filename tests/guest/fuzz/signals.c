// Random sequences of masks, actions and signals: what is delivered, and in which order.
// seeds: 6 100
#include "fuzz.h"
#include <signal.h>

static const int numbers[] = { SIGUSR1, SIGUSR2, SIGHUP, SIGTERM, SIGURG, SIGCHLD, SIGWINCH };

static int some_signal(void)
{
    return pick(3) ? ONE_OF(numbers) : SIGRTMIN + (int)pick(3);
}
static char delivered[4096];
static int depth, budget;
static void handler(int signal, siginfo_t *info, void *context)
{
    size_t used = strlen(delivered);
    sigset_t set;
    (void)context;
    sigprocmask(SIG_BLOCK, NULL, &set);
    if (used < sizeof delivered - 100)
        snprintf(delivered + used, 100, " [%d code %d value %d depth %d self %d]", signal, info->si_code,
                 info->si_code == SI_QUEUE ? info->si_value.sival_int : 0, depth, sigismember(&set, signal));
}
static void nested(int signal, siginfo_t *info, void *context)
{
    handler(signal, info, context);
    if (depth < 2 && budget-- > 0) {
        depth++;
        raise(signal == SIGUSR1 ? SIGUSR2 : SIGUSR1);
        depth--;
    }
}
static sigset_t some_set(void)
{
    sigset_t set;
    sigemptyset(&set);
    for (unsigned i = pick(6); i > 0; i--)
        sigaddset(&set, some_signal());
    return set;
}
static const char *shown(const sigset_t *set)
{
    static char text[128];
    text[0] = 0;
    for (int i = 1; i < 65; i++)
        if (sigismember(set, i) == 1)
            sprintf(text + strlen(text), ",%d", i);
    return text;
}
static void do_action(void)
{
    struct sigaction action;
    static const int flags[] = { 0, SA_NODEFER, SA_RESETHAND, SA_RESTART, SA_ONSTACK };
    int signal = some_signal(), kind = (int)pick(5);
    memset(&action, 0, sizeof action);
    action.sa_flags = SA_SIGINFO | ONE_OF(flags);
    action.sa_mask = some_set();
    action.sa_sigaction = kind == 4 ? nested : handler;
    if (kind == 3) {
        action.sa_handler = SIG_IGN;
        action.sa_flags = 0;
    }
    // A default action would end the program, but for those that are ignored anyway.
    if (kind == 2 && (signal == SIGURG || signal == SIGCHLD || signal == SIGWINCH)) {
        action.sa_handler = SIG_DFL;
        action.sa_flags = 0;
    }
    if (action.sa_flags & SA_RESETHAND && signal != SIGURG && signal != SIGCHLD && signal != SIGWINCH)
        action.sa_flags &= ~SA_RESETHAND;
    say("sigaction(%d, kind %d, flags %#x, mask %s)", signal, kind, action.sa_flags, shown(&action.sa_mask));
    say(" = %s", tap_error(tap_result(sigaction(signal, &action, NULL))));
}
static void do_mask(void)
{
    sigset_t set = some_set(), old;
    int how = (int)pick(3);
    say("sigprocmask(%d, %s)", how, shown(&set));
    sigprocmask(how, &set, &old);
    say(" old %s", shown(&old));
}
static void do_send(void)
{
    int signal = some_signal(), value = (int)pick(1000);
    switch (pick(3)) {
    case 0:
        say("kill(%d) = %s", signal, tap_error(tap_result(kill(getpid(), signal))));
        break;
    case 1:
        say("tgkill(%d) = %s", signal, tap_error(tap_result(syscall(SYS_tgkill, getpid(), gettid(), signal))));
        break;
    default:
        say("sigqueue(%d, %d) = %s", signal, value,
            tap_error(tap_result(sigqueue(getpid(), signal, (union sigval){ .sival_int = value }))));
    }
}
static void do_pending(void)
{
    sigset_t set;
    sigpending(&set);
    say("pending %s", shown(&set));
}
static void do_take(void)
{
    sigset_t set = some_set();
    siginfo_t info;
    struct timespec zero = { 0, 0 };
    memset(&info, 0, sizeof info);
    say("sigtimedwait(%s)", shown(&set));
    long got = tap_result(sigtimedwait(&set, &info, &zero));
    say(" = %s code %d value %d", tap_error(got), got > 0 ? info.si_code : 0,
        got > 0 && info.si_code == SI_QUEUE ? info.si_value.sival_int : 0);
}
static void do_suspend(void)
{
    sigset_t pending, mask, none;
    sigpending(&pending);
    sigprocmask(SIG_BLOCK, NULL, &mask);
    sigemptyset(&none);
    // Only when something waits for it, for else it would wait without end.
    int waits = 0;
    for (int i = 1; i < 65; i++) {
        struct sigaction action;
        if (sigismember(&pending, i) == 1 && sigaction(i, NULL, &action) == 0)
            waits |= action.sa_handler != SIG_DFL && action.sa_handler != SIG_IGN;
    }
    if (waits)
        say("sigsuspend() = %s", tap_error(tap_result(sigsuspend(&none))));
    else
        say("nothing");
}
static void step(void)
{
    static void (*const steps[])(void) = { do_action, do_mask, do_mask, do_send, do_send, do_send, do_pending,
                                           do_take, do_suspend };
    delivered[0] = 0;
    budget = 3;
    ONE_OF(steps)();
    say("%s\n", delivered);
}

int main(int count, char **words)
{
    struct sigaction action = { .sa_sigaction = handler, .sa_flags = SA_SIGINFO };
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        sigaction(numbers[i], &action, NULL);
    for (int i = 0; i < 3; i++)
        sigaction(SIGRTMIN + i, &action, NULL);
    fuzz(count, words, step);
    return 0;
}
