/* What `trapless bench` measures: one static program that runs on Linux and in a world alike.
 *
 * It is asked for one batch at a time on standard input, so that whoever asks can take turns between the two. */
#ifndef MEASURE_H
#define MEASURE_H

#include <stddef.h>
#include <stdint.h>

/* One thing to measure. `run` does it `count` times; what it gives is how many operations that were. */
struct operation {
	const char *name;
	const char *group;
	const char *title;
	uint64_t (*run)(uint64_t count);
	/* Why it cannot be measured here, or NULL; looked at once, before the first batch. May prepare. */
	const char *(*prepare)(void);
};

extern const struct operation doors[], files[], memory[], switches[], processes[];

/* The program's own path. */
extern const char *program;

/* The system call by its instruction, so that no C library answers in the kernel's place. */
static inline long call(long number, long a, long b, long c, long d, long e, long f)
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
long must(long result, const char *what);

#endif
