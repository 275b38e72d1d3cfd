// Random sequences of calls on a region of memory: after each, what every page allows and holds.
// seeds: 6 100
// place: volume memory
#include "fuzz.h"
#include <setjmp.h>
#include <sys/mman.h>

#define PAGE 4096ul
#define PAGES 24

static char *base;
static int file = -1;
static sigjmp_buf back;

static void on_fault(int signal)
{
    siglongjmp(back, signal);
}

// One mark a page: the letter that it holds when it can be read ('0' for zero), upper case when it can be
// written, too; '-' when it cannot be read; '!' past a file's end; '.' when nothing is mapped.
static void picture(void)
{
    char text[PAGES + 1];
    for (int i = 0; i < PAGES; i++) {
        char *at = base + (unsigned long)i * PAGE;
        unsigned char resident;
        char mark;
        int signal = sigsetjmp(back, 1);
        if (signal)
            mark = signal == SIGBUS ? '!' : mincore(at, PAGE, &resident) ? '.' : '-';
        else
            mark = *(volatile char *)at ? *(volatile char *)at : '0';
        text[i] = mark;
        if (mark >= 'a' && mark <= 'z' && !sigsetjmp(back, 1)) {
            *(volatile char *)at = mark;
            text[i] = (char)(mark - 32);
        }
    }
    text[PAGES] = 0;
    say("  %s\n", text);
}

static char *place(void) { return base + (unsigned long)pick(PAGES) * PAGE; }
static unsigned long some(char *at)
{
    unsigned long room = (unsigned long)(base + PAGES * PAGE - at), length = (pick(6) + 1) * PAGE;
    return length < room ? length : room;
}
static unsigned number(const char *at) { return (unsigned)((unsigned long)(at - base) / PAGE); }
static const char *result(long value)
{
    long got = tap_result(value);
    if (got >= (long)base && got < (long)(base + PAGES * PAGE)) {
        static char text[16];
        snprintf(text, sizeof text, "page %u", number((char *)got));
        return text;
    }
    return tap_error(got);
}

static void do_map(void)
{
    static const int rights[] = { 0, PROT_READ, PROT_READ | PROT_WRITE, PROT_READ | PROT_WRITE, PROT_READ | PROT_WRITE };
    char *at = place();
    unsigned long length = some(at);
    int right = ONE_OF(rights), kind = (int)pick(4), offset = (int)pick(6);
    int flags = (kind == 1 || kind == 3 ? MAP_SHARED : MAP_PRIVATE) | (kind < 2 ? MAP_ANONYMOUS : 0);
    flags |= pick(4) ? MAP_FIXED : MAP_FIXED_NOREPLACE;
    say("mmap(%u, %lu, %d, %#x, %d)", number(at), length / PAGE, right, flags, offset);
    say(" = %s", result((long)mmap(at, length, right, flags, kind < 2 ? -1 : file, kind < 2 ? 0 : offset * (long)PAGE)));
}
static void do_unmap(void)
{
    char *at = place();
    unsigned long length = some(at);
    say("munmap(%u, %lu) = %s", number(at), length / PAGE, result(munmap(at, length)));
}
static void do_protect(void)
{
    char *at = place();
    unsigned long length = some(at);
    static const int rights[] = { 0, PROT_READ, PROT_READ | PROT_WRITE };
    int right = ONE_OF(rights);
    say("mprotect(%u, %lu, %d) = %s", number(at), length / PAGE, right, result(mprotect(at, length, right)));
}
static void do_move(void)
{
    // One page at a time: ranges over several mappings move since Linux 6.17 and are an error before.
    char *at = place(), *to = place();
    unsigned long length = PAGE, larger = some(to);
    static const int flags[] = { 0, MREMAP_MAYMOVE | MREMAP_FIXED, MREMAP_MAYMOVE | MREMAP_FIXED };
    int flag = ONE_OF(flags);
    if (!flag && larger > length && at + larger > base + PAGES * PAGE)
        larger = length;
    say("mremap(%u, %lu, %lu, %d, %u)", number(at), length / PAGE, larger / PAGE, flag, number(to));
    say(" = %s", result((long)mremap(at, length, larger, flag, to)));
}
static void do_advise(void)
{
    char *at = place();
    unsigned long length = some(at);
    static const int advices[] = { MADV_DONTNEED, MADV_DONTNEED, MADV_WILLNEED, MADV_COLD, MADV_POPULATE_READ, MADV_REMOVE };
    int advice = ONE_OF(advices);
    // What holes a shared file then has is told by the pictures.
    say("madvise(%u, %lu, %d) = %s", number(at), length / PAGE, advice, result(madvise(at, length, advice)));
}
static void do_fill(void)
{
    char *volatile at = place();
    char *volatile end = at + some(at);
    volatile char letter = (char)('a' + pick(26));
    say("fill(%u, %u, %c)", number(at), number(end), letter);
    for (; at < end; at += PAGE)
        if (!sigsetjmp(back, 1))
            *(volatile char *)at = letter;
}
static void do_file(void)
{
    static char bytes[PAGE];
    unsigned page = pick(12);
    memset(bytes, 'a' + (int)pick(26), sizeof bytes);
    if (pick(3))
        say("pwrite(%u) = %s", page, result(pwrite(file, bytes, sizeof bytes, page * (long)PAGE)));
    else
        say("ftruncate(%u) = %s", page, result(ftruncate(file, page * (long)PAGE)));
}
static void do_lock(void)
{
    char *at = place();
    unsigned long length = some(at);
    if (pick(2))
        say("msync(%u, %lu) = %s", number(at), length / PAGE, result(msync(at, length, MS_SYNC)));
    else
        say("munlock(%u, %lu) = %s", number(at), length / PAGE, result(munlock(at, length)));
}

static void step(void)
{
    static void (*const steps[])(void) = { do_map, do_map, do_map, do_unmap, do_protect, do_move, do_advise,
                                           do_fill, do_fill, do_fill, do_file, do_lock };
    ONE_OF(steps)();
    say("\n");
    picture();
}

int main(int count, char **words)
{
    struct sigaction action = { .sa_handler = on_fault };
    sigaction(SIGSEGV, &action, NULL);
    sigaction(SIGBUS, &action, NULL);
    file = open("file", O_RDWR | O_CREAT, 0644);
    if (file < 0 || ftruncate(file, 4 * PAGE))
        return 90;
    // A region with a gap on either side.
    base = mmap(NULL, (PAGES + 32) * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    munmap(base, (PAGES + 32) * PAGE);
    base += 16 * PAGE;
    fuzz(count, words, step);
    return 0;
}
