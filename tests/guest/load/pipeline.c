// A pipeline of processes; each adds one to every byte that passes.
// run: short 10 4
// full: long 100 1024
// timeout: 900
#define TAP_NO_MAIN
#include "../tap.h"
#include <sys/wait.h>

static char buffer[64 << 10];

static void pass(int from, int to)
{
    ssize_t got;
    while ((got = read(from, buffer, sizeof buffer)) > 0) {
        for (ssize_t i = 0; i < got; i++)
            buffer[i]++;
        for (ssize_t done = 0, put; done < got; done += put)
            if ((put = write(to, buffer + done, (size_t)(got - done))) <= 0)
                _exit(90);
    }
    _exit(got < 0 ? 91 : 0);
}

int main(int argc, char **argv)
{
    int stages = argc > 1 ? atoi(argv[1]) : 10;
    long size = (argc > 2 ? atol(argv[2]) : 4) << 20;
    int first[2], from, next[2];
    if (pipe(first))
        return 1;
    from = first[0];
    for (int i = 0; i < stages; i++) {
        if (pipe(next))
            return 1;
        pid_t pid = fork();
        if (pid < 0) {
            printf("stage %d: %s\n", i, tap_error(-errno));
            return 1;
        }
        if (pid == 0) {
            close(first[1]);
            close(next[0]);
            pass(from, next[1]);
        }
        close(from);
        close(next[1]);
        from = next[0];
    }
    if (fork() == 0) {
        for (long done = 0; done < size; done += (long)sizeof buffer) {
            for (size_t i = 0; i < sizeof buffer; i++)
                buffer[i] = (char)((size_t)done / 4096 + i * 7);
            for (size_t put = 0; put < sizeof buffer;) {
                ssize_t n = write(first[1], buffer + put, sizeof buffer - put);
                if (n <= 0)
                    _exit(92);
                put += (size_t)n;
            }
        }
        _exit(0);
    }
    close(first[1]);
    long total = 0, wrong = 0;
    ssize_t got;
    while ((got = read(from, buffer, sizeof buffer)) > 0)
        for (ssize_t i = 0; i < got; i++, total++) {
            long block = total / (long)sizeof buffer, at = total % (long)sizeof buffer;
            wrong += buffer[i] != (char)(block * (long)(sizeof buffer / 4096) + at * 7 + stages);
        }
    printf("%ld bytes, %ld wrong\n", total, wrong);
    int status, failed = 0, ended = 0;
    for (; wait(&status) > 0; ended++)
        failed += status != 0;
    printf("%d ended, %d failed\n", ended, failed);
    return 0;
}
