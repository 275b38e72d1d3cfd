// What the cases about files share.
#ifndef FILES_H
#define FILES_H

#include "tap.h"

// A file with that content; replaces what is there.
__attribute__((unused)) static void put(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
    size_t length = strlen(text);
    if (fd < 0 || write(fd, text, length) != (ssize_t)length || close(fd))
        tap_fail("cannot make %s: %s", path, tap_error(-errno));
}

// A file's content, up to 4 KB; "?" when it cannot be read.
__attribute__((unused)) static const char *text_of(const char *path)
{
    static char text[2][4096];
    static int turn;
    turn = !turn;
    int fd = open(path, O_RDONLY);
    ssize_t length = fd < 0 ? -1 : read(fd, text[turn], sizeof text[turn] - 1);
    if (fd >= 0)
        close(fd);
    if (length < 0)
        return "?";
    text[turn][length] = 0;
    return text[turn];
}

__attribute__((unused)) static long size_of(const char *path)
{
    struct stat st;
    return stat(path, &st) ? -errno : st.st_size;
}

__attribute__((unused)) static long mode_of(const char *path)
{
    struct stat st;
    return lstat(path, &st) ? -errno : (long)st.st_mode;
}

__attribute__((unused)) static long links_of(const char *path)
{
    struct stat st;
    return lstat(path, &st) ? -errno : (long)st.st_nlink;
}

__attribute__((unused)) static long inode_of(const char *path)
{
    struct stat st;
    return lstat(path, &st) ? -errno : (long)st.st_ino;
}

// From here on the calls are those of uid and gid 65534; as_root() comes back.
__attribute__((unused)) static void as_nobody(void)
{
    if (setresgid(65534, 65534, 0) || setresuid(65534, 65534, 0))
        tap_fail("cannot become uid 65534: %s", tap_error(-errno));
}

__attribute__((unused)) static void as_root(void)
{
    if (setresuid(0, 0, 0) || setresgid(0, 0, 0))
        tap_fail("cannot become root again: %s", tap_error(-errno));
}

#endif
