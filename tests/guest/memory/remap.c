// mremap(2): grow, shrink, move, fixed, keep the old place.
// place: volume memory
#define TAP_DIRS
#include "files.h"
#include "mem.h"

#define RW (PROT_READ | PROT_WRITE)
#define DONTUNMAP 4

CASE(same_size_stays)
{
    char *at = pages(2, RW);
    TRUE(mremap(at, 2 * PAGE, 2 * PAGE, 0) == at);
}
CASE(shrink_unmaps_the_rest)
{
    char *at = pages(4, RW);
    memset(at, 1, 4 * PAGE);
    TRUE(mremap(at, 4 * PAGE, PAGE, 0) == at);
    EQ(at[0], 1);
    STR(shape(at, at + 4 * PAGE), "0-1rw-p");
}
CASE(grow_in_place_when_free)
{
    char *at = hole(8);
    OK(mmap(at, 2 * PAGE, RW, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0));
    at[0] = 7;
    TRUE(mremap(at, 2 * PAGE, 6 * PAGE, 0) == at);
    EQ(at[0], 7);
    EQ(at[5 * PAGE], 0);
    STR(shape(at, at + 8 * PAGE), "0-6rw-p");
}
CASE(grow_without_room_is_enomem)
{
    char *at = pages(3, RW);
    OK(mprotect(at + 2 * PAGE, PAGE, PROT_NONE));
    IS(mremap(at, PAGE, 2 * PAGE, 0), -ENOMEM);
    STR(shape(at, at + 3 * PAGE), "0-2rw-p 2-3---p");
}
CASE(maymove_moves_the_content)
{
    char *at = pages(3, RW);
    memset(at, 5, 3 * PAGE);
    OK(mprotect(at + 2 * PAGE, PAGE, PROT_NONE));
    char *now = mremap(at, 2 * PAGE, 100 * PAGE, MREMAP_MAYMOVE);
    TRUE(now != MAP_FAILED && now != at);
    EQ(now[0], 5);
    EQ(now[2 * PAGE - 1], 5);
    EQ(now[2 * PAGE], 0);
    EQ(now[100 * PAGE - 1], 0);
    EQ(reading(at), MAPERR);
}
CASE(fixed_goes_there_and_replaces)
{
    char *at = pages(2, RW), *to = pages(4, RW);
    memset(at, 1, 2 * PAGE);
    memset(to, 2, 4 * PAGE);
    TRUE(mremap(at, 2 * PAGE, 2 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, to + PAGE) == to + PAGE);
    EQ(to[0], 2);
    EQ(to[PAGE], 1);
    EQ(to[3 * PAGE - 1], 1);
    EQ(to[3 * PAGE], 2);
    EQ(reading(at), MAPERR);
}
CASE(dontunmap_leaves_empty_pages)
{
    char *at = pages(2, RW);
    memset(at, 9, 2 * PAGE);
    char *now = mremap(at, 2 * PAGE, 2 * PAGE, MREMAP_MAYMOVE | DONTUNMAP, NULL);
    TRUE(now != MAP_FAILED && now != at);
    EQ(now[PAGE], 9);
    EQ(at[PAGE], 0);
    EQ(writing(at), 0);
    IS(mremap(at, 2 * PAGE, 3 * PAGE, MREMAP_MAYMOVE | DONTUNMAP, NULL), -EINVAL);
    IS(mremap(at, 2 * PAGE, 2 * PAGE, DONTUNMAP, NULL), -EINVAL);
}
CASE(errors)
{
    char *at = pages(4, RW);
    IS(mremap(at + 1, PAGE, PAGE, 0), -EINVAL);
    IS(mremap(at, PAGE, 0, 0), -EINVAL);
    IS(mremap(at, PAGE, PAGE, 0x80), -EINVAL);
    IS(mremap(at, PAGE, PAGE, MREMAP_FIXED, at + 2 * PAGE), -EINVAL);
    IS(mremap(at, PAGE, PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, at + 2 * PAGE + 1), -EINVAL);
    IS(mremap(at, 2 * PAGE, 2 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, at + PAGE), -EINVAL);
    IS(mremap(at, 0, PAGE, MREMAP_MAYMOVE), -EINVAL);
    IS(mremap(hole(2), PAGE, 2 * PAGE, MREMAP_MAYMOVE), -EFAULT);
    IS(mremap(at, PAGE, 1ul << 47, MREMAP_MAYMOVE), -EINVAL);
}
CASE(past_the_mapping_is_efault)
{
    char *at = hole(4);
    OK(mmap(at, 2 * PAGE, RW, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0));
    IS(mremap(at, 3 * PAGE, 4 * PAGE, MREMAP_MAYMOVE), -EFAULT);
}
CASE(old_size_zero_doubles_a_shared_mapping)
{
    char *at = mmap(NULL, PAGE, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    char *twin = mremap(at, 0, PAGE, MREMAP_MAYMOVE);
    TRUE(twin != MAP_FAILED && twin != at);
    at[3] = 33;
    EQ(twin[3], 33);
}
CASE(file_mapping_grows_into_the_file)
{
    int fd = open("f", O_RDWR | O_CREAT, 0644);
    OK(ftruncate(fd, 4 * PAGE));
    pwrite(fd, "tail", 4, 3 * PAGE);
    char *at = mmap(NULL, PAGE, RW, MAP_SHARED, fd, 0);
    char *now = mremap(at, PAGE, 4 * PAGE, MREMAP_MAYMOVE);
    TRUE(now != MAP_FAILED);
    TRUE(memcmp(now + 3 * PAGE, "tail", 4) == 0);
    now[0] = 'h';
    char byte = 0;
    IS(pread(fd, &byte, 1, 0), 1);
    EQ(byte, 'h');
}
CASE(moving_part_of_a_mapping)
{
    char *at = pages(5, RW);
    memset(at, 4, 5 * PAGE);
    char *now = mremap(at + PAGE, PAGE, 2 * PAGE, MREMAP_MAYMOVE);
    TRUE(now != MAP_FAILED);
    STR(shape(at, at + 5 * PAGE), "0-1rw-p 2-5rw-p");
    EQ(now[0], 4);
    EQ(now[PAGE], 0);
}
CASE(keeps_protection)
{
    char *at = pages(2, RW);
    OK(mprotect(at, PAGE, PROT_READ));
    char *now = mremap(at, PAGE, 3 * PAGE, MREMAP_MAYMOVE);
    TRUE(now != MAP_FAILED);
    STR(shape(now, now + 3 * PAGE), "0-3r--p");
    EQ(writing(now + 2 * PAGE), ACCERR);
}
