// build: dynamic dynamic-nopie musl-dynamic static
// launch: --bind-libc
// The C library's names, bound to linked calls (`trapless run --bind-libc`) where the program is dynamic and glibc's: the
// same results, errno, cancellation points, and nothing of it to be seen.
#include <elf.h>
#include <poll.h>
#include <pthread.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/statfs.h>
#include <sys/utsname.h>
#include <sys/wait.h>

#include "tap.h"

extern char **environ;

CASE(nothing_is_seen)
{
    TRUE(!getenv("LD_PRELOAD"));
    TRUE(!getenv("TRAPLESS_BIND_LIBC"));
    for (char **variable = environ; *variable; variable++)
        TRUE(!strstr(*variable, "libtrapless"));
    static char text[1 << 16];
    int fd = open("/proc/self/environ", O_RDONLY);
    OK(fd);
    ssize_t length = read(fd, text, sizeof text);
    OK(length);
    OK(close(fd));
    TRUE(!memmem(text, (size_t)length, "libtrapless", 11));
    TRUE(!memmem(text, (size_t)length, "LD_PRELOAD", 10));
}

// The auxiliary vector lies behind the environment for those who look there.
CASE(auxiliary_vector)
{
    char **end = environ;
    while (*end)
        end++;
    const Elf64_auxv_t *entry = (const void *)(end + 1);
    unsigned long size = 0, start = 0;
    for (; entry->a_type != AT_NULL; entry++) {
        if (entry->a_type == AT_PAGESZ)
            size = entry->a_un.a_val;
        if (entry->a_type == AT_ENTRY)
            start = entry->a_un.a_val;
    }
    EQ(size, 4096);
    EQ(size, getauxval(AT_PAGESZ));
    EQ(start, getauxval(AT_ENTRY));
}

CASE(errors)
{
    char byte;
    struct stat status;
    IS(read(-1, &byte, 1), -EBADF);
    IS(write(-1, &byte, 1), -EBADF);
    IS(pread(-1, &byte, 1, 0), -EBADF);
    IS(pwrite(-1, &byte, 1, 0), -EBADF);
    IS(close(-1), -EBADF);
    IS(lseek(-1, 0, SEEK_SET), -EBADF);
    IS(open("/nonexistent", O_RDONLY), -ENOENT);
    IS(stat("/nonexistent", &status), -ENOENT);
    IS(lstat("/nonexistent", &status), -ENOENT);
    IS(fstat(-1, &status), -EBADF);
    IS(access("/nonexistent", F_OK), -ENOENT);
    IS(mkdir("/", 0755), -EEXIST);
    IS(unlink("/nonexistent"), -ENOENT);
    IS(rename("/nonexistent", "/x"), -ENOENT);
    IS(waitpid(-1, NULL, 0), -ECHILD);
    IS(kill(getpid(), 1000), -EINVAL);
    IS((long)mmap(NULL, 0, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), -EINVAL);
    IS(munmap((void *)1, 1), -EINVAL);
    IS(socket(-1, 0, 0), -EAFNOSUPPORT);
    IS(send(-1, &byte, 1, 0), -EBADF);
}

CASE(results)
{
    EQ(getpid(), syscall(SYS_getpid));
    EQ(getppid(), syscall(SYS_getppid));
    EQ(getuid(), syscall(SYS_getuid));
    EQ(getpgrp(), syscall(SYS_getpgrp));
    EQ(getsid(0), syscall(SYS_getsid, 0));
    int ends[2], pair[2];
    char text[4] = { 0 };
    OK(pipe(ends));
    IS(write(ends[1], "abc", 3), 3);
    struct pollfd poll_one = { .fd = ends[0], .events = POLLIN };
    IS(poll(&poll_one, 1, -1), 1);
    IS(read(ends[0], text, 4), 3);
    STR(text, "abc");
    OK(socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
    IS(send(pair[0], "xy", 2, 0), 2);
    IS(read(pair[1], text, 4), 2);
    for (int i = 0; i < 2; i++) {
        OK(close(ends[i]));
        OK(close(pair[i]));
    }
    int fd = open("made", O_RDWR | O_CREAT | O_EXCL, 0640);
    OK(fd);
    IS(pwrite(fd, "0123456789", 10, 5), 10);
    IS(lseek(fd, -3, SEEK_END), 12);
    IS(read(fd, text, 4), 3);
    EQ(memcmp(text, "789", 3), 0);
    struct stat by_name, by_descriptor;
    OK(stat("made", &by_name));
    OK(fstat(fd, &by_descriptor));
    EQ(by_name.st_ino, by_descriptor.st_ino);
    EQ(by_name.st_size, 15);
    EQ(by_name.st_mode & 0777, 0640);
    char *shown = mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0);
    TRUE(shown != MAP_FAILED);
    EQ(memcmp(shown + 5, "0123", 4), 0);
    OK(munmap(shown, 4096));
    OK(rename("made", "other"));
    OK(unlink("other"));
    OK(close(fd));
    pid_t child = fork();
    if (child == 0)
        _exit(getppid() == getpid() ? 1 : 4);
    int status = 0;
    EQ(waitpid(child, &status, 0), child);
    EQ(WEXITSTATUS(status), 4);
}

// A request from before is met at the next point.
static void *cancelled_before(void *unused)
{
    char byte;
    (void)unused;
    pthread_cancel(pthread_self());
    getpid();
    read(-1, &byte, 1);
    return NULL;
}

// A process of one thread that cancels itself: as its last thread it ends with status 0.
CASE(cancels_itself_alone)
{
    pid_t child = fork();
    if (child == 0) {
        cancelled_before(NULL);
        _exit(9);
    }
    int status = 0;
    EQ(waitpid(child, &status, 0), child);
    SHOW("%d", WEXITSTATUS(status));
}

// Each of these waits for ever, until its thread is cancelled.
static int waiting[2];

static void *in_read(void *unused)
{
    char byte;
    (void)unused;
    read(waiting[0], &byte, 1);
    return NULL;
}

static void *in_write(void *unused)
{
    static char much[1 << 20];
    (void)unused;
    while (write(waiting[1], much, sizeof much) > 0)
        ;
    return NULL;
}

static void *in_poll(void *unused)
{
    struct pollfd one = { .fd = waiting[0], .events = POLLIN };
    (void)unused;
    poll(&one, 1, -1);
    return NULL;
}

static void *in_waitpid(void *unused)
{
    (void)unused;
    waitpid(-1, NULL, 0);
    return NULL;
}

static void cancels(void *(*wait)(void *))
{
    pthread_t thread;
    void *result = NULL;
    OK(pipe(waiting));
    EQ(pthread_create(&thread, NULL, wait, NULL), 0);
    // Mostly it waits by then; should it not, it is cancelled at the point itself.
    usleep(2000);
    EQ(pthread_cancel(thread), 0);
    EQ(pthread_join(thread, &result), 0);
    TRUE(result == PTHREAD_CANCELED);
    OK(close(waiting[0]));
    OK(close(waiting[1]));
}

CASE(cancelled_in_read)
{
    cancels(in_read);
}

CASE(cancelled_in_write)
{
    cancels(in_write);
}

CASE(cancelled_in_poll)
{
    cancels(in_poll);
}

CASE(cancelled_in_waitpid)
{
    pid_t child = fork();
    if (child == 0) {
        pause();
        _exit(0);
    }
    cancels(in_waitpid);
    OK(kill(child, SIGKILL));
    EQ(waitpid(child, NULL, 0), child);
}

CASE(cancelled_before)
{
    pthread_t thread;
    void *result = NULL;
    EQ(pthread_create(&thread, NULL, cancelled_before, NULL), 0);
    EQ(pthread_join(thread, &result), 0);
    TRUE(result == PTHREAD_CANCELED);
}
