// Text that appears, changes, moves and goes.
// build: static dynamic
// place: volume memory
#include "sites.h"
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>

// mov $39,%eax; syscall; cmp $-4095,%rax; ret
static const char get_pid[] = "\xb8\x27\x00\x00\x00\x0f\x05\x48\x3d\x01\xf0\xff\xff\xc3";
// mov $110,%eax; syscall; cmp $-4095,%rax; ret
static const char get_parent[] = "\xb8\x6e\x00\x00\x00\x0f\x05\x48\x3d\x01\xf0\xff\xff\xc3";
// mov $39,%eax; syscall; mov $77,%eax; ret
static const char get_77[] = "\xb8\x27\x00\x00\x00\x0f\x05\xb8\x4d\x00\x00\x00\x90\xc3";
#define SIZE (sizeof get_pid - 1)

typedef long (*call_t)(void);

static char *fresh(int protection)
{
    return mmap(NULL, 4096, protection, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}
static void repeat(const void *code, long want)
{
    for (int i = 0; i < AGAIN; i++)
        if (((call_t)code)() != want)
            tap_fail("got %ld, not %ld", ((call_t)code)(), want);
}
CASE(written_then_executed)
{
    char *page = fresh(PROT_READ | PROT_WRITE);
    for (int round = 0; round < 50; round++) {
        OK(mprotect(page, 4096, PROT_READ | PROT_WRITE));
        // A program sees its own bytes when it may write them.
        if (round)
            TRUE(!memcmp(page, round & 1 ? get_pid : get_parent, SIZE));
        memcpy(page, round & 1 ? get_parent : get_pid, SIZE);
        OK(mprotect(page, 4096, PROT_READ | PROT_EXEC));
        repeat(page, round & 1 ? getppid() : getpid());
    }
    munmap(page, 4096);
}
CASE(writable_and_executable)
{
    char *page = fresh(PROT_READ | PROT_WRITE | PROT_EXEC);
    for (int round = 0; round < 50; round++) {
        memcpy(page, round & 1 ? get_parent : get_pid, SIZE);
        repeat(page, round & 1 ? getppid() : getpid());
        TRUE(!memcmp(page, round & 1 ? get_parent : get_pid, SIZE));
    }
    // Patched while it was not writable, then writable again without being closed in between.
    OK(mprotect(page, 4096, PROT_READ | PROT_EXEC));
    repeat(page, getppid());
    OK(mprotect(page, 4096, PROT_READ | PROT_WRITE | PROT_EXEC));
    TRUE(!memcmp(page, get_parent, SIZE));
    page[1] = SYS_getpid;
    repeat(page, getpid());
    munmap(page, 4096);
}
CASE(only_what_follows_changes)
{
    char *page = fresh(PROT_READ | PROT_WRITE);
    memcpy(page, get_pid, SIZE);
    OK(mprotect(page, 4096, PROT_READ | PROT_EXEC));
    repeat(page, getpid());
    OK(mprotect(page, 4096, PROT_READ | PROT_WRITE));
    memcpy(page, get_77, SIZE);
    OK(mprotect(page, 4096, PROT_READ | PROT_EXEC));
    repeat(page, 77);
    munmap(page, 4096);
}
CASE(moved_elsewhere)
{
    char *page = fresh(PROT_READ | PROT_WRITE);
    memcpy(page, get_pid, SIZE);
    OK(mprotect(page, 4096, PROT_READ | PROT_EXEC));
    repeat(page, getpid());
    char *other = mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    TRUE(mremap(page, 4096, 4096, MREMAP_MAYMOVE | MREMAP_FIXED, other) == other);
    TRUE(!memcmp(other, get_pid, SIZE));
    repeat(other, getpid());
    munmap(other, 4096);
}
CASE(replaced_in_place)
{
    char *page = fresh(PROT_READ | PROT_WRITE);
    for (int round = 0; round < 20; round++) {
        TRUE(mmap(page, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == page);
        EQ(page[0], 0);
        memcpy(page, round & 1 ? get_parent : get_pid, SIZE);
        OK(mprotect(page, 4096, PROT_READ | PROT_EXEC));
        repeat(page, round & 1 ? getppid() : getpid());
        if (round & 2) {
            OK(munmap(page, 4096));
        }
    }
    munmap(page, 4096);
}
CASE(contents_given_up)
{
    char *page = fresh(PROT_READ | PROT_WRITE);
    memcpy(page, get_pid, SIZE);
    OK(mprotect(page, 4096, PROT_READ | PROT_EXEC));
    repeat(page, getpid());
    OK(madvise(page, 4096, MADV_DONTNEED));
    EQ(page[0], 0);
    OK(mprotect(page, 4096, PROT_READ | PROT_WRITE));
    memcpy(page, get_parent, SIZE);
    OK(mprotect(page, 4096, PROT_READ | PROT_EXEC));
    repeat(page, getppid());
    munmap(page, 4096);
}

static int text_file(const char *name, const void *code)
{
    static char page[4096];
    memcpy(page + 100, code, SIZE);
    int fd = open(name, O_RDWR | O_CREAT | O_TRUNC, 0755);
    if (write(fd, page, sizeof page) != sizeof page)
        tap_fail("write");
    return fd;
}
// As a library that is closed and opened again.
CASE(a_file_mapped_here_and_there)
{
    int fd = text_file("text", get_pid);
    char *place[40];
    for (int round = 0; round < 40; round++) {
        char *text = mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0);
        TRUE(text != MAP_FAILED);
        repeat(text + 100, getpid());
        OK(munmap(text, 4096));
        // Makes the next one lie elsewhere.
        place[round] = fresh(PROT_NONE);
    }
    for (int round = 0; round < 40; round++)
        munmap(place[round], 4096);
    char byte[SIZE];
    EQ(pread(fd, byte, SIZE, 100), (long)SIZE);
    TRUE(!memcmp(byte, get_pid, SIZE));
    close(fd);
}
CASE(a_file_mapped_twice)
{
    int fd = text_file("text", get_pid);
    char *private = mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0);
    char *shared = mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_SHARED, fd, 0);
    TRUE(private != MAP_FAILED && shared != MAP_FAILED);
    repeat(private + 100, getpid());
    repeat(shared + 100, getpid());
    TRUE(!memcmp(shared + 100, get_pid, SIZE));
    EQ(pwrite(fd, get_parent, SIZE, 100), (long)SIZE);
    repeat(shared + 100, getppid());
    munmap(private, 4096);
    munmap(shared, 4096);
    close(fd);
}
CASE(text_at_the_edge_of_a_change)
{
    // The site straddles two pages, one of which changes.
    char *pages = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    for (int shift = 1; shift < (int)SIZE; shift++) {
        OK(mprotect(pages, 8192, PROT_READ | PROT_WRITE));
        memcpy(pages + 4096 - shift, get_pid, SIZE);
        OK(mprotect(pages, 8192, PROT_READ | PROT_EXEC));
        repeat(pages + 4096 - shift, getpid());
        OK(mprotect(pages + 4096 * (shift & 1), 4096, PROT_READ | PROT_WRITE));
        if (shift > 5 && shift < 10)
            TRUE(!memcmp(pages + 4096 - shift, get_pid, SIZE));
        OK(mprotect(pages + 4096 * (shift & 1), 4096, PROT_READ | PROT_EXEC));
        repeat(pages + 4096 - shift, getpid());
    }
    munmap(pages, 8192);
}

// Maps over everything that is not the program's own: what the kernel put between must make room.
CASE(the_program_takes_any_address)
{
    char *page = fresh(PROT_READ | PROT_WRITE);
    memcpy(page, get_pid, SIZE);
    OK(mprotect(page, 4096, PROT_READ | PROT_EXEC));
    repeat(page, getpid());
    FILE *maps = fopen("/proc/self/maps", "r");
    char line[512];
    unsigned long found[16][2];
    int count = 0;
    while (fgets(line, sizeof line, maps) && count < 16)
        if (strstr(line, "[trapless]") && sscanf(line, "%lx-%lx", &found[count][0], &found[count][1]) == 2)
            count++;
    fclose(maps);
    for (int i = 0; i < count; i++) {
        char *start = (char *)found[i][0];
        long size = found[i][1] - found[i][0];
        if (i & 1) {
            OK(munmap(start, size));
        }
        TRUE(mmap(start + 4096, size - 4096, PROT_READ | PROT_WRITE,
                  MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == start + 4096);
        memset(start + 4096, 0x66, size - 4096);
        repeat(page, getpid());
        for (long b = 4096; b < size; b++)
            EQ(start[b], 0x66);
        munmap(start, size);
    }
    repeat(page, getpid());
    munmap(page, 4096);
}
