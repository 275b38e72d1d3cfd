// The load average counts who runs.
#include "../process/process.h"
#include <sys/sysinfo.h>

CASE(one_at_work_is_seen)
{
    pid_t pid = fork();
    if (pid == 0)
        for (;;)
            ;
    // The count is taken every five seconds.
    double load = 0;
    struct sysinfo info = { 0 };
    for (int i = 0; i < 200 && load < 0.05; i++) {
        usleep(100000);
        FILE *file = fopen("/proc/loadavg", "r");
        TRUE(file);
        EQ(fscanf(file, "%lf", &load), 1);
        fclose(file);
    }
    end_child(pid);
    TRUE(load >= 0.05);
    IS(sysinfo(&info), 0);
    TRUE(info.loads[0] > 0);
}
