// Processes that are killed at random moments leave nothing held: locks of every kind are free again.
// run: few 200 1
// full: many 10000 2
// timeout: 600
#define TAP_NO_MAIN
#include "../tap.h"
#include <pthread.h>
#include <poll.h>
#include <sys/file.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/sem.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>

static struct { pthread_mutex_t lock; long owners; } *shared;
static int semaphore, lock_file;
static unsigned long state;

static unsigned random_number(void)
{
    state = state * 6364136223846793005ul + 1442695040888963407ul;
    return (unsigned)(state >> 33);
}
static int take(void)
{
    int error = pthread_mutex_lock(&shared->lock);
    if (error == EOWNERDEAD) {
        pthread_mutex_consistent(&shared->lock);
        shared->owners = 0;
        error = 0;
    }
    return error;
}
static void *idle_thread(void *unused)
{
    for (;;)
        sched_yield();
    return unused;
}
static void work(void)
{
    char buffer[4096];
    int pair[2];
    pthread_t thread;
    if (random_number() % 4 == 0)
        pthread_create(&thread, 0, idle_thread, 0);
    for (;;) {
        switch (random_number() % 10) {
        case 0:
            if (take() == 0) {
                shared->owners++;
                sched_yield();
                shared->owners--;
                pthread_mutex_unlock(&shared->lock);
            }
            break;
        case 1:
            flock(lock_file, LOCK_EX);
            flock(lock_file, LOCK_UN);
            break;
        case 2: {
            struct flock lock = { F_WRLCK, SEEK_SET, random_number() % 10, 5, 0 };
            fcntl(lock_file, F_SETLK, &lock);
            break;
        }
        case 3: {
            struct sembuf operations[] = { { 0, -1, SEM_UNDO }, { 0, 1, SEM_UNDO } };
            semop(semaphore, operations, 1);
            semop(semaphore, operations + 1, 1);
            break;
        }
        case 4:
            if (pipe(pair) == 0) {
                if (write(pair[1], buffer, sizeof buffer) > 0 && read(pair[0], buffer, sizeof buffer) < 0)
                    _exit(9);
                close(pair[0]);
                close(pair[1]);
            }
            break;
        case 5:
            if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0) {
                send(pair[0], buffer, 100, MSG_DONTWAIT);
                close(pair[0]);
                close(pair[1]);
            }
            break;
        case 6: {
            char *memory = mmap(0, 65536, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
            memory[0] = memory[65535] = 1;
            munmap(memory, 65536);
            break;
        }
        case 7: {
            pid_t pid = fork();
            if (pid == 0)
                _exit(0);
            waitpid(pid, 0, 0);
            break;
        }
        case 8: {
            int file = open("/proc/self/status", O_RDONLY);
            if (read(file, buffer, sizeof buffer) < 0)
                _exit(9);
            close(file);
            break;
        }
        case 9: {
            int file = open("scratch", O_RDWR | O_CREAT, 0600);
            if (write(file, buffer, random_number() % sizeof buffer) < 0 || ftruncate(file, 0))
                _exit(9);
            close(file);
            break;
        }
        }
    }
}

int main(int argc, char **argv)
{
    int rounds = argc > 1 ? atoi(argv[1]) : 200;
    state = argc > 2 ? (unsigned long)atol(argv[2]) : 1;
    shared = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    pthread_mutexattr_t attributes;
    pthread_mutexattr_init(&attributes);
    pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
    pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST);
    pthread_mutex_init(&shared->lock, &attributes);
    lock_file = open("locks", O_RDWR | O_CREAT, 0600);
    semaphore = semget(IPC_PRIVATE, 1, 0600);
    if (semctl(semaphore, 0, SETVAL, 1))
        return 1;
    int killed = 0, held = 0;
    for (int i = 0; i < rounds; i++) {
        pid_t pid = fork();
        if (pid == 0) {
            state += (unsigned long)i * 7919;
            lock_file = open("locks", O_RDWR);
            work();
        }
        if (pid < 0) {
            printf("fork %d: %s\n", i, tap_error(-errno));
            return 1;
        }
        struct timespec pause = { 0, random_number() % 2000000 };
        nanosleep(&pause, 0);
        kill(pid, SIGKILL);
        int status;
        waitpid(pid, &status, 0);
        killed += WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
        // Everything can be had at once.
        struct flock lock = { F_WRLCK, SEEK_SET, 0, 0, 0 };
        struct sembuf down = { 0, -1, IPC_NOWAIT }, up = { 0, 1, 0 };
        held += flock(lock_file, LOCK_EX | LOCK_NB) != 0;
        flock(lock_file, LOCK_UN);
        held += fcntl(lock_file, F_SETLK, &lock) != 0;
        held += semop(semaphore, &down, 1) != 0;
        semop(semaphore, &up, 1);
        held += take() != 0;
        pthread_mutex_unlock(&shared->lock);
    }
    semctl(semaphore, 0, IPC_RMID);
    printf("%d killed, %d held\n", killed, held);
    return 0;
}
