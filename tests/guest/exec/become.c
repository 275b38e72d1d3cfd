// execve(2) in place: the program runs itself again and reports what it finds.
// build: static dynamic
// run: plain plain
// run: noenv noenv
// run: manyargs manyargs
// run: script script
// run: scriptarg scriptarg
// run: nested nested
// run: cloexec cloexec
// run: signals signals
// run: identity identity
// run: chain chain 50
// run: fexec fexec
// run: emptyargv emptyargv
// run: name name
// run: memory memory
// run: altstack altstack
// run: timers timers
// run: setuid setuid
// run: kept kept
#define TAP_NO_MAIN
#include "../files.h"
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/time.h>

static char self[4096];
static char *environment[] = { "ONE=1", "TWO=two words", NULL };

static void again(char **words, char **variables)
{
    fflush(stdout);
    execve(self, words, variables);
    printf("exec failed: %s\n", tap_error(-errno));
    exit(1);
}
static const char *base(const char *path)
{
    return strrchr(path, '/') ? strrchr(path, '/') + 1 : path;
}
static void handler(int signal) { (void)signal; }

// The second life: prints what it was given.
static int report(int count, char **words, char **variables)
{
    sigset_t set;
    struct sigaction action;
    for (int i = 1; i < count; i++)
        printf("argument %d: %.60s (%zu)\n", i, base(words[i]), strlen(words[i]));
    for (int i = 0; variables[i]; i++)
        printf("variable: %s\n", variables[i]);
    printf("execfn: %s\n", base((const char *)getauxval(AT_EXECFN)));
    sigprocmask(SIG_BLOCK, NULL, &set);
    printf("blocked: usr1 %d usr2 %d\n", sigismember(&set, SIGUSR1), sigismember(&set, SIGUSR2));
    sigaction(SIGUSR2, NULL, &action);
    printf("usr2: %s\n", action.sa_handler == SIG_DFL ? "default" : action.sa_handler == SIG_IGN ? "ignored" : "?");
    sigaction(SIGHUP, NULL, &action);
    printf("hup: %s\n", action.sa_handler == SIG_DFL ? "default" : action.sa_handler == SIG_IGN ? "ignored" : "?");
    sigpending(&set);
    printf("pending: usr1 %d\n", sigismember(&set, SIGUSR1));
    stack_t stack;
    sigaltstack(NULL, &stack);
    printf("altstack: %s\n", stack.ss_flags & SS_DISABLE ? "none" : "set");
    for (int fd = 3; fd < 12; fd++)
        if (fcntl(fd, F_GETFD) >= 0)
            printf("descriptor %d: flags %d offset %ld\n", fd, fcntl(fd, F_GETFD), (long)lseek(fd, 0, SEEK_CUR));
    char name[32] = "";
    prctl(PR_GET_NAME, name);
    // A program run by descriptor was named by its number until Linux 6.14, since then by its file.
    printf("name: %s\n", strspn(name, "0123456789") == strlen(name) ? base(self) : name);
    mode_t mask = umask(0);
    printf("umask: %o ids: %d %d secure %lu\n", mask, getuid(), geteuid(), getauxval(AT_SECURE));
    struct itimerval timer;
    getitimer(ITIMER_REAL, &timer);
    printf("timer: %s\n", timer.it_value.tv_sec ? "running" : "off");
    char byte = 0, cwd[4096] = "";
    syscall(SYS_getcwd, cwd, sizeof cwd);
    printf("cwd: %s read: %zd\n", strcmp(base(cwd), "below") ? "unchanged" : "below", read(11, &byte, 1) == 1 ? (ssize_t)byte : (ssize_t)-1);
    return 7;
}

static void write_script(const char *name, const char *line, const char *more)
{
    FILE *file = fopen(name, "w");
    if (!file)
        exit(2);
    fprintf(file, line, self, more);
    fclose(file);
    chmod(name, 0755);
}

static void prepare(const char *how)
{
    sigset_t set;
    if (!strcmp(how, "cloexec")) {
        if (dup2(open("/dev/zero", O_RDONLY), 5) != 5 || dup3(5, 6, O_CLOEXEC) != 6)
            exit(3);
        syscall(SYS_close_range, 3, 4, 0);
    }
    if (!strcmp(how, "signals")) {
        sigemptyset(&set);
        sigaddset(&set, SIGUSR1);
        sigprocmask(SIG_BLOCK, &set, NULL);
        signal(SIGUSR2, handler);
        signal(SIGHUP, SIG_IGN);
        raise(SIGUSR1);
    }
    if (!strcmp(how, "identity"))
        umask(0123);
    if (!strcmp(how, "name"))
        prctl(PR_SET_NAME, "old name");
    if (!strcmp(how, "altstack")) {
        stack_t stack = { .ss_sp = malloc(65536), .ss_size = 65536 };
        sigaltstack(&stack, NULL);
    }
    if (!strcmp(how, "timers"))
        alarm(1000);
    if (!strcmp(how, "kept")) {
        int p[2];
        mkdir("below", 0755);
        if (chdir("below") || pipe(p) || write(p[1], "k", 1) != 1 || dup2(p[0], 11) != 11)
            exit(4);
        syscall(SYS_close_range, 3, 10, 0);
    }
    if (!strcmp(how, "memory")) {
        // Much memory, mapped and locked, must be gone for the next program.
        for (int i = 0; i < 100; i++)
            if (mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0) ==
                MAP_FAILED)
                exit(5);
    }
    if (!strcmp(how, "setuid") && setresuid(65534, 65534, 65534))
        exit(6);
}

int main(int count, char **words, char **variables)
{
    const char *how = count > 1 ? words[1] : "report";
    ssize_t length = readlink("/proc/self/exe", self, sizeof self - 1);
    self[length < 0 ? 0 : length] = 0;
    setvbuf(stdout, NULL, _IOFBF, 65536);
    if (count == 0 || !strcmp(how, "report") || strstr(words[0], "script") || strstr(self, "copy"))
        return report(count, words, variables);
    // What the caller left open is no business of the comparison.
    syscall(SYS_close_range, 3, ~0u, 0);
    prepare(how);
    char *plain[] = { "first", "report", "a", "", "last one", NULL };
    if (!strcmp(how, "noenv"))
        again(plain, (char *[]){ NULL });
    if (!strcmp(how, "emptyargv"))
        again((char *[]){ NULL }, environment);
    if (!strcmp(how, "manyargs")) {
        static char *many[20003], big[100000];
        memset(big, 'b', sizeof big - 1);
        many[0] = "first";
        many[1] = "report";
        for (int i = 2; i < 300; i++)
            many[i] = i == 200 ? big : "word";
        again(many, environment);
    }
    if (!strcmp(how, "chain") && count > 2 && atoi(words[2]) > 0) {
        char number[16];
        snprintf(number, sizeof number, "%d", atoi(words[2]) - 1);
        again((char *[]){ "first", "chain", number, NULL }, environment);
    }
    if (!strcmp(how, "fexec")) {
        fflush(stdout);
        syscall(SYS_execveat, open(self, O_RDONLY | O_CLOEXEC), "", plain, environment, AT_EMPTY_PATH);
        return 8;
    }
    if (!strcmp(how, "script"))
        write_script("script", "#!%s\nrest\n", "");
    if (!strcmp(how, "scriptarg"))
        write_script("script", "#! %s  report and more %s \nrest", "words  ");
    if (!strcmp(how, "nested")) {
        write_script("inner", "#!%s report\n", "");
        put("script", "#!./inner argument of outer\n");
        chmod("script", 0755);
    }
    if (!strncmp(how, "script", 6) || !strcmp(how, "nested")) {
        plain[0] = "script";
        execve("./script", plain, environment);
        printf("exec failed: %s\n", tap_error(-errno));
        return 1;
    }
    again(plain, environment);
    return 9;
}
