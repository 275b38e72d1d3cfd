/* How the kernel has a program load this library, taken away again before anybody sees it.
 *
 * The kernel adds two variables behind the environment: LD_PRELOAD with this library in it, and a mark. What lies
 * behind the environment is the auxiliary vector, which others look for behind the first null pointer: the place of
 * the two becomes that pointer, and an entry to be ignored. */
#include <elf.h>
#include <stddef.h>

#include "link.h"

/* As the kernel writes them (crates/kernel/src/loader/bind.rs). */
#define PRELOAD "LD_PRELOAD="
#define MARK "TRAPLESS_BIND_LIBC="

static int begins_with(const char *text, const char *start)
{
	while (*start && *text == *start) {
		text++;
		start++;
	}
	return !*start;
}

void tl_bind_(char **environment)
{
	size_t count = 0;
	while (environment && environment[count])
		count++;
	if (count < 2 || !begins_with(environment[count - 2], PRELOAD) || !begins_with(environment[count - 1], MARK))
		return;
	environment[count - 2] = NULL;
	environment[count - 1] = (char *)AT_IGNORE;
}
