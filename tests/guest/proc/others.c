// What one process sees of another: /proc, and process_vm_readv(2).
#include "../process/process.h"
#include <limits.h>
#include <sys/uio.h>

static char text[65536];
static char *page;
static int *words;

static long slurp(pid_t pid, const char *name)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/%s", pid, name);
    int fd = open(path, O_RDONLY);
    if (fd < 0)
        return -errno;
    long length = 0, got;
    while ((got = read(fd, text + length, sizeof text - 1 - (size_t)length)) > 0)
        length += got;
    got = tap_result(got);
    close(fd);
    text[length] = 0;
    return got < 0 ? got : length;
}
// A child that executes `cat` with these words, and waits for its input to end.
static pid_t start(int *input, char *const arguments[], char *const environment[])
{
    int in[2], out[2];
    if (pipe2(in, O_CLOEXEC) || pipe2(out, O_CLOEXEC))
        return -1;
    pid_t pid = fork();
    if (pid == 0) {
        dup2(in[0], 0);
        dup2(out[1], 1);
        execve("/bin/cat", arguments, environment);
        _exit(99);
    }
    close(in[0]);
    close(out[1]);
    // What comes back says that the program runs.
    char byte = 'x';
    if (write(in[1], &byte, 1) != 1 || read(out[0], &byte, 1) != 1)
        tap_fail("no echo");
    close(out[0]);
    *input = in[1];
    return pid;
}
static char *const arguments[] = { "the cat", "-", "--", "-", 0 };
static char *const environment[] = { "FIRST=one", "SECOND=two words", 0 };

CASE(arguments_and_environment)
{
    int input = -1;
    pid_t pid = start(&input, arguments, environment);
    IS(slurp(pid, "cmdline"), 15);
    EQ(memcmp(text, "the cat\0-\0--\0-", 15), 0);
    IS(slurp(pid, "environ"), 27);
    EQ(memcmp(text, "FIRST=one\0SECOND=two words", 27), 0);
    TRUE(slurp(pid, "auxv") > 100);
    TRUE(slurp(pid, "maps") > 100);
    TRUE(strstr(text, "/cat\n"));
    TRUE(slurp(pid, "smaps") > 1000);
    close(input);
    EQ(status_of(pid), 0);
    IS(slurp(pid, "cmdline"), -ENOENT);
}
CASE(of_zombies)
{
    pid_t pid = fork();
    if (pid == 0)
        _exit(0);
    siginfo_t info;
    waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT);
    IS(slurp(pid, "cmdline"), 0);
    struct iovec vector = { text, 10 };
    IS(process_vm_readv(pid, &vector, 1, &vector, 1, 0), -ESRCH);
    EQ(status_of(pid), 0);
    IS(process_vm_readv(pid, &vector, 1, &vector, 1, 0), -ESRCH);
}
// A child that writes to its copy of `page` and waits; `busy` does so at work.
static pid_t child_with_page(int busy)
{
    words = shared_words();
    words[0] = words[1] = 0;
    page = mmap(0, 64 << 10, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    strcpy(page, "parent");
    pid_t pid = fork();
    if (pid == 0) {
        strcpy(page, "child");
        __atomic_store_n(words, 1, __ATOMIC_SEQ_CST);
        while (!__atomic_load_n(words + 1, __ATOMIC_SEQ_CST))
            if (!busy)
                usleep(1000);
        _exit(strcmp(page, "from outside") == 0 ? 0 : 1);
    }
    word_becomes(words, 1);
    return pid;
}
static void read_and_write(int busy)
{
    pid_t pid = child_with_page(busy);
    memset(text, '#', 100);
    struct iovec local[2] = { { text, 3 }, { text + 10, 5 } }, remote[2] = { { page, 8 }, { page + 60000, 8 } };
    for (int i = 0; i < 100; i++) {
        IS(process_vm_readv(pid, local, 2, remote, 1, 0), 8);
        EQ(memcmp(text, "chi", 3), 0);
        EQ(memcmp(text + 10, "ld\0\0", 4), 0);
        EQ(text[3], '#');
    }
    // What nobody has touched is brought in there.
    local[0].iov_len = 16;
    IS(process_vm_readv(pid, local, 1, remote, 2, 0), 16);
    STR(page, "parent");
    strcpy(text, "from outside");
    IS(process_vm_writev(pid, local, 1, remote, 2, 0), 16);
    STR(page, "parent");
    remote[0].iov_len = 13;
    local[0].iov_len = 13;
    IS(process_vm_writev(pid, local, 1, remote, 1, 0), 13);
    IS(slurp(pid, "cmdline") > 0, 1);
    words[1] = 1;
    EQ(status_of(pid), 0);
    munmap(page, 64 << 10);
}
CASE(memory_of_one_that_sleeps)
{
    read_and_write(0);
}
CASE(memory_of_one_at_work)
{
    read_and_write(1);
}
CASE(memory_through_its_file)
{
    char path[64];
    pid_t pid = child_with_page(0);
    snprintf(path, sizeof path, "/proc/%d/mem", pid);
    int fd = open(path, O_RDWR);
    OK(fd);
    IS(pread(fd, text, 6, (off_t)page), 6);
    STR(text, "child");
    IS(pread(fd, text, 6, 16), -EIO);
    IS(pwrite(fd, "from outside", 13, (off_t)page), 13);
    words[1] = 1;
    EQ(status_of(pid), 0);
    // Nothing is left of it.
    IS(pread(fd, text, 6, (off_t)page), 0);
    close(fd);
    munmap(page, 64 << 10);
}
CASE(refused)
{
    char byte;
    struct iovec one = { &byte, 1 }, none = { &byte, 0 }, bad = { (void *)16, 1 }, huge = { &byte, (size_t)-1 };
    pid_t pid = idle_child();
    IS(process_vm_readv(pid, &one, 1, &one, 1, 1), -EINVAL);
    IS(process_vm_readv(pid, &one, IOV_MAX + 1, &one, 1, 0), -EINVAL);
    IS(process_vm_readv(pid, &one, 1, &one, IOV_MAX + 1, 0), -EINVAL);
    IS(process_vm_readv(pid, &huge, 1, &one, 1, 0), -EINVAL);
    IS(process_vm_readv(pid, &one, 1, &huge, 1, 0), -EINVAL);
    IS(process_vm_readv(pid, (void *)16, 1, &one, 1, 0), -EFAULT);
    IS(process_vm_readv(pid, &one, 1, (void *)16, 1, 0), -EFAULT);
    IS(process_vm_readv(-5, &none, 1, &one, 1, 0), 0);
    IS(process_vm_readv(-5, &one, 1, &none, 1, 0), 0);
    IS(process_vm_readv(-5, &one, 1, &one, 1, 0), -ESRCH);
    IS(process_vm_readv(pid, &bad, 1, &one, 1, 0), -EFAULT);
    IS(process_vm_readv(pid, &one, 1, &bad, 1, 0), -EFAULT);
    IS(process_vm_writev(pid, &one, 1, &bad, 1, 0), -EFAULT);
    struct iovec split[2] = { one, bad };
    struct iovec two = { text, 2 };
    IS(process_vm_readv(pid, &two, 1, split, 2, 0), 1);
    end_child(pid);
}
ROOT_CASE(guarded)
{
    pid_t other = idle_child();
    words = shared_words();
    words[0] = 0;
    pid_t closed = fork();
    if (closed == 0) {
        if (setresuid(1000, 1000, 1000))
            _exit(1);
        prctl(PR_SET_DUMPABLE, 0);
        words[0] = 1;
        for (;;)
            pause();
    }
    word_becomes(words, 1);
    pid_t pid = fork();
    if (pid == 0) {
        if (setresgid(1000, 1000, 1000) || setresuid(1000, 1000, 1000))
            _exit(1);
        char byte, path[64];
        struct iovec one = { &byte, 1 };
        if (process_vm_readv(other, &one, 1, &one, 1, 0) != -1 || errno != EPERM)
            _exit(2);
        if (process_vm_readv(closed, &one, 1, &one, 1, 0) != -1 || errno != EPERM)
            _exit(3);
        if (slurp(other, "environ") != -EACCES || slurp(other, "maps") != -EACCES)
            _exit(4);
        if (slurp(other, "cmdline") <= 0)
            _exit(5);
        snprintf(path, sizeof path, "/proc/%d/exe", other);
        if (readlink(path, text, 100) != -1 || errno != EACCES)
            _exit(6);
        snprintf(path, sizeof path, "/proc/%d/exe", closed);
        if (readlink(path, text, 100) != -1 || errno != EACCES)
            _exit(7);
        _exit(0);
    }
    EQ(status_of(pid), 0);
    end_child(other);
    end_child(closed);
}
ROOT_CASE(open_again_after_execve)
{
    int input = -1;
    words = shared_words();
    pid_t pid = fork();
    if (pid == 0) {
        if (setresgid(1000, 1000, 1000) || setresuid(1000, 1000, 1000))
            _exit(1);
        pid_t open = start(&input, arguments, environment);
        // Closed by the change of identity, opened by execve.
        long length = slurp(open, "environ");
        close(input);
        waitpid(open, 0, 0);
        _exit(length == 27 ? 0 : 2);
    }
    EQ(status_of(pid), 0);
}
CASE(looked_at_while_it_executes)
{
    // Whatever is seen is one program's or the other's, and nobody comes to harm.
    words = shared_words();
    words[0] = 0;
    pid_t pid = fork();
    if (pid == 0) {
        for (int i = 0; i < 30; i++) {
            pid_t child = vfork();
            if (child == 0) {
                words[1] = getpid();
                execl("/bin/true", "true", (char *)0);
                _exit(1);
            }
            int status;
            waitpid(child, &status, 0);
            if (status)
                _exit(1);
        }
        words[0] = 1;
        _exit(0);
    }
    while (!__atomic_load_n(words, __ATOMIC_SEQ_CST)) {
        slurp(__atomic_load_n(words + 1, __ATOMIC_SEQ_CST), "cmdline");
        slurp(pid, "cmdline");
    }
    EQ(status_of(pid), 0);
}
CASE(input_and_output)
{
    unsigned long read_before, read_after, calls_before, calls_after;
    slurp(getpid(), "io");
    EQ(sscanf(text, "rchar: %lu wchar: %*u syscr: %lu", &read_before, &calls_before), 2);
    int fd = open("/dev/zero", O_RDONLY);
    for (int i = 0; i < 10; i++)
        IS(read(fd, text, 1000), 1000);
    close(fd);
    slurp(getpid(), "io");
    EQ(sscanf(text, "rchar: %lu wchar: %*u syscr: %lu", &read_after, &calls_after), 2);
    TRUE(read_after - read_before >= 10000 && read_after - read_before < 11000);
    // Ten, and those that read the file itself.
    EQ(calls_after - calls_before, 12);
}
