// Many processes of one parent, all alive at the same time.
// run: few 50
// full: many 500
// timeout: 300
#define TAP_NO_MAIN
#include "../tap.h"
#include <sys/wait.h>

int main(int argc, char **argv)
{
    int wanted = argc > 1 ? atoi(argv[1]) : 50;
    int ready[2], leave[2];
    if (pipe(ready) || pipe(leave))
        return 1;
    for (int i = 0; i < wanted; i++) {
        pid_t pid = fork();
        if (pid < 0) {
            printf("process %d: %s\n", i, tap_error(-errno));
            return 1;
        }
        if (pid == 0) {
            char byte = 'r';
            close(leave[1]);
            if (write(ready[1], &byte, 1) != 1)
                _exit(99);
            _exit(read(leave[0], &byte, 1) == 0 ? i % 100 : 98);
        }
    }
    for (int i = 0; i < wanted; i++) {
        char byte;
        if (read(ready[0], &byte, 1) != 1)
            return 2;
    }
    printf("%d processes\n", wanted);
    fflush(stdout);
    close(leave[1]);
    long sum = 0, ended = 0;
    int status;
    while (wait(&status) > 0) {
        ended++;
        sum += WIFEXITED(status) ? WEXITSTATUS(status) : 1000000;
    }
    printf("%ld ended, sum %ld\n", ended, sum);
    return 0;
}
