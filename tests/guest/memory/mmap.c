// mmap(2) and munmap(2): variants and errors.
// place: volume overlay memory
#define TAP_DIRS
#include "files.h"
#include "mem.h"

#define ANON (MAP_PRIVATE | MAP_ANONYMOUS)
#define RW (PROT_READ | PROT_WRITE)

CASE(anonymous_is_zero_and_writable)
{
    char *at = pages(3, RW);
    STOP_IF_FAILED();
    EQ((unsigned long)at % PAGE, 0);
    for (size_t i = 0; i < 3 * PAGE; i++)
        EQ(at[i], 0);
    memset(at, 1, 3 * PAGE);
    OK(munmap(at, 3 * PAGE));
    EQ(reading(at), MAPERR);
}
CASE(length_zero_is_einval) { IS(mmap(NULL, 0, RW, ANON, -1, 0), -EINVAL); }
CASE(no_sharing_type_is_einval)
{
    IS(mmap(NULL, PAGE, RW, MAP_ANONYMOUS, -1, 0), -EINVAL);
}
CASE(validate_refuses_unknown_flags)
{
    put("f", "x");
    int fd = open("f", O_RDWR);
    IS(mmap(NULL, PAGE, RW, MAP_SHARED_VALIDATE | (1 << 24), fd, 0), -EOPNOTSUPP);
    OK(mmap(NULL, PAGE, RW, MAP_SHARED_VALIDATE, fd, 0));
    OK(mmap(NULL, PAGE, RW, MAP_SHARED | (1 << 24), fd, 0));
}
CASE(odd_offset_is_einval)
{
    put("f", "x");
    IS(syscall(SYS_mmap, 0, PAGE, PROT_READ, MAP_PRIVATE, open("f", O_RDONLY), 1), -EINVAL);
    IS(syscall(SYS_mmap, 0, PAGE, PROT_READ, ANON, -1, 100), -EINVAL);
}
CASE(odd_fixed_address_is_einval)
{
    IS(mmap((void *)0x10000001, PAGE, RW, ANON | MAP_FIXED, -1, 0), -EINVAL);
}
CASE(absurd_lengths_are_enomem)
{
    IS(mmap(NULL, 1ul << 47, PROT_NONE, ANON | MAP_NORESERVE, -1, 0), -ENOMEM);
    IS(mmap(NULL, ~0ul, RW, ANON, -1, 0), -ENOMEM);
    IS(mmap(NULL, ~0ul - 4095, RW, ANON, -1, 0), -ENOMEM);
}
CASE(fixed_beyond_the_top_is_enomem)
{
    IS(mmap((void *)0x7ffffffff000, PAGE, RW, ANON | MAP_FIXED, -1, 0), -ENOMEM);
    IS(mmap((void *)0x800000000000, PAGE, RW, ANON | MAP_FIXED, -1, 0), -ENOMEM);
    IS(mmap((void *)0xffffffff80000000, PAGE, RW, ANON | MAP_FIXED, -1, 0), -ENOMEM);
}
CASE(hint_is_followed_when_free)
{
    char *at = hole(4);
    TRUE(mmap(at, 4 * PAGE, RW, ANON, -1, 0) == at);
    char *other = mmap(at, PAGE, RW, ANON, -1, 0);
    TRUE(other != MAP_FAILED && (other < at || other >= at + 4 * PAGE));
    OK(munmap(at, 4 * PAGE));
}
CASE(hint_is_rounded_down_to_a_page)
{
    char *at = hole(2);
    char *got = mmap(at + 5, PAGE, RW, ANON, -1, 0);
    TRUE(got == at || got == at + PAGE);
    SHOW("%ld", (long)(got - at));
}
CASE(length_is_rounded_up)
{
    char *at = mmap(NULL, 1, RW, ANON, -1, 0);
    EQ(writing(at + PAGE - 1), 0);
    OK(munmap(at, 1));
    EQ(reading(at + PAGE - 1), MAPERR);
}
CASE(fixed_replaces)
{
    char *at = pages(3, RW);
    memset(at, 1, 3 * PAGE);
    TRUE(mmap(at + PAGE, PAGE, RW, ANON | MAP_FIXED, -1, 0) == at + PAGE);
    EQ(at[0], 1);
    EQ(at[PAGE], 0);
    EQ(at[2 * PAGE], 1);
}
CASE(noreplace_refuses_an_overlap)
{
    char *at = pages(3, RW);
    IS(mmap(at + PAGE, PAGE, RW, ANON | MAP_FIXED_NOREPLACE, -1, 0), -EEXIST);
    IS(mmap(at - PAGE, 2 * PAGE, RW, ANON | MAP_FIXED_NOREPLACE, -1, 0), -EEXIST);
    OK(munmap(at + PAGE, PAGE));
    TRUE(mmap(at + PAGE, PAGE, RW, ANON | MAP_FIXED_NOREPLACE, -1, 0) == at + PAGE);
}
CASE(low_32_bits_on_demand)
{
    char *at = mmap(NULL, PAGE, RW, ANON | MAP_32BIT, -1, 0);
    TRUE(at != MAP_FAILED);
    TRUE((unsigned long)at < 1ul << 31);
    EQ(writing(at), 0);
}
CASE(prot_none_faults)
{
    char *at = pages(1, PROT_NONE);
    EQ(reading(at), ACCERR);
    TRUE(mem_address == at);
    EQ(writing(at + 17), ACCERR);
    TRUE(mem_address == at + 17);
}
CASE(write_only_reads_too)
{
    char *at = pages(1, PROT_WRITE);
    EQ(writing(at), 0);
    EQ(reading(at), 0);
}
CASE(partial_munmap_splits)
{
    char *at = pages(5, RW);
    memset(at, 3, 5 * PAGE);
    OK(munmap(at + 2 * PAGE, PAGE));
    STR(shape(at, at + 5 * PAGE), "0-2rw-p 3-5rw-p");
    EQ(reading(at + 2 * PAGE), MAPERR);
    EQ(at[2 * PAGE - 1], 3);
    EQ(at[3 * PAGE], 3);
    OK(munmap(at, 5 * PAGE));
    STR(shape(at, at + 5 * PAGE), "");
}
CASE(munmap_errors)
{
    IS(munmap((void *)1, PAGE), -EINVAL);
    IS(munmap((void *)PAGE, 0), -EINVAL);
    IS(munmap((void *)PAGE, ~0ul), -EINVAL);
    IS(munmap((void *)0x7ffffffff000, 2 * PAGE), -EINVAL);
    IS(munmap(hole(1), PAGE), 0);
}
CASE(neighbours_merge)
{
    char *at = hole(3);
    OK(mmap(at, PAGE, RW, ANON | MAP_FIXED, -1, 0));
    OK(mmap(at + 2 * PAGE, PAGE, RW, ANON | MAP_FIXED, -1, 0));
    OK(mmap(at + PAGE, PAGE, RW, ANON | MAP_FIXED, -1, 0));
    STR(shape(at, at + 3 * PAGE), "0-3rw-p");
}
CASE(private_file_is_a_copy)
{
    put("f", "abc");
    int fd = open("f", O_RDWR);
    char *at = mmap(NULL, PAGE, RW, MAP_PRIVATE, fd, 0);
    TRUE(at != MAP_FAILED);
    TRUE(memcmp(at, "abc", 4) == 0);
    at[0] = 'X';
    STR(text_of("f"), "abc");
    close(fd);
    EQ(at[0], 'X');
    EQ(at[PAGE - 1], 0);
}
CASE(private_writable_needs_only_read)
{
    put("f", "abc");
    char *at = mmap(NULL, PAGE, RW, MAP_PRIVATE, open("f", O_RDONLY), 0);
    TRUE(at != MAP_FAILED);
    EQ(writing(at), 0);
}
CASE(rights_of_the_descriptor)
{
    put("f", "abc");
    IS(mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, open("f", O_WRONLY), 0), -EACCES);
    IS(mmap(NULL, PAGE, PROT_WRITE, MAP_SHARED, open("f", O_WRONLY), 0), -EACCES);
    IS(mmap(NULL, PAGE, RW, MAP_SHARED, open("f", O_RDONLY), 0), -EACCES);
    OK(mmap(NULL, PAGE, PROT_READ, MAP_SHARED, open("f", O_RDONLY), 0));
    OK(mmap(NULL, PAGE, RW, MAP_SHARED, open("f", O_RDWR | O_APPEND), 0));
}
CASE(bad_descriptors)
{
    IS(mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, -1, 0), -EBADF);
    IS(mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, 999, 0), -EBADF);
    IS(mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, open(".", O_RDONLY), 0), -ENODEV);
    put("f", "x");
    IS(mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, open("f", O_PATH), 0), -EBADF);
    int pipes[2];
    OK(pipe(pipes));
    IS(mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, pipes[0], 0), -ENODEV);
    IS(mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, open("/dev/null", O_RDONLY), 0), -ENODEV);
}
CASE(mapping_outlives_the_descriptor_and_the_name)
{
    put("f", "abc");
    int fd = open("f", O_RDONLY);
    char *at = mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, 0);
    close(fd);
    OK(unlink("f"));
    TRUE(memcmp(at, "abc", 4) == 0);
}
CASE(offset_in_a_file)
{
    int fd = open("f", O_RDWR | O_CREAT, 0644);
    OK(ftruncate(fd, 3 * PAGE));
    IS(pwrite(fd, "second", 6, PAGE), 6);
    char *at = mmap(NULL, 2 * PAGE, PROT_READ, MAP_PRIVATE, fd, PAGE);
    TRUE(memcmp(at, "second", 7) == 0);
    EQ(at[2 * PAGE - 1], 0);
}
CASE(dev_zero_is_anonymous_memory)
{
    char *at = mmap(NULL, 2 * PAGE, RW, MAP_PRIVATE, open("/dev/zero", O_RDWR), 0);
    TRUE(at != MAP_FAILED);
    EQ(at[PAGE], 0);
    EQ(writing(at), 0);
}
CASE(shared_anonymous)
{
    char *at = mmap(NULL, 2 * PAGE, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    TRUE(at != MAP_FAILED);
    EQ(at[PAGE], 0);
    EQ(writing(at), 0);
    EQ(at[0], 42);
    STR(shape(at, at + 2 * PAGE), "0-2rw-s");
}
CASE(populate_and_other_hints)
{
    static const int flags[] = { MAP_POPULATE, MAP_NORESERVE, MAP_STACK, MAP_LOCKED, MAP_DENYWRITE,
                                 MAP_EXECUTABLE, MAP_NONBLOCK };
    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++) {
        char *at = mmap(NULL, PAGE, RW, ANON | flags[i], -1, 0);
        TRUE(at != MAP_FAILED);
        EQ(writing(at), 0);
    }
}
CASE(a_terabyte_without_reserve)
{
    char *at = mmap(NULL, 1ul << 40, PROT_NONE, ANON | MAP_NORESERVE, -1, 0);
    TRUE(at != MAP_FAILED);
    OK(mprotect(at + (1ul << 39), PAGE, RW));
    EQ(writing(at + (1ul << 39)), 0);
    OK(munmap(at, 1ul << 40));
}
CASE(grows_down)
{
    char *at = mmap(NULL, 4 * PAGE, RW, ANON | MAP_GROWSDOWN, -1, 0);
    TRUE(at != MAP_FAILED);
    EQ(writing(at), 0);
}
CASE(executable_memory_runs)
{
    static const unsigned char code[] = { 0xb8, 0x2a, 0, 0, 0, 0xc3 }; // mov $42,%eax; ret
    unsigned char *at = mmap(NULL, PAGE, RW | PROT_EXEC, ANON, -1, 0);
    TRUE(at != MAP_FAILED);
    memcpy(at, code, sizeof code);
    EQ(((int (*)(void))at)(), 42);
}
CASE(not_executable_faults)
{
    char *at = pages(1, RW);
    at[0] = (char)0xc3;
    catch_faults();
    int caught = sigsetjmp(mem_back, 1);
    if (!caught)
        ((void (*)(void))at)();
    EQ(caught, 1);
    EQ(mem_signal * 1000 + mem_code, ACCERR);
    TRUE(mem_address == at);
}
ROOT_CASE(fixed_below_mmap_min_addr)
{
    as_nobody();
    IS(mmap((void *)0, PAGE, RW, ANON | MAP_FIXED, -1, 0), -EPERM);
    as_root();
}
CASE(null_faults_with_address_zero)
{
    EQ(reading(NULL), MAPERR);
    TRUE(mem_address == NULL);
    EQ(reading((void *)0xdead), MAPERR);
    TRUE(mem_address == (void *)0xdead);
}
CASE(non_canonical_faults_without_address)
{
    EQ(reading((void *)0x1234567800000000), SIGSEGV * 1000 + 128);
    TRUE(mem_address == NULL);
}
CASE(kernel_half_faults)
{
    EQ(reading((void *)0xffff800000000000), MAPERR);
    TRUE(mem_address == (void *)0xffff800000000000);
    EQ(writing((void *)0x7ffffffff000), MAPERR);
}
CASE(huge_pages_are_refused_cleanly_or_given)
{
    // How many there are is the administrator's choice; an unsupported size is an error anywhere.
    IS(mmap(NULL, 1ul << 21, RW, ANON | MAP_HUGETLB | (13 << 26), -1, 0), -EINVAL);
}
