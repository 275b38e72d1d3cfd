// stat, fstat, statx, access, times, modes and owners.
// place: volume overlay memory
#define TAP_DIRS
#include "files.h"
#include <sys/statfs.h>
#include <sys/statvfs.h>
#include <sys/sysmacros.h>
#include <sys/time.h>
#include <grp.h>
#include <time.h>
#include <utime.h>

CASE(stat_of_a_file)
{
    mode_t old = umask(022);
    struct stat st, by_fd;
    put("f", "12345");
    OK(stat("f", &st));
    EQ(st.st_mode, S_IFREG | 0644);
    EQ(st.st_size, 5);
    EQ(st.st_nlink, 1);
    EQ(st.st_uid, geteuid());
    EQ(st.st_gid, getegid());
    EQ(st.st_rdev, 0);
    EQ(st.st_blksize, 4096);
    TRUE(st.st_ino != 0);
    int fd = open("f", O_RDONLY);
    OK(fstat(fd, &by_fd));
    EQ(by_fd.st_ino, st.st_ino);
    EQ(by_fd.st_dev, st.st_dev);
    umask(old);
}
CASE(blocks_of_empty_and_full)
{
    struct stat st;
    int fd = open("f", O_CREAT | O_WRONLY, 0644);
    OK(fstat(fd, &st));
    EQ(st.st_blocks, 0);
    static char bytes[100000];
    memset(bytes, 'b', sizeof bytes);
    IS(write(fd, bytes, sizeof bytes), (long)sizeof bytes);
    OK(fsync(fd));
    OK(fstat(fd, &st));
    EQ(st.st_blocks, 200);
}
CASE(devices)
{
    struct stat st;
    OK(stat("/dev/null", &st));
    EQ(st.st_mode, S_IFCHR | 0666);
    EQ(st.st_rdev, makedev(1, 3));
    OK(stat("/dev/zero", &st));
    EQ(st.st_rdev, makedev(1, 5));
    OK(stat("/dev/full", &st));
    EQ(st.st_rdev, makedev(1, 7));
    OK(stat("/dev/random", &st));
    EQ(st.st_rdev, makedev(1, 8));
    OK(stat("/dev/urandom", &st));
    EQ(st.st_rdev, makedev(1, 9));
    OK(stat("/dev/tty", &st));
    EQ(st.st_rdev, makedev(5, 0));
}
CASE(fstatat_flags)
{
    struct stat st;
    put("f", "abc");
    OK(symlink("f", "l"));
    OK(fstatat(AT_FDCWD, "l", &st, 0));
    EQ(st.st_mode & S_IFMT, S_IFREG);
    OK(fstatat(AT_FDCWD, "l", &st, AT_SYMLINK_NOFOLLOW));
    EQ(st.st_mode & S_IFMT, S_IFLNK);
    int fd = open("f", O_RDONLY);
    OK(fstatat(fd, "", &st, AT_EMPTY_PATH));
    EQ(st.st_size, 3);
    IS(fstatat(fd, "", &st, 0), -ENOENT);
    IS(fstatat(fd, "x", &st, AT_EMPTY_PATH), -ENOTDIR);
    IS(fstatat(AT_FDCWD, "f", &st, 0x8), -EINVAL);
    OK(fstatat(AT_FDCWD, "f", &st, AT_NO_AUTOMOUNT));
    OK(fstatat(AT_FDCWD, "", &st, AT_EMPTY_PATH));
    EQ(st.st_mode & S_IFMT, S_IFDIR);
    IS(fstatat(-1, "", &st, AT_EMPTY_PATH), -EBADF);
}
CASE(statx_fields)
{
    struct statx sx;
    put("f", "abc");
    OK(statx(AT_FDCWD, "f", 0, STATX_BASIC_STATS, &sx));
    EQ(sx.stx_mask & STATX_BASIC_STATS, STATX_BASIC_STATS);
    EQ(sx.stx_size, 3);
    EQ(sx.stx_mode, S_IFREG | 0644);
    EQ(sx.stx_nlink, 1);
    EQ(sx.stx_blksize, 4096);
    struct stat st;
    OK(stat("f", &st));
    EQ(sx.stx_ino, st.st_ino);
    EQ(sx.stx_dev_major, major(st.st_dev));
    EQ(sx.stx_dev_minor, minor(st.st_dev));
    EQ(sx.stx_mtime.tv_sec, st.st_mtim.tv_sec);
    EQ(sx.stx_mtime.tv_nsec, st.st_mtim.tv_nsec);
    OK(statx(AT_FDCWD, "/dev/null", 0, STATX_TYPE, &sx));
    EQ(sx.stx_rdev_major, 1);
    EQ(sx.stx_rdev_minor, 3);
}
CASE(statx_rules)
{
    struct statx sx;
    put("f", "abc");
    IS(statx(AT_FDCWD, "f", 0x8, STATX_BASIC_STATS, &sx), -EINVAL);
    IS(statx(AT_FDCWD, "f", AT_STATX_SYNC_TYPE, STATX_BASIC_STATS, &sx), -EINVAL);
    IS(statx(AT_FDCWD, "f", 0, 0x80000000, &sx), -EINVAL);
    IS(statx(AT_FDCWD, "none", 0, 0, &sx), -ENOENT);
    IS(statx(AT_FDCWD, "f", AT_STATX_DONT_SYNC, 0, &sx), 0);
    IS(statx(AT_FDCWD, "f", AT_STATX_FORCE_SYNC, 0, &sx), 0);
    IS(statx(open("f", O_RDONLY), "", AT_EMPTY_PATH, STATX_SIZE, &sx), 0);
    EQ(sx.stx_size, 3);
    IS(syscall(SYS_statx, AT_FDCWD, "f", 0, 0, 8), -EFAULT);
}
CASE(birth_time)
{
    struct statx sx;
    put("f", "abc");
    OK(statx(AT_FDCWD, "f", 0, STATX_BTIME, &sx));
    EQ(sx.stx_mask & STATX_BTIME, STATX_BTIME);
    TRUE(sx.stx_btime.tv_sec > 1500000000);
}
ROOT_CASE(access_as_root)
{
    put("f", "x");
    OK(chmod("f", 0));
    IS(access("f", F_OK), 0);
    IS(access("f", R_OK | W_OK), 0);
    IS(access("f", X_OK), -EACCES);
    OK(chmod("f", 0001));
    IS(access("f", X_OK), 0);
    IS(access("none", F_OK), -ENOENT);
    IS(access("f", 8), -EINVAL);
    IS(access("f/x", F_OK), -ENOTDIR);
    IS(access(".", X_OK), 0);
}
CASE(faccessat2_flags)
{
    put("f", "x");
    OK(symlink("none", "l"));
    IS(syscall(SYS_faccessat2, AT_FDCWD, "l", F_OK, AT_SYMLINK_NOFOLLOW), 0);
    IS(syscall(SYS_faccessat2, AT_FDCWD, "l", F_OK, 0), -ENOENT);
    IS(syscall(SYS_faccessat2, AT_FDCWD, "f", R_OK, AT_EACCESS), 0);
    IS(syscall(SYS_faccessat2, open("f", O_RDONLY), "", R_OK, AT_EMPTY_PATH), 0);
    IS(syscall(SYS_faccessat2, AT_FDCWD, "f", R_OK, 0x8), -EINVAL);
    IS(syscall(SYS_faccessat2, AT_FDCWD, "f", 16, 0), -EINVAL);
    IS(syscall(SYS_faccessat2, -1, "f", R_OK, 0), -EBADF);
    IS(syscall(SYS_faccessat, AT_FDCWD, "f", R_OK), 0);
}
ROOT_CASE(access_uses_the_real_ids)
{
    put("f", "x");
    OK(chmod("f", 0600));
    OK(setresuid(65534, 0, 0));
    long real = tap_result(access("f", R_OK));
    long effective = tap_result(syscall(SYS_faccessat2, AT_FDCWD, "f", R_OK, AT_EACCESS));
    as_root();
    EQ(real, -EACCES);
    EQ(effective, 0);
}
CASE(chmod_bits)
{
    put("f", "x");
    OK(chmod("f", 07777));
    EQ(mode_of("f"), S_IFREG | 07777);
    OK(chmod("f", 0170000 | 0644));
    EQ(mode_of("f"), S_IFREG | 0644);
    int fd = open("f", O_RDONLY);
    OK(fchmod(fd, 0600));
    EQ(mode_of("f"), S_IFREG | 0600);
    OK(fchmodat(AT_FDCWD, "f", 0400, 0));
    EQ(mode_of("f"), S_IFREG | 0400);
    IS(chmod("none", 0600), -ENOENT);
    IS(fchmod(-1, 0600), -EBADF);
    OK(symlink("f", "l"));
    OK(chmod("l", 0611));
    EQ(mode_of("f"), S_IFREG | 0611);
    EQ(mode_of("l"), S_IFLNK | 0777);
}
CASE(fchmodat2_flags)
{
    put("f", "x");
    OK(symlink("f", "l"));
    long result = tap_result(syscall(452, AT_FDCWD, "l", 0600, AT_SYMLINK_NOFOLLOW));
    TRUE(result == -EOPNOTSUPP || result == -ENOSYS);
    SHOW("%s", tap_error(result));
    SHOW("%s", tap_error(tap_result(syscall(452, open("f", O_PATH), "", 0600, AT_EMPTY_PATH))));
    SHOW("%s", tap_error(tap_result(syscall(452, AT_FDCWD, "f", 0600, 0x8))));
}
ROOT_CASE(chown_as_root)
{
    struct stat st;
    put("f", "x");
    OK(chown("f", 1000, 2000));
    OK(stat("f", &st));
    EQ(st.st_uid, 1000);
    EQ(st.st_gid, 2000);
    OK(chown("f", (uid_t)-1, 3000));
    OK(stat("f", &st));
    EQ(st.st_uid, 1000);
    EQ(st.st_gid, 3000);
    OK(chown("f", 5, (gid_t)-1));
    OK(stat("f", &st));
    EQ(st.st_uid, 5);
    OK(symlink("f", "l"));
    OK(lchown("l", 7, 8));
    OK(lstat("l", &st));
    EQ(st.st_uid, 7);
    OK(stat("f", &st));
    EQ(st.st_uid, 5);
    int fd = open("f", O_RDONLY);
    OK(fchown(fd, 9, 9));
    OK(fchownat(fd, "", 10, 10, AT_EMPTY_PATH));
    OK(stat("f", &st));
    EQ(st.st_uid, 10);
    IS(fchownat(AT_FDCWD, "f", 1, 1, 0x8), -EINVAL);
}
ROOT_CASE(chown_clears_the_set_id_bits)
{
    put("f", "x");
    OK(chmod("f", 06755));
    OK(chown("f", 1, 1));
    EQ(mode_of("f"), S_IFREG | 0755);
    OK(chmod("f", 02745));
    OK(chown("f", 2, 2));
    SHOW("%lo", mode_of("f"));
    OK(mkdir("d", 0755));
    OK(chmod("d", 06755));
    OK(chown("d", 1, 1));
    EQ(mode_of("d"), S_IFDIR | 06755);
}
ROOT_CASE(writing_clears_the_set_id_bits)
{
    put("f", "x");
    OK(chown("f", 65534, 65534));
    OK(chmod("f", 06777));
    as_nobody();
    int fd = open("f", O_WRONLY);
    long written = tap_result(write(fd, "y", 1));
    as_root();
    EQ(written, 1);
    EQ(mode_of("f"), S_IFREG | 0777);
    OK(chmod("f", 06777));
    as_nobody();
    long cut = tap_result(truncate("f", 0));
    as_root();
    EQ(cut, 0);
    EQ(mode_of("f"), S_IFREG | 0777);
    OK(chmod("f", 06777));
    IS(write(fd, "z", 1), 1);
    SHOW("as root %lo", mode_of("f"));
}
ROOT_CASE(chmod_drops_setgid_of_a_foreign_group)
{
    put("f", "x");
    OK(chown("f", 65534, 12345));
    as_nobody();
    long result = tap_result(chmod("f", 02755));
    as_root();
    EQ(result, 0);
    EQ(mode_of("f"), S_IFREG | 0755);
}
ROOT_CASE(setgid_directory_gives_its_group)
{
    struct stat st;
    OK(mkdir("d", 0755));
    OK(chown("d", 0, 777));
    OK(chmod("d", 02755));
    put("d/f", "x");
    OK(stat("d/f", &st));
    EQ(st.st_gid, 777);
    OK(mkdir("d/e", 0755));
    OK(stat("d/e", &st));
    EQ(st.st_gid, 777);
    EQ(st.st_mode, S_IFDIR | 02755);
}
ROOT_CASE(permissions_as_nobody)
{
    put("f", "x");
    OK(mkdir("closed", 0700));
    OK(mkdir("open", 0755));
    OK(mkdir("all", 0755));
    OK(chmod("all", 0777));
    OK(chmod("f", 0640));
    as_nobody();
    long results[] = {
        tap_result(open("f", O_RDONLY)),          tap_result(open("closed/x", O_RDONLY)),
        tap_result(open("open/x", O_CREAT, 0600)), tap_result(mkdir("open/d", 0755)),
        tap_result(unlink("f")),                  tap_result(rename("f", "g")),
        tap_result(chmod("f", 0777)),             tap_result(chown("f", 65534, 65534)),
        tap_result(chdir("closed")),              tap_result(open("closed", O_RDONLY)),
        tap_result(link("f", "all/f")),           tap_result(symlink("x", "open/l")),
        tap_result(truncate("f", 0)),             tap_result(mkdir("all/d", 0755)),
        tap_result(rmdir("closed")),              tap_result(utimes("f", NULL)),
        tap_result(open("open", O_TMPFILE | O_RDWR, 0600)),
    };
    as_root();
    for (size_t i = 0; i < sizeof results / sizeof *results; i++)
        SHOW("%s", tap_error(results[i]));
    EQ(results[0], -EACCES);
    EQ(results[6], -EPERM);
    EQ(results[13], 0);
}
ROOT_CASE(owner_group_other_are_exclusive)
{
    put("f", "x");
    OK(chown("f", 65534, 65534));
    static const int modes[] = { 0044, 0400, 0404, 0040, 0004 };
    for (int i = 0; i < 5; i++) {
        OK(chmod("f", (mode_t)modes[i]));
        as_nobody();
        SHOW("%s", tap_error(access("f", R_OK) ? -errno : 0));
        as_root();
    }
    OK(chown("f", 0, 65534));
    OK(chmod("f", 0404));
    as_nobody();
    SHOW("%s", tap_error(access("f", R_OK) ? -errno : 0));
    as_root();
}
ROOT_CASE(supplementary_groups_count)
{
    put("f", "x");
    OK(chown("f", 0, 4242));
    OK(chmod("f", 0640));
    gid_t groups[] = { 4242 };
    OK(setgroups(1, groups));
    as_nobody();
    long with = tap_result(access("f", R_OK));
    as_root();
    OK(setgroups(0, NULL));
    as_nobody();
    long without = tap_result(access("f", R_OK));
    as_root();
    EQ(with, 0);
    EQ(without, -EACCES);
}
ROOT_CASE(sticky_directory)
{
    OK(mkdir("d", 0755));
    OK(chmod("d", 01777));
    put("d/of_root", "x");
    put("d/of_nobody", "x");
    OK(chown("d/of_nobody", 65534, 65534));
    as_nobody();
    long results[] = { tap_result(unlink("d/of_root")), tap_result(rename("d/of_root", "d/x")),
                       tap_result(rename("d/of_nobody", "d/of_root")), tap_result(unlink("d/of_nobody")) };
    as_root();
    EQ(results[0], -EPERM);
    EQ(results[1], -EPERM);
    EQ(results[2], -EPERM);
    EQ(results[3], 0);
}
CASE(utimensat_sets_and_omits)
{
    struct stat st;
    struct timespec times[2] = { { 1000, 123456789 }, { 2000, 987654321 } };
    put("f", "x");
    OK(utimensat(AT_FDCWD, "f", times, 0));
    OK(stat("f", &st));
    EQ(st.st_atim.tv_sec, 1000);
    EQ(st.st_atim.tv_nsec, 123456789);
    EQ(st.st_mtim.tv_sec, 2000);
    EQ(st.st_mtim.tv_nsec, 987654321);
    times[0].tv_nsec = UTIME_OMIT;
    times[1].tv_sec = 3000;
    times[1].tv_nsec = 5;
    OK(utimensat(AT_FDCWD, "f", times, 0));
    OK(stat("f", &st));
    EQ(st.st_atim.tv_sec, 1000);
    EQ(st.st_mtim.tv_sec, 3000);
    times[0].tv_nsec = UTIME_NOW;
    times[1].tv_nsec = UTIME_OMIT;
    OK(utimensat(AT_FDCWD, "f", times, 0));
    OK(stat("f", &st));
    TRUE(st.st_atim.tv_sec > 1500000000);
    EQ(st.st_mtim.tv_sec, 3000);
}
CASE(utimensat_rules)
{
    struct timespec times[2] = { { 1, 1000000000 }, { 2, 0 } };
    struct stat st;
    put("f", "x");
    IS(utimensat(AT_FDCWD, "f", times, 0), -EINVAL);
    times[0].tv_nsec = times[1].tv_nsec = UTIME_OMIT;
    IS(syscall(SYS_utimensat, AT_FDCWD, "none", times, 0), 0);
    IS(utimensat(AT_FDCWD, "none", NULL, 0), -ENOENT);
    times[0] = times[1] = (struct timespec){ 77, 0 };
    IS(utimensat(AT_FDCWD, "f", times, 0x8), -EINVAL);
    OK(symlink("f", "l"));
    OK(utimensat(AT_FDCWD, "l", times, AT_SYMLINK_NOFOLLOW));
    OK(lstat("l", &st));
    EQ(st.st_mtim.tv_sec, 77);
    OK(stat("f", &st));
    TRUE(st.st_mtim.tv_sec != 77);
    OK(futimens(open("f", O_RDONLY), times));
    OK(stat("f", &st));
    EQ(st.st_mtim.tv_sec, 77);
    struct timeval old[2] = { { 5, 6 }, { 7, 8 } };
    OK(utimes("f", old));
    OK(stat("f", &st));
    EQ(st.st_atim.tv_nsec, 6000);
    struct utimbuf buffer = { 9, 10 };
    OK(utime("f", &buffer));
    OK(stat("f", &st));
    EQ(st.st_mtim.tv_sec, 10);
    old[0].tv_usec = 1000000;
    IS(syscall(SYS_utimes, "f", old), -EINVAL);
}
ROOT_CASE(utime_rights)
{
    struct timespec times[2] = { { 1, 0 }, { 2, 0 } };
    put("f", "x");
    OK(chmod("f", 0666));
    as_nobody();
    long now = tap_result(utimensat(AT_FDCWD, "f", NULL, 0));
    long set = tap_result(utimensat(AT_FDCWD, "f", times, 0));
    as_root();
    EQ(now, 0);
    EQ(set, -EPERM);
}
CASE(times_move_as_they_should)
{
    struct stat before, after;
    struct timespec old[2] = { { 100, 0 }, { 100, 0 } };
    put("f", "x");
    OK(utimensat(AT_FDCWD, "f", old, 0));
    OK(stat("f", &before));
    int fd = open("f", O_WRONLY);
    IS(write(fd, "y", 1), 1);
    OK(stat("f", &after));
    TRUE(after.st_mtim.tv_sec > 100);
    EQ(after.st_atim.tv_sec, 100);
    OK(utimensat(AT_FDCWD, "f", old, 0));
    OK(chmod("f", 0600));
    OK(stat("f", &after));
    EQ(after.st_mtim.tv_sec, 100);
    TRUE(after.st_ctim.tv_sec > 1500000000);
    OK(mkdir("d", 0755));
    OK(utimensat(AT_FDCWD, "d", old, 0));
    put("d/f", "x");
    OK(stat("d", &after));
    TRUE(after.st_mtim.tv_sec > 100);
    OK(utimensat(AT_FDCWD, "d", old, 0));
    OK(unlink("d/f"));
    OK(stat("d", &after));
    TRUE(after.st_mtim.tv_sec > 100);
}
CASE(statfs_works)
{
    struct statfs fs;
    put("f", "x");
    OK(statfs("f", &fs));
    EQ(fs.f_bsize, 4096);
    EQ(fs.f_namelen, 255);
    TRUE(fs.f_blocks >= fs.f_bfree && fs.f_bfree >= fs.f_bavail);
    OK(fstatfs(open("f", O_RDONLY), &fs));
    EQ(fs.f_namelen, 255);
    OK(statfs("/proc", &fs));
    EQ(fs.f_type, 0x9fa0);
    IS(statfs("none", &fs), -ENOENT);
    IS(fstatfs(-1, &fs), -EBADF);
    IS(syscall(SYS_statfs, ".", 8), -EFAULT);
    struct statvfs vfs;
    OK(statvfs(".", &vfs));
}
CASE(inode_numbers_are_stable_and_distinct)
{
    put("a", "x");
    put("b", "x");
    long a = inode_of("a");
    TRUE(a != inode_of("b"));
    EQ(inode_of("a"), a);
    OK(rename("a", "c"));
    EQ(inode_of("c"), a);
    OK(chmod("c", 0600));
    int fd = open("c", O_RDWR | O_TRUNC);
    TRUE(fd >= 0);
    EQ(inode_of("c"), a);
}
// tmpfs gives a directory a size for its names.
CASE(size_of_a_directory_in_memory)
{
    char name[] = "/dev/shm/stat.XXXXXX", below[64];
    struct stat st;
    TRUE(mkdtemp(name) != NULL);
    OK(stat(name, &st));
    EQ(st.st_size, 40);
    snprintf(below, sizeof below, "%s/below", name);
    OK(mkdir(below, 0755));
    OK(stat(name, &st));
    EQ(st.st_size, 60);
    OK(rmdir(below));
    OK(stat(name, &st));
    EQ(st.st_size, 40);
    OK(rmdir(name));
}
