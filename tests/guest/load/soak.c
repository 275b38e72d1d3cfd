// Forks, executes, threads, signals and pipes at random; in the end nothing is lost and nothing is left.
// run: brief 0 1
// full: long 600 1
// timeout: 900
#define TAP_NO_MAIN
#include "../tap.h"
#include <dirent.h>
#include <pthread.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>

static unsigned long state;
static volatile sig_atomic_t signals;

static unsigned random_number(void)
{
    state = state * 6364136223846793005ul + 1442695040888963407ul;
    return (unsigned)(state >> 33);
}
static void fail(const char *what)
{
    printf("failed: %s: %s\n", what, tap_error(-errno));
    exit(1);
}
static void on_signal(int number)
{
    signals++;
}
static void expect(pid_t pid, int wanted, const char *what)
{
    int status = -1;
    if (pid < 0)
        fail(what);
    while (waitpid(pid, &status, 0) < 0)
        if (errno != EINTR)
            fail(what);
    if (status != wanted) {
        printf("failed: %s: status %x\n", what, status);
        exit(1);
    }
}
static void *count_up(void *argument)
{
    for (int i = 0; i < 100; i++) {
        __atomic_add_fetch((long *)argument, 1, __ATOMIC_SEQ_CST);
        if (i % 10 == 0)
            sched_yield();
    }
    return argument;
}
static void many_threads(void)
{
    pthread_t threads[8];
    long count = 0;
    int wanted = 1 + (int)(random_number() % 8);
    for (int i = 0; i < wanted; i++)
        if ((errno = pthread_create(&threads[i], 0, count_up, &count)))
            fail("pthread_create");
    for (int i = 0; i < wanted; i++)
        pthread_join(threads[i], 0);
    if (count != wanted * 100L)
        fail("threads");
}
static void pass_on(void)
{
    static char out[8192], in[8192];
    int one[2], two[2];
    unsigned size = 1 + random_number() % sizeof out, got = 0;
    int local = random_number() % 2;
    if (local ? socketpair(AF_UNIX, SOCK_STREAM, 0, one) || socketpair(AF_UNIX, SOCK_STREAM, 0, two)
              : pipe(one) || pipe(two))
        fail("pipe");
    pid_t pid = fork();
    if (pid == 0) {
        ssize_t count;
        close(one[1]);
        close(two[0]);
        while ((count = read(one[0], in, sizeof in)) > 0)
            if (write(two[1], in, (size_t)count) != count)
                _exit(1);
        _exit(0);
    }
    close(one[0]);
    close(two[1]);
    memset(out, (int)size, size);
    if (write(one[1], out, size) != (ssize_t)size)
        fail("write");
    close(one[1]);
    while (got < size) {
        ssize_t count = read(two[0], in + got, sizeof in - got);
        if (count <= 0)
            fail("read");
        got += (unsigned)count;
    }
    close(two[0]);
    if (memcmp(in, out, size))
        fail("what came back");
    expect(pid, 0, "pipe");
}
static void run_itself(void)
{
    pid_t pid = random_number() % 2 ? fork() : vfork();
    if (pid == 0) {
        execl("/proc/self/exe", "soak", "child", NULL);
        _exit(99);
    }
    expect(pid, 42 << 8, "exec");
}
static void threads_at_the_end(void)
{
    pid_t pid = fork();
    if (pid == 0) {
        pthread_t thread;
        long count = 0;
        for (int i = 0; i < 4; i++)
            pthread_create(&thread, 0, count_up, &count);
        if (random_number() % 2)
            execl("/proc/self/exe", "soak", "child", NULL);
        _exit(42);
    }
    expect(pid, 42 << 8, "end with threads");
}
static void send_signals(void)
{
    pid_t parent = getpid(), pid = fork();
    if (pid == 0) {
        for (int i = 0; i < 20; i++)
            kill(parent, SIGUSR1);
        _exit(0);
    }
    expect(pid, 0, "signals");
    pid = fork();
    if (pid == 0)
        for (;;)
            many_threads();
    struct timespec pause = { 0, random_number() % 3000000 };
    nanosleep(&pause, 0);
    if (random_number() % 2) {
        kill(pid, SIGSTOP);
        kill(pid, SIGCONT);
    }
    kill(pid, SIGKILL);
    expect(pid, SIGKILL, "kill");
}
static void change_memory(void)
{
    size_t size = (1 + random_number() % 64) * 4096;
    int shared = random_number() % 2 ? MAP_SHARED : MAP_PRIVATE;
    char *memory = mmap(0, size, PROT_READ | PROT_WRITE, shared | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED)
        fail("mmap");
    memset(memory, 7, size);
    pid_t pid = fork();
    if (pid == 0) {
        memory[size - 1] = 8;
        _exit(memory[0]);
    }
    expect(pid, 7 << 8, "memory");
    if (memory[size - 1] != (shared == MAP_SHARED ? 8 : 7))
        fail("what the child wrote");
    munmap(memory, size);
}
// Numbers in a directory of /proc.
static int numbers(const char *name)
{
    DIR *directory = opendir(name);
    int count = 0;
    for (struct dirent *entry; directory && (entry = readdir(directory));)
        count += entry->d_name[0] >= '0' && entry->d_name[0] <= '9';
    closedir(directory);
    return count;
}
static long kernel_memory(void)
{
    char line[128];
    long kilobytes = 0;
    FILE *file = fopen("/proc/meminfo", "r");
    while (file && fgets(line, sizeof line, file))
        sscanf(line, "Slab: %ld", &kilobytes);
    fclose(file);
    return kilobytes;
}
static void step(void)
{
    static void (*const steps[])(void) = { many_threads, pass_on,      run_itself,
                                           send_signals, change_memory, threads_at_the_end };
    steps[random_number() % (sizeof steps / sizeof *steps)]();
}

int main(int argc, char **argv)
{
    if (argc > 1 && !strcmp(argv[1], "child"))
        return 42;
    long seconds = argc > 1 ? atol(argv[1]) : 3;
    state = argc > 2 ? (unsigned long)atol(argv[2]) : 1;
    int is_alone = getpid() == 1;
    signal(SIGUSR1, on_signal);
    // What is only made once is there before the first count.
    for (int i = 0; i < 50; i++)
        step();
    int descriptors = numbers("/proc/self/fd"), processes = numbers("/proc");
    long memory = kernel_memory();
    for (time_t end = time(0) + seconds; time(0) < end;)
        step();
    int left = numbers("/proc/self/fd") - descriptors;
    // On Linux there are others, who do as they like.
    int more = is_alone ? numbers("/proc") - processes : 0;
    long grown = is_alone ? kernel_memory() - memory : 0;
    printf("%d descriptors and %d processes left\n", left, more);
    if (grown > 1024)
        printf("the kernel has %ld kB more\n", grown);
    return 0;
}
