// What the cases about memory share.
#ifndef MEM_H
#define MEM_H

#include "tap.h"
#include <setjmp.h>
#include <sys/mman.h>

#define PAGE 4096ul

static sigjmp_buf mem_back;
static volatile int mem_signal, mem_code;
static void *volatile mem_address;

static void mem_fault(int signal, siginfo_t *info, void *context)
{
    (void)context;
    mem_signal = signal;
    mem_code = info->si_code;
    mem_address = info->si_addr;
    siglongjmp(mem_back, 1);
}

__attribute__((unused)) static void catch_faults(void)
{
    struct sigaction action = { .sa_sigaction = mem_fault, .sa_flags = SA_SIGINFO };
    sigaction(SIGSEGV, &action, NULL);
    sigaction(SIGBUS, &action, NULL);
}

// Signal and code of reading a byte there, as signal * 1000 + code; 0 when it can be read.
__attribute__((unused)) static int reading(const volatile void *at)
{
    catch_faults();
    if (sigsetjmp(mem_back, 1))
        return mem_signal * 1000 + (mem_code & 0xff);
    (void)*(const volatile char *)at;
    return 0;
}

// The same for writing a byte.
__attribute__((unused)) static int writing(volatile void *at)
{
    catch_faults();
    if (sigsetjmp(mem_back, 1))
        return mem_signal * 1000 + (mem_code & 0xff);
    *(volatile char *)at = 42;
    return 0;
}

#define MAPERR (SIGSEGV * 1000 + 1)
#define ACCERR (SIGSEGV * 1000 + 2)
#define BUSERR (SIGBUS * 1000 + 2)

// Fresh anonymous pages.
__attribute__((unused)) static char *pages(size_t count, int protection)
{
    char *at = mmap(NULL, count * PAGE, protection, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (at == MAP_FAILED)
        tap_fail("mmap of %zu pages: %s", count, tap_error(-errno));
    return at;
}

// A place for `count` pages with nothing mapped in it or next to it.
__attribute__((unused)) static char *hole(size_t count)
{
    char *at = pages(count + 2, PROT_NONE);
    munmap(at, (count + 2) * PAGE);
    return at + PAGE;
}

// The lines of /proc/self/maps from `low` to `high`, as offsets in pages: "0-2rw-p 2-3r--p".
__attribute__((unused)) static const char *shape(const char *low, const char *high)
{
    static char text[2048], line[512];
    text[0] = 0;
    FILE *maps = fopen("/proc/self/maps", "r");
    while (maps && fgets(line, sizeof line, maps)) {
        unsigned long from, to;
        char rights[8];
        if (sscanf(line, "%lx-%lx %7s", &from, &to, rights) != 3)
            continue;
        if (to <= (unsigned long)low || from >= (unsigned long)high)
            continue;
        if (from < (unsigned long)low)
            from = (unsigned long)low;
        if (to > (unsigned long)high)
            to = (unsigned long)high;
        size_t used = strlen(text);
        snprintf(text + used, sizeof text - used, "%s%lu-%lu%s", used ? " " : "",
                 (from - (unsigned long)low) / PAGE, (to - (unsigned long)low) / PAGE, rights);
    }
    if (maps)
        fclose(maps);
    return text;
}

#endif
