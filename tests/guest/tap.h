// A guest program's cases: CASE(name) { … } registers one; main runs them in order and prints one
// line each, `ok name` or `not ok name: why`. Nothing that changes from run to run is printed.
//
// A case ends at its first failed check. When a case kills the program, the runner starts it again
// with TAP_FROM=<number of the next case>, so cases must not lean on each other. With TAP_DIRS
// defined before the include, every case begins in a fresh directory of its own name.
#ifndef TAP_H
#define TAP_H

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define TAP_MAX 256
typedef void (*tap_fn)(void);
static struct { const char *name; tap_fn fn; int root; } tap_cases[TAP_MAX];
static int tap_count;
static char tap_failure[1024];
static char tap_shown[4096];

#define CASE(case_name) TAP_CASE(case_name, 0)
// A case that only root can run; another user's run says so and passes.
#define ROOT_CASE(case_name) TAP_CASE(case_name, 1)
#define TAP_CASE(case_name, needs_root)                                       \
    static void case_##case_name(void);                                       \
    __attribute__((constructor)) static void register_##case_name(void)       \
    {                                                                         \
        tap_cases[tap_count].name = #case_name;                               \
        tap_cases[tap_count].root = needs_root;                               \
        tap_cases[tap_count++].fn = case_##case_name;                         \
    }                                                                         \
    static void case_##case_name(void)

// Fails the case with a message of its own.
__attribute__((format(printf, 1, 2), unused)) static void tap_fail(const char *format, ...)
{
    va_list list;
    va_start(list, format);
    if (!tap_failure[0])
        vsnprintf(tap_failure, sizeof tap_failure, format, list);
    va_end(list);
}

// Adds to the case's line; the runner compares it with what Linux printed.
__attribute__((format(printf, 1, 2), unused)) static void SHOW(const char *format, ...)
{
    size_t used = strlen(tap_shown);
    va_list list;
    va_start(list, format);
    tap_shown[used++] = ' ';
    vsnprintf(tap_shown + used, sizeof tap_shown - used, format, list);
    va_end(list);
}

// An errno's name, so that a failure reads well; numbers that have no name here print as numbers.
__attribute__((unused)) static const char *tap_error(long value)
{
    static char text[2][32];
    static int turn;
    static const struct { int number; const char *name; } names[] = {
#define E(name) { name, #name }
        E(EPERM), E(ENOENT), E(ESRCH), E(EINTR), E(EIO), E(ENXIO), E(E2BIG), E(ENOEXEC), E(EBADF),
        E(ECHILD), E(EAGAIN), E(ENOMEM), E(EACCES), E(EFAULT), E(ENOTBLK), E(EBUSY), E(EEXIST),
        E(EXDEV), E(ENODEV), E(ENOTDIR), E(EISDIR), E(EINVAL), E(ENFILE), E(EMFILE), E(ENOTTY),
        E(ETXTBSY), E(EFBIG), E(ENOSPC), E(ESPIPE), E(EROFS), E(EMLINK), E(EPIPE), E(EDOM),
        E(ERANGE), E(EDEADLK), E(ENAMETOOLONG), E(ENOSYS), E(ENOTEMPTY), E(ELOOP), E(ENODATA),
        E(EOVERFLOW), E(EOPNOTSUPP), E(ETIMEDOUT), E(ESTALE), E(ENOTSOCK), E(EDESTADDRREQ),
        E(EMSGSIZE), E(EPROTOTYPE), E(ENOPROTOOPT), E(EPROTONOSUPPORT), E(EAFNOSUPPORT),
        E(EADDRINUSE), E(ECONNREFUSED), E(EISCONN), E(ENOTCONN), E(EALREADY), E(EINPROGRESS),
        E(ECANCELED), E(ENOLCK), E(ELIBBAD), E(ECONNRESET), E(ECONNABORTED), E(ETOOMANYREFS),
        E(ESOCKTNOSUPPORT), E(ENOBUFS),
#undef E
    };
    for (size_t i = 0; value < 0 && i < sizeof names / sizeof *names; i++)
        if (names[i].number == -value)
            return names[i].name;
    turn = !turn;
    snprintf(text[turn], sizeof text[turn], "%ld", value);
    return text[turn];
}

// A libc call's result as the kernel gave it: negative errno on failure.
__attribute__((unused)) static long tap_result(long value)
{
    return value == -1 ? -errno : value;
}

// The call gives exactly this: a value, or -ESOMETHING.
#define IS(call, want)                                                        \
    do {                                                                      \
        errno = 0;                                                            \
        long got_ = tap_result((long)(call)), want_ = (want);                 \
        if (got_ != want_) {                                                  \
            tap_fail("line %d: %s: got %s want %s", __LINE__, #call,          \
                     tap_error(got_), tap_error(want_));                      \
            return;                                                           \
        }                                                                     \
    } while (0)

// The call succeeds, with whatever value.
#define OK(call)                                                              \
    do {                                                                      \
        errno = 0;                                                            \
        long got_ = tap_result((long)(call));                                 \
        if (got_ < 0 && got_ > -4096) {                                       \
            tap_fail("line %d: %s: got %s want success", __LINE__, #call,     \
                     tap_error(got_));                                        \
            return;                                                           \
        }                                                                     \
    } while (0)

// Two numbers are equal.
#define EQ(left, right)                                                       \
    do {                                                                      \
        long long got_ = (long long)(left), want_ = (long long)(right);       \
        if (got_ != want_) {                                                  \
            tap_fail("line %d: %s: got %lld want %lld", __LINE__, #left,      \
                     got_, want_);                                            \
            return;                                                           \
        }                                                                     \
    } while (0)

// Two strings are equal.
#define STR(left, right)                                                      \
    do {                                                                      \
        const char *got_ = (left), *want_ = (right);                          \
        if (strcmp(got_, want_) != 0) {                                       \
            tap_fail("line %d: %s: got \"%s\" want \"%s\"", __LINE__, #left,  \
                     got_, want_);                                            \
            return;                                                           \
        }                                                                     \
    } while (0)

// A condition holds.
#define TRUE(condition)                                                       \
    do {                                                                      \
        if (!(condition)) {                                                   \
            tap_fail("line %d: %s: got false want true", __LINE__,            \
                     #condition);                                             \
            return;                                                           \
        }                                                                     \
    } while (0)

// A check inside a helper function may have failed; then the case ends.
#define STOP_IF_FAILED()                                                      \
    do {                                                                      \
        if (tap_failure[0])                                                   \
            return;                                                           \
    } while (0)

__attribute__((unused)) static void tap_say(const char *text)
{
    size_t length = strlen(text);
    while (length > 0) {
        ssize_t written = write(1, text, length);
        if (written <= 0)
            _exit(99);
        text += written;
        length -= (size_t)written;
    }
}

// The list of cases, so that the runner knows which one a dead program was in.
__attribute__((unused)) static void tap_plan(void)
{
    static char plan[TAP_MAX * 48];
    size_t used = (size_t)snprintf(plan, sizeof plan, "cases:");
    for (int i = 0; i < tap_count; i++)
        used += (size_t)snprintf(plan + used, sizeof plan - used, " %s", tap_cases[i].name);
    snprintf(plan + used, sizeof plan - used, "\n");
    tap_say(plan);
}

__attribute__((unused)) static int tap_run(int first)
{
    static char line[8192];
    int failed = 0;
    uid_t user = geteuid();
    // What the caller left open is no business of the comparison.
    syscall(SYS_close_range, 3, ~0u, 0);
#ifdef TAP_DIRS
    static char home[4096];
    if (!getcwd(home, sizeof home)) {
        tap_say("no current directory\n");
        return 98;
    }
#endif
    for (int i = first; i < tap_count; i++) {
        tap_failure[0] = tap_shown[0] = 0;
        // A case that failed half-way may have left other ids.
        if (geteuid() != user && setresuid(user, user, user))
            tap_fail("the ids do not come back: %s", tap_error(-errno));
#ifdef TAP_DIRS
        if (chdir(home) || mkdir(tap_cases[i].name, 0755) || chdir(tap_cases[i].name))
            tap_fail("no directory for the case: %s", tap_error(-errno));
#endif
        if (tap_cases[i].root && user != 0)
            SHOW("needs root");
        else if (!tap_failure[0])
            tap_cases[i].fn();
        if (tap_failure[0])
            snprintf(line, sizeof line, "not ok %s: %s\n", tap_cases[i].name, tap_failure);
        else
            snprintf(line, sizeof line, "ok %s%s\n", tap_cases[i].name, tap_shown);
        failed |= tap_failure[0] != 0;
        tap_say(line);
    }
    return failed;
}

#ifndef TAP_NO_MAIN
int main(void)
{
    const char *from = getenv("TAP_FROM");
    if (!from)
        tap_plan();
    return tap_run(from ? atoi(from) : 0);
}
#endif

#endif
