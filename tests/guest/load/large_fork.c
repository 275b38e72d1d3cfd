// fork of a process with much memory touched: parent and child each see what they wrote.
// run: small 32
// full: large 1024
// timeout: 300
#define TAP_NO_MAIN
#include "../tap.h"
#include <sys/mman.h>
#include <sys/wait.h>

static unsigned char *memory;
static size_t size;

static long count(unsigned char even, unsigned char odd)
{
    long wrong = 0;
    for (size_t at = 0; at < size; at += 4096)
        wrong += memory[at] != ((at / 4096) % 2 ? odd : even);
    return wrong;
}

int main(int argc, char **argv)
{
    size = (size_t)(argc > 1 ? atol(argv[1]) : 32) << 20;
    memory = mmap(0, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED)
        return 1;
    for (size_t at = 0; at < size; at += 4096)
        memory[at] = 1;
    int done[2];
    if (pipe(done))
        return 1;
    pid_t pid = fork();
    if (pid == 0) {
        char byte;
        for (size_t at = 4096; at < size; at += 8192)
            memory[at] = 2;
        close(done[1]);
        // The parent has written, too, before the child looks.
        if (read(done[0], &byte, 1) != 0)
            _exit(2);
        _exit(count(1, 2) != 0);
    }
    if (pid < 0) {
        printf("fork: %s\n", tap_error(-errno));
        return 1;
    }
    for (size_t at = 0; at < size; at += 8192)
        memory[at] = 3;
    close(done[1]);
    int status;
    waitpid(pid, &status, 0);
    printf("parent %ld wrong, child %x\n", count(3, 1), status);
    return 0;
}
