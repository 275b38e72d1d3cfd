// Many and deep: directories, descriptors, names, watches. Limits are errors, never worse.
// place: volume memory
// timeout: 300
#define TAP_DIRS
#include "../files.h"
#include <dirent.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>

CASE(a_thousand_levels)
{
    int depth = 0;
    char path[8192];
    for (; depth < 1000; depth++) {
        OK(mkdir("a_directory", 0755));
        OK(chdir("a_directory"));
    }
    // The path has 12000 bytes: it has no name that a call could take.
    IS(syscall(SYS_getcwd, path, sizeof path), -ENAMETOOLONG);
    put("file", "deep");
    STR(text_of("file"), "deep");
    OK(unlink("file"));
    for (; depth > 0; depth--) {
        OK(chdir(".."));
        OK(rmdir("a_directory"));
    }
}
CASE(a_path_of_two_thousand_parts)
{
    static char path[5000];
    OK(mkdir("d", 0755));
    for (int i = 0; i < 800; i++)
        strcat(path, "d/../");
    strcat(path, "d");
    struct stat st;
    OK(stat(path, &st));
    EQ(st.st_mode & S_IFMT, S_IFDIR);
}
CASE(ten_thousand_names)
{
    char name[32];
    OK(mkdir("many", 0755));
    for (int i = 0; i < 10000; i++) {
        snprintf(name, sizeof name, "many/%d", i * 7);
        int fd = open(name, O_CREAT | O_WRONLY, 0644);
        OK(fd);
        close(fd);
    }
    DIR *directory = opendir("many");
    int count = 0;
    while (readdir(directory))
        count++;
    closedir(directory);
    EQ(count, 10002);
    IS(access("many/69993", F_OK), 0);
    IS(access("many/69994", F_OK), -ENOENT);
    IS(rmdir("many"), -ENOTEMPTY);
    for (int i = 0; i < 10000; i++) {
        snprintf(name, sizeof name, "many/%d", i * 7);
        OK(unlink(name));
    }
    OK(rmdir("many"));
}
CASE(a_thousand_links_to_one_file)
{
    char name[32];
    put("f", "x");
    for (int i = 0; i < 1000; i++) {
        snprintf(name, sizeof name, "l%d", i);
        OK(link("f", name));
    }
    EQ(links_of("f"), 1001);
}
CASE(thousands_of_descriptors)
{
    struct rlimit old, limit;
    OK(getrlimit(RLIMIT_NOFILE, &old));
    limit = old;
    limit.rlim_cur = old.rlim_max < 4000 ? old.rlim_max : 4000;
    OK(setrlimit(RLIMIT_NOFILE, &limit));
    int ep = epoll_create1(0), count = 0, fd;
    while ((fd = eventfd(1, 0)) >= 0) {
        struct epoll_event event = { .events = EPOLLIN, .data.fd = fd };
        OK(epoll_ctl(ep, EPOLL_CTL_ADD, fd, &event));
        count++;
    }
    EQ(errno, EMFILE);
    EQ(count, (int)limit.rlim_cur - 4);
    static struct epoll_event events[5000];
    IS(epoll_wait(ep, events, 5000, 0), count);
    IS(syscall(SYS_close_range, 3, ~0u, 0), 0);
    OK(setrlimit(RLIMIT_NOFILE, &old));
}
CASE(open_and_close_a_lot)
{
    put("f", "x");
    for (int i = 0; i < 20000; i++) {
        int fd = open("f", O_RDONLY);
        if (fd < 0 || close(fd))
            tap_fail("turn %d: %s", i, tap_error(-errno));
        STOP_IF_FAILED();
    }
}
CASE(create_and_remove_a_lot)
{
    for (int i = 0; i < 5000; i++) {
        put("f", "some text");
        OK(rename("f", "g"));
        OK(unlink("g"));
        STOP_IF_FAILED();
    }
}
CASE(pipes_by_the_hundred)
{
    static int p[400][2];
    static char bytes[4096];
    for (int i = 0; i < 400; i++) {
        OK(pipe(p[i]));
        IS(write(p[i][1], bytes, sizeof bytes), 4096);
    }
    for (int i = 0; i < 400; i++) {
        IS(read(p[i][0], bytes, sizeof bytes), 4096);
        close(p[i][0]);
        close(p[i][1]);
    }
}
