// flock, POSIX locks and open-file-description locks, as one process sees them.
// place: volume overlay memory
#define TAP_DIRS
#include "../files.h"
#include <sys/file.h>

static struct flock range(short type, off_t start, off_t length)
{
    return (struct flock){ .l_type = type, .l_whence = SEEK_SET, .l_start = start, .l_len = length };
}

static long lock(int fd, int command, short type, off_t start, off_t length)
{
    struct flock lock = range(type, start, length);
    return tap_result(fcntl(fd, command, &lock));
}

static int one, two;
static void files(void)
{
    put("f", "0123456789");
    one = open("f", O_RDWR);
    two = open("f", O_RDWR);
}

CASE(flock_between_open_files)
{
    files();
    IS(flock(one, LOCK_EX), 0);
    IS(flock(two, LOCK_EX | LOCK_NB), -EAGAIN);
    IS(flock(two, LOCK_SH | LOCK_NB), -EAGAIN);
    IS(flock(one, LOCK_SH), 0);
    IS(flock(two, LOCK_SH | LOCK_NB), 0);
    IS(flock(one, LOCK_EX | LOCK_NB), -EAGAIN);
    IS(flock(two, LOCK_UN), 0);
    // A conversion that fails has given up the old lock.
    SHOW("%s", tap_error(tap_result(flock(one, LOCK_EX | LOCK_NB))));
    IS(flock(one, LOCK_UN), 0);
    IS(flock(one, LOCK_UN), 0);
}
CASE(flock_belongs_to_the_open_file)
{
    files();
    int twin = dup(one);
    IS(flock(one, LOCK_EX), 0);
    IS(flock(twin, LOCK_EX | LOCK_NB), 0);
    close(one);
    IS(flock(two, LOCK_EX | LOCK_NB), -EAGAIN);
    close(twin);
    IS(flock(two, LOCK_EX | LOCK_NB), 0);
}
CASE(flock_errors)
{
    files();
    IS(flock(one, 0), -EINVAL);
    IS(flock(one, LOCK_SH | LOCK_EX), -EINVAL);
    IS(flock(one, 0x100), -EINVAL);
    IS(flock(-1, LOCK_SH), -EBADF);
    IS(flock(open("f", O_RDONLY), LOCK_EX), 0);
    IS(flock(open("f", O_PATH), LOCK_EX), -EBADF);
}
CASE(posix_locks_do_not_conflict_with_oneself)
{
    files();
    EQ(lock(one, F_SETLK, F_WRLCK, 0, 0), 0);
    EQ(lock(two, F_SETLK, F_WRLCK, 0, 0), 0);
    struct flock query = range(F_WRLCK, 0, 0);
    OK(fcntl(two, F_GETLK, &query));
    EQ(query.l_type, F_UNLCK);
}
CASE(posix_lock_errors)
{
    files();
    int in = open("f", O_RDONLY), out = open("f", O_WRONLY);
    EQ(lock(in, F_SETLK, F_WRLCK, 0, 0), -EBADF);
    EQ(lock(in, F_SETLK, F_RDLCK, 0, 0), 0);
    EQ(lock(out, F_SETLK, F_RDLCK, 0, 0), -EBADF);
    EQ(lock(one, F_SETLK, 99, 0, 0), -EINVAL);
    EQ(lock(one, F_SETLK, F_RDLCK, -1, 0), -EINVAL);
    EQ(lock(one, F_SETLK, F_RDLCK, 5, -10), -EINVAL);
    EQ(lock(one, F_SETLK, F_RDLCK, 5, -3), 0);
    EQ(lock(-1, F_SETLK, F_RDLCK, 0, 0), -EBADF);
    IS(syscall(SYS_fcntl, one, F_SETLK, 8), -EFAULT);
    IS(syscall(SYS_fcntl, one, F_GETLK, 8), -EFAULT);
    struct flock odd = range(F_RDLCK, 0, 0);
    odd.l_whence = 9;
    IS(fcntl(one, F_SETLK, &odd), -EINVAL);
    odd = range(F_UNLCK, 0, 0);
    IS(fcntl(one, F_GETLK, &odd), -EINVAL);
    int p[2];
    OK(pipe(p));
    SHOW("%s", tap_error(lock(p[0], F_SETLK, F_RDLCK, 0, 0)));
}
CASE(ofd_locks_conflict)
{
    files();
    EQ(lock(one, F_OFD_SETLK, F_WRLCK, 2, 3), 0);
    EQ(lock(two, F_OFD_SETLK, F_WRLCK, 0, 2), 0);
    EQ(lock(two, F_OFD_SETLK, F_WRLCK, 4, 2), -EAGAIN);
    EQ(lock(two, F_OFD_SETLK, F_RDLCK, 4, 2), -EAGAIN);
    EQ(lock(two, F_OFD_SETLK, F_RDLCK, 5, 0), 0);
    struct flock query = range(F_WRLCK, 0, 0);
    OK(fcntl(two, F_OFD_GETLK, &query));
    EQ(query.l_type, F_WRLCK);
    EQ(query.l_start, 2);
    EQ(query.l_len, 3);
    EQ(query.l_pid, -1);
    EQ(query.l_whence, SEEK_SET);
}
CASE(ofd_locks_split_and_go_with_close)
{
    files();
    EQ(lock(one, F_OFD_SETLK, F_WRLCK, 0, 10), 0);
    EQ(lock(one, F_OFD_SETLK, F_UNLCK, 4, 2), 0);
    EQ(lock(two, F_OFD_SETLK, F_WRLCK, 4, 2), 0);
    EQ(lock(two, F_OFD_SETLK, F_WRLCK, 3, 1), -EAGAIN);
    EQ(lock(two, F_OFD_SETLK, F_WRLCK, 6, 1), -EAGAIN);
    EQ(lock(one, F_OFD_SETLK, F_RDLCK, 8, 2), 0);
    EQ(lock(two, F_OFD_SETLK, F_RDLCK, 9, 1), 0);
    close(one);
    EQ(lock(two, F_OFD_SETLK, F_WRLCK, 0, 0), 0);
}
CASE(ofd_needs_pid_zero)
{
    files();
    struct flock query = range(F_WRLCK, 0, 0);
    query.l_pid = 1;
    IS(fcntl(one, F_OFD_SETLK, &query), -EINVAL);
    IS(fcntl(one, F_OFD_GETLK, &query), -EINVAL);
}
CASE(posix_and_ofd_conflict)
{
    files();
    EQ(lock(one, F_SETLK, F_WRLCK, 0, 5), 0);
    EQ(lock(two, F_OFD_SETLK, F_WRLCK, 0, 5), -EAGAIN);
    struct flock query = range(F_WRLCK, 0, 0);
    OK(fcntl(two, F_OFD_GETLK, &query));
    EQ(query.l_pid, getpid());
    EQ(lock(two, F_OFD_SETLK, F_WRLCK, 5, 5), 0);
    EQ(lock(one, F_SETLK, F_WRLCK, 5, 1), -EAGAIN);
}
CASE(any_close_drops_posix_locks)
{
    files();
    EQ(lock(one, F_SETLK, F_WRLCK, 0, 5), 0);
    close(open("f", O_RDONLY));
    EQ(lock(two, F_OFD_SETLK, F_WRLCK, 0, 5), 0);
}
CASE(whence_and_end)
{
    files();
    struct flock tail = range(F_WRLCK, -2, 2);
    tail.l_whence = SEEK_END;
    OK(fcntl(one, F_OFD_SETLK, &tail));
    struct flock query = range(F_RDLCK, 0, 0);
    OK(fcntl(two, F_OFD_GETLK, &query));
    EQ(query.l_start, 8);
    EQ(query.l_len, 2);
    IS(lseek(two, 8, SEEK_SET), 8);
    query = range(F_RDLCK, 0, 1);
    query.l_whence = SEEK_CUR;
    IS(fcntl(two, F_OFD_SETLK, &query), -EAGAIN);
}
