/* Processes that come and go. */
#define _GNU_SOURCE
#include <pthread.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "measure.h"

static void *nothing(void *argument)
{
	return argument;
}

static uint64_t thread(uint64_t count)
{
	for (uint64_t i = 0; i < count; i++) {
		pthread_t thread;
		must(-pthread_create(&thread, NULL, nothing, NULL), "pthread_create");
		pthread_join(thread, NULL);
	}
	return count;
}

static uint64_t fork_wait(uint64_t count)
{
	for (uint64_t i = 0; i < count; i++) {
		pid_t child = fork();
		if (!child)
			_exit(0);
		must(child, "fork");
		must(waitpid(child, NULL, 0), "waitpid");
	}
	return count;
}

/* A program that ends at once: this one, when it is told to. */
static uint64_t spawn(uint64_t count)
{
	char *arguments[] = { (char *)program, "exit", NULL }, *environment[] = { NULL };
	for (uint64_t i = 0; i < count; i++) {
		pid_t child;
		must(-posix_spawn(&child, program, NULL, NULL, arguments, environment), "posix_spawn");
		must(waitpid(child, NULL, 0), "waitpid");
	}
	return count;
}

const struct operation processes[] = {
	{ "thread", "processes", "pthread_create + join", thread, NULL },
	{ "fork", "processes", "fork + exit + wait", fork_wait, NULL },
	{ "spawn", "processes", "posix_spawn of a static program + wait", spawn, NULL },
	{ 0 },
};
