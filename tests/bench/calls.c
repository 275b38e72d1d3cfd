/* What system calls cost: one line each, "name <tab> nanoseconds <tab> cycles".
 *
 * Every operation is repeated until a batch takes BATCH_NS; the least of BATCHES batches counts,
 * because whatever disturbs a batch makes it longer. Calls are made by the instruction itself, so
 * that no C library answers in the kernel's place. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <x86intrin.h>

enum { BATCHES = 7, BATCH_NS = 5 * 1000 * 1000, PAGE = 4096 };

static long call(long number, long a, long b, long c, long d, long e, long f)
{
	register long r10 __asm__("r10") = d, r8 __asm__("r8") = e, r9 __asm__("r9") = f;
	long result;
	__asm__ volatile("syscall"
			 : "=a"(result)
			 : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
			 : "rcx", "r11", "memory");
	return result;
}

/* What an operation does must succeed, else its cost means nothing. */
static long must(long result, const char *what)
{
	if (result < 0) {
		fprintf(stderr, "%s: error %ld\n", what, -result);
		exit(1);
	}
	return result;
}

static long zero, null, ends[2];
static char buffer[PAGE];

static void op_null(void) { call(SYS_getppid, 0, 0, 0, 0, 0, 0); }
static void op_unknown(void) { call(100000, 0, 0, 0, 0, 0, 0); }
static void op_read(void) { must(call(SYS_read, zero, (long)buffer, 1, 0, 0, 0), "read"); }
static void op_write(void) { must(call(SYS_write, null, (long)buffer, 1, 0, 0, 0), "write"); }

static void op_read_page(void)
{
	must(call(SYS_read, zero, (long)buffer, PAGE, 0, 0, 0), "read");
}

static void op_clock(void)
{
	struct timespec now;
	must(call(SYS_clock_gettime, CLOCK_MONOTONIC, (long)&now, 0, 0, 0, 0), "clock_gettime");
}

static void op_stat(void)
{
	struct stat data;
	must(call(SYS_newfstatat, AT_FDCWD, (long)"/etc/passwd", (long)&data, 0, 0, 0), "newfstatat");
}

static void op_open(void)
{
	long file = must(call(SYS_openat, AT_FDCWD, (long)"/etc/passwd", O_RDONLY, 0, 0, 0), "openat");
	must(call(SYS_close, file, 0, 0, 0, 0, 0), "close");
}

static void op_pipe(void)
{
	must(call(SYS_write, ends[1], (long)buffer, 1, 0, 0, 0), "write");
	must(call(SYS_read, ends[0], (long)buffer, 1, 0, 0, 0), "read");
}

static void op_mmap(void)
{
	long page = must(call(SYS_mmap, 0, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), "mmap");
	*(volatile char *)page = 1;
	must(call(SYS_munmap, page, PAGE, 0, 0, 0, 0), "munmap");
}

static const struct {
	const char *name;
	void (*run)(void);
} operations[] = {
	{ "getppid", op_null },
	{ "an unknown call", op_unknown },
	{ "clock_gettime", op_clock },
	{ "write 1 byte, /dev/null", op_write },
	{ "read 1 byte, /dev/zero", op_read },
	{ "read 4 KiB, /dev/zero", op_read_page },
	{ "stat a file", op_stat },
	{ "open, close", op_open },
	{ "pipe: write, read 1 byte", op_pipe },
	{ "mmap, touch, munmap a page", op_mmap },
};

static uint64_t nanoseconds(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

static void measure(const char *name, void (*run)(void))
{
	double least_ns = 0, least_cycles = 0;
	uint64_t count = 1;
	for (int batch = 0; batch < BATCHES;) {
		uint64_t ns = nanoseconds(), cycles = __rdtsc();
		for (uint64_t i = 0; i < count; i++)
			run();
		cycles = __rdtsc() - cycles;
		ns = nanoseconds() - ns;
		if (ns < BATCH_NS) {
			count *= 2;
			continue;
		}
		double each = (double)ns / (double)count;
		if (batch == 0 || each < least_ns) {
			least_ns = each;
			least_cycles = (double)cycles / (double)count;
		}
		batch++;
	}
	printf("%s\t%.1f\t%.0f\n", name, least_ns, least_cycles);
	fflush(stdout);
}

int main(void)
{
	int pipe_ends[2];
	zero = must(call(SYS_openat, AT_FDCWD, (long)"/dev/zero", O_RDONLY, 0, 0, 0), "/dev/zero");
	null = must(call(SYS_openat, AT_FDCWD, (long)"/dev/null", O_WRONLY, 0, 0, 0), "/dev/null");
	must(call(SYS_pipe2, (long)pipe_ends, 0, 0, 0, 0, 0), "pipe2");
	ends[0] = pipe_ends[0];
	ends[1] = pipe_ends[1];
	for (size_t i = 0; i < sizeof operations / sizeof operations[0]; i++)
		measure(operations[i].name, operations[i].run);
	return 0;
}
