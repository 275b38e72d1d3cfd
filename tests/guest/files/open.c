// open(2), openat(2): flags and their errors.
// place: volume overlay memory
#define TAP_DIRS
#include "files.h"
#include <sys/ioctl.h>

CASE(create_gives_lowest_fd)
{
    int fd = open("a", O_WRONLY | O_CREAT, 0600);
    TRUE(fd >= 0);
    close(fd);
    IS(open("b", O_WRONLY | O_CREAT, 0600), fd);
    close(fd);
    IS(dup(1), fd);
    close(fd);
}
CASE(missing_is_enoent) { IS(open("nothing", O_RDONLY), -ENOENT); }
CASE(empty_name_is_enoent) { IS(open("", O_RDONLY), -ENOENT); }
CASE(missing_directory_is_enoent) { IS(open("no/file", O_CREAT | O_WRONLY, 0644), -ENOENT); }
CASE(through_a_file_is_enotdir)
{
    put("f", "x");
    IS(open("f/x", O_RDONLY), -ENOTDIR);
    IS(open("f/x", O_RDWR | O_CREAT, 0644), -ENOTDIR);
    IS(open("f/", O_RDONLY), -ENOTDIR);
    IS(open("f/.", O_RDONLY), -ENOTDIR);
}
CASE(excl_on_existing_is_eexist)
{
    put("f", "x");
    IS(open("f", O_CREAT | O_EXCL | O_WRONLY, 0644), -EEXIST);
}
CASE(excl_on_dangling_link_is_eexist)
{
    OK(symlink("nowhere", "l"));
    IS(open("l", O_CREAT | O_EXCL | O_WRONLY, 0644), -EEXIST);
    IS(access("nowhere", F_OK), -ENOENT);
}
CASE(creat_through_dangling_link)
{
    OK(symlink("target", "l"));
    OK(open("l", O_CREAT | O_WRONLY, 0644));
    IS(access("target", F_OK), 0);
}
CASE(creat_with_slash_is_eisdir) { IS(open("f/", O_CREAT | O_WRONLY, 0644), -EISDIR); }
CASE(creat_on_directory_is_eisdir)
{
    OK(mkdir("d", 0755));
    IS(open("d", O_CREAT | O_RDONLY, 0644), -EISDIR);
    IS(open("d", O_WRONLY), -EISDIR);
    IS(open("d", O_RDWR), -EISDIR);
    IS(open("d", O_RDONLY | O_TRUNC), -EISDIR);
}
CASE(creat_excl_on_directory_is_eexist)
{
    OK(mkdir("d", 0755));
    IS(open("d", O_CREAT | O_EXCL | O_RDONLY, 0644), -EEXIST);
}
CASE(creat_directory_is_einval)
{
    IS(open("d", O_CREAT | O_DIRECTORY | O_RDONLY, 0755), -EINVAL);
    IS(access("d", F_OK), -ENOENT);
}
CASE(trunc_empties)
{
    put("f", "hello");
    int fd = open("f", O_WRONLY | O_TRUNC);
    TRUE(fd >= 0);
    EQ(size_of("f"), 0);
    close(fd);
}
CASE(trunc_of_read_only_fd_empties)
{
    put("f", "hello");
    OK(open("f", O_RDONLY | O_TRUNC));
    EQ(size_of("f"), 0);
}
CASE(append_ignores_the_offset)
{
    put("f", "abc");
    int fd = open("f", O_RDWR | O_APPEND);
    IS(lseek(fd, 0, SEEK_SET), 0);
    IS(write(fd, "de", 2), 2);
    IS(lseek(fd, 0, SEEK_CUR), 5);
    IS(pwrite(fd, "f", 1, 0), 1);
    IS(lseek(fd, 0, SEEK_CUR), 5);
    STR(text_of("f"), "abcdef");
}
CASE(directory_flag_on_file_is_enotdir)
{
    put("f", "x");
    IS(open("f", O_RDONLY | O_DIRECTORY), -ENOTDIR);
}
CASE(directory_flag_on_link_to_directory)
{
    OK(mkdir("d", 0755));
    OK(symlink("d", "l"));
    OK(open("l", O_RDONLY | O_DIRECTORY));
    IS(open("l", O_RDONLY | O_DIRECTORY | O_NOFOLLOW), -ENOTDIR);
}
CASE(nofollow_on_link_is_eloop)
{
    put("f", "x");
    OK(symlink("f", "l"));
    IS(open("l", O_RDONLY | O_NOFOLLOW), -ELOOP);
    IS(open("l/../f", O_RDONLY | O_NOFOLLOW), -ENOTDIR);
}
CASE(nofollow_minds_only_the_last_part)
{
    OK(mkdir("d", 0755));
    put("d/f", "x");
    OK(symlink("d", "l"));
    OK(open("l/f", O_RDONLY | O_NOFOLLOW));
    OK(open("l/", O_RDONLY | O_NOFOLLOW));
}
CASE(link_loop_is_eloop)
{
    OK(symlink("b", "a"));
    OK(symlink("a", "b"));
    IS(open("a", O_RDONLY), -ELOOP);
    IS(open("a/x", O_RDONLY), -ELOOP);
}
CASE(forty_links_are_the_limit)
{
    char from[16], to[16];
    put("l0", "end");
    for (int i = 1; i <= 41; i++) {
        snprintf(from, sizeof from, "l%d", i);
        snprintf(to, sizeof to, "l%d", i - 1);
        OK(symlink(to, from));
    }
    OK(open("l40", O_RDONLY));
    IS(open("l41", O_RDONLY), -ELOOP);
}
CASE(long_names_are_enametoolong)
{
    static char name[4200];
    memset(name, 'n', 255);
    OK(open(name, O_CREAT | O_WRONLY, 0644));
    name[255] = 'n';
    IS(open(name, O_CREAT | O_WRONLY, 0644), -ENAMETOOLONG);
    for (int i = 0; i < 4095; i++)
        name[i] = i % 2 ? '/' : '.';
    name[4095] = 0;
    OK(open(name, O_RDONLY));
    name[4095] = '.';
    name[4096] = 0;
    IS(open(name, O_RDONLY), -ENAMETOOLONG);
}
CASE(path_reads_nothing)
{
    put("f", "x");
    char byte;
    int fd = open("f", O_PATH);
    TRUE(fd >= 0);
    IS(read(fd, &byte, 1), -EBADF);
    IS(write(fd, "x", 1), -EBADF);
    IS(fchmod(fd, 0600), -EBADF);
    IS(fchown(fd, 0, 0), -EBADF);
    IS(ftruncate(fd, 0), -EBADF);
    IS(lseek(fd, 0, SEEK_CUR), -EBADF);
    IS(fsync(fd), -EBADF);
    IS(ioctl(fd, 0x5401, 0), -EBADF);
    struct stat st;
    IS(fstat(fd, &st), 0);
    EQ(fcntl(fd, F_GETFL) & ~0100000, O_PATH);
}
CASE(path_nofollow_opens_the_link)
{
    OK(symlink("nowhere", "l"));
    int fd = open("l", O_PATH | O_NOFOLLOW);
    TRUE(fd >= 0);
    char text[16];
    IS(readlinkat(fd, "", text, sizeof text), 7);
    struct stat st;
    IS(fstat(fd, &st), 0);
    EQ(st.st_mode & S_IFMT, S_IFLNK);
}
CASE(path_ignores_other_flags)
{
    put("f", "abc");
    int fd = open("f", O_PATH | O_TRUNC | O_CREAT | O_RDWR);
    TRUE(fd >= 0);
    EQ(size_of("f"), 3);
    IS(open("g", O_PATH | O_CREAT, 0644), -ENOENT);
}
CASE(tmpfile_has_no_name)
{
    int fd = open(".", O_TMPFILE | O_RDWR, 0600);
    TRUE(fd >= 0);
    struct stat st;
    IS(fstat(fd, &st), 0);
    EQ(st.st_nlink, 0);
    EQ(st.st_mode, S_IFREG | 0600);
    IS(write(fd, "abc", 3), 3);
    char path[64];
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    IS(linkat(AT_FDCWD, path, AT_FDCWD, "named", AT_SYMLINK_FOLLOW), 0);
    STR(text_of("named"), "abc");
    EQ(links_of("named"), 1);
}
CASE(tmpfile_rules)
{
    IS(open(".", O_TMPFILE | O_RDONLY, 0600), -EINVAL);
    IS(open("none", O_TMPFILE | O_RDWR, 0600), -ENOENT);
    put("f", "x");
    IS(open("f", O_TMPFILE | O_RDWR, 0600), -ENOTDIR);
    int fd = open(".", O_TMPFILE | O_RDWR | O_EXCL, 0600);
    TRUE(fd >= 0);
    char path[64];
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    IS(linkat(AT_FDCWD, path, AT_FDCWD, "named", AT_SYMLINK_FOLLOW), -ENOENT);
}
CASE(cloexec_sets_the_flag)
{
    int fd = open(".", O_RDONLY | O_CLOEXEC);
    IS(fcntl(fd, F_GETFD), FD_CLOEXEC);
    IS(fcntl(open(".", O_RDONLY), F_GETFD), 0);
}
CASE(getfl_shows_the_flags)
{
    put("f", "x");
    // 0100000 is O_LARGEFILE, which the kernel adds on 64-bit machines.
    IS(fcntl(open("f", O_RDONLY), F_GETFL), 0100000);
    IS(fcntl(open("f", O_WRONLY | O_APPEND), F_GETFL), 0100000 | O_WRONLY | O_APPEND);
    IS(fcntl(open("f", O_RDWR | O_NONBLOCK | O_TRUNC), F_GETFL), 0100000 | O_RDWR | O_NONBLOCK);
    IS(fcntl(open("f", O_RDWR | O_CREAT | O_NOCTTY | O_CLOEXEC, 0), F_GETFL), 0100000 | O_RDWR);
    IS(fcntl(open(".", O_RDONLY | O_DIRECTORY), F_GETFL), 0100000 | O_DIRECTORY);
    IS(fcntl(open("f", O_RDWR | O_SYNC), F_GETFL), 0100000 | O_RDWR | O_SYNC);
    IS(fcntl(open("f", O_RDWR | O_NOATIME), F_GETFL), 0100000 | O_RDWR | O_NOATIME);
}
CASE(access_mode_three)
{
    put("f", "x");
    char byte;
    int fd = open("f", O_ACCMODE);
    TRUE(fd >= 0);
    IS(read(fd, &byte, 1), -EBADF);
    IS(write(fd, "x", 1), -EBADF);
}
CASE(mode_is_masked)
{
    mode_t old = umask(027);
    OK(open("a", O_CREAT | O_WRONLY, 0777));
    EQ(mode_of("a"), S_IFREG | 0750);
    OK(open("b", O_CREAT | O_WRONLY, 06777));
    EQ(mode_of("b"), S_IFREG | 06750);
    umask(0);
    OK(open("c", O_CREAT | O_WRONLY, 01666));
    EQ(mode_of("c"), S_IFREG | 01666);
    umask(old);
}
CASE(created_without_write_bit_is_writable_now)
{
    int fd = open("f", O_CREAT | O_RDWR, 0400);
    TRUE(fd >= 0);
    IS(write(fd, "x", 1), 1);
}
CASE(openat_relative_to_directory)
{
    OK(mkdir("d", 0755));
    put("d/f", "in d");
    int dir = open("d", O_RDONLY | O_DIRECTORY);
    OK(openat(dir, "f", O_RDONLY));
    OK(openat(dir, "../d/f", O_RDONLY));
    IS(openat(dir, "g", O_RDONLY), -ENOENT);
    put("f", "x");
    int file = open("f", O_RDONLY);
    IS(openat(file, "f", O_RDONLY), -ENOTDIR);
    IS(openat(-1, "f", O_RDONLY), -EBADF);
    IS(openat(999, "f", O_RDONLY), -EBADF);
    OK(openat(999, "/", O_RDONLY));
    IS(openat(dir, "", O_RDONLY), -ENOENT);
}
CASE(openat_through_path_fd)
{
    OK(mkdir("d", 0755));
    put("d/f", "x");
    int dir = open("d", O_PATH);
    OK(openat(dir, "f", O_RDONLY));
    OK(fchdir(dir));
    OK(open("f", O_RDONLY));
}
CASE(removed_directory_takes_no_files)
{
    OK(mkdir("d", 0755));
    int dir = open("d", O_RDONLY | O_DIRECTORY);
    OK(rmdir("d"));
    IS(openat(dir, "f", O_CREAT | O_WRONLY, 0644), -ENOENT);
    OK(openat(dir, ".", O_RDONLY));
}
CASE(unlinked_file_lives_on)
{
    put("f", "abc");
    int fd = open("f", O_RDWR);
    OK(unlink("f"));
    char text[8] = "";
    IS(read(fd, text, 8), 3);
    struct stat st;
    IS(fstat(fd, &st), 0);
    EQ(st.st_nlink, 0);
    IS(write(fd, "def", 3), 3);
    IS(lseek(fd, 0, SEEK_END), 6);
}
CASE(reopen_through_proc_self_fd)
{
    put("f", "abc");
    int fd = open("f", O_RDONLY);
    OK(unlink("f"));
    char path[64], text[8] = "";
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    int again = open(path, O_RDWR);
    TRUE(again >= 0);
    IS(write(again, "X", 1), 1);
    IS(pread(fd, text, 3, 0), 3);
    STR(text, "Xbc");
}
