/* Memory that comes and goes. */
#define _GNU_SOURCE
#include <sys/mman.h>
#include <sys/syscall.h>

#include "measure.h"

enum { PAGE = 4096 };

static long map(void)
{
	return must(call(SYS_mmap, 0, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), "mmap");
}

static uint64_t untouched(uint64_t count)
{
	for (uint64_t i = 0; i < count; i++)
		must(call(SYS_munmap, map(), PAGE, 0, 0, 0, 0), "munmap");
	return count;
}

static uint64_t touched(uint64_t count)
{
	for (uint64_t i = 0; i < count; i++) {
		long page = map();
		*(volatile char *)page = 1;
		must(call(SYS_munmap, page, PAGE, 0, 0, 0, 0), "munmap");
	}
	return count;
}

const struct operation memory[] = {
	{ "mmap", "memory", "mmap + munmap", untouched, NULL },
	{ "mmap-touch", "memory", "mmap + touch + munmap", touched, NULL },
	{ 0 },
};
