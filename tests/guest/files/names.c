// Names: mkdir, rmdir, link, symlink, unlink, rename, mknod and their errors.
// place: volume overlay memory
#define TAP_DIRS
#include "files.h"
#include <sys/sysmacros.h>

#ifndef RENAME_NOREPLACE
#define RENAME_NOREPLACE 1
#define RENAME_EXCHANGE 2
#define RENAME_WHITEOUT 4
#endif

static long rename2(const char *from, const char *to, unsigned flags)
{
    return syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, flags);
}

CASE(mkdir_mode_and_links)
{
    mode_t old = umask(022);
    OK(mkdir("d", 0777));
    EQ(mode_of("d"), S_IFDIR | 0755);
    EQ(links_of("d"), 2);
    OK(mkdir("d/e", 01777));
    EQ(mode_of("d/e"), S_IFDIR | 01755);
    EQ(links_of("d"), 3);
    put("d/f", "x");
    EQ(links_of("d"), 3);
    OK(rmdir("d/e"));
    EQ(links_of("d"), 2);
    umask(old);
}
CASE(mkdir_errors)
{
    OK(mkdir("d", 0755));
    IS(mkdir("d", 0755), -EEXIST);
    IS(mkdir("d/", 0755), -EEXIST);
    IS(mkdir("d/.", 0755), -EEXIST);
    IS(mkdir("d/..", 0755), -EEXIST);
    IS(mkdir("no/d", 0755), -ENOENT);
    IS(mkdir("", 0755), -ENOENT);
    IS(mkdir("/", 0755), -EEXIST);
    put("f", "x");
    IS(mkdir("f", 0755), -EEXIST);
    IS(mkdir("f/d", 0755), -ENOTDIR);
    IS(mkdir("e///", 0755), 0);
    OK(symlink("nowhere", "l"));
    IS(mkdir("l", 0755), -EEXIST);
}
CASE(rmdir_errors)
{
    OK(mkdir("d", 0755));
    OK(mkdir("d/e", 0755));
    IS(rmdir("d"), -ENOTEMPTY);
    IS(rmdir("d/."), -EINVAL);
    IS(rmdir("d/e/.."), -ENOTEMPTY);
    IS(rmdir("none"), -ENOENT);
    put("f", "x");
    IS(rmdir("f"), -ENOTDIR);
    IS(rmdir("f/"), -ENOTDIR);
    OK(symlink("d/e", "l"));
    IS(rmdir("l"), -ENOTDIR);
    IS(rmdir("l/"), -ENOTDIR);
    IS(rmdir("/"), -EBUSY);
    OK(rmdir("d/e/"));
    OK(rmdir("d"));
}
CASE(unlink_errors)
{
    OK(mkdir("d", 0755));
    IS(unlink("d"), -EISDIR);
    IS(unlink("d/"), -EISDIR);
    IS(unlink("none"), -ENOENT);
    IS(unlink(""), -ENOENT);
    IS(unlink("."), -EISDIR);
    put("f", "x");
    IS(unlink("f/"), -ENOTDIR);
    IS(unlink("f/x"), -ENOTDIR);
    IS(unlinkat(AT_FDCWD, "d", 0), -EISDIR);
    IS(unlinkat(AT_FDCWD, "f", AT_REMOVEDIR), -ENOTDIR);
    IS(unlinkat(AT_FDCWD, "f", 0x10), -EINVAL);
    IS(unlinkat(-1, "f", 0), -EBADF);
    IS(unlinkat(AT_FDCWD, "d", AT_REMOVEDIR), 0);
    IS(unlinkat(AT_FDCWD, "f", 0), 0);
}
CASE(unlink_takes_the_link_not_the_target)
{
    put("f", "x");
    OK(symlink("f", "l"));
    OK(unlink("l"));
    STR(text_of("f"), "x");
    IS(access("l", F_OK), -ENOENT);
}
CASE(hard_links)
{
    put("f", "x");
    OK(link("f", "g"));
    EQ(links_of("f"), 2);
    EQ(inode_of("f"), inode_of("g"));
    put("g", "through g");
    STR(text_of("f"), "through g");
    OK(unlink("f"));
    EQ(links_of("g"), 1);
    STR(text_of("g"), "through g");
}
CASE(link_errors)
{
    put("f", "x");
    OK(mkdir("d", 0755));
    IS(link("d", "e"), -EPERM);
    IS(link("f", "d"), -EEXIST);
    IS(link("f", "f"), -EEXIST);
    IS(link("none", "g"), -ENOENT);
    IS(link("f", "no/g"), -ENOENT);
    IS(link("f", "f/g"), -ENOTDIR);
    IS(link("f", ""), -ENOENT);
    IS(link("f", "g/"), -ENOENT);
    IS(link("f/", "g"), -ENOTDIR);
    IS(linkat(AT_FDCWD, "f", AT_FDCWD, "g", 0x1), -EINVAL);
    IS(linkat(-1, "f", AT_FDCWD, "g", 0), -EBADF);
}
CASE(link_of_a_symlink)
{
    put("f", "x");
    OK(symlink("f", "l"));
    OK(link("l", "m"));
    EQ(mode_of("m") & S_IFMT, S_IFLNK);
    EQ(links_of("l"), 2);
    OK(linkat(AT_FDCWD, "l", AT_FDCWD, "n", AT_SYMLINK_FOLLOW));
    EQ(mode_of("n") & S_IFMT, S_IFREG);
    EQ(links_of("f"), 2);
}
CASE(linkat_empty_path)
{
    put("f", "x");
    int fd = open("f", O_RDONLY);
    IS(linkat(fd, "", AT_FDCWD, "g", AT_EMPTY_PATH), 0);
    EQ(links_of("f"), 2);
    IS(linkat(fd, "", AT_FDCWD, "h", 0), -ENOENT);
}
CASE(symlink_content)
{
    char text[64] = "", small[3];
    OK(symlink("any text at all", "l"));
    IS(readlink("l", text, sizeof text), 15);
    STR(text, "any text at all");
    IS(readlink("l", small, 3), 3);
    TRUE(memcmp(small, "any", 3) == 0);
    struct stat st;
    OK(lstat("l", &st));
    EQ(st.st_size, 15);
    EQ(st.st_mode, S_IFLNK | 0777);
    EQ(st.st_nlink, 1);
}
CASE(symlink_errors)
{
    char text[8];
    static char name[5000];
    put("f", "x");
    IS(symlink("x", "f"), -EEXIST);
    IS(symlink("", "l"), -ENOENT);
    IS(symlink("x", ""), -ENOENT);
    IS(symlink("x", "no/l"), -ENOENT);
    IS(symlink("x", "f/l"), -ENOTDIR);
    IS(symlink("x", "l/"), -ENOENT);
    memset(name, 'x', 4095);
    IS(symlink(name, "long"), 0);
    name[4095] = 'x';
    IS(symlink(name, "longer"), -ENAMETOOLONG);
    IS(readlink("f", text, 8), -EINVAL);
    IS(readlink("none", text, 8), -ENOENT);
    IS(syscall(SYS_readlink, "long", text, 0), -EINVAL);
    IS(syscall(SYS_readlink, "long", text, -1), -EINVAL);
    IS(readlinkat(-1, "l", text, 8), -EBADF);
    IS(readlinkat(open("f", O_RDONLY), "", text, 8), -ENOENT);
}
CASE(symlinks_in_the_middle)
{
    OK(mkdir("d", 0755));
    OK(mkdir("d/e", 0755));
    put("d/e/f", "deep");
    OK(symlink("d/e", "l"));
    STR(text_of("l/f"), "deep");
    OK(symlink("../d/e/../e", "d/m"));
    STR(text_of("d/m/f"), "deep");
    STR(text_of("l/../e/f"), "deep");
    char path[4096];
    TRUE(getcwd(path, sizeof path) != NULL);
    strcat(path, "/d");
    OK(symlink(path, "absolute"));
    STR(text_of("absolute/e/f"), "deep");
}
CASE(trailing_slash_follows)
{
    OK(mkdir("d", 0755));
    OK(symlink("d", "l"));
    struct stat st;
    OK(lstat("l", &st));
    EQ(st.st_mode & S_IFMT, S_IFLNK);
    OK(lstat("l/", &st));
    EQ(st.st_mode & S_IFMT, S_IFDIR);
    OK(symlink("f", "to_file"));
    put("f", "x");
    IS(lstat("to_file/", &st), -ENOTDIR);
    IS(stat("f/", &st), -ENOTDIR);
    IS(stat("f/.", &st), -ENOTDIR);
    IS(stat("none/..", &st), -ENOENT);
}
CASE(rename_moves_and_replaces)
{
    put("a", "from a");
    put("b", "from b");
    long inode = inode_of("a");
    OK(rename("a", "b"));
    STR(text_of("b"), "from a");
    EQ(inode_of("b"), inode);
    IS(access("a", F_OK), -ENOENT);
    OK(mkdir("d", 0755));
    OK(rename("b", "d/c"));
    STR(text_of("d/c"), "from a");
}
CASE(rename_directories)
{
    OK(mkdir("a", 0755));
    OK(mkdir("b", 0755));
    put("a/f", "x");
    OK(rename("a", "b"));
    STR(text_of("b/f"), "x");
    OK(mkdir("c", 0755));
    IS(rename("c", "b"), -ENOTEMPTY);
    OK(mkdir("p", 0755));
    long parent = links_of("p");
    OK(rename("b", "p/b"));
    EQ(links_of("p"), parent + 1);
    struct stat up, here;
    OK(stat("p/b/..", &up));
    OK(stat("p", &here));
    EQ(up.st_ino, here.st_ino);
}
CASE(rename_errors)
{
    put("f", "x");
    OK(mkdir("d", 0755));
    OK(mkdir("d/e", 0755));
    IS(rename("none", "g"), -ENOENT);
    IS(rename("f", "d"), -EISDIR);
    IS(rename("d", "f"), -ENOTDIR);
    IS(rename("d", "d/e/x"), -EINVAL);
    IS(rename("d", "d/x"), -EINVAL);
    IS(rename("d/e", "d"), -ENOTEMPTY);
    IS(rename("f", "no/g"), -ENOENT);
    IS(rename("f", "f/g"), -ENOTDIR);
    IS(rename("f", "g/"), -ENOTDIR);
    IS(rename("f/", "g"), -ENOTDIR);
    IS(rename("d/.", "g"), -EBUSY);
    IS(rename("d", "."), -EBUSY);
    IS(rename("d/e/..", "g"), -EBUSY);
    IS(rename("", "g"), -ENOENT);
    IS(rename("f", ""), -ENOENT);
    OK(rename("d/e", "new/"));
    IS(rename("f", "f"), 0);
}
CASE(rename_of_two_names_of_one_file)
{
    put("a", "x");
    OK(link("a", "b"));
    OK(rename("a", "b"));
    EQ(links_of("a"), 2);
    EQ(links_of("b"), 2);
}
CASE(rename_of_a_link)
{
    put("f", "x");
    OK(symlink("f", "l"));
    OK(rename("l", "m"));
    EQ(mode_of("m") & S_IFMT, S_IFLNK);
    OK(symlink("nowhere", "n"));
    OK(rename("f", "n"));
    EQ(mode_of("n") & S_IFMT, S_IFREG);
    IS(access("nowhere", F_OK), -ENOENT);
}
CASE(rename_noreplace)
{
    put("a", "a");
    put("b", "b");
    IS(rename2("a", "b", RENAME_NOREPLACE), -EEXIST);
    IS(rename2("a", "c", RENAME_NOREPLACE), 0);
    STR(text_of("c"), "a");
}
CASE(rename_exchange)
{
    put("a", "a");
    OK(mkdir("d", 0755));
    put("d/f", "x");
    IS(rename2("a", "d", RENAME_EXCHANGE), 0);
    STR(text_of("d"), "a");
    STR(text_of("a/f"), "x");
    IS(rename2("a", "none", RENAME_EXCHANGE), -ENOENT);
}
CASE(rename_flags)
{
    put("a", "a");
    IS(rename2("a", "b", 0x80), -EINVAL);
    IS(rename2("a", "b", RENAME_NOREPLACE | RENAME_EXCHANGE), -EINVAL);
    IS(rename2("a", "b", RENAME_WHITEOUT | RENAME_EXCHANGE), -EINVAL);
}
CASE(renamed_open_file_follows)
{
    put("a", "a");
    put("b", "old b");
    int a = open("a", O_RDWR), b = open("b", O_RDONLY);
    OK(rename("a", "b"));
    IS(pwrite(a, "Z", 1, 0), 1);
    STR(text_of("b"), "Z");
    char text[8] = "";
    IS(read(b, text, 8), 5);
    STR(text, "old b");
    struct stat st;
    OK(fstat(b, &st));
    EQ(st.st_nlink, 0);
}
CASE(across_file_systems_is_exdev)
{
    put("f", "x");
    IS(rename("f", "/proc/x"), -EXDEV);
    IS(link("/proc/version", "g"), -EXDEV);
}
CASE(mknod_kinds)
{
    mode_t old = umask(0);
    OK(mknod("file", 0640, 0));
    EQ(mode_of("file"), S_IFREG | 0640);
    OK(mknod("file2", S_IFREG | 0600, 0));
    OK(mknod("pipe", S_IFIFO | 0644, 0));
    EQ(mode_of("pipe"), S_IFIFO | 0644);
    OK(mkfifo("pipe2", 0600));
    OK(mknod("socket", S_IFSOCK | 0777, 0));
    EQ(mode_of("socket"), S_IFSOCK | 0777);
    IS(open("socket", O_RDONLY), -ENXIO);
    IS(mknod("dir", S_IFDIR | 0755, 0), -EPERM);
    IS(mknod("link", S_IFLNK | 0755, 0), -EINVAL);
    IS(mknod("odd", 0110000 | 0755, 0), -EINVAL);
    IS(mknod("file", S_IFREG | 0600, 0), -EEXIST);
    IS(mknod("no/file", S_IFREG | 0600, 0), -ENOENT);
    umask(old);
}
ROOT_CASE(device_nodes_as_nobody)
{
    chmod(".", 0777);
    as_nobody();
    IS(mknod("null", S_IFCHR | 0666, makedev(1, 3)), -EPERM);
    IS(mkfifo("pipe", 0600), 0);
    as_root();
}
CASE(removed_working_directory)
{
    char path[4096];
    OK(mkdir("d", 0755));
    OK(chdir("d"));
    OK(rmdir("../d"));
    IS(syscall(SYS_getcwd, path, sizeof path), -ENOENT);
    IS(open("x", O_CREAT | O_WRONLY, 0644), -ENOENT);
    IS(mkdir("x", 0755), -ENOENT);
    struct stat st;
    OK(stat(".", &st));
    EQ(st.st_nlink, 0);
    OK(open(".", O_RDONLY));
    OK(chdir(".."));
    IS(chdir("d"), -ENOENT);
}
CASE(getcwd_rules)
{
    char path[4096], small[2];
    OK(mkdir("d", 0755));
    OK(mkdir("d/e", 0755));
    OK(chdir("d/e"));
    long length = syscall(SYS_getcwd, path, sizeof path);
    TRUE(length > 4);
    EQ(length, (long)strlen(path) + 1);
    STR(path + length - 5, "/d/e" + 0);
    IS(syscall(SYS_getcwd, small, 2), -ERANGE);
    IS(syscall(SYS_getcwd, path, 0), -ERANGE);
    IS(syscall(SYS_getcwd, path, length - 1), -ERANGE);
    IS(syscall(SYS_getcwd, path, length), length);
    OK(rename("../../d", "../../renamed"));
    OK(syscall(SYS_getcwd, path, sizeof path));
    STR(path + strlen(path) - 10, "/renamed/e");
    OK(chdir("/"));
    IS(syscall(SYS_getcwd, path, sizeof path), 2);
    STR(path, "/");
}
CASE(chdir_errors)
{
    put("f", "x");
    IS(chdir("f"), -ENOTDIR);
    IS(chdir("none"), -ENOENT);
    IS(chdir(""), -ENOENT);
    IS(fchdir(open("f", O_RDONLY)), -ENOTDIR);
    IS(fchdir(-1), -EBADF);
    OK(symlink("loop", "loop"));
    IS(chdir("loop"), -ELOOP);
}
CASE(dot_dot_at_the_root)
{
    struct stat root, above;
    OK(stat("/", &root));
    OK(stat("/../..", &above));
    EQ(root.st_ino, above.st_ino);
    EQ(root.st_dev, above.st_dev);
}
CASE(long_names_everywhere)
{
    static char name[300], path[5000];
    memset(name, 'n', 256);
    IS(mkdir(name, 0755), -ENAMETOOLONG);
    IS(symlink("x", name), -ENAMETOOLONG);
    IS(unlink(name), -ENAMETOOLONG);
    IS(rmdir(name), -ENAMETOOLONG);
    put("f", "x");
    IS(rename("f", name), -ENAMETOOLONG);
    IS(link("f", name), -ENAMETOOLONG);
    struct stat st;
    IS(stat(name, &st), -ENAMETOOLONG);
    memset(path, '/', 4096);
    IS(stat(path, &st), -ENAMETOOLONG);
    path[4095] = 0;
    IS(stat(path, &st), 0);
    name[255] = 0;
    OK(mkdir(name, 0755));
    OK(rmdir(name));
}
CASE(names_are_bytes)
{
    OK(mkdir("\xff\xfe", 0755));
    put("\xff\xfe/\x01 \n*", "odd");
    STR(text_of("\xff\xfe/\x01 \n*"), "odd");
    IS(access("\xff\xfd", F_OK), -ENOENT);
    OK(mkdir("Case", 0755));
    IS(access("case", F_OK), -ENOENT);
    OK(mkdir("...", 0755));
    IS(access("....", F_OK), -ENOENT);
}
