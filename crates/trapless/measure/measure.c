/* The conversation: "list" gives a line "name <tab> group <tab> title" for each operation and an empty line;
 * a name gives "nanoseconds <tab> cycles" of one operation, over a batch, or "- <tab> why not";
 * "exit" as the argument ends the program at once, for whoever measures a start. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <x86intrin.h>

#include "measure.h"

/* A batch takes at least this long. */
enum { OPERATIONS = 64 };
static const uint64_t BATCH_NS = 2 * 1000 * 1000;

const char *program;

static const struct operation *const groups[] = { doors, files, memory, switches, processes };

struct state {
	const struct operation *operation;
	uint64_t count;
	const char *impossible;
};

static struct state states[OPERATIONS];
static size_t known;

long must(long result, const char *what)
{
	if (result < 0) {
		fprintf(stderr, "%s: %s\n", what, result == -1 ? strerror(errno) : strerror((int)-result));
		exit(1);
	}
	return result;
}

static uint64_t nanoseconds(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

struct cost {
	double ns, cycles;
	uint64_t whole;
};

static struct cost measure(const struct state *state)
{
	uint64_t ns = nanoseconds(), cycles = __rdtsc();
	double count = (double)state->operation->run(state->count);
	cycles = __rdtsc() - cycles;
	ns = nanoseconds() - ns;
	return (struct cost){ (double)ns / count, (double)cycles / count, ns };
}

static uint64_t least(const struct state *state)
{
	uint64_t ns = UINT64_MAX;
	for (int again = 0; again < 3; again++) {
		uint64_t whole = measure(state).whole;
		ns = whole < ns ? whole : ns;
	}
	return ns;
}

static void batch(struct state *state)
{
	if (!state->count) {
		const char *(*prepare)(void) = state->operation->prepare;
		state->impossible = prepare ? prepare() : NULL;
		/* The least of a few: a first batch pays for what comes only once, and any may be disturbed. */
		state->count = 1;
		while (!state->impossible && least(state) < BATCH_NS)
			state->count *= 2;
	}
	if (state->impossible) {
		printf("-\t%s\n", state->impossible);
		return;
	}
	struct cost cost = measure(state);
	/* Found out while the machine was less busy: the next batch is to take no longer than it must. */
	if (cost.whole > 8 * BATCH_NS && state->count > 1)
		state->count = 1 + state->count * BATCH_NS / cost.whole;
	printf("%.3f\t%.2f\n", cost.ns, cost.cycles);
}

static void answer(const char *asked)
{
	if (!strcmp(asked, "list")) {
		for (size_t i = 0; i < known; i++) {
			const struct operation *operation = states[i].operation;
			printf("%s\t%s\t%s\n", operation->name, operation->group, operation->title);
		}
		printf("\n");
		return;
	}
	for (size_t i = 0; i < known; i++)
		if (!strcmp(asked, states[i].operation->name)) {
			batch(&states[i]);
			return;
		}
	printf("-\tnot known\n");
}

int main(int argc, char **argv)
{
	char line[128];
	if (argc > 1 && !strcmp(argv[1], "exit"))
		return 0;
	program = argv[0];
	for (size_t group = 0; group < sizeof groups / sizeof groups[0]; group++)
		for (const struct operation *operation = groups[group]; operation->name; operation++)
			if (known < OPERATIONS)
				states[known++].operation = operation;
	while (fgets(line, sizeof line, stdin)) {
		line[strcspn(line, "\n")] = 0;
		answer(line);
		fflush(stdout);
	}
	return 0;
}
