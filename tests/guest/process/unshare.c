// Giving up what is shared with others (unshare(2)).
#include "process.h"
#include <pthread.h>
#include <sys/sem.h>

CASE(refused)
{
    IS(unshare(1), -EINVAL);
    IS(syscall(SYS_unshare, 0x100000000ul), -EINVAL);
    IS(syscall(SYS_unshare, CLONE_PARENT), -EINVAL);
    IS(syscall(SYS_unshare, CLONE_VFORK), -EINVAL);
    IS(unshare(0), 0);
    // One who is alone has these for itself.
    IS(unshare(CLONE_THREAD), 0);
    IS(unshare(CLONE_SIGHAND | CLONE_THREAD), 0);
    IS(unshare(CLONE_VM | CLONE_SIGHAND | CLONE_THREAD), 0);
}
struct shared { int fd, step, threads, files; };

static void *with_own_files(void *argument)
{
    struct shared *shared = argument;
    shared->threads = unshare(CLONE_THREAD) == -1 ? errno : 0;
    if (unshare(CLONE_FILES | CLONE_FS))
        return "unshare";
    // Neither what is closed here nor the directory is the other's.
    close(shared->fd);
    if (chdir("/proc"))
        return "chdir";
    umask(0123);
    shared->files = open("/dev/null", O_RDONLY);
    return 0;
}
CASE(files_and_directory_of_a_thread)
{
    struct shared shared = { .fd = open("/dev/zero", O_RDONLY) };
    char before[4096], after[4096];
    TRUE(getcwd(before, sizeof before));
    mode_t mask = umask(022);
    pthread_t thread;
    void *said;
    EQ(pthread_create(&thread, 0, with_own_files, &shared), 0);
    pthread_join(thread, &said);
    TRUE(!said);
    EQ(shared.threads, EINVAL);
    IS(fcntl(shared.fd, F_GETFD), 0);
    // The lowest number was free there alone.
    EQ(shared.files, shared.fd);
    TRUE(getcwd(after, sizeof after));
    STR(after, before);
    EQ(umask(mask), 022);
    close(shared.fd);
}
static void *with_own_undo(void *argument)
{
    int set = *(int *)argument;
    struct sembuf up = { 0, 1, SEM_UNDO };
    if (semop(set, &up, 1) || semctl(set, 0, GETVAL) != 1)
        return "up";
    // The list is another one's too: nothing is taken back yet.
    if (unshare(CLONE_SYSVSEM) || semctl(set, 0, GETVAL) != 1)
        return "unshare";
    if (semop(set, &up, 1) || semctl(set, 0, GETVAL) != 2)
        return "again";
    return 0;
}
CASE(undo_lists)
{
    int set = semget(IPC_PRIVATE, 1, 0600);
    OK(set);
    pid_t pid = fork();
    if (pid == 0) {
        pthread_t thread;
        void *said = "no";
        if (pthread_create(&thread, 0, with_own_undo, &set))
            _exit(1);
        pthread_join(thread, &said);
        if (said)
            _exit(2);
        // What it did with a list of its own goes with it, on Linux a moment after the join.
        for (int i = 0; semctl(set, 0, GETVAL) != 1; i++) {
            if (i > 60000)
                _exit(3);
            usleep(1000);
        }
        _exit(0);
    }
    EQ(status_of(pid), 0);
    IS(semctl(set, 0, GETVAL), 0);
    IS(semctl(set, 0, IPC_RMID), 0);
}
