// System V shared memory (shmget(2), shmop(2), shmctl(2)).
#include "ipc.h"
#include <sys/mman.h>
#include <sys/shm.h>

#define PAGE 4096

static int make(size_t size) { return shmget(IPC_PRIVATE, size, 0600); }
static int end(int id) { return shmctl(id, IPC_RMID, NULL); }
static long attachments(int id)
{
    struct shmid_ds status;
    return shmctl(id, IPC_STAT, &status) ? -errno : (long)status.shm_nattch;
}

CASE(get_by_key)
{
    key_t key = a_key(3);
    IS(shmget(key, 1, 0600), -ENOENT);
    int id = shmget(key, 5000, IPC_CREAT | 0600);
    OK(id);
    IS(shmget(key, 0, 0), id);
    IS(shmget(key, 5000, IPC_CREAT | 0600), id);
    IS(shmget(key, 5001, 0), -EINVAL);
    IS(shmget(key, 1, IPC_CREAT | IPC_EXCL | 0600), -EEXIST);
    OK(end(id));
    IS(shmget(key, 1, 0600), -ENOENT);
    IS(shmget(IPC_PRIVATE, 0, 0600), -EINVAL);
    IS(shmget(IPC_PRIVATE, -1UL, 0600), -EINVAL);
}
CASE(two_places_one_memory)
{
    int id = make(3 * PAGE);
    OK(id);
    char *one, *two;
    OK(one = shmat(id, NULL, 0));
    OK(two = shmat(id, NULL, 0));
    TRUE(one != two);
    EQ(one[2 * PAGE], 0);
    one[2 * PAGE + 5] = 'x';
    EQ(two[2 * PAGE + 5], 'x');
    EQ(attachments(id), 2);
    OK(shmdt(one));
    EQ(attachments(id), 1);
    EQ(two[2 * PAGE + 5], 'x');
    OK(shmdt(two));
    EQ(attachments(id), 0);
    two = shmat(id, NULL, 0);
    EQ(two[2 * PAGE + 5], 'x');
    OK(shmdt(two));
    OK(end(id));
}
CASE(removed_when_detached_last)
{
    struct shmid_ds status;
    key_t key = a_key(4);
    int id = shmget(key, PAGE, IPC_CREAT | 0600);
    OK(id);
    char *one = shmat(id, NULL, 0);
    one[0] = 'y';
    OK(end(id));
    OK(shmctl(id, IPC_STAT, &status));
    EQ(status.shm_perm.mode, 01600);
    EQ(status.shm_perm.__key, 0);
    IS(shmget(key, PAGE, 0), -ENOENT);
    // Still there for those who know its identity.
    char *two;
    OK(two = shmat(id, NULL, 0));
    EQ(two[0], 'y');
    OK(end(id));
    OK(shmdt(one));
    OK(shmctl(id, IPC_STAT, &status));
    OK(shmdt(two));
    IS(shmctl(id, IPC_STAT, &status), -EINVAL);
    IS(shmat(id, NULL, 0), -EINVAL);
}
CASE(read_only)
{
    int id = make(PAGE);
    OK(id);
    char *text;
    OK(text = shmat(id, NULL, SHM_RDONLY));
    EQ(text[0], 0);
    IS(mprotect(text, PAGE, PROT_READ | PROT_WRITE), -EACCES);
    IS(mprotect(text, PAGE, PROT_READ | PROT_EXEC), 0);
    IS(syscall(SYS_read, open("/dev/zero", O_RDONLY), text, 1), -EFAULT);
    OK(shmdt(text));
    OK(end(id));
}
CASE(executable)
{
    int id = make(PAGE);
    OK(id);
    IS(mprotect(shmat(id, NULL, 0), PAGE, PROT_READ | PROT_EXEC), 0);
    if (geteuid() == 0)
        OK(shmat(id, NULL, SHM_EXEC));
    else
        IS(shmat(id, NULL, SHM_EXEC), -EACCES);
    OK(end(id));
}
CASE(addresses)
{
    int id = make(2 * PAGE);
    OK(id);
    char *room;
    OK(room = mmap(NULL, 8 * PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    IS((long)shmat(id, room, 0), -EINVAL);
    IS((long)shmat(id, room + 1, SHM_REMAP), -EINVAL);
    IS((long)shmat(id, NULL, SHM_REMAP), -EINVAL);
    IS((long)shmat(id, (void *)100, SHM_RND | SHM_REMAP), -EINVAL);
    OK(munmap(room, 4 * PAGE));
    IS((long)shmat(id, room + 17, 0), -EINVAL);
    IS((long)shmat(id, room + 17, SHM_RND), (long)room);
    OK(shmdt(room));
    IS((long)shmat(id, room + PAGE, 0), (long)(room + PAGE));
    // The second page would lie on something.
    IS((long)shmat(id, room + 3 * PAGE, 0), -EINVAL);
    IS((long)shmat(id, room + 3 * PAGE, SHM_REMAP), (long)(room + 3 * PAGE));
    IS((long)shmat(id, room + 2 * PAGE, SHM_REMAP), (long)(room + 2 * PAGE));
    IS((long)shmat(id, (void *)-PAGE, 0), -EINVAL);
    IS((long)shmat(id, (void *)(1L << 60), 0), -ENOMEM);
    IS((long)shmat(-1, NULL, 0), -EINVAL);
    IS((long)shmat(id + 1, NULL, 0), -EINVAL);
    OK(shmdt(room + 2 * PAGE));
    // One page is left of each of the others.
    EQ(attachments(id), 2);
    IS(shmdt(room + PAGE + 1), -EINVAL);
    OK(shmdt(room + PAGE));
    OK(shmdt(room + 3 * PAGE));
    EQ(attachments(id), 0);
    IS(shmdt(room + 3 * PAGE), -EINVAL);
    IS(shmdt(room + 5 * PAGE), -EINVAL);
    OK(munmap(room, 8 * PAGE));
    OK(end(id));
}
CASE(pieces_count)
{
    int id = make(3 * PAGE);
    OK(id);
    char *text;
    OK(text = shmat(id, NULL, 0));
    OK(mprotect(text + PAGE, PAGE, PROT_READ));
    EQ(attachments(id), 3);
    OK(munmap(text + PAGE, PAGE));
    EQ(attachments(id), 2);
    OK(shmdt(text));
    EQ(attachments(id), 0);
    OK(end(id));
}
CASE(unmapping_detaches)
{
    int id = make(PAGE);
    OK(id);
    char *text = shmat(id, NULL, 0);
    OK(end(id));
    OK(munmap(text, PAGE));
    IS(attachments(id), -EINVAL);
}
CASE(status)
{
    struct shmid_ds status;
    int id = make(5000);
    OK(id);
    OK(shmctl(id, IPC_STAT, &status));
    EQ(status.shm_segsz, 5000);
    EQ(status.shm_perm.mode, 0600);
    EQ(status.shm_cpid, getpid());
    EQ(status.shm_lpid, 0);
    EQ(status.shm_atime + status.shm_dtime, 0);
    void *text = shmat(id, NULL, 0);
    OK(shmctl(id, IPC_STAT, &status));
    EQ(status.shm_lpid, getpid());
    TRUE(status.shm_atime >= status.shm_ctime);
    EQ(status.shm_dtime, 0);
    OK(shmdt(text));
    OK(shmctl(id, IPC_STAT, &status));
    TRUE(status.shm_dtime >= status.shm_atime);
    status.shm_perm.mode = 0666;
    OK(shmctl(id, IPC_SET, &status));
    OK(shmctl(id, IPC_STAT, &status));
    EQ(status.shm_perm.mode, 0666);
    OK(shmctl(id, SHM_LOCK, NULL));
    OK(shmctl(id, IPC_STAT, &status));
    EQ(status.shm_perm.mode, 02666);
    OK(shmctl(id, SHM_UNLOCK, NULL));
    OK(shmctl(id, IPC_STAT, &status));
    EQ(status.shm_perm.mode, 0666);
    IS(shmctl(id, IPC_STAT, (void *)1), -EFAULT);
    IS(shmctl(id, 99, NULL), -EINVAL);
    IS(shmctl(-1, IPC_STAT, &status), -EINVAL);
    OK(end(id));
}
CASE(limits)
{
    struct shminfo limits;
    struct shm_info usage;
    struct shmid_ds status;
    int id = make(2 * PAGE);
    OK(id);
    OK(shmctl(0, IPC_INFO, (void *)&limits));
    SHOW("%lu %lu %lu %lu %lu", limits.shmmax, limits.shmmin, limits.shmmni, limits.shmseg, limits.shmall);
    OK(shmctl(0, SHM_INFO, (void *)&usage));
    TRUE(usage.used_ids >= 1 && usage.shm_tot >= 2);
    IS(shmctl(id & 0x7fff, SHM_STAT, &status), id);
    IS(shmctl(id & 0x7fff, 15 /* SHM_STAT_ANY */, &status), id);
    EQ(status.shm_segsz, 2 * PAGE);
    OK(end(id));
}
CASE(maps)
{
    static char text[262144], want[128];
    key_t key = a_key(5);
    int id = shmget(key, PAGE, IPC_CREAT | 0600), fd;
    size_t length = 0;
    long got;
    OK(id);
    char *at;
    OK(at = shmat(id, NULL, 0));
    OK(fd = open("/proc/self/maps", O_RDONLY));
    while ((got = read(fd, text + length, sizeof text - 1 - length)) > 0)
        length += (size_t)got;
    close(fd);
    text[length] = 0;
    snprintf(want, sizeof want, "%08lx-%08lx rw-s 00000000 00:01 %d", (long)at, (long)at + PAGE, id);
    char *line = strstr(text, want);
    TRUE(line != NULL);
    line[strcspn(line, "\n")] = 0;
    snprintf(want, sizeof want, "/SYSV%08x (deleted)", key);
    TRUE(strstr(line, want));
    OK(shmdt(at));
    OK(end(id));
}
ROOT_CASE(permissions)
{
    struct shmid_ds status;
    int id = make(PAGE), open = shmget(IPC_PRIVATE, PAGE, 0644);
    OK(id);
    OK(open);
    OK(setresuid(1234, 1234, 0));
    IS((long)shmat(id, NULL, 0), -EACCES);
    IS((long)shmat(open, NULL, 0), -EACCES);
    void *text;
    OK(text = shmat(open, NULL, SHM_RDONLY));
    OK(shmdt(text));
    IS((long)shmat(open, NULL, SHM_RDONLY | SHM_EXEC), -EACCES);
    IS(shmctl(id, IPC_STAT, &status), -EACCES);
    IS(shmctl(open, SHM_LOCK, NULL), -EPERM);
    IS(end(open), -EPERM);
    OK(setresuid(0, 0, 0));
    OK(end(id));
    OK(end(open));
}
