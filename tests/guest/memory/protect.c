// mprotect(2): splitting, merging, rights, errors; stack growth and guard pages.
#include "mem.h"
#include <sys/resource.h>

#define RW (PROT_READ | PROT_WRITE)

CASE(read_only_faults_on_write)
{
    char *at = pages(1, RW);
    at[5] = 9;
    OK(mprotect(at, PAGE, PROT_READ));
    EQ(at[5], 9);
    EQ(writing(at + 5), ACCERR);
    TRUE(mem_address == at + 5);
    OK(mprotect(at, PAGE, RW));
    EQ(writing(at + 5), 0);
}
CASE(middle_page_splits_in_three)
{
    char *at = pages(3, RW);
    OK(mprotect(at + PAGE, PAGE, PROT_READ));
    STR(shape(at, at + 3 * PAGE), "0-1rw-p 1-2r--p 2-3rw-p");
    OK(mprotect(at + PAGE, PAGE, RW));
    STR(shape(at, at + 3 * PAGE), "0-3rw-p");
}
CASE(both_ends_split)
{
    char *at = pages(4, RW);
    OK(mprotect(at, PAGE, PROT_NONE));
    OK(mprotect(at + 3 * PAGE, PAGE, PROT_NONE));
    STR(shape(at, at + 4 * PAGE), "0-1---p 1-3rw-p 3-4---p");
}
CASE(across_different_mappings)
{
    char *at = pages(4, RW);
    OK(mprotect(at, PAGE, PROT_READ));
    OK(mprotect(at + 2 * PAGE, PAGE, PROT_NONE));
    OK(mprotect(at, 4 * PAGE, PROT_READ | PROT_EXEC));
    STR(shape(at, at + 4 * PAGE), "0-4r-xp");
}
CASE(a_gap_is_enomem_after_the_first_part)
{
    char *at = pages(3, RW);
    OK(munmap(at + PAGE, PAGE));
    IS(mprotect(at, 3 * PAGE, PROT_READ), -ENOMEM);
    STR(shape(at, at + 3 * PAGE), "0-1r--p 2-3rw-p");
}
CASE(errors)
{
    char *at = pages(1, RW);
    IS(mprotect(at + 1, PAGE, RW), -EINVAL);
    IS(mprotect(at, PAGE, 0x100), -EINVAL);
    IS(mprotect(at, 0, RW), 0);
    IS(mprotect(at, ~0ul, RW), -ENOMEM);
    IS(mprotect(hole(1), PAGE, RW), -ENOMEM);
    IS(mprotect(at, PAGE, PROT_READ | PROT_GROWSUP | PROT_GROWSDOWN), -EINVAL);
    IS(mprotect(at, PAGE, PROT_READ | PROT_GROWSDOWN), -EINVAL);
    IS(mprotect((void *)0xffff800000000000, PAGE, RW), -ENOMEM);
}
CASE(shared_file_read_only_descriptor)
{
    int fd = open("/proc/self/exe", O_RDONLY);
    char *at = mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, 0);
    TRUE(at != MAP_FAILED);
    IS(mprotect(at, PAGE, RW), -EACCES);
    char *copy = mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, fd, 0);
    IS(mprotect(copy, PAGE, RW), 0);
    EQ(writing(copy), 0);
}
CASE(write_code_then_execute_it)
{
    for (int i = 0; i < 10; i++) {
        unsigned char *at = (unsigned char *)pages(1, RW);
        unsigned char code[] = { 0xb8, (unsigned char)i, 0, 0, 0, 0xc3 };
        memcpy(at, code, sizeof code);
        OK(mprotect(at, PAGE, PROT_READ | PROT_EXEC));
        EQ(((int (*)(void))at)(), i);
        EQ(writing(at), ACCERR);
        OK(munmap(at, PAGE));
    }
}
CASE(system_calls_from_fresh_code)
{
    // mov $39,%eax; syscall; ret  (39 is getpid), rewritten in place with 110 (getppid).
    unsigned char code[] = { 0xb8, 39, 0, 0, 0, 0x0f, 0x05, 0xc3 };
    unsigned char *at = (unsigned char *)pages(1, RW);
    memcpy(at, code, sizeof code);
    OK(mprotect(at, PAGE, PROT_READ | PROT_EXEC));
    for (int i = 0; i < 5; i++)
        EQ(((int (*)(void))at)(), getpid());
    OK(mprotect(at, PAGE, RW));
    code[1] = 110;
    memcpy(at, code, sizeof code);
    OK(mprotect(at, PAGE, PROT_READ | PROT_EXEC));
    for (int i = 0; i < 5; i++)
        EQ(((int (*)(void))at)(), getppid());
}
CASE(code_reads_as_it_was_written)
{
    // A kernel that patches system call sites must not let a program see it in its own file.
    char *from = (char *)&syscall;
    unsigned char before[64], in_file[64];
    memcpy(before, from, 64);
    for (int i = 0; i < 100; i++)
        syscall(SYS_getppid);
    FILE *maps = fopen("/proc/self/maps", "r");
    char line[512], path[512] = "";
    long offset = -1;
    while (maps && fgets(line, sizeof line, maps)) {
        unsigned long low, high, start;
        if (sscanf(line, "%lx-%lx %*s %lx %*s %*s %511s", &low, &high, &start, path) == 4 &&
            low <= (unsigned long)from && (unsigned long)from < high) {
            offset = (long)(start + (unsigned long)from - low);
            break;
        }
    }
    TRUE(offset > 0);
    IS(pread(open(path, O_RDONLY), in_file, 64, offset), 64);
    TRUE(memcmp(in_file, before, 64) == 0);
}
static int deep(int levels)
{
    volatile char frame[2000];
    frame[0] = (char)levels;
    frame[1999] = (char)levels;
    return levels == 0 ? 0 : deep(levels - 1) + (frame[0] == frame[1999]);
}
CASE(stack_grows_by_megabytes) { EQ(deep(3000), 3000); }
CASE(stack_mapping_is_named)
{
    char line[512];
    int here = 0, found = 0;
    FILE *maps = fopen("/proc/self/maps", "r");
    while (maps && fgets(line, sizeof line, maps)) {
        unsigned long low, high;
        sscanf(line, "%lx-%lx", &low, &high);
        if (low <= (unsigned long)&here && (unsigned long)&here < high)
            found = strstr(line, "[stack]") && strstr(line, " rw-p ");
    }
    EQ(found, 1);
}
static volatile int never;
static int endless(int level)
{
    volatile char frame[4000];
    frame[0] = (char)level;
    return never ? 0 : endless(level + 1) + frame[0];
}
CASE(stack_overflow_is_sigsegv)
{
    static char other[65536];
    stack_t stack = { .ss_sp = other, .ss_size = sizeof other };
    struct rlimit limit = { 1 << 20, RLIM_INFINITY }, old;
    OK(getrlimit(RLIMIT_STACK, &old));
    limit.rlim_max = old.rlim_max;
    OK(setrlimit(RLIMIT_STACK, &limit));
    OK(sigaltstack(&stack, NULL));
    struct sigaction action = { .sa_sigaction = mem_fault, .sa_flags = SA_SIGINFO | SA_ONSTACK };
    OK(sigaction(SIGSEGV, &action, NULL));
    if (!sigsetjmp(mem_back, 1))
        endless(0);
    EQ(mem_signal, SIGSEGV);
    OK(setrlimit(RLIMIT_STACK, &old));
    stack.ss_flags = SS_DISABLE;
    OK(sigaltstack(&stack, NULL));
}
