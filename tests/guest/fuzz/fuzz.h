// What the programs of random sequences share: a generator, a plan of steps, the printing.
//
// A step's choices depend on the seed and on the step's number only, not on what happened before, so
// that a sequence can be cut down to the steps that matter: the third argument lists those to keep,
// as in "3,17,18". Every step prints one line, a call and its result.
#ifndef FUZZ_H
#define FUZZ_H

#define TAP_NO_MAIN
#include "../files.h"

static uint64_t fuzz_state;

static uint32_t fuzz_next(void)
{
    // splitmix64
    uint64_t z = fuzz_state += 0x9e3779b97f4a7c15ull;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
    return (uint32_t)((z ^ (z >> 31)) >> 32);
}

__attribute__((unused)) static unsigned pick(unsigned count) { return fuzz_next() % count; }

#define ONE_OF(table) ((table)[pick(sizeof(table) / sizeof *(table))])

__attribute__((format(printf, 1, 2), unused)) static void say(const char *format, ...)
{
    static char line[8192];
    va_list list;
    va_start(list, format);
    vsnprintf(line, sizeof line, format, list);
    va_end(list);
    tap_say(line);
}

// Whether the list of steps to keep has this one.
__attribute__((unused)) static int kept(const char *list, int step)
{
    while (list && *list) {
        if (atoi(list) == step)
            return 1;
        list = strchr(list, ',') ? strchr(list, ',') + 1 : NULL;
    }
    return 0;
}

// Runs the steps: arguments are the seed, the number of steps, and the list of those to keep.
__attribute__((unused)) static void fuzz(int count, char **words, void (*step)(void))
{
    uint64_t seed = count > 1 ? strtoul(words[1], NULL, 10) : 1;
    int steps = count > 2 ? atoi(words[2]) : 400;
    for (int i = 0; i < steps; i++) {
        fuzz_state = seed * 1000003 + (uint64_t)i * 7919;
        fuzz_next();
        if (count > 3 && !kept(words[3], i))
            continue;
        say("%d: ", i);
        step();
    }
}

#endif
