// madvise, mincore, mlock and their kin.
// place: volume memory
#define TAP_DIRS
#include "files.h"
#include "mem.h"
#include <sys/resource.h>

#define RW (PROT_READ | PROT_WRITE)

CASE(dontneed_zeroes_anonymous)
{
    char *at = pages(3, RW);
    memset(at, 1, 3 * PAGE);
    OK(madvise(at + PAGE, PAGE, MADV_DONTNEED));
    EQ(at[0], 1);
    EQ(at[PAGE], 0);
    EQ(at[2 * PAGE], 1);
}
CASE(dontneed_reloads_a_private_file)
{
    put("f", "from file");
    char *at = mmap(NULL, PAGE, RW, MAP_PRIVATE, open("f", O_RDONLY), 0);
    memcpy(at, "changed!!", 9);
    OK(madvise(at, PAGE, MADV_DONTNEED));
    TRUE(memcmp(at, "from file", 9) == 0);
}
CASE(dontneed_keeps_shared_memory)
{
    char *at = mmap(NULL, PAGE, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    at[0] = 5;
    OK(madvise(at, PAGE, MADV_DONTNEED));
    EQ(at[0], 5);
}
CASE(remove_zeroes_shared_memory)
{
    char *at = mmap(NULL, 2 * PAGE, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    memset(at, 5, 2 * PAGE);
    OK(madvise(at, PAGE, MADV_REMOVE));
    EQ(at[0], 0);
    EQ(at[PAGE], 5);
    IS(madvise(pages(1, RW), PAGE, MADV_REMOVE), -EINVAL);
}
CASE(free_then_written_is_kept)
{
    char *at = pages(1, RW);
    at[0] = 1;
    OK(madvise(at, PAGE, MADV_FREE));
    at[0] = 2;
    EQ(at[0], 2);
    char *file = mmap(NULL, PAGE, PROT_READ, MAP_SHARED, open("/proc/self/exe", O_RDONLY), 0);
    IS(madvise(file, PAGE, MADV_FREE), -EINVAL);
}
CASE(hints_change_nothing)
{
    static const int hints[] = { MADV_NORMAL,      MADV_RANDOM,        MADV_SEQUENTIAL,
                                 MADV_WILLNEED,    MADV_DONTFORK,      MADV_DOFORK,
                                 MADV_DONTDUMP,    MADV_DODUMP,        MADV_COLD,
                                 MADV_PAGEOUT,     MADV_POPULATE_READ, MADV_POPULATE_WRITE,
                                 MADV_WIPEONFORK,  MADV_KEEPONFORK };
    char *at = pages(2, RW);
    memset(at, 6, 2 * PAGE);
    for (size_t i = 0; i < sizeof hints / sizeof *hints; i++) {
        IS(madvise(at, 2 * PAGE, hints[i]), 0);
        EQ(at[0], 6);
        EQ(at[2 * PAGE - 1], 6);
    }
}
CASE(huge_page_hints)
{
    char *at = pages(1024, RW);
    at[0] = 1;
    SHOW("%s", tap_error(tap_result(madvise(at, 1024 * PAGE, MADV_HUGEPAGE))));
    SHOW("%s", tap_error(tap_result(madvise(at, 1024 * PAGE, MADV_NOHUGEPAGE))));
    EQ(at[0], 1);
}
CASE(advice_errors)
{
    char *at = pages(3, RW);
    IS(madvise(at, PAGE, 9999), -EINVAL);
    IS(madvise(at, PAGE, -1), -EINVAL);
    IS(madvise(at + 1, PAGE, MADV_DONTNEED), -EINVAL);
    IS(madvise(at, 0, MADV_DONTNEED), 0);
    IS(madvise(at, ~0ul, MADV_DONTNEED), -EINVAL);
    IS(madvise(hole(1), PAGE, MADV_DONTNEED), -ENOMEM);
    memset(at, 1, 3 * PAGE);
    OK(munmap(at + PAGE, PAGE));
    IS(madvise(at, 3 * PAGE, MADV_DONTNEED), -ENOMEM);
    EQ(at[0], 0);
    EQ(at[2 * PAGE], 0);
}
CASE(populate_rights)
{
    char *at = pages(1, PROT_READ);
    IS(madvise(at, PAGE, MADV_POPULATE_WRITE), -EINVAL);
    IS(madvise(at, PAGE, MADV_POPULATE_READ), 0);
    IS(madvise(pages(1, PROT_NONE), PAGE, MADV_POPULATE_READ), -EINVAL);
}
CASE(mincore_counts_touched_pages)
{
    unsigned char resident[4] = { 9, 9, 9, 9 };
    char *at = pages(4, RW);
    OK(madvise(at, 4 * PAGE, MADV_NOHUGEPAGE));
    at[0] = at[2 * PAGE] = 1;
    IS(mincore(at, 4 * PAGE, resident), 0);
    EQ(resident[0] & 1, 1);
    EQ(resident[1] & 1, 0);
    EQ(resident[2] & 1, 1);
    EQ(resident[3] & 1, 0);
}
CASE(mincore_errors)
{
    unsigned char resident[8];
    char *at = pages(1, RW);
    IS(mincore(at + 1, PAGE, resident), -EINVAL);
    IS(syscall(SYS_mincore, at, PAGE, (void *)8), -EFAULT);
    IS(mincore(hole(1), PAGE, resident), -ENOMEM);
    IS(mincore(at, 0, resident), 0);
    IS(mincore((void *)0xffff800000000000, PAGE, resident), -ENOMEM);
}
ROOT_CASE(mlock_and_munlock)
{
    char *at = pages(2, RW);
    IS(mlock(at, 2 * PAGE), 0);
    unsigned char resident[2];
    OK(mincore(at, 2 * PAGE, resident));
    EQ(resident[0] & resident[1] & 1, 1);
    IS(munlock(at, PAGE), 0);
    IS(mlock(at + 5, 10), 0);
    IS(mlock(hole(1), PAGE), -ENOMEM);
    IS(munlock(hole(1), PAGE), -ENOMEM);
    IS(mlock(at, ~0ul - 8192), -EINVAL);
    IS(mlock2(at, PAGE, MLOCK_ONFAULT), 0);
    IS(syscall(SYS_mlock2, at, PAGE, 8), -EINVAL);
    OK(munmap(at, 2 * PAGE));
}
ROOT_CASE(mlock_limit_as_nobody)
{
    struct rlimit small = { 2 * PAGE, 1 << 20 }, old;
    OK(getrlimit(RLIMIT_MEMLOCK, &old));
    OK(setrlimit(RLIMIT_MEMLOCK, &small));
    as_nobody();
    char *at = pages(8, RW);
    long two = tap_result(mlock(at, 2 * PAGE)), more = tap_result(mlock(at, 4 * PAGE));
    OK(munlock(at, 8 * PAGE));
    small.rlim_cur = 0;
    OK(setrlimit(RLIMIT_MEMLOCK, &small));
    long none = tap_result(mlock(at, PAGE));
    as_root();
    setrlimit(RLIMIT_MEMLOCK, &old);
    EQ(two, 0);
    EQ(more, -ENOMEM);
    EQ(none, -EPERM);
}
CASE(mlockall_flags)
{
    IS(mlockall(0), -EINVAL);
    IS(mlockall(0x80), -EINVAL);
    IS(mlockall(MCL_ONFAULT), -EINVAL);
    IS(munlockall(), 0);
}
CASE(address_space_limit)
{
    struct rlimit old, limit;
    OK(getrlimit(RLIMIT_AS, &old));
    limit = old;
    limit.rlim_cur = 1ul << 30;
    OK(setrlimit(RLIMIT_AS, &limit));
    IS(mmap(NULL, 1ul << 30, RW, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), -ENOMEM);
    char *at = mmap(NULL, 1ul << 20, RW, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    TRUE(at != MAP_FAILED);
    IS(mremap(at, 1ul << 20, 1ul << 30, MREMAP_MAYMOVE), -ENOMEM);
    OK(setrlimit(RLIMIT_AS, &old));
}
CASE(data_limit_stops_brk)
{
    struct rlimit old, limit;
    OK(getrlimit(RLIMIT_DATA, &old));
    limit = old;
    limit.rlim_cur = 1 << 20;
    OK(setrlimit(RLIMIT_DATA, &limit));
    unsigned long now = (unsigned long)syscall(SYS_brk, 0);
    EQ(syscall(SYS_brk, now + (16 << 20)), now);
    IS(mmap(NULL, 16 << 20, RW, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), -ENOMEM);
    OK(setrlimit(RLIMIT_DATA, &old));
}
CASE(pages_of_a_file_after_fadvise)
{
    put("f", "abc");
    int fd = open("f", O_RDWR), pipes[2];
    OK(pipe(pipes));
    IS(posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL), 0);
    IS(posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED), 0);
    IS(posix_fadvise(fd, 0, 0, 99), EINVAL);
    IS(posix_fadvise(fd, 0, -1, POSIX_FADV_NORMAL), EINVAL);
    IS(posix_fadvise(pipes[0], 0, 0, POSIX_FADV_NORMAL), ESPIPE);
    IS(posix_fadvise(-1, 0, 0, POSIX_FADV_NORMAL), EBADF);
    IS(readahead(fd, 0, 100), 0);
    IS(readahead(pipes[0], 0, 1), -EINVAL);
}
CASE(protection_keys)
{
    long key = tap_result(pkey_alloc(0, 0));
    TRUE(key == -ENOSPC || key == -EINVAL || key > 0 || key == -ENOSYS);
    IS(syscall(SYS_pkey_alloc, 1, 0) < 0, 1);
    IS(syscall(SYS_pkey_mprotect, pages(1, RW), PAGE, PROT_READ, -1), 0);
}
CASE(membarrier_commands)
{
    long commands = tap_result(syscall(SYS_membarrier, 0, 0, 0));
    TRUE(commands >= 0);
    IS(syscall(SYS_membarrier, 1 << 4, 0, 0), 0);
    IS(syscall(SYS_membarrier, 1 << 3, 0, 0), 0);
    IS(syscall(SYS_membarrier, 1 << 30, 0, 0), -EINVAL);
    IS(syscall(SYS_membarrier, 0, 55, 0), -EINVAL);
}
