// procfs as programs read it.
// env: MARK=in the environment
// run: args one two three
#define TAP_NO_MAIN
#include "../tap.h"
#include <dirent.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <sys/wait.h>

static char text[65536];

// A file's content; its length.
static long slurp(const char *path)
{
    int fd = open(path, O_RDONLY);
    long length = 0, got;
    if (fd < 0)
        return -errno;
    while ((got = read(fd, text + length, sizeof text - 1 - (size_t)length)) > 0)
        length += got;
    close(fd);
    text[length] = 0;
    return got < 0 ? -errno : length;
}
// The value of a key in a "Key:\tvalue" file.
static const char *field(const char *key)
{
    static char value[128];
    size_t length = strlen(key);
    for (const char *line = text; line && *line; line = strchr(line, '\n') ? strchr(line, '\n') + 1 : NULL)
        if (strncmp(line, key, length) == 0 && line[length] == ':') {
            const char *from = line + length + 1 + strspn(line + length + 1, " \t");
            snprintf(value, sizeof value, "%.*s", (int)strcspn(from, "\n"), from);
            return value;
        }
    return "none";
}

CASE(exe)
{
    char path[4096] = "";
    OK(readlink("/proc/self/exe", path, sizeof path - 1));
    STR(strrchr(path, '/'), "/self.static");
    struct stat one, two;
    OK(stat("/proc/self/exe", &one));
    OK(stat(path, &two));
    EQ(one.st_ino, two.st_ino);
    OK(lstat("/proc/self/exe", &one));
    EQ(one.st_mode, S_IFLNK | 0777);
    EQ(one.st_size, 0);
    IS(slurp("/proc/self/exe") > 1000, 1);
    TRUE(memcmp(text, "\177ELF", 4) == 0);
}
CASE(command_line)
{
    long length = slurp("/proc/self/cmdline");
    const char *at = text + strlen(text) + 1;
    STR(at, "one");
    STR(at + 4, "two");
    STR(at + 8, "three");
    EQ(at + 14 - text, length);
}
CASE(environment)
{
    long length = slurp("/proc/self/environ");
    int found = 0;
    for (const char *at = text; at < text + length; at += strlen(at) + 1)
        found |= strcmp(at, "MARK=in the environment") == 0;
    EQ(found, 1);
}
CASE(links_of_descriptors)
{
    char path[64], where[4096] = "", home[4096];
    int fd = open("file", O_CREAT | O_RDWR, 0644);
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    OK(readlink(path, where, sizeof where - 1));
    OK(syscall(SYS_getcwd, home, sizeof home));
    strcat(home, "/file");
    STR(where, home);
    OK(unlink("file"));
    memset(where, 0, sizeof where);
    OK(readlink(path, where, sizeof where - 1));
    strcat(home, " (deleted)");
    STR(where, home);
    struct stat st;
    OK(lstat(path, &st));
    EQ(st.st_mode, S_IFLNK | 0700);
    close(fd);
    IS(readlink(path, where, sizeof where), -ENOENT);
    fd = open("/dev/null", O_RDONLY);
    OK(lstat(path, &st));
    EQ(st.st_mode, S_IFLNK | 0500);
    memset(where, 0, sizeof where);
    OK(readlink(path, where, sizeof where - 1));
    STR(where, "/dev/null");
    close(fd);
}
CASE(list_of_descriptors)
{
    syscall(SYS_close_range, 3, 1000, 0);
    DIR *directory = opendir("/proc/self/fd");
    TRUE(directory != NULL);
    struct dirent *entry;
    int seen = 0, count = 0;
    while ((entry = readdir(directory)))
        if (entry->d_name[0] != '.') {
            EQ(entry->d_type, DT_LNK);
            count++;
            if (atoi(entry->d_name) < 3)
                seen |= 1 << atoi(entry->d_name);
        }
    EQ(seen, 7);
    EQ(count, 4);
    closedir(directory);
}
CASE(fdinfo)
{
    int fd = open("/dev/zero", O_RDONLY | O_CLOEXEC);
    char path[64];
    snprintf(path, sizeof path, "/proc/self/fdinfo/%d", fd);
    OK(slurp(path));
    STR(field("pos"), "0");
    STR(field("flags"), "02100000");
    close(fd);
}
CASE(working_directory_and_root)
{
    char where[4096] = "", home[4096];
    OK(readlink("/proc/self/cwd", where, sizeof where - 1));
    OK(syscall(SYS_getcwd, home, sizeof home));
    STR(where, home);
    memset(where, 0, sizeof where);
    IS(readlink("/proc/self/root", where, sizeof where), 1);
    STR(where, "/");
}
CASE(self_is_the_process)
{
    char where[32] = "", want[32];
    OK(readlink("/proc/self", where, sizeof where - 1));
    snprintf(want, sizeof want, "%d", getpid());
    STR(where, want);
    OK(readlink("/proc/thread-self", where, sizeof where - 1));
    snprintf(want, sizeof want, "%d/task/%d", getpid(), gettid());
    STR(where, want);
}
CASE(status_fields)
{
    static const char *const keys[] = {
        "Name", "Umask", "State", "Tgid", "Pid", "PPid", "TracerPid", "Uid", "Gid", "FDSize", "Groups", "VmPeak",
        "VmSize", "VmLck", "VmHWM", "VmRSS", "RssAnon", "RssFile", "VmData", "VmStk", "VmExe", "VmLib", "VmPTE",
        "VmSwap", "Threads", "SigQ", "SigPnd", "ShdPnd", "SigBlk", "SigIgn", "SigCgt", "CapInh", "CapPrm",
        "CapEff", "CapBnd", "CapAmb", "NoNewPrivs", "Seccomp", "Cpus_allowed", "Cpus_allowed_list",
        "Mems_allowed", "voluntary_ctxt_switches", "nonvoluntary_ctxt_switches" };
    umask(027);
    OK(slurp("/proc/self/status"));
    umask(022);
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (!strcmp(field(keys[i]), "none"))
            tap_fail("no %s", keys[i]);
    STR(field("Name"), "self.static");
    STR(field("Umask"), "0027");
    STR(field("State"), "R (running)");
    EQ(atoi(field("Pid")), getpid());
    EQ(atoi(field("PPid")), getppid());
    char ids[64];
    snprintf(ids, sizeof ids, "%d\t%d\t%d\t%d", getuid(), geteuid(), geteuid(), geteuid());
    STR(field("Uid"), ids);
    STR(field("Threads"), "1");
    STR(field("TracerPid"), "0");
    TRUE(atol(field("VmRSS")) > 0);
    STR(field("NoNewPrivs"), "0");
}
CASE(status_signals)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    sigprocmask(SIG_BLOCK, &set, NULL);
    signal(SIGUSR2, SIG_IGN);
    kill(getpid(), SIGUSR1);
    OK(slurp("/proc/self/status"));
    STR(field("SigBlk"), "0000000000000200");
    STR(field("ShdPnd"), "0000000000000200");
    TRUE(strtoul(field("SigIgn"), NULL, 16) & 1ul << (SIGUSR2 - 1));
    signal(SIGUSR1, SIG_IGN);
    sigprocmask(SIG_UNBLOCK, &set, NULL);
}
CASE(stat_line)
{
    OK(slurp("/proc/self/stat"));
    int pid = 0, parent = 0, group = 0, fields = 1;
    char name[64] = "", state = 0;
    IS(sscanf(text, "%d (%63[^)]) %c %d %d", &pid, name, &state, &parent, &group), 5);
    EQ(pid, getpid());
    STR(name, "self.static");
    EQ(state, 'R');
    EQ(parent, getppid());
    EQ(group, getpgrp());
    for (const char *at = text; *at; at++)
        fields += *at == ' ';
    EQ(fields, 52);
}
CASE(statm_line)
{
    long numbers[7] = { 0 };
    OK(slurp("/proc/self/statm"));
    IS(sscanf(text, "%ld %ld %ld %ld %ld %ld %ld", numbers, numbers + 1, numbers + 2, numbers + 3, numbers + 4,
              numbers + 5, numbers + 6), 7);
    TRUE(numbers[0] >= numbers[1] && numbers[1] > 0);
    EQ(numbers[4], 0);
}
CASE(maps_lines)
{
    OK(slurp("/proc/self/maps"));
    unsigned long last = 0;
    int own = 0, stack = 0, vdso = 0;
    for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
        unsigned long low, high, offset, inode;
        char rights[8], device[16], name[4096] = "";
        int got = sscanf(line, "%lx-%lx %7s %lx %15s %lu %4095[^\n]", &low, &high, rights, &offset, device, &inode,
                         name);
        TRUE(got >= 6);
        TRUE(low >= last && low < high && low % 4096 == 0);
        EQ(strlen(rights), 4);
        last = high;
        own += strstr(name, "/self.static") != NULL;
        stack += strcmp(name, "[stack]") == 0;
        vdso += strcmp(name, "[vdso]") == 0;
        // The name begins in column 74.
        if (name[0])
            EQ(strstr(line, name) - line, 73);
    }
    TRUE(own >= 4);
    EQ(stack, 1);
    EQ(vdso, 1);
}
CASE(task_directory)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/self/task/%d/comm", gettid());
    OK(slurp(path));
    STR(text, "self.static\n");
    snprintf(path, sizeof path, "/proc/%d/status", getpid());
    OK(slurp(path));
    STR(field("Name"), "self.static");
}
CASE(limits_file)
{
    OK(slurp("/proc/self/limits"));
    TRUE(strncmp(text, "Limit                     Soft Limit           Hard Limit           Units     \n", 79) == 0);
    TRUE(strstr(text, "Max open files ") != NULL);
    TRUE(strstr(text, "Max realtime timeout ") != NULL);
}
CASE(small_files)
{
    OK(slurp("/proc/self/comm"));
    OK(slurp("/proc/self/oom_score_adj"));
    OK(slurp("/proc/self/cgroup"));
    OK(slurp("/proc/self/mountinfo"));
    TRUE(strstr(text, " / / ") != NULL || strstr(text, " - ") != NULL);
    OK(slurp("/proc/self/mounts"));
    TRUE(strstr(text, "proc /proc proc ") != NULL);
    OK(slurp("/proc/self/wchan"));
    OK(slurp("/proc/self/smaps"));
    TRUE(strstr(text, "Rss:") != NULL);
}
CASE(meminfo)
{
    static const char *const keys[] = { "MemTotal", "MemFree", "MemAvailable", "Buffers", "Cached", "SwapTotal",
                                        "SwapFree", "Shmem", "Slab", "CommitLimit", "Committed_AS",
                                        "HugePages_Total", "Hugepagesize", "VmallocTotal", "Dirty", "Mapped",
                                        "Active", "Inactive", "AnonPages" };
    OK(slurp("/proc/meminfo"));
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (!strcmp(field(keys[i]), "none"))
            tap_fail("no %s", keys[i]);
    TRUE(atol(field("MemTotal")) >= atol(field("MemFree")) && atol(field("MemFree")) > 0);
    TRUE(strstr(field("MemTotal"), " kB") != NULL);
}
CASE(system_files)
{
    OK(slurp("/proc/version"));
    EQ(strncmp(text, "Linux version ", 14), 0);
    OK(slurp("/proc/uptime"));
    double up = 0, idle = 0;
    IS(sscanf(text, "%lf %lf\n", &up, &idle), 2);
    OK(slurp("/proc/loadavg"));
    int running = 0, all = 0;
    IS(sscanf(text, "%*f %*f %*f %d/%d", &running, &all), 2);
    OK(slurp("/proc/stat"));
    EQ(strncmp(text, "cpu  ", 5), 0);
    TRUE(strstr(text, "\nbtime ") != NULL && strstr(text, "\ncpu0 ") != NULL);
    OK(slurp("/proc/cpuinfo"));
    EQ(strncmp(text, "processor\t: 0\n", 14), 0);
    TRUE(strstr(text, "\nflags\t\t: fpu ") != NULL);
    OK(slurp("/proc/filesystems"));
    TRUE(strstr(text, "nodev\tproc\n") != NULL && strstr(text, "nodev\ttmpfs\n") != NULL);
    OK(slurp("/proc/cmdline"));
    OK(slurp("/proc/vmstat"));
    OK(slurp("/proc/devices"));
}
CASE(system_settings)
{
    static const char *const names[] = {
        "kernel/osrelease", "kernel/ostype", "kernel/hostname", "kernel/pid_max", "kernel/ngroups_max",
        "kernel/cap_last_cap", "kernel/random/boot_id", "kernel/random/uuid", "kernel/random/entropy_avail",
        "vm/overcommit_memory", "vm/max_map_count", "vm/mmap_min_addr", "fs/file-max", "fs/nr_open",
        "fs/pipe-max-size", "kernel/threads-max", "net/core/somaxconn", "kernel/sem", "kernel/shmmax" };
    char path[128];
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        snprintf(path, sizeof path, "/proc/sys/%s", names[i]);
        if (slurp(path) <= 0)
            tap_fail("cannot read %s", path);
    }
    OK(slurp("/proc/sys/kernel/ostype"));
    STR(text, "Linux\n");
    OK(slurp("/proc/sys/kernel/ngroups_max"));
    STR(text, "65536\n");
    OK(slurp("/proc/sys/kernel/random/uuid"));
    EQ(strlen(text), 37);
}
CASE(processors_in_sysfs)
{
    OK(slurp("/sys/devices/system/cpu/online"));
    TRUE(text[0] == '0');
    OK(slurp("/sys/devices/system/cpu/possible"));
    TRUE(text[0] == '0');
}
CASE(listing_has_the_process)
{
    DIR *directory = opendir("/proc");
    TRUE(directory != NULL);
    struct dirent *entry;
    int own = 0, self = 0, meminfo = 0;
    while ((entry = readdir(directory))) {
        own += atoi(entry->d_name) == getpid();
        self += strcmp(entry->d_name, "self") == 0;
        meminfo += strcmp(entry->d_name, "meminfo") == 0;
    }
    EQ(own, 1);
    EQ(self, 1);
    EQ(meminfo, 1);
    closedir(directory);
}
CASE(rules)
{
    struct stat st;
    IS(open("/proc/none", O_RDONLY), -ENOENT);
    IS(open("/proc/0", O_RDONLY), -ENOENT);
    IS(open("/proc/99999999", O_RDONLY), -ENOENT);
    IS(open("/proc/new", O_CREAT | O_WRONLY, 0644), -ENOENT);
    IS(mkdir("/proc/new", 0755), -ENOENT);
    IS(unlink("/proc/version"), geteuid() ? -EACCES : -EPERM);
    IS(open("/proc/self/fd/999", O_RDONLY), -ENOENT);
    OK(stat("/proc/version", &st));
    EQ(st.st_mode, S_IFREG | 0444);
    EQ(st.st_size, 0);
    OK(stat("/proc/self", &st));
    EQ(st.st_mode, S_IFDIR | 0555);
    OK(stat("/proc", &st));
    EQ(st.st_ino, 1);
}
CASE(core_filter)
{
    static const struct { const char *words, *shown; long result; } rows[] = {
        { "0x00", "00000000\n", 4 }, { "0x33\n", "00000033\n", 5 }, { "17", "00000011\n", 2 },
        { "017\n", "0000000f\n", 4 }, { "0xffffffff", "000001ff\n", 10 }, { "+1", "00000001\n", 2 },
        { "", "00000001\n", -EINVAL }, { "x", "00000001\n", -EINVAL }, { "1 2", "00000001\n", -EINVAL },
        { "-1", "00000001\n", -EINVAL }, { "0x", "00000001\n", -EINVAL }, { "4294967296", "00000001\n", -ERANGE },
        { " 1", "00000001\n", -EINVAL }, { "09", "00000001\n", -EINVAL }, { "\n", "00000001\n", -EINVAL },
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int fd = open("/proc/self/coredump_filter", O_WRONLY);
        IS(write(fd, rows[i].words, strlen(rows[i].words)), rows[i].result);
        close(fd);
        slurp("/proc/self/coredump_filter");
        STR(text, rows[i].shown);
    }
    pid_t child = fork();
    if (child == 0) {
        slurp("/proc/self/coredump_filter");
        _exit(strcmp(text, "00000001\n") != 0);
    }
    int status = -1;
    waitpid(child, &status, 0);
    EQ(status, 0);
}
CASE(offsets_and_small_reads)
{
    char piece[8] = "", whole[64] = "";
    int fd = open("/proc/sys/kernel/ostype", O_RDONLY);
    IS(read(fd, piece, 3), 3);
    STR(piece, "Lin");
    IS(read(fd, piece, 8), 3);
    IS(read(fd, piece, 8), 0);
    fd = open("/proc/version", O_RDONLY);
    IS(pread(fd, whole, 5, 6), 5);
    STR(whole, "versi");
    IS(lseek(fd, 6, SEEK_SET), 6);
    IS(read(fd, whole, 5), 5);
    STR(whole, "versi");
}
CASE(own_memory)
{
    static long secret = 0x5ec4e7;
    long seen = 0;
    int fd = open("/proc/self/mem", O_RDWR);
    TRUE(fd >= 0);
    IS(pread(fd, &seen, 8, (long)&secret), 8);
    EQ(seen, 0x5ec4e7);
    seen = 77;
    IS(pwrite(fd, &seen, 8, (long)&secret), 8);
    EQ(secret, 77);
    IS(pread(fd, &seen, 8, 4096), -EIO);
    close(fd);
}

int main(int count, char **words)
{
    const char *from = getenv("TAP_FROM");
    (void)words;
    if (count != 4)
        return 97;
    if (!from)
        tap_plan();
    return tap_run(from ? atoi(from) : 0);
}
