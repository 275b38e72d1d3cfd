/* A call that does nothing, through every door of the kernel. */
#define _GNU_SOURCE
#include <elf.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <trapless.h>
#include <unistd.h>

#include "measure.h"

typedef long (*door)(long number, long a, long b, long c, long d, long e, long f);

/* A function of the vDSO; NULL where it has none of that name. */
static void *in_vdso(const char *name)
{
	const char *base = (const char *)getauxval(AT_SYSINFO_EHDR);
	if (!base)
		return NULL;
	const Elf64_Ehdr *header = (const void *)base;
	const Elf64_Phdr *segments = (const void *)(base + header->e_phoff);
	uintptr_t bias = 0;
	const Elf64_Dyn *dynamic = NULL;
	for (int i = 0; i < header->e_phnum; i++) {
		if (segments[i].p_type == PT_LOAD)
			bias = (uintptr_t)base + segments[i].p_offset - segments[i].p_vaddr;
		if (segments[i].p_type == PT_DYNAMIC)
			dynamic = (const void *)(base + segments[i].p_offset);
	}
	const Elf64_Sym *symbols = NULL;
	const char *strings = NULL;
	const Elf64_Word *hash = NULL;
	for (; dynamic && dynamic->d_tag != DT_NULL; dynamic++) {
		const void *value = (const void *)(bias + dynamic->d_un.d_ptr);
		if (dynamic->d_tag == DT_SYMTAB)
			symbols = value;
		else if (dynamic->d_tag == DT_STRTAB)
			strings = value;
		else if (dynamic->d_tag == DT_HASH)
			hash = value;
	}
	for (Elf64_Word i = 1; symbols && strings && hash && i < hash[1]; i++)
		if (symbols[i].st_shndx != SHN_UNDEF && !strcmp(strings + symbols[i].st_name, name))
			return (void *)(bias + symbols[i].st_value);
	return NULL;
}

static door trapping, from_vdso;
static int (*vdso_clock)(clockid_t, struct timespec *);

/* Text that may be written is never patched, so this site traps as long as it lives. */
static const char *prepare_trap(void)
{
	static const unsigned char text[] = {
		0x48, 0x89, 0xf8,	/* mov %rdi, %rax */
		0x0f, 0x05,		/* syscall */
		0xc3,			/* ret */
	};
	void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (page == MAP_FAILED)
		return "no memory that may be written and executed";
	memcpy(page, text, sizeof text);
	trapping = (door)page;
	return NULL;
}

static uint64_t trap(uint64_t count)
{
	for (uint64_t i = 0; i < count; i++)
		trapping(SYS_getppid, 0, 0, 0, 0, 0, 0);
	return count;
}

static uint64_t site(uint64_t count)
{
	for (uint64_t i = 0; i < count; i++)
		call(SYS_getppid, 0, 0, 0, 0, 0, 0);
	return count;
}

/* As libraries have it: the number directly before the instruction, and no arguments. */
static uint64_t leaf(uint64_t count)
{
	for (uint64_t i = 0; i < count; i++) {
		long result;
		__asm__ volatile("mov %1, %%eax\n\tsyscall" : "=&a"(result) : "i"(SYS_getpid) : "rcx", "r11", "memory");
	}
	return count;
}

static uint64_t linked(uint64_t count)
{
	for (uint64_t i = 0; i < count; i++)
		tl_getppid_raw();
	return count;
}

static uint64_t linked_leaf(uint64_t count)
{
	for (uint64_t i = 0; i < count; i++)
		tl_getpid_raw();
	return count;
}

static uint64_t linked_variable(uint64_t count)
{
	for (uint64_t i = 0; i < count; i++)
		(tl_syscall_raw)(SYS_getppid);
	return count;
}

/* What there is to compare with: a call that the compiler cannot leave out. */
static __attribute__((noinline)) void nothing(void)
{
	__asm__ volatile("");
}

static uint64_t function(uint64_t count)
{
	for (uint64_t i = 0; i < count; i++)
		nothing();
	return count;
}

static const char *prepare_vdso_syscall(void)
{
	/* Linux has none: there, whoever wants one entry point uses the C library's. */
	from_vdso = (door)in_vdso("__trapless_syscall");
	if (!from_vdso)
		from_vdso = (door)syscall;
	return NULL;
}

static uint64_t vdso_syscall(uint64_t count)
{
	for (uint64_t i = 0; i < count; i++)
		from_vdso(SYS_getppid, 0, 0, 0, 0, 0, 0);
	return count;
}

static const char *prepare_clock(void)
{
	vdso_clock = (int (*)(clockid_t, struct timespec *))in_vdso("__vdso_clock_gettime");
	return vdso_clock ? NULL : "no vDSO";
}

static uint64_t clock_in_vdso(uint64_t count)
{
	struct timespec now;
	for (uint64_t i = 0; i < count; i++)
		vdso_clock(CLOCK_MONOTONIC, &now);
	return count;
}

static uint64_t clock_by_call(uint64_t count)
{
	struct timespec now;
	for (uint64_t i = 0; i < count; i++)
		must(call(SYS_clock_gettime, CLOCK_MONOTONIC, (long)&now, 0, 0, 0, 0), "clock_gettime");
	return count;
}

static uint64_t unknown(uint64_t count)
{
	for (uint64_t i = 0; i < count; i++)
		call(100000, 0, 0, 0, 0, 0, 0);
	return count;
}

/* Sites of their own, in functions of their own. */
#define SITES "64"
enum { SITE_COUNT = 64, SITE_SIZE = 64, ORDER = 4096 };
__asm__(".pushsection .text\n"
	".balign 64\n"
	"measure_sites:\n"
	".rept " SITES "\n"
	".balign 64\n"
	".cfi_startproc\n"
	"mov $110, %eax\n"
	"syscall\n"
	"ret\n"
	".cfi_endproc\n"
	".endr\n"
	".popsection\n");
extern const char measure_sites[];
static unsigned char order[ORDER];

static const char *prepare_sites(void)
{
	unsigned state = 1;
	for (size_t i = 0; i < ORDER; i++) {
		state = state * 1103515245 + 12345;
		order[i] = (unsigned char)((state >> 16) % SITE_COUNT);
	}
	/* What a site costs before it is patched is not the question. */
	for (int again = 0; again < 8; again++)
		for (size_t i = 0; i < SITE_COUNT; i++)
			((long (*)(void))(measure_sites + i * SITE_SIZE))();
	return NULL;
}

static uint64_t sites(uint64_t count)
{
	for (uint64_t i = 0; i < count; i++)
		((long (*)(void))(measure_sites + order[i % ORDER] * SITE_SIZE))();
	return count;
}

const struct operation doors[] = {
	{ "trap", "doors", "null call, trap", trap, prepare_trap },
	{ "site", "doors", "null call, patched site", site, NULL },
	{ "linked", "doors", "null call, linked", linked, NULL },
	{ "linked-variable", "doors", "null call, linked, variable number", linked_variable, NULL },
	{ "leaf", "doors", "null call, leaf (getpid), patched site", leaf, NULL },
	{ "linked-leaf", "doors", "null call, leaf (getpid), linked", linked_leaf, NULL },
	{ "function", "doors", "an empty function", function, NULL },
	{ "vdso-syscall", "doors", "null call, __trapless_syscall", vdso_syscall, prepare_vdso_syscall },
	{ "unknown", "doors", "a number that is no call", unknown, NULL },
	{ "sites", "doors", "null call, 64 sites in random order", sites, prepare_sites },
	{ "vdso-clock", "doors", "clock_gettime, vDSO", clock_in_vdso, prepare_clock },
	{ "clock", "doors", "clock_gettime, call", clock_by_call, NULL },
	{ 0 },
};
