// Reading directories.
// place: volume overlay memory
#define TAP_DIRS
#include "files.h"
#include <dirent.h>

struct entry {
    uint64_t inode;
    int64_t next;
    uint16_t length;
    uint8_t type;
    char name[];
};

static int by_name(const void *left, const void *right)
{
    return strcmp(left, right);
}

// The names in a directory, sorted, joined by blanks.
static const char *names_in(const char *path)
{
    static char names[2000][32], text[65536];
    int count = 0;
    text[0] = 0;
    DIR *directory = opendir(path);
    if (!directory)
        return "?";
    struct dirent *entry;
    while ((entry = readdir(directory)) && count < 2000)
        snprintf(names[count++], 32, "%.31s", entry->d_name);
    closedir(directory);
    qsort(names, (size_t)count, 32, by_name);
    char *at = text;
    for (int i = 0; i < count; i++)
        at += sprintf(at, "%s%s", i ? " " : "", names[i]);
    return text;
}

CASE(lists_everything_once)
{
    put("b", "x");
    put("a", "x");
    OK(mkdir("c", 0755));
    OK(symlink("a", "d"));
    STR(names_in("."), ". .. a b c d");
    STR(names_in("c"), ". ..");
}
CASE(types_and_inodes)
{
    put("file", "x");
    OK(mkdir("dir", 0755));
    OK(symlink("file", "link"));
    OK(mkfifo("pipe", 0600));
    DIR *directory = opendir(".");
    struct dirent *entry;
    int count = 0;
    while ((entry = readdir(directory))) {
        struct stat st;
        OK(lstat(entry->d_name, &st));
        EQ(entry->d_type, IFTODT(st.st_mode));
        EQ(entry->d_ino, st.st_ino);
        count++;
    }
    EQ(count, 6);
    closedir(directory);
    // Another one, of which nobody has asked for what is above.
    OK(mkdir("dir/below", 0755));
    struct stat above;
    OK(stat("dir", &above));
    directory = opendir("dir/below");
    while ((entry = readdir(directory))) {
        if (!strcmp(entry->d_name, ".."))
            EQ(entry->d_ino, above.st_ino);
    }
    closedir(directory);
    directory = opendir("/usr/bin");
    OK(stat("/usr", &above));
    while ((entry = readdir(directory))) {
        if (!strcmp(entry->d_name, ".."))
            EQ(entry->d_ino, above.st_ino);
    }
    closedir(directory);
}
CASE(record_format)
{
    char buffer[1024];
    put("name", "x");
    int fd = open(".", O_RDONLY | O_DIRECTORY), seen = 0;
    long length = syscall(SYS_getdents64, fd, buffer, sizeof buffer);
    TRUE(length > 0);
    for (long at = 0; at < length;) {
        struct entry *entry = (struct entry *)(buffer + at);
        EQ(entry->length % 8, 0);
        TRUE(entry->length >= 19 + strlen(entry->name) + 1);
        if (strcmp(entry->name, "name") == 0) {
            EQ(entry->length, 24);
            seen = 1;
        }
        at += entry->length;
    }
    EQ(seen, 1);
    IS(syscall(SYS_getdents64, fd, buffer, sizeof buffer), 0);
}
CASE(small_buffers)
{
    char buffer[1024];
    put("a_name_of_some_length", "x");
    int fd = open(".", O_RDONLY), total = 0;
    IS(syscall(SYS_getdents64, fd, buffer, 10), -EINVAL);
    long length;
    while ((length = syscall(SYS_getdents64, fd, buffer, 48)) > 0)
        total++;
    EQ(length, 0);
    TRUE(total >= 2);
}
CASE(errors)
{
    char buffer[1024];
    put("f", "x");
    IS(syscall(SYS_getdents64, open("f", O_RDONLY), buffer, 1024), -ENOTDIR);
    IS(syscall(SYS_getdents64, -1, buffer, 1024), -EBADF);
    IS(syscall(SYS_getdents64, open(".", O_PATH), buffer, 1024), -EBADF);
    IS(syscall(SYS_getdents64, open(".", O_RDONLY), 8, 1024), -EFAULT);
    OK(mkdir("d", 0755));
    int fd = open("d", O_RDONLY);
    OK(rmdir("d"));
    IS(syscall(SYS_getdents64, fd, buffer, 1024), -ENOENT);
}
CASE(rewind_and_seek)
{
    for (int i = 0; i < 20; i++) {
        char name[8];
        snprintf(name, sizeof name, "n%d", i);
        put(name, "x");
    }
    DIR *directory = opendir(".");
    char fifth[32] = "", sixth[32] = "";
    long place = 0;
    for (int i = 0; i < 6; i++) {
        place = i == 5 ? telldir(directory) : 0;
        snprintf(i == 4 ? fifth : sixth, 32, "%.31s", readdir(directory)->d_name);
    }
    while (readdir(directory))
        ;
    seekdir(directory, place);
    STR(readdir(directory)->d_name, sixth);
    rewinddir(directory);
    int count = 0;
    while (readdir(directory))
        count++;
    EQ(count, 22);
    closedir(directory);
}
CASE(rewind_sees_new_names)
{
    DIR *directory = opendir(".");
    int count = 0, again = 0;
    while (readdir(directory))
        count++;
    put("new", "x");
    rewinddir(directory);
    while (readdir(directory))
        again++;
    EQ(count, 2);
    EQ(again, 3);
    closedir(directory);
}
CASE(delete_while_reading)
{
    char name[16];
    for (int i = 0; i < 300; i++) {
        snprintf(name, sizeof name, "file%d", i);
        put(name, "x");
    }
    DIR *directory = opendir(".");
    struct dirent *entry;
    int seen = 0;
    while ((entry = readdir(directory)))
        if (entry->d_name[0] != '.') {
            seen++;
            OK(unlink(entry->d_name));
        }
    closedir(directory);
    EQ(seen, 300);
    STR(names_in("."), ". ..");
}
CASE(others_stay_while_some_are_deleted)
{
    char name[16];
    for (int i = 0; i < 200; i++) {
        snprintf(name, sizeof name, "%03d", i);
        put(name, "x");
    }
    static int seen[200];
    memset(seen, 0, sizeof seen);
    char buffer[512];
    int fd = open(".", O_RDONLY), turn = 0;
    long length;
    while ((length = syscall(SYS_getdents64, fd, buffer, sizeof buffer)) > 0) {
        for (long at = 0; at < length;) {
            struct entry *entry = (struct entry *)(buffer + at);
            if (entry->name[0] != '.')
                seen[atoi(entry->name)]++;
            at += entry->length;
        }
        // Remove one that no test below asks for.
        snprintf(name, sizeof name, "%03d", 1 + 2 * turn++);
        unlink(name);
    }
    for (int i = 0; i < 200; i += 2)
        EQ(seen[i], 1);
}
CASE(a_thousand_names)
{
    char name[16];
    OK(mkdir("d", 0755));
    for (int i = 0; i < 1000; i++) {
        snprintf(name, sizeof name, "d/%d", i);
        put(name, "");
    }
    DIR *directory = opendir("d");
    int count = 0, sum = 0;
    struct dirent *entry;
    while ((entry = readdir(directory))) {
        count++;
        sum += atoi(entry->d_name);
    }
    closedir(directory);
    EQ(count, 1002);
    EQ(sum, 499500);
}
CASE(dot_dot_is_the_parent)
{
    OK(mkdir("d", 0755));
    DIR *directory = opendir("d");
    struct dirent *entry;
    while ((entry = readdir(directory)))
        if (strcmp(entry->d_name, "..") == 0)
            EQ(entry->d_ino, inode_of("."));
    closedir(directory);
}
CASE(old_getdents)
{
    char buffer[1024];
    put("name", "x");
    long length = syscall(SYS_getdents, open(".", O_RDONLY), buffer, sizeof buffer);
    int seen = 0;
    TRUE(length > 0);
    for (long at = 0; at < length;) {
        unsigned short size;
        memcpy(&size, buffer + at + 16, 2);
        if (strcmp(buffer + at + 18, "name") == 0) {
            seen = 1;
            EQ(buffer[at + size - 1], DT_REG);
        }
        at += size;
    }
    EQ(seen, 1);
}
