// System V semaphores (semget(2), semop(2), semctl(2)).
#include "ipc.h"
#include <sys/sem.h>

union semun { int val; struct semid_ds *buf; unsigned short *array; struct seminfo *info; };

static int make(int count, int mode) { return semget(IPC_PRIVATE, count, IPC_CREAT | mode); }
static int end(int id) { return semctl(id, 0, IPC_RMID); }
static int set(int id, int index, int value) { return semctl(id, index, SETVAL, (union semun) { .val = value }); }
static int get(int id, int index) { return semctl(id, index, GETVAL); }

struct request { int id; struct sembuf steps[4]; unsigned count; struct timespec *timeout; };
static long request(void *data)
{
    struct request *r = data;
    return semtimedop(r->id, r->steps, r->count, r->timeout);
}

CASE(get_by_key)
{
    key_t key = a_key(1);
    IS(semget(key, 1, 0600), -ENOENT);
    int id = semget(key, 3, IPC_CREAT | 0600);
    OK(id);
    IS(semget(key, 0, 0), id);
    IS(semget(key, 2, IPC_CREAT | 0600), id);
    IS(semget(key, 4, 0), -EINVAL);
    IS(semget(key, 3, IPC_CREAT | IPC_EXCL | 0600), -EEXIST);
    OK(end(id));
    IS(semget(key, 1, 0600), -ENOENT);
    IS(semctl(id, 0, GETVAL), -EINVAL);
}
CASE(counts_that_are_none)
{
    IS(semget(IPC_PRIVATE, 0, 0600), -EINVAL);
    IS(semget(IPC_PRIVATE, -1, 0600), -EINVAL);
    IS(semget(IPC_PRIVATE, 32001, 0600), -EINVAL);
    int id = semget(IPC_PRIVATE, 32000, 0600);
    OK(id);
    OK(end(id));
}
CASE(values)
{
    int id = make(3, 0600);
    unsigned short values[3] = { 9, 9, 9 };
    OK(id);
    IS(semctl(id, 0, GETALL, (union semun) { .array = values }), 0);
    EQ(values[0] + values[1] + values[2], 0);
    IS(set(id, 1, 5), 0);
    IS(get(id, 1), 5);
    IS(semctl(id, 1, GETPID), getpid());
    IS(semctl(id, 0, GETPID), 0);
    IS(set(id, 0, 32767), 0);
    IS(set(id, 0, 32768), -ERANGE);
    IS(set(id, 0, -1), -ERANGE);
    IS(set(id, 3, 1), -EINVAL);
    IS(set(id, -1, 1), -EINVAL);
    IS(get(id, 3), -EINVAL);
    values[0] = 1, values[1] = 2, values[2] = 32768;
    IS(semctl(id, 0, SETALL, (union semun) { .array = values }), -ERANGE);
    IS(get(id, 0), 32767);
    values[2] = 3;
    IS(semctl(id, 0, SETALL, (union semun) { .array = values }), 0);
    IS(get(id, 2), 3);
    IS(syscall(SYS_semctl, id, 0, SETALL, 1L), -EFAULT);
    IS(syscall(SYS_semctl, id, 0, GETALL, 1L), -EFAULT);
    IS(syscall(SYS_semctl, id, 0, 99, 0L), -EINVAL);
    IS(syscall(SYS_semctl, -1, 0, GETVAL, 0L), -EINVAL);
    OK(end(id));
}
CASE(operations)
{
    int id = make(2, 0600);
    struct sembuf up = { 0, 2, 0 }, down = { 0, -1, IPC_NOWAIT }, zero = { 0, 0, IPC_NOWAIT };
    struct sembuf both[2] = { { 0, -2, 0 }, { 1, -1, IPC_NOWAIT } };
    OK(id);
    IS(semop(id, &zero, 1), 0);
    IS(semop(id, &up, 1), 0);
    IS(get(id, 0), 2);
    IS(semop(id, &zero, 1), -EAGAIN);
    IS(semop(id, &down, 1), 0);
    IS(get(id, 0), 1);
    IS(semop(id, &up, 1), 0);
    // All or nothing.
    IS(semop(id, both, 2), -EAGAIN);
    IS(get(id, 0), 3);
    struct sembuf twice[2] = { { 0, -3, 0 }, { 0, 5, 0 } };
    IS(semop(id, twice, 2), 0);
    IS(get(id, 0), 5);
    OK(end(id));
}
CASE(errors_of_operations)
{
    int id = make(1, 0600);
    static struct sembuf many[501];
    struct sembuf far = { 1, 1, 0 }, large = { 0, 32767, 0 }, one = { 0, 1, 0 };
    struct timespec bad = { 0, 1000000000 };
    OK(id);
    IS(semop(id, &far, 1), -EFBIG);
    IS(semop(id, &one, 0), -EINVAL);
    IS(semop(id, many, 501), -E2BIG);
    IS(semop(id, many, 500), 0);
    IS(semop(-1, &one, 1), -EINVAL);
    IS(semop(id + 1, &one, 1), -EINVAL);
    IS(syscall(SYS_semop, id, 1L, 1), -EFAULT);
    IS(semtimedop(id, &one, 1, &bad), -EINVAL);
    IS(semop(id, &large, 1), 0);
    IS(semop(id, &one, 1), -ERANGE);
    IS(get(id, 0), 32767);
    OK(end(id));
}
CASE(undo_range)
{
    int id = make(1, 0600);
    struct sembuf down = { 0, -32767, SEM_UNDO }, up = { 0, 32767, 0 }, little = { 0, -2, SEM_UNDO | IPC_NOWAIT };
    OK(id);
    IS(semop(id, &up, 1), 0);
    IS(semop(id, &down, 1), 0);
    IS(semop(id, &up, 1), 0);
    IS(semop(id, &little, 1), -ERANGE);
    // Setting the value forgets what would be taken back.
    IS(set(id, 0, 10), 0);
    IS(semop(id, &little, 1), 0);
    OK(end(id));
}
CASE(status)
{
    struct semid_ds status;
    int id = make(2, 0640);
    OK(id);
    memset(&status, 1, sizeof status);
    IS(semctl(id, 0, IPC_STAT, (union semun) { .buf = &status }), 0);
    EQ(status.sem_perm.mode, 0640);
    EQ(status.sem_perm.uid, geteuid());
    EQ(status.sem_perm.cgid, getegid());
    EQ(status.sem_perm.__key, 0);
    EQ(status.sem_nsems, 2);
    EQ(status.sem_otime, 0);
    TRUE(status.sem_ctime > 1000000000);
    struct sembuf up = { 0, 1, 0 };
    IS(semop(id, &up, 1), 0);
    IS(semctl(id, 0, IPC_STAT, (union semun) { .buf = &status }), 0);
    TRUE(status.sem_otime >= status.sem_ctime);
    status.sem_perm.mode = 0111600;
    status.sem_perm.uid = geteuid();
    IS(semctl(id, 0, IPC_SET, (union semun) { .buf = &status }), 0);
    IS(semctl(id, 0, IPC_STAT, (union semun) { .buf = &status }), 0);
    EQ(status.sem_perm.mode, 0600);
    status.sem_perm.uid = -1;
    IS(semctl(id, 0, IPC_SET, (union semun) { .buf = &status }), -EINVAL);
    IS(semctl(id, 0, IPC_STAT, (union semun) { .buf = (void *)1 }), -EFAULT);
    OK(end(id));
}
CASE(limits)
{
    struct seminfo info;
    int id = make(7, 0600);
    OK(id);
    OK(semctl(0, 0, IPC_INFO, (union semun) { .info = &info }));
    SHOW("%d %d %d %d %d %d %d %d %d %d", info.semmap, info.semmni, info.semmns, info.semmnu, info.semmsl,
         info.semopm, info.semume, info.semusz, info.semvmx, info.semaem);
    OK(semctl(0, 0, SEM_INFO, (union semun) { .info = &info }));
    TRUE(info.semusz >= 1 && info.semaem >= 7);
    OK(end(id));
}
CASE(by_index)
{
    struct seminfo info;
    struct semid_ds status;
    int id = make(1, 0600), found = 0;
    OK(id);
    int highest = semctl(0, 0, SEM_INFO, (union semun) { .info = &info });
    for (int index = 0; index <= highest; index++)
        found += semctl(index, 0, SEM_STAT, (union semun) { .buf = &status }) == id;
    EQ(found, 1);
    IS(semctl(id & 0x7fff, 0, 20 /* SEM_STAT_ANY */, (union semun) { .buf = &status }), id);
    OK(end(id));
    IS(semctl(highest + 5, 0, SEM_STAT, (union semun) { .buf = &status }), -EINVAL);
}
CASE(waits_for_more)
{
    int id = make(1, 0600);
    struct helper helper;
    struct request r = { .id = id, .steps = { { 0, -2, 0 } }, .count = 1 };
    OK(id);
    start(&helper, request, &r);
    while (semctl(id, 0, GETNCNT) != 1)
        sched_yield();
    IS(semctl(id, 0, GETZCNT), 0);
    struct sembuf up = { 0, 1, 0 };
    IS(semop(id, &up, 1), 0);
    IS(semctl(id, 0, GETNCNT), 1);
    IS(semop(id, &up, 1), 0);
    EQ(finish(&helper), 0);
    IS(get(id, 0), 0);
    IS(semctl(id, 0, GETNCNT), 0);
    OK(end(id));
}
CASE(waits_for_zero)
{
    int id = make(1, 0600);
    struct helper helper;
    struct request r = { .id = id, .steps = { { 0, 0, 0 } }, .count = 1 };
    OK(id);
    IS(set(id, 0, 1), 0);
    start(&helper, request, &r);
    while (semctl(id, 0, GETZCNT) != 1)
        sched_yield();
    IS(set(id, 0, 0), 0);
    EQ(finish(&helper), 0);
    OK(end(id));
}
CASE(first_come_first_served)
{
    int id = make(1, 0600);
    struct helper first, second;
    struct request one = { .id = id, .steps = { { 0, -1, 0 } }, .count = 1 }, two = one;
    OK(id);
    start(&first, request, &one);
    while (semctl(id, 0, GETNCNT) != 1)
        sched_yield();
    start(&second, request, &two);
    while (semctl(id, 0, GETNCNT) != 2)
        sched_yield();
    struct sembuf up = { 0, 1, 0 };
    IS(semop(id, &up, 1), 0);
    EQ(finish(&first), 0);
    IS(semctl(id, 0, GETNCNT), 1);
    OK(end(id));
    EQ(finish(&second), -EIDRM);
}
CASE(a_larger_wish_does_not_block_others)
{
    int id = make(1, 0600);
    struct helper large, small;
    struct request much = { .id = id, .steps = { { 0, -5, 0 } }, .count = 1 };
    struct request little = { .id = id, .steps = { { 0, -1, 0 } }, .count = 1 };
    OK(id);
    start(&large, request, &much);
    while (semctl(id, 0, GETNCNT) != 1)
        sched_yield();
    start(&small, request, &little);
    while (semctl(id, 0, GETNCNT) != 2)
        sched_yield();
    IS(set(id, 0, 3), 0);
    EQ(finish(&small), 0);
    IS(get(id, 0), 2);
    IS(set(id, 0, 6), 0);
    EQ(finish(&large), 0);
    IS(get(id, 0), 1);
    OK(end(id));
}
CASE(timeout_and_signal)
{
    int id = make(1, 0600);
    struct timespec shortly = { 0, 1000000 }, negative = { -1, 0 };
    struct sembuf down = { 0, -1, 0 };
    struct helper helper;
    OK(id);
    IS(semtimedop(id, &down, 1, &shortly), -EAGAIN);
    IS(semtimedop(id, &down, 1, &negative), -EINVAL);
    handle(SIGUSR1, SA_RESTART);
    struct request r = { .id = id, .steps = { down }, .count = 1 };
    start(&helper, request, &r);
    while (semctl(id, 0, GETNCNT) != 1)
        sched_yield();
    pthread_kill(helper.thread, SIGUSR1);
    EQ(finish(&helper), -EINTR);
    IS(semctl(id, 0, GETNCNT), 0);
    OK(end(id));
}
CASE(an_error_ends_a_wait)
{
    int id = make(2, 0600);
    struct helper helper;
    struct request r = { .id = id, .steps = { { 0, -1, 0 }, { 1, 1, 0 } }, .count = 2 };
    OK(id);
    IS(set(id, 1, 32767), 0);
    start(&helper, request, &r);
    while (semctl(id, 0, GETNCNT) != 1)
        sched_yield();
    IS(set(id, 0, 1), 0);
    EQ(finish(&helper), -ERANGE);
    IS(get(id, 0), 1);
    OK(end(id));
}
ROOT_CASE(permissions)
{
    struct semid_ds status;
    int id = make(1, 0600), open = make(1, 0044);
    struct sembuf up = { 0, 1, 0 }, zero = { 0, 0, IPC_NOWAIT };
    OK(id);
    OK(setresuid(1234, 1234, 0));
    IS(semop(id, &up, 1), -EACCES);
    IS(get(id, 0), -EACCES);
    IS(semctl(id, 0, IPC_STAT, (union semun) { .buf = &status }), -EACCES);
    IS(end(id), -EPERM);
    IS(get(open, 0), 0);
    IS(semop(open, &zero, 1), 0);
    IS(semop(open, &up, 1), -EACCES);
    IS(set(open, 0, 1), -EACCES);
    IS(semctl(id & 0x7fff, 0, SEM_STAT, (union semun) { .buf = &status }), -EACCES);
    IS(semctl(id & 0x7fff, 0, 20, (union semun) { .buf = &status }), id);
    OK(setresuid(0, 0, 0));
    OK(end(id));
    OK(end(open));
}
CASE(listed_in_proc)
{
    static char text[65536];
    char want[64];
    int id = make(3, 0600), fd;
    long length;
    OK(id);
    OK(fd = open("/proc/sysvipc/sem", O_RDONLY));
    length = read(fd, text, sizeof text - 1);
    close(fd);
    TRUE(length > 0);
    text[length] = 0;
    text[strcspn(text, "\n")] = 0;
    SHOW("%s", text);
    snprintf(want, sizeof want, "%10d %10d   600 %10u ", 0, id, 3);
    TRUE(strstr(text + strlen(text) + 1, want));
    OK(end(id));
}
