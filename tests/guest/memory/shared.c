// Shared file mappings and the file: coherence, the end of the file, msync, truncation.
// place: volume overlay memory
#define TAP_DIRS
#include "files.h"
#include "mem.h"

#define RW (PROT_READ | PROT_WRITE)

static int sized(const char *name, long size)
{
    int fd = open(name, O_RDWR | O_CREAT | O_TRUNC, 0644);
    if (fd < 0 || ftruncate(fd, size))
        tap_fail("cannot make %s: %s", name, tap_error(-errno));
    return fd;
}

CASE(writes_are_seen_in_the_mapping)
{
    int fd = sized("f", PAGE);
    char *at = mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, 0);
    EQ(at[10], 0);
    IS(pwrite(fd, "abc", 3, 10), 3);
    TRUE(memcmp(at + 10, "abc", 3) == 0);
}
CASE(stores_are_seen_by_read)
{
    int fd = sized("f", PAGE);
    char *at = mmap(NULL, PAGE, RW, MAP_SHARED, fd, 0);
    memcpy(at + 100, "stored", 6);
    char text[7] = "";
    IS(pread(fd, text, 6, 100), 6);
    STR(text, "stored");
    IS(pread(open("f", O_RDONLY), text, 6, 100), 6);
    STR(text, "stored");
}
CASE(two_mappings_are_one_memory)
{
    int fd = sized("f", 2 * PAGE);
    char *one = mmap(NULL, 2 * PAGE, RW, MAP_SHARED, fd, 0);
    char *two = mmap(NULL, PAGE, RW, MAP_SHARED, open("f", O_RDWR), PAGE);
    one[PAGE + 5] = 'x';
    EQ(two[5], 'x');
    two[6] = 'y';
    EQ(one[PAGE + 6], 'y');
}
CASE(private_sees_writes_until_it_is_written)
{
    int fd = sized("f", PAGE);
    char *at = mmap(NULL, PAGE, RW, MAP_PRIVATE, fd, 0);
    at[0] = 1;
    pwrite(fd, "zz", 2, 100);
    EQ(at[100], 0);
    char byte = 9;
    IS(pread(fd, &byte, 1, 0), 1);
    EQ(byte, 0);
}
CASE(past_the_last_page_is_sigbus)
{
    int fd = sized("f", 100);
    char *at = mmap(NULL, 3 * PAGE, RW, MAP_SHARED, fd, 0);
    EQ(reading(at + PAGE - 1), 0);
    EQ(reading(at + PAGE), BUSERR);
    TRUE(mem_address == at + PAGE);
    EQ(writing(at + 2 * PAGE + 3), BUSERR);
    TRUE(mem_address == at + 2 * PAGE + 3);
}
CASE(private_past_the_end_is_sigbus)
{
    int fd = sized("f", 100);
    char *at = mmap(NULL, 2 * PAGE, RW, MAP_PRIVATE, fd, 0);
    EQ(reading(at + PAGE), BUSERR);
    EQ(writing(at + PAGE), BUSERR);
}
CASE(empty_file_is_sigbus)
{
    char *at = mmap(NULL, PAGE, PROT_READ, MAP_SHARED, sized("f", 0), 0);
    TRUE(at != MAP_FAILED);
    EQ(reading(at), BUSERR);
}
CASE(growing_the_file_makes_pages_good)
{
    int fd = sized("f", 0);
    char *at = mmap(NULL, 2 * PAGE, RW, MAP_SHARED, fd, 0);
    EQ(reading(at), BUSERR);
    OK(ftruncate(fd, 2 * PAGE));
    EQ(writing(at + PAGE), 0);
    char byte = 0;
    IS(pread(fd, &byte, 1, PAGE), 1);
    EQ(byte, 42);
}
CASE(shrinking_the_file_makes_pages_bad)
{
    int fd = sized("f", 2 * PAGE);
    char *at = mmap(NULL, 2 * PAGE, RW, MAP_SHARED, fd, 0);
    at[PAGE] = 1;
    at[50] = 1;
    OK(ftruncate(fd, 50));
    EQ(reading(at + PAGE), BUSERR);
    EQ(at[50], 0);
    OK(ftruncate(fd, 2 * PAGE));
    EQ(at[PAGE], 0);
}
CASE(system_call_into_sigbus_page_is_efault)
{
    int fd = sized("f", 0), zero = open("/dev/zero", O_RDONLY);
    char *at = mmap(NULL, PAGE, RW, MAP_SHARED, fd, 0);
    IS(read(zero, at, 10), -EFAULT);
    int pipes[2];
    OK(pipe(pipes));
    IS(write(pipes[1], at, 10), -EFAULT);
}
CASE(tail_stores_do_not_grow_the_file)
{
    int fd = sized("f", 10);
    char *at = mmap(NULL, PAGE, RW, MAP_SHARED, fd, 0);
    at[20] = 'x';
    OK(msync(at, PAGE, MS_SYNC));
    EQ(size_of("f"), 10);
    char text[32];
    IS(pread(fd, text, 32, 0), 10);
}
CASE(msync_rules)
{
    int fd = sized("f", PAGE);
    char *at = mmap(NULL, PAGE, RW, MAP_SHARED, fd, 0);
    IS(msync(at, PAGE, MS_SYNC), 0);
    IS(msync(at, PAGE, MS_ASYNC), 0);
    IS(msync(at, PAGE, 0), 0);
    IS(msync(at, PAGE, MS_SYNC | MS_INVALIDATE), 0);
    IS(msync(at, PAGE, MS_SYNC | MS_ASYNC), -EINVAL);
    IS(msync(at, PAGE, 0x100), -EINVAL);
    IS(msync(at + 1, PAGE, MS_SYNC), -EINVAL);
    IS(msync(hole(1), PAGE, MS_SYNC), -ENOMEM);
    IS(msync(at, 0, MS_SYNC), 0);
}
CASE(read_into_its_own_mapping)
{
    int fd = sized("f", 2 * PAGE);
    pwrite(fd, "source", 6, 0);
    char *at = mmap(NULL, 2 * PAGE, RW, MAP_SHARED, fd, 0);
    IS(pread(fd, at + PAGE, 6, 0), 6);
    TRUE(memcmp(at + PAGE, "source", 6) == 0);
    IS(pwrite(fd, at, 6, 100), 6);
    TRUE(memcmp(at + 100, "source", 6) == 0);
}
CASE(maps_line_names_the_file)
{
    int fd = sized("named file", PAGE);
    char *at = mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, 0);
    char line[4200];
    int found = 0;
    struct stat st;
    OK(fstat(fd, &st));
    FILE *maps = fopen("/proc/self/maps", "r");
    while (maps && fgets(line, sizeof line, maps)) {
        unsigned long low, high, offset, inode;
        unsigned major, minor;
        char rights[8];
        sscanf(line, "%lx-%lx %7s %lx %x:%x %lu", &low, &high, rights, &offset, &major, &minor, &inode);
        if (low != (unsigned long)at)
            continue;
        found = 1;
        EQ(high - low, PAGE);
        STR(rights, "r--s");
        EQ(inode, st.st_ino);
        TRUE(strstr(line, "/maps_line_names_the_file/named file\n") != NULL);
    }
    EQ(found, 1);
}
CASE(memfd_is_a_file_in_memory)
{
    int fd = memfd_create("name", MFD_CLOEXEC);
    TRUE(fd >= 0);
    OK(ftruncate(fd, PAGE));
    char *at = mmap(NULL, PAGE, RW, MAP_SHARED, fd, 0);
    memcpy(at, "memory", 6);
    char text[7] = "", link[64], path[32];
    IS(pread(fd, text, 6, 0), 6);
    STR(text, "memory");
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(path, link, sizeof link - 1);
    link[length < 0 ? 0 : length] = 0;
    STR(link, "/memfd:name (deleted)");
    struct stat st;
    OK(fstat(fd, &st));
    EQ(st.st_mode, S_IFREG | 0777);
    EQ(st.st_nlink, 0);
    IS(fcntl(fd, F_GETFD), FD_CLOEXEC);
}
CASE(memfd_seals)
{
    int fd = memfd_create("sealed", MFD_ALLOW_SEALING);
    OK(ftruncate(fd, PAGE));
    IS(fcntl(fd, F_GET_SEALS), 0);
    OK(fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK));
    IS(ftruncate(fd, 10), -EPERM);
    IS(ftruncate(fd, 2 * PAGE), 0);
    OK(fcntl(fd, F_ADD_SEALS, F_SEAL_GROW));
    IS(ftruncate(fd, 3 * PAGE), -EPERM);
    OK(fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE));
    IS(write(fd, "x", 1), -EPERM);
    IS(mmap(NULL, PAGE, RW, MAP_SHARED, fd, 0), -EPERM);
    OK(fcntl(fd, F_ADD_SEALS, F_SEAL_SEAL));
    IS(fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE), -EPERM);
    IS(fcntl(fd, F_GET_SEALS), F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL);
    int plain = memfd_create("plain", 0);
    IS(fcntl(plain, F_GET_SEALS), F_SEAL_SEAL);
    IS(fcntl(plain, F_ADD_SEALS, F_SEAL_WRITE), -EPERM);
    IS(memfd_create("bad", 0x4000), -EINVAL);
    put("f", "x");
    IS(fcntl(open("/proc/self/exe", O_RDONLY), F_GET_SEALS), -EINVAL);
}
