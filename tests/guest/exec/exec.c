// execve(2): what the new program gets, and the errors.
#define TAP_DIRS
#include "../files.h"
#include <sys/mman.h>
#include <sys/resource.h>

static char self[4096];
static char *const none[] = { NULL };

static long run(const char *path)
{
    char *const words[] = { (char *)path, NULL };
    return tap_result(execve(path, words, none));
}
static const char *own(void)
{
    ssize_t length = readlink("/proc/self/exe", self, sizeof self - 1);
    self[length < 0 ? 0 : length] = 0;
    return self;
}
static void script(const char *name, const char *text)
{
    put(name, text);
    chmod(name, 0755);
}

CASE(missing) { EQ(run("none"), -ENOENT); }
CASE(empty_name) { EQ(run(""), -ENOENT); }
CASE(directory)
{
    OK(mkdir("d", 0755));
    EQ(run("d"), -EACCES);
    EQ(run("d/"), -EACCES);
}
CASE(no_execute_bit)
{
    put("f", "#!/bin/true\n");
    EQ(run("f"), -EACCES);
}
ROOT_CASE(no_execute_bit_for_this_user)
{
    script("f", "#!/nonexistent\n");
    OK(chmod("f", 0744));
    as_nobody();
    long result = run("f");
    as_root();
    EQ(result, -EACCES);
}
CASE(through_a_file)
{
    put("f", "x");
    EQ(run("f/x"), -ENOTDIR);
}
CASE(loop)
{
    OK(symlink("l", "l"));
    EQ(run("l"), -ELOOP);
}
CASE(not_a_program)
{
    script("text", "just some text\n");
    EQ(run("text"), -ENOEXEC);
    script("empty", "");
    EQ(run("empty"), -ENOEXEC);
    script("short", "\177EL");
    EQ(run("short"), -ENOEXEC);
}
CASE(fifo_and_device)
{
    OK(mkfifo("p", 0755));
    EQ(run("p"), -EACCES);
    EQ(run("/dev/null"), -EACCES);
}
CASE(scripts_without_an_interpreter)
{
    script("gone", "#!/nonexistent/interpreter\n");
    EQ(run("gone"), -ENOENT);
    script("blank", "#!\n");
    EQ(run("blank"), -ENOEXEC);
    script("blanks", "#!    \n");
    EQ(run("blanks"), -ENOEXEC);
    put("plain", "x");
    script("refused", "#!./plain\n");
    EQ(run("refused"), -EACCES);
    OK(mkdir("d", 0755));
    script("to_directory", "#!./d\n");
    EQ(run("to_directory"), -EACCES);
}
CASE(scripts_in_a_ring)
{
    script("a", "#!./b\n");
    script("b", "#!./a\n");
    EQ(run("a"), -ELOOP);
}
CASE(six_scripts_are_too_many)
{
    script("text", "neither a script nor a program\n");
    script("s1", "#!./text\n");
    script("s2", "#!./s1\n");
    script("s3", "#!./s2\n");
    script("s4", "#!./s3\n");
    script("s5", "#!./s4\n");
    script("s6", "#!./s5\n");
    SHOW("%s %s %s", tap_error(run("s4")), tap_error(run("s5")), tap_error(run("s6")));
}
CASE(too_long_an_interpreter_line)
{
    static char line[400];
    memset(line, 'x', 399);
    memcpy(line, "#!/", 3);
    script("long", line);
    EQ(run("long"), -ENOEXEC);
}
static void copy_of_self(const char *name, size_t length, size_t at, unsigned char value)
{
    static unsigned char bytes[4 << 20];
    int from = open(own(), O_RDONLY), to = open(name, O_CREAT | O_WRONLY | O_TRUNC, 0755);
    ssize_t got = read(from, bytes, sizeof bytes);
    if (got <= 0)
        tap_fail("cannot read the program");
    if (length > (size_t)got)
        length = (size_t)got;
    bytes[at] = value;
    if (write(to, bytes, length) != (ssize_t)length)
        tap_fail("cannot write the copy");
    close(from);
    close(to);
}
CASE(wrong_kinds_of_elf)
{
    copy_of_self("machine", 1 << 20, 18, 0xb7);
    EQ(run("machine"), -ENOEXEC);
    copy_of_self("type", 1 << 20, 16, 1);
    EQ(run("type"), -ENOEXEC);
    copy_of_self("core", 1 << 20, 16, 4);
    EQ(run("core"), -ENOEXEC);
    copy_of_self("entries", 1 << 20, 54, 32);
    EQ(run("entries"), -ENOEXEC);
    copy_of_self("no_headers", 1 << 20, 56, 0);
    EQ(run("no_headers"), -ENOEXEC);
}
CASE(truncated_elf)
{
    for (size_t length = 0; length < 64; length += 7) {
        char name[16];
        snprintf(name, sizeof name, "t%zu", length);
        copy_of_self(name, length, 0, 0177);
        EQ(run(name), -ENOEXEC);
    }
}
CASE(argument_limits)
{
    static char big[140000];
    memset(big, 'a', 131072);
    char *const words[] = { "x", big, NULL };
    IS(execve("/bin/true", words, none), -E2BIG);
    big[131071] = 0;
    char *const many[] = { "x", big, big, big, big, big, big, big, big, big, big, big, big, big, big, big, big, big,
                           NULL };
    struct rlimit old, small = { 1 << 20, RLIM_INFINITY };
    OK(getrlimit(RLIMIT_STACK, &old));
    small.rlim_max = old.rlim_max;
    OK(setrlimit(RLIMIT_STACK, &small));
    long result = tap_result(execve("/bin/true", many, none));
    OK(setrlimit(RLIMIT_STACK, &old));
    EQ(result, -E2BIG);
}
CASE(bad_pointers)
{
    char *const bad[] = { "x", (char *)8, NULL };
    IS(syscall(SYS_execve, own(), bad, none), -EFAULT);
    IS(syscall(SYS_execve, own(), 8, none), -EFAULT);
    IS(syscall(SYS_execve, own(), none, 8), -EFAULT);
    IS(syscall(SYS_execve, own(), none, bad), -EFAULT);
}
CASE(execveat_errors)
{
    put("f", "#!/bin/true\n");
    OK(symlink("none", "l"));
    int fd = open("f", O_RDONLY);
    IS(syscall(SYS_execveat, fd, "", none, none, 0), -ENOENT);
    IS(syscall(SYS_execveat, fd, "", none, none, AT_EMPTY_PATH), -EACCES);
    IS(syscall(SYS_execveat, -1, "f", none, none, 0), -EBADF);
    IS(syscall(SYS_execveat, AT_FDCWD, "l", none, none, AT_SYMLINK_NOFOLLOW), -ELOOP);
    IS(syscall(SYS_execveat, AT_FDCWD, "f", none, none, 0x8), -EINVAL);
}
CASE(failing_changes_nothing)
{
    // After all those failures this program is whole.
    char *at = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    at[0] = 5;
    int fd = open(".", O_RDONLY | O_CLOEXEC);
    EQ(run("none"), -ENOENT);
    script("text", "text");
    EQ(run("text"), -ENOEXEC);
    EQ(at[0], 5);
    IS(fcntl(fd, F_GETFD), FD_CLOEXEC);
}
