// build: static dynamic musl-static
// The code that the kernel maps into every program (vdso(7)): its symbols, its clocks beside the calls,
// its mappings, faults in it, and unwinding through it.
#include "../tap.h"
#include <elf.h>
#include <sched.h>
#include <setjmp.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <time.h>
#ifdef __GLIBC__
#include <unwind.h>
#endif

// The symbol of this name, bound and defined, of version LINUX_2.6.
static void *find(const char *wanted)
{
    const Elf64_Ehdr *image = (void *)getauxval(AT_SYSINFO_EHDR);
    if (!image || memcmp(image, ELFMAG, SELFMAG))
        return NULL;
    const char *base = (const char *)image;
    const Elf64_Phdr *header = (void *)(base + image->e_phoff);
    const Elf64_Dyn *dynamic = NULL;
    for (int i = 0; i < image->e_phnum; i++) {
        if (header[i].p_type == PT_LOAD)
            base = (const char *)image + header[i].p_offset - header[i].p_vaddr;
        if (header[i].p_type == PT_DYNAMIC)
            dynamic = (void *)((const char *)image + header[i].p_offset);
    }
    const uint32_t *hash = NULL;
    const Elf64_Sym *symbols = NULL;
    const char *strings = NULL;
    const uint16_t *versions = NULL;
    const Elf64_Verdef *definition = NULL;
    for (; dynamic && dynamic->d_tag != DT_NULL; dynamic++) {
        const void *at = base + dynamic->d_un.d_ptr;
        switch (dynamic->d_tag) {
        case DT_HASH: hash = at; break;
        case DT_SYMTAB: symbols = at; break;
        case DT_STRTAB: strings = at; break;
        case DT_VERSYM: versions = at; break;
        case DT_VERDEF: definition = at; break;
        }
    }
    if (!hash || !symbols || !strings || !versions || !definition)
        return NULL;
    int version = 0;
    for (;; definition = (void *)((const char *)definition + definition->vd_next)) {
        const Elf64_Verdaux *name = (void *)((const char *)definition + definition->vd_aux);
        if (!(definition->vd_flags & VER_FLG_BASE) && !strcmp(strings + name->vda_name, "LINUX_2.6")
            && definition->vd_hash == 0x3ae75f6)
            version = definition->vd_ndx;
        if (!definition->vd_next)
            break;
    }
    for (uint32_t i = 1; i < hash[1]; i++)
        if (!strcmp(strings + symbols[i].st_name, wanted) && symbols[i].st_shndx != SHN_UNDEF
            && ELF64_ST_TYPE(symbols[i].st_info) == STT_FUNC && (versions[i] & 0x7fff) == version)
            return (void *)(base + symbols[i].st_value);
    return NULL;
}
typedef int clock_fn(clockid_t, struct timespec *);
typedef int day_fn(struct timeval *, struct timezone *);

CASE(every_symbol_is_there)
{
    static const char *const names[] = { "__vdso_clock_gettime", "__vdso_gettimeofday", "__vdso_time",
                                         "__vdso_clock_getres", "__vdso_getcpu", "clock_gettime" };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (!find(names[i]))
            tap_fail("no %s", names[i]);
}

static long long nanoseconds(const struct timespec *time)
{
    return time->tv_sec * 1000000000ll + time->tv_nsec;
}

CASE(clocks_agree_with_the_calls)
{
    static const int clocks[] = { CLOCK_REALTIME, CLOCK_MONOTONIC, CLOCK_BOOTTIME, CLOCK_MONOTONIC_RAW,
                                  CLOCK_TAI, CLOCK_PROCESS_CPUTIME_ID };
    clock_fn *get = find("__vdso_clock_gettime");
    TRUE(get != NULL);
    for (size_t i = 0; i < sizeof clocks / sizeof *clocks; i++)
        for (int j = 0; j < 20000; j++) {
            struct timespec before, between, after;
            OK(syscall(SYS_clock_gettime, clocks[i], &before));
            OK(get(clocks[i], &between));
            OK(syscall(SYS_clock_gettime, clocks[i], &after));
            TRUE(between.tv_nsec >= 0 && between.tv_nsec < 1000000000);
            TRUE(nanoseconds(&before) <= nanoseconds(&between));
            TRUE(nanoseconds(&between) <= nanoseconds(&after));
        }
}

CASE(bad_clocks_are_refused)
{
    clock_fn *get = find("__vdso_clock_gettime"), *resolution = find("__vdso_clock_getres");
    TRUE(get && resolution);
    struct timespec time;
    SHOW("%d %d", get(9999, &time), resolution(9999, &time));
    SHOW("%d %d", get(-1, &time), resolution(CLOCK_REALTIME, NULL));
    OK(resolution(CLOCK_MONOTONIC, &time));
    SHOW("%ld %ld", (long)time.tv_sec, time.tv_nsec);
}

CASE(time_of_day)
{
    day_fn *get = find("__vdso_gettimeofday");
    time_t (*seconds)(time_t *) = (void *)find("__vdso_time");
    TRUE(get && seconds);
    struct timezone zone = { 77, 77 };
    struct timeval before, now, after;
    for (int i = 0; i < 1000; i++) {
        OK(syscall(SYS_gettimeofday, &before, NULL));
        OK(get(&now, i % 2 ? &zone : NULL));
        OK(syscall(SYS_gettimeofday, &after, NULL));
        long long all[] = { before.tv_sec * 1000000ll + before.tv_usec, now.tv_sec * 1000000ll + now.tv_usec,
                            after.tv_sec * 1000000ll + after.tv_usec };
        TRUE(now.tv_usec >= 0 && now.tv_usec < 1000000);
        TRUE(all[0] <= all[1] && all[1] <= all[2]);
        time_t stored = 0, given = seconds(&stored);
        TRUE(stored == given && given - now.tv_sec >= -1 && given - now.tv_sec <= 1);
    }
    SHOW("%d %d", zone.tz_minuteswest, zone.tz_dsttime);
    OK(get(NULL, NULL));
}

CASE(processor)
{
    int (*get)(unsigned *, unsigned *, void *) = (void *)find("__vdso_getcpu");
    TRUE(get != NULL);
    unsigned cpu = 99999, node = 99999;
    OK(get(&cpu, &node, NULL));
    TRUE(cpu < 4096 && node < 4096);
    OK(get(NULL, NULL, NULL));
}

CASE(its_mappings)
{
    FILE *maps = fopen("/proc/self/maps", "r");
    TRUE(maps != NULL);
    char line[512], *data = NULL;
    unsigned long image = getauxval(AT_SYSINFO_EHDR), first, last;
    int images = 0;
    while (fgets(line, sizeof line, maps)) {
        char rights[8];
        if (sscanf(line, "%lx-%lx %4s", &first, &last, rights) != 3)
            continue;
        if (strstr(line, "[vdso]")) {
            images++;
            TRUE(first == image && !strcmp(rights, "r-xp"));
        } else if (strstr(line, "[vvar]")) {
            TRUE(!strcmp(rights, "r--p"));
            data = (char *)first;
        }
    }
    fclose(maps);
    EQ(images, 1);
    TRUE(data != NULL);
    IS(mprotect(data, 4096, PROT_READ | PROT_WRITE), -EACCES);
}

static sigjmp_buf out;
static volatile int frames, found_main;
static void *fault_address;
static void call_with_a_bad_pointer(void);
#ifdef __GLIBC__
static _Unwind_Reason_Code look(struct _Unwind_Context *context, void *unused)
{
    (void)unused;
    frames++;
    if (_Unwind_GetRegionStart(context) == (uintptr_t)call_with_a_bad_pointer)
        found_main = 1;
    return frames < 64 ? _URC_NO_REASON : _URC_END_OF_STACK;
}
#endif
static void on_fault(int signal, siginfo_t *info, void *context)
{
    (void)signal, (void)context;
    fault_address = info->si_addr;
#ifdef __GLIBC__
    _Unwind_Backtrace(look, NULL);
#endif
    siglongjmp(out, 1);
}
__attribute__((noinline)) static void call_with_a_bad_pointer(void)
{
    clock_fn *get = find("__vdso_clock_gettime");
    get(CLOCK_MONOTONIC, (void *)16);
    tap_fail("no fault");
}

CASE(bad_pointer_faults_and_unwinds)
{
    struct sigaction action = { .sa_sigaction = on_fault, .sa_flags = SA_SIGINFO };
    TRUE(find("__vdso_clock_gettime") != NULL);
    OK(sigaction(SIGSEGV, &action, NULL));
    if (!sigsetjmp(out, 1))
        call_with_a_bad_pointer();
    TRUE(fault_address >= (void *)16 && fault_address <= (void *)24);
#ifdef __GLIBC__
    TRUE(found_main);
#endif
}
