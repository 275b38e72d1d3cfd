// argv, envp and the auxiliary vector, however the program was linked.
// build: static static-pie dynamic dynamic-nopie musl-static musl-dynamic
// env: FIRST=1
// env: SECOND=two words
// env: EMPTY=
#include "tap.h"
#include <elf.h>
#include <link.h>
#include <sys/auxv.h>

extern char **environ;
extern const ElfW(Ehdr) __ehdr_start;
extern void _start(void);

static const ElfW(auxv_t) *auxv(void)
{
    char **end = environ;
    while (*end)
        end++;
    return (const ElfW(auxv_t) *)(end + 1);
}

static int count_of(unsigned long type)
{
    int count = 0;
    for (const ElfW(auxv_t) *aux = auxv(); aux->a_type != AT_NULL; aux++)
        count += aux->a_type == type;
    return count;
}

CASE(environment_is_passed)
{
    STR(getenv("FIRST"), "1");
    STR(getenv("SECOND"), "two words");
    STR(getenv("EMPTY"), "");
    TRUE(getenv("PATH") != NULL);
}
CASE(page_size) { EQ(getauxval(AT_PAGESZ), 4096); }
CASE(clock_ticks) { EQ(getauxval(AT_CLKTCK), 100); }
CASE(not_secure) { EQ(getauxval(AT_SECURE), 0); }
CASE(flags_are_zero) { EQ(getauxval(AT_FLAGS), 0); }
CASE(identity)
{
    EQ(getauxval(AT_UID), getuid());
    EQ(getauxval(AT_EUID), geteuid());
    EQ(getauxval(AT_GID), getgid());
    EQ(getauxval(AT_EGID), getegid());
}
CASE(program_headers)
{
    const ElfW(Ehdr) *header = &__ehdr_start;
    EQ(getauxval(AT_PHDR), (unsigned long)header + header->e_phoff);
    EQ(getauxval(AT_PHENT), sizeof(ElfW(Phdr)));
    EQ(getauxval(AT_PHNUM), header->e_phnum);
}
CASE(entry_point) { EQ(getauxval(AT_ENTRY), (unsigned long)_start); }
CASE(random_bytes)
{
    const unsigned char *bytes = (const unsigned char *)getauxval(AT_RANDOM);
    TRUE(bytes != NULL);
    int or = 0;
    for (int i = 0; i < 16; i++)
        or |= bytes[i];
    TRUE(or != 0);
    TRUE((const char *)bytes > (const char *)auxv());
}
CASE(executable_name)
{
    const char *name = (const char *)getauxval(AT_EXECFN);
    TRUE(name != NULL);
    SHOW("%s", strrchr(name, '/'));
    // It is the highest thing on the stack: eight zero bytes follow it.
    const char *end = name + strlen(name) + 1;
    for (int i = 0; i < 8; i++)
        EQ(end[i], 0);
    EQ(((unsigned long)end + 8) % 4096, 0);
}
CASE(platform) { STR((const char *)getauxval(AT_PLATFORM), "x86_64"); }
CASE(vdso_is_an_elf_image)
{
    const ElfW(Ehdr) *header = (const ElfW(Ehdr) *)getauxval(AT_SYSINFO_EHDR);
    TRUE(header != NULL);
    TRUE(memcmp(header->e_ident, ELFMAG, SELFMAG) == 0);
    EQ(header->e_type, ET_DYN);
}
CASE(each_type_at_most_once)
{
    for (unsigned long type = 1; type < 64; type++)
        TRUE(count_of(type) <= 1);
}
CASE(types_that_linux_gives)
{
    static const int types[] = { AT_SYSINFO_EHDR, AT_HWCAP,  AT_PAGESZ, AT_CLKTCK, AT_PHDR,   AT_PHENT,
                                 AT_PHNUM,        AT_BASE,   AT_FLAGS,  AT_ENTRY,  AT_UID,    AT_EUID,
                                 AT_GID,          AT_EGID,   AT_SECURE, AT_RANDOM, AT_EXECFN, AT_PLATFORM,
                                 AT_HWCAP2,       51 /* AT_MINSIGSTKSZ */ };
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (count_of(types[i]) != 1)
            tap_fail("type %d: got %d want 1", types[i], count_of(types[i]));
}
CASE(processor_features)
{
    SHOW("hwcap=%lx hwcap2=%lx minsigstksz=%lu", getauxval(AT_HWCAP), getauxval(AT_HWCAP2), getauxval(51));
}
CASE(base_is_the_interpreter)
{
    unsigned long base = getauxval(AT_BASE);
    SHOW("%s", base ? "set" : "zero");
    if (base)
        TRUE(memcmp((void *)base, ELFMAG, SELFMAG) == 0);
}
CASE(strings_follow_the_vectors)
{
    // Argument and environment strings lie above the vectors, arguments first, without gaps.
    char **end = environ;
    TRUE(environ[-1] == NULL);
    char **argv = environ - 1;
    long count = 0;
    while ((long)argv[-1] != count) {
        argv--;
        count++;
    }
    EQ((unsigned long)(argv - 1) % 16, 0);
    EQ(count, 1);
    TRUE(strchr(argv[0], '/') != NULL);
    const char *at = argv[0];
    for (long i = 0; i < count; i++) {
        TRUE(argv[i] == at);
        at += strlen(at) + 1;
    }
    for (; *end; end++) {
        TRUE(*end == at);
        at += strlen(at) + 1;
    }
    TRUE(at == (const char *)getauxval(AT_EXECFN));
}
CASE(proc_self_auxv_is_the_same)
{
    char bytes[2048];
    int fd = open("/proc/self/auxv", O_RDONLY);
    TRUE(fd >= 0);
    ssize_t length = read(fd, bytes, sizeof bytes);
    TRUE(length >= 16 * 20);
    TRUE(memcmp(bytes, auxv(), 16 * 20) == 0);
    close(fd);
}
CASE(constructors_and_thread_variables)
{
    static __thread int zero, one = 1;
    EQ(zero, 0);
    EQ(one, 1);
    zero = 5;
    EQ(zero, 5);
}
