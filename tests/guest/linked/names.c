// build: static static-pie
// flags: -Icrates/link/c/include target/linked/libtrapless-libc.a target/linked/libtrapless.a
// The C library's names in a static program that is linked with -ltrapless-libc before the C library.
#include <sys/mman.h>
#include <sys/socket.h>

#include <trapless.h>

#include "tap.h"

CASE(names)
{
    struct stat status;
    int ends[2];
    EQ(getpid(), tl_getpid_raw());
    EQ(getppid(), tl_getppid_raw());
    EQ(getuid(), tl_getuid_raw());
    IS(lseek(-1, 0, SEEK_SET), -EBADF);
    IS(access("/nonexistent", F_OK), -ENOENT);
    IS(stat("/nonexistent", &status), -ENOENT);
    OK(stat("/", &status));
    TRUE(S_ISDIR(status.st_mode));
    OK(socketpair(AF_UNIX, SOCK_STREAM, 0, ends));
    IS(write(ends[0], "x", 1), 1);
    OK(close(ends[0]));
    OK(close(ends[1]));
    char *memory = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    TRUE(memory != MAP_FAILED);
    *memory = 1;
    OK(mprotect(memory, 4096, PROT_READ));
    OK(munmap(memory, 4096));
    IS(munmap(memory, 0), -EINVAL);
}
