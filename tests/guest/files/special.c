// openat2, extended attributes, devices, chroot, and other less common calls on files.
// place: volume overlay memory
#define TAP_DIRS
#include "../files.h"
#include <linux/openat2.h>
#include <sys/ioctl.h>
#include <sys/xattr.h>

static long open2(int dir, const char *path, uint64_t flags, uint64_t mode, uint64_t resolve)
{
    struct open_how how = { flags, mode, resolve };
    return tap_result(syscall(SYS_openat2, dir, path, &how, sizeof how));
}
static void tree(void)
{
    mkdir("d", 0755);
    mkdir("d/e", 0755);
    put("d/f", "in d");
    put("f", "outside");
    if (symlink("f", "d/inside") || symlink("../f", "d/outside") || symlink("/etc", "d/absolute") ||
        symlink("/proc/self/exe", "d/magic"))
        tap_fail("no tree");
}

CASE(openat2_plain)
{
    tree();
    OK(open2(AT_FDCWD, "d/f", O_RDONLY, 0, 0));
    OK(open2(AT_FDCWD, "new", O_CREAT | O_RDWR, 0600, 0));
    EQ(mode_of("new"), S_IFREG | 0600);
}
CASE(openat2_errors)
{
    tree();
    struct open_how how = { O_RDONLY, 0, 0 };
    struct { struct open_how how; uint64_t more; } large = { { O_RDONLY, 0, 0 }, 0 };
    IS(syscall(SYS_openat2, AT_FDCWD, "f", &how, 8), -EINVAL);
    IS(syscall(SYS_openat2, AT_FDCWD, "f", &how, 5000), -E2BIG);
    OK(syscall(SYS_openat2, AT_FDCWD, "f", &large, sizeof large));
    large.more = 1;
    IS(syscall(SYS_openat2, AT_FDCWD, "f", &large, sizeof large), -E2BIG);
    IS(syscall(SYS_openat2, AT_FDCWD, "f", 8, sizeof how), -EFAULT);
    IS(open2(AT_FDCWD, "f", 1ull << 40, 0, 0), -EINVAL);
    IS(open2(AT_FDCWD, "f", O_RDONLY, 0600, 0), -EINVAL);
    IS(open2(AT_FDCWD, "f", O_CREAT | O_RDWR, 0170000, 0), -EINVAL);
    IS(open2(AT_FDCWD, "f", O_RDONLY, 0, 0x1000), -EINVAL);
    IS(open2(AT_FDCWD, "f", O_PATH | O_RDWR, 0, 0), -EINVAL);
    IS(open2(AT_FDCWD, "f", O_RDONLY, 0, RESOLVE_BENEATH | RESOLVE_IN_ROOT), -EINVAL);
}
CASE(resolve_beneath)
{
    tree();
    int dir = open("d", O_RDONLY | O_DIRECTORY);
    OK(open2(dir, "f", O_RDONLY, 0, RESOLVE_BENEATH));
    OK(open2(dir, "inside", O_RDONLY, 0, RESOLVE_BENEATH));
    OK(open2(dir, "e/../f", O_RDONLY, 0, RESOLVE_BENEATH));
    IS(open2(dir, "../f", O_RDONLY, 0, RESOLVE_BENEATH), -EXDEV);
    IS(open2(dir, "..", O_RDONLY, 0, RESOLVE_BENEATH), -EXDEV);
    IS(open2(dir, "outside", O_RDONLY, 0, RESOLVE_BENEATH), -EXDEV);
    IS(open2(dir, "absolute", O_RDONLY, 0, RESOLVE_BENEATH), -EXDEV);
    IS(open2(dir, "/etc/passwd", O_RDONLY, 0, RESOLVE_BENEATH), -EXDEV);
}
CASE(resolve_in_root)
{
    tree();
    int dir = open("d", O_RDONLY | O_DIRECTORY);
    OK(open2(dir, "../../f", O_RDONLY, 0, RESOLVE_IN_ROOT));
    OK(open2(dir, "/f", O_RDONLY, 0, RESOLVE_IN_ROOT));
    OK(open2(dir, "outside", O_RDONLY, 0, RESOLVE_IN_ROOT));
    IS(open2(dir, "absolute", O_RDONLY, 0, RESOLVE_IN_ROOT), -ENOENT);
    IS(open2(dir, "magic", O_RDONLY, 0, RESOLVE_IN_ROOT), -ENOENT);
}
CASE(resolve_no_symlinks)
{
    tree();
    OK(symlink("d", "l"));
    OK(open2(AT_FDCWD, "d/f", O_RDONLY, 0, RESOLVE_NO_SYMLINKS));
    IS(open2(AT_FDCWD, "l/f", O_RDONLY, 0, RESOLVE_NO_SYMLINKS), -ELOOP);
    IS(open2(AT_FDCWD, "d/inside", O_RDONLY, 0, RESOLVE_NO_SYMLINKS), -ELOOP);
    OK(open2(AT_FDCWD, "l", O_PATH | O_NOFOLLOW, 0, RESOLVE_NO_SYMLINKS));
}
CASE(resolve_no_magic_links)
{
    tree();
    OK(open2(AT_FDCWD, "d/inside", O_RDONLY, 0, RESOLVE_NO_MAGICLINKS));
    IS(open2(AT_FDCWD, "/proc/self/exe", O_RDONLY, 0, RESOLVE_NO_MAGICLINKS), -ELOOP);
}
CASE(resolve_no_xdev)
{
    tree();
    OK(open2(AT_FDCWD, "d/f", O_RDONLY, 0, RESOLVE_NO_XDEV));
    IS(open2(AT_FDCWD, "/proc/version", O_RDONLY, 0, RESOLVE_NO_XDEV), -EXDEV);
}
CASE(xattr_round_trip)
{
    char value[16] = "";
    put("f", "x");
    IS(setxattr("f", "user.one", "first", 5, 0), 0);
    IS(getxattr("f", "user.one", value, sizeof value), 5);
    STR(value, "first");
    IS(getxattr("f", "user.one", NULL, 0), 5);
    IS(getxattr("f", "user.one", value, 2), -ERANGE);
    IS(getxattr("f", "user.none", value, 2), -ENODATA);
    IS(setxattr("f", "user.one", "second", 6, XATTR_CREATE), -EEXIST);
    IS(setxattr("f", "user.one", "second", 6, XATTR_REPLACE), 0);
    IS(setxattr("f", "user.two", "x", 1, XATTR_REPLACE), -ENODATA);
    IS(setxattr("f", "user.two", "", 0, 0), 0);
    IS(getxattr("f", "user.two", value, 16), 0);
    char list[64] = "";
    long length = tap_result(listxattr("f", list, sizeof list));
    EQ(length, 18);
    IS(listxattr("f", NULL, 0), 18);
    IS(listxattr("f", list, 5), -ERANGE);
    IS(removexattr("f", "user.one"), 0);
    IS(removexattr("f", "user.one"), -ENODATA);
    IS(listxattr("f", list, sizeof list), 9);
    STR(list, "user.two");
    int fd = open("f", O_RDONLY);
    IS(fsetxattr(fd, "user.three", "3", 1, 0), 0);
    IS(fgetxattr(fd, "user.three", value, 16), 1);
    IS(flistxattr(fd, NULL, 0), 20);
    IS(fremovexattr(fd, "user.three"), 0);
}
CASE(xattr_errors)
{
    static char big[70000];
    char value[8];
    put("f", "x");
    IS(setxattr("f", "nonsense", "v", 1, 0), -EOPNOTSUPP);
    IS(setxattr("f", "user.", "v", 1, 0), -EINVAL);
    IS(setxattr("f", "", "v", 1, 0), -ERANGE);
    IS(setxattr("f", "user.x", "v", 1, 99), -EINVAL);
    IS(setxattr("f", "user.x", big, sizeof big, 0), -E2BIG);
    IS(getxattr("none", "user.x", value, 8), -ENOENT);
    memset(big, 'n', 300);
    memcpy(big, "user.", 5);
    IS(setxattr("f", big, "v", 1, 0), -ERANGE);
    OK(symlink("f", "l"));
    IS(lsetxattr("l", "user.x", "v", 1, 0), -EPERM);
    IS(lgetxattr("l", "user.x", value, 8), -ENODATA);
    IS(setxattr("l", "user.x", "v", 1, 0), 0);
    IS(getxattr("f", "user.x", value, 8), 1);
    OK(mkfifo("p", 0600));
    IS(setxattr("p", "user.x", "v", 1, 0), -EPERM);
    IS(syscall(SYS_getxattr, "f", 8, value, 8), -EFAULT);
    IS(syscall(SYS_setxattr, "f", "user.y", 8, 8, 0), -EFAULT);
}
CASE(xattr_of_the_system)
{
    char value[64];
    put("f", "x");
    // What programs such as ls and cp ask of every file.
    IS(getxattr("f", "security.selinux", value, 64), -ENODATA);
    long list = tap_result(getxattr("f", "system.posix_acl_access", value, 64));
    TRUE(list == -ENODATA || list == -EOPNOTSUPP);
    IS(getxattr("f", "security.capability", value, 64), -ENODATA);
    IS(listxattr("f", value, 64), 0);
}
CASE(dev_null)
{
    char byte;
    int fd = open("/dev/null", O_RDWR);
    TRUE(fd >= 0);
    IS(read(fd, &byte, 1), 0);
    IS(write(fd, "abc", 3), 3);
    IS(write(fd, (void *)8, 3), 3);
    IS(lseek(fd, 100, SEEK_SET), 0);
    IS(ftruncate(fd, 0), -EINVAL);
    OK(open("/dev/null", O_WRONLY | O_TRUNC | O_CREAT, 0644));
    IS(ioctl(fd, TCGETS, &byte), -ENOTTY);
    IS(open("/dev/null/x", O_RDONLY), -ENOTDIR);
    IS(open("/dev/null", O_RDONLY | O_DIRECTORY), -ENOTDIR);
}
CASE(dev_zero_and_full)
{
    char bytes[8] = { 1, 1, 1, 1, 1, 1, 1, 1 };
    int zero = open("/dev/zero", O_RDWR), full = open("/dev/full", O_RDWR);
    IS(read(zero, bytes, 8), 8);
    EQ(bytes[7], 0);
    IS(write(zero, bytes, 8), 8);
    IS(lseek(zero, 5, SEEK_SET), 0);
    bytes[7] = 1;
    IS(read(full, bytes, 8), 8);
    EQ(bytes[7], 0);
    IS(write(full, bytes, 8), -ENOSPC);
    SHOW("%s", tap_error(tap_result(write(full, bytes, 0))));
}
CASE(dev_random)
{
    static unsigned char a[1000], b[1000];
    int fd = open("/dev/urandom", O_RDWR);
    IS(read(fd, a, 1000), 1000);
    IS(read(open("/dev/random", O_RDONLY), b, 1000), 1000);
    TRUE(memcmp(a, b, 1000) != 0);
    IS(write(fd, a, 10), 10);
    IS(read(fd, (void *)8, 10), -EFAULT);
}
CASE(dev_links)
{
    char text[64] = "";
    IS(readlink("/dev/fd", text, sizeof text), 13);
    STR(text, "/proc/self/fd");
    IS(access("/dev/stdin", F_OK), 0);
    IS(access("/dev/shm", W_OK), 0);
    IS(access("/dev/ptmx", F_OK), 0);
    IS(open("/dev/tty", O_RDWR) < 0, 1);
}
CASE(dev_shm_is_writable)
{
    int fd = open("/dev/shm/trapless-test", O_CREAT | O_RDWR, 0600);
    TRUE(fd >= 0);
    IS(write(fd, "abc", 3), 3);
    STR(text_of("/dev/shm/trapless-test"), "abc");
    OK(unlink("/dev/shm/trapless-test"));
}
ROOT_CASE(chroot_confines)
{
    struct stat root, here;
    put("f", "outside");
    OK(mkdir("d", 0755));
    put("d/f", "inside");
    OK(symlink("/f", "d/absolute"));
    OK(stat("d", &here));
    int out = open("/", O_RDONLY | O_DIRECTORY), back = open(".", O_RDONLY | O_DIRECTORY);
    OK(chroot("d"));
    OK(stat("/", &root));
    EQ(root.st_ino, here.st_ino);
    STR(text_of("/f"), "inside");
    STR(text_of("/../f"), "inside");
    STR(text_of("/absolute"), "inside");
    // The working directory stays outside, and has no name.
    STR(text_of("f"), "outside");
    char path[4096];
    long length = syscall(SYS_getcwd, path, sizeof path);
    TRUE(length > 0);
    EQ(strncmp(path, "(unreachable)/", 14), 0);
    OK(chdir("/"));
    IS(syscall(SYS_getcwd, path, sizeof path), 2);
    STR(text_of("../../f"), "inside");
    OK(fchdir(out));
    OK(chroot("."));
    OK(fchdir(back));
    STR(text_of("f"), "outside");
    IS(chroot("f"), -ENOTDIR);
    IS(chroot("none"), -ENOENT);
}
CASE(umask_returns_the_old)
{
    umask(022);
    EQ(umask(07777), 022);
    EQ(umask(0), 0777);
    EQ(umask(022), 0);
}
ROOT_CASE(nosuid_access_time)
{
    // O_NOATIME is for the owner only.
    put("f", "x");
    OK(chmod("f", 0644));
    as_nobody();
    long result = tap_result(open("f", O_RDONLY | O_NOATIME));
    as_root();
    EQ(result, -EPERM);
    OK(open("f", O_RDONLY | O_NOATIME));
}
ROOT_CASE(text_of_a_running_program_is_busy)
{
    IS(open("/proc/self/exe", O_WRONLY), -ETXTBSY);
    char path[4096];
    ssize_t length = readlink("/proc/self/exe", path, sizeof path - 1);
    TRUE(length > 0);
    path[length] = 0;
    IS(truncate(path, 100000000), -ETXTBSY);
}
