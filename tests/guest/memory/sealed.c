// memfd_create and seals: what each seal forbids, to whom, and from when on.
#include "mem.h"
#include <sys/vfs.h>

#ifndef MFD_NOEXEC_SEAL
#define MFD_NOEXEC_SEAL 8u
#define MFD_EXEC 16u
#endif
#ifndef F_SEAL_EXEC
#define F_SEAL_EXEC 0x20
#endif
#ifndef F_SEAL_FUTURE_WRITE
#define F_SEAL_FUTURE_WRITE 0x10
#endif

static char bytes[20000];
static int sealed(size_t size, int seals)
{
    int fd = memfd_create("sealed", MFD_ALLOW_SEALING);
    if (fd < 0 || ftruncate(fd, (off_t)size) || fcntl(fd, F_ADD_SEALS, seals))
        tap_fail("cannot make a sealed file: %s", tap_error(-errno));
    return fd;
}

CASE(creation)
{
    char name[256];
    IS(memfd_create("a", 0x20), -EINVAL);
    IS(memfd_create("a", 1u << 26), -EINVAL);
    IS(memfd_create("a", MFD_EXEC | MFD_NOEXEC_SEAL), -EINVAL);
    memset(name, 'n', sizeof name);
    name[249] = 0;
    OK(memfd_create(name, 0));
    name[249] = 'n';
    name[250] = 0;
    IS(memfd_create(name, 0), -EINVAL);
    IS(memfd_create((char *)8, 0), -EFAULT);
    OK(memfd_create("", 0));
    OK(memfd_create("with/slash", 0));
}
CASE(kinds)
{
    struct stat st;
    struct statfs fs;
    int fd = memfd_create("a", MFD_CLOEXEC);
    OK(fstat(fd, &st));
    SHOW("%o %ld %ld", st.st_mode, (long)st.st_size, (long)st.st_nlink);
    OK(fstatfs(fd, &fs));
    EQ(fs.f_type, 0x01021994);
    SHOW("%x %x", fcntl(fd, F_GET_SEALS), fcntl(fd, F_GETFL));
    fd = memfd_create("a", MFD_NOEXEC_SEAL);
    OK(fstat(fd, &st));
    SHOW("%o %x", st.st_mode, fcntl(fd, F_GET_SEALS));
    IS(fchmod(fd, 0777), -EPERM);
    IS(fchmod(fd, 0600), 0);
    fd = memfd_create("a", MFD_EXEC | MFD_ALLOW_SEALING);
    OK(fcntl(fd, F_ADD_SEALS, F_SEAL_EXEC));
    SHOW("%x", fcntl(fd, F_GET_SEALS));
    IS(fchmod(fd, 0), -EPERM);
    IS(write(fd, "x", 1), -EPERM);
}
CASE(sizes)
{
    int fd = sealed(4096, F_SEAL_GROW);
    IS(pwrite(fd, bytes, 6000, 0), 4096);
    IS(pwrite(fd, bytes, 6000, 4000), 96);
    IS(pwrite(fd, bytes, 1, 4096), -EPERM);
    IS(ftruncate(fd, 4097), -EPERM);
    IS(fallocate(fd, 0, 0, 4096), 0);
    IS(fallocate(fd, 0, 0, 4097), -EPERM);
    IS(fallocate(fd, FALLOC_FL_KEEP_SIZE, 4096, 1), -EPERM);
    IS(ftruncate(fd, 100), 0);
    IS(pwrite(fd, bytes, 101, 0), -EPERM);
    IS(pwrite(fd, bytes, 100, 0), 100);
    fd = sealed(20000, F_SEAL_GROW);
    IS(pwrite(fd, bytes, 20000, 100), 16284);
    fd = sealed(4096, F_SEAL_SHRINK);
    IS(ftruncate(fd, 4095), -EPERM);
    IS(ftruncate(fd, 8192), 0);
    IS(fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, 4096), 0);
}
CASE(contents)
{
    for (int i = 0; i < 2; i++) {
        int fd = sealed(PAGE, i ? F_SEAL_FUTURE_WRITE : F_SEAL_WRITE);
        IS(pwrite(fd, "x", 1, 0), -EPERM);
        IS(fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, PAGE), -EPERM);
        IS(ftruncate(fd, 2 * PAGE), 0);
        IS(mmap(NULL, PAGE, PROT_WRITE, MAP_SHARED, fd, 0), -EPERM);
        char *read_only = mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, 0);
        TRUE(read_only != MAP_FAILED);
        IS(mprotect(read_only, PAGE, PROT_READ | PROT_WRITE), -EACCES);
        char *own = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
        TRUE(own != MAP_FAILED);
        *own = 1;
    }
}
CASE(mappings_in_the_way)
{
    int fd = sealed(PAGE, 0);
    char *at = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    IS(fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE), -EBUSY);
    IS(fcntl(fd, F_GET_SEALS), 0);
    OK(fcntl(fd, F_ADD_SEALS, F_SEAL_FUTURE_WRITE));
    *at = 'x';
    char byte;
    IS(pread(fd, &byte, 1, 0), 1);
    EQ(byte, 'x');
    munmap(at, PAGE);
    OK(fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE));
    fd = sealed(PAGE, 0);
    at = mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, 0);
    IS(fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE), -EBUSY);
    munmap(at, PAGE);
    at = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
    OK(fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE));
}
CASE(who_may_seal)
{
    char path[64];
    int fd = sealed(PAGE, F_SEAL_SHRINK);
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    int reader = open(path, O_RDONLY);
    TRUE(reader >= 0);
    IS(fcntl(reader, F_GET_SEALS), F_SEAL_SHRINK);
    IS(fcntl(reader, F_ADD_SEALS, F_SEAL_GROW), -EPERM);
    int writer = open(path, O_RDWR);
    IS(fcntl(writer, F_ADD_SEALS, F_SEAL_GROW), 0);
    IS(fcntl(fd, F_GET_SEALS), F_SEAL_SHRINK | F_SEAL_GROW);
    IS(fcntl(fd, F_ADD_SEALS, 0x40), -EINVAL);
    IS(fcntl(fd, F_ADD_SEALS, F_SEAL_SEAL), 0);
    IS(fcntl(fd, F_ADD_SEALS, 0), -EPERM);
    IS(fcntl(open("/proc/self/exe", O_RDONLY), F_ADD_SEALS, F_SEAL_SEAL), -EPERM);
    IS(fcntl(open("/dev/null", O_RDWR), F_ADD_SEALS, F_SEAL_SEAL), -EINVAL);
    IS(fcntl(open("/dev/null", O_RDWR), F_GET_SEALS), -EINVAL);
}
CASE(files_in_shared_memory)
{
    int fd = open("/dev/shm/trapless-sealed", O_CREAT | O_RDWR | O_EXCL, 0600);
    TRUE(fd >= 0);
    OK(unlink("/dev/shm/trapless-sealed"));
    IS(fcntl(fd, F_GET_SEALS), F_SEAL_SEAL);
    IS(fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE), -EPERM);
    IS(fallocate(fd, FALLOC_FL_ZERO_RANGE, 0, 100), -EOPNOTSUPP);
    IS(lseek(fd, 0x7fffffffffffffff, SEEK_SET), 0x7fffffffffffffff);
}
