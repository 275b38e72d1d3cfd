// The program break.
#include "tap.h"
#include <sys/mman.h>

static unsigned long raw_brk(unsigned long at)
{
    return (unsigned long)syscall(SYS_brk, at);
}

CASE(zero_gives_the_break)
{
    unsigned long now = raw_brk(0);
    TRUE(now != 0);
    EQ(raw_brk(0), now);
}
CASE(grows_and_is_zero)
{
    unsigned long now = raw_brk(0);
    EQ(raw_brk(now + 100000), now + 100000);
    for (unsigned long at = now; at < now + 100000; at++)
        EQ(*(char *)at, 0);
    memset((void *)now, 1, 100000);
    EQ(raw_brk(now), now);
}
CASE(shrink_and_grow_gives_zero_again)
{
    unsigned long now = raw_brk(0), start = (now + 4095) & ~4095ul;
    EQ(raw_brk(start + 8192), start + 8192);
    memset((void *)start, 7, 8192);
    EQ(raw_brk(start + 4096), start + 4096);
    EQ(raw_brk(start + 8192), start + 8192);
    EQ(*(char *)(start + 4096), 0);
    EQ(*(char *)start, 7);
    EQ(raw_brk(now), now);
}
CASE(below_the_start_changes_nothing)
{
    unsigned long now = raw_brk(0);
    EQ(raw_brk(4096), now);
    EQ(raw_brk(1), now);
}
CASE(absurd_size_changes_nothing)
{
    unsigned long now = raw_brk(0);
    EQ(raw_brk(now + (1ul << 46)), now);
    EQ(raw_brk(~0ul), now);
    EQ(raw_brk(~0ul - 4096), now);
}
CASE(into_a_mapping_changes_nothing)
{
    unsigned long now = raw_brk(0), start = (now + 4095) & ~4095ul;
    void *wall = (void *)(start + 65536);
    TRUE(mmap(wall, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0) == wall);
    EQ(raw_brk(start + 65536 + 4096), now);
    EQ(raw_brk(start + 65536 - 4096), start + 65536 - 4096);
    EQ(raw_brk(now), now);
    OK(munmap(wall, 4096));
}
CASE(odd_break_is_kept_exactly)
{
    unsigned long now = raw_brk(0);
    EQ(raw_brk(now + 13), now + 13);
    EQ(raw_brk(0), now + 13);
    EQ(raw_brk(now), now);
}
CASE(named_heap_in_maps)
{
    unsigned long now = raw_brk(0);
    raw_brk(now + 65536);
    FILE *maps = fopen("/proc/self/maps", "r");
    TRUE(maps != NULL);
    char line[512];
    int found = 0;
    while (fgets(line, sizeof line, maps)) {
        unsigned long from, to;
        sscanf(line, "%lx-%lx", &from, &to);
        if (from <= now && now < to) {
            found = strstr(line, "[heap]") != NULL;
            TRUE(strstr(line, " rw-p ") != NULL);
        }
    }
    EQ(found, 1);
    fclose(maps);
    raw_brk(now);
}
