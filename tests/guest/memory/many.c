// Many mappings, much memory, and where they end.
#include "mem.h"

#define RW (PROT_READ | PROT_WRITE)

static long setting(const char *path)
{
    char text[32] = "";
    int fd = open(path, O_RDONLY);
    ssize_t length = fd < 0 ? -1 : read(fd, text, sizeof text - 1);
    close(fd);
    return length < 0 ? -1 : atol(text);
}

CASE(ten_thousand_mappings)
{
    static char *at[10000];
    for (int i = 0; i < 10000; i++) {
        // Alternating rights, so that neighbours do not merge.
        at[i] = mmap(NULL, PAGE, i % 2 ? PROT_READ : RW, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        TRUE(at[i] != MAP_FAILED);
        if (i % 2 == 0)
            at[i][0] = (char)i;
    }
    for (int i = 0; i < 10000; i += 2)
        EQ(at[i][0], (char)i);
    for (int i = 0; i < 10000; i++)
        OK(munmap(at[i], PAGE));
}
CASE(the_limit_of_mappings_is_enomem)
{
    long limit = setting("/proc/sys/vm/max_map_count");
    TRUE(limit > 0);
    // Where the administrator allows millions there is nothing to see.
    if (limit > 100000)
        return;
    unsigned long pages_wanted = (unsigned long)limit * 2 + 1000;
    char *base = mmap(NULL, pages_wanted * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    TRUE(base != MAP_FAILED);
    long made = 0;
    while (mprotect(base + (unsigned long)made * 2 * PAGE, PAGE, PROT_READ) == 0)
        made++;
    EQ(errno, ENOMEM);
    TRUE(made > limit / 2 - 100 && made <= limit / 2);
    OK(munmap(base, pages_wanted * PAGE));
    TRUE(pages(1, RW) != NULL);
}
CASE(map_and_unmap_a_lot)
{
    for (int i = 0; i < 20000; i++) {
        char *at = mmap(NULL, 64 * PAGE, RW, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (at == MAP_FAILED || (at[0] = 1, munmap(at, 64 * PAGE)))
            tap_fail("turn %d: %s", i, tap_error(-errno));
        STOP_IF_FAILED();
    }
}
CASE(touch_a_hundred_megabytes)
{
    char *at = pages(25600, RW);
    STOP_IF_FAILED();
    for (unsigned long i = 0; i < 25600; i++)
        *(unsigned long *)(at + i * PAGE) = i;
    unsigned long sum = 0;
    for (unsigned long i = 0; i < 25600; i++)
        sum += *(unsigned long *)(at + i * PAGE);
    EQ(sum, 25600ul * 25599 / 2);
    OK(munmap(at, 25600 * PAGE));
}
CASE(a_large_shared_file_in_pieces)
{
    int fd = memfd_create("large", 0);
    OK(fd);
    OK(ftruncate(fd, 64 << 20));
    for (int i = 0; i < 64; i++) {
        char *at = mmap(NULL, 1 << 20, RW, MAP_SHARED, fd, (long)i << 20);
        TRUE(at != MAP_FAILED);
        memset(at, i + 1, 1 << 20);
        OK(munmap(at, 1 << 20));
    }
    unsigned char byte = 0;
    for (int i = 0; i < 64; i++) {
        IS(pread(fd, &byte, 1, ((long)i << 20) + 12345), 1);
        EQ(byte, i + 1);
    }
}
CASE(protect_every_other_page)
{
    char *at = pages(2000, RW);
    memset(at, 7, 2000 * PAGE);
    for (int i = 0; i < 2000; i += 2)
        OK(mprotect(at + (unsigned long)i * PAGE, PAGE, PROT_READ));
    EQ(writing(at), ACCERR);
    EQ(writing(at + PAGE), 0);
    OK(mprotect(at, 2000 * PAGE, RW));
    EQ(writing(at), 0);
    for (int i = 2; i < 2000; i++)
        EQ(at[(unsigned long)i * PAGE], 7);
    // What was split has become one again.
    STR(shape(at, at + 2000 * PAGE), "0-2000rw-p");
}
