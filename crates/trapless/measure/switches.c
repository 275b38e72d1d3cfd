/* From one thread or process to another and back. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/futex.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "measure.h"

/* One side of an exchange of `count` turns. */
struct side {
	uint64_t count;
	int in, out;
	_Atomic int *turn;
	int mine;
};

typedef void *(*player)(void *);

static void start(pthread_t *thread, player body, void *argument)
{
	must(-pthread_create(thread, NULL, body, argument), "pthread_create");
}

/* Plays both sides: the other one in a thread, or in a process. */
static void play(player body, struct side *sides, int with_process)
{
	pthread_t thread;
	pid_t child = 0;
	if (with_process) {
		child = fork();
		must(child, "fork");
		if (!child) {
			body(&sides[1]);
			_exit(0);
		}
	} else {
		start(&thread, body, &sides[1]);
	}
	body(&sides[0]);
	if (with_process)
		must(waitpid(child, NULL, 0), "waitpid");
	else
		pthread_join(thread, NULL);
}

static void *through_pipes(void *argument)
{
	const struct side *side = argument;
	char byte = 0;
	for (uint64_t i = 0; i < side->count; i++) {
		if (!side->mine)
			must(write(side->out, &byte, 1), "write");
		must(read(side->in, &byte, 1), "read");
		if (side->mine)
			must(write(side->out, &byte, 1), "write");
	}
	return NULL;
}

static void pipes(uint64_t count, int with_process)
{
	int there[2], back[2];
	must(pipe2(there, O_CLOEXEC), "pipe");
	must(pipe2(back, O_CLOEXEC), "pipe");
	struct side sides[2] = {
		{ .count = count, .in = back[0], .out = there[1], .mine = 0 },
		{ .count = count, .in = there[0], .out = back[1], .mine = 1 },
	};
	play(through_pipes, sides, with_process);
	for (int i = 0; i < 2; i++) {
		close(there[i]);
		close(back[i]);
	}
}

static void *through_futex(void *argument)
{
	const struct side *side = argument;
	for (uint64_t i = 0; i < side->count; i++) {
		while (atomic_load(side->turn) != side->mine)
			call(SYS_futex, (long)side->turn, FUTEX_WAIT, !side->mine, 0, 0, 0);
		atomic_store(side->turn, !side->mine);
		call(SYS_futex, (long)side->turn, FUTEX_WAKE, 1, 0, 0, 0);
	}
	return NULL;
}

static void futexes(uint64_t count, int with_process)
{
	static _Atomic int *turn;
	if (!turn)
		turn = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	atomic_store(turn, 0);
	struct side sides[2] = {
		{ .count = count, .turn = turn, .mine = 0 },
		{ .count = count, .turn = turn, .mine = 1 },
	};
	play(through_futex, sides, with_process);
}

static uint64_t pipe_threads(uint64_t count) { return pipes(count, 0), count; }
static uint64_t pipe_processes(uint64_t count) { return pipes(count, 1), count; }
static uint64_t futex_threads(uint64_t count) { return futexes(count, 0), count; }
static uint64_t futex_processes(uint64_t count) { return futexes(count, 1), count; }

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static volatile uint64_t guarded;

static void *lock_and_unlock(void *argument)
{
	uint64_t count = *(uint64_t *)argument;
	for (uint64_t i = 0; i < count; i++) {
		pthread_mutex_lock(&mutex);
		guarded = guarded + 1;
		pthread_mutex_unlock(&mutex);
	}
	return NULL;
}

static uint64_t uncontended(uint64_t count)
{
	lock_and_unlock(&count);
	return count;
}

enum { CONTENDERS = 4 };

static uint64_t contended(uint64_t count)
{
	pthread_t threads[CONTENDERS];
	for (int i = 0; i < CONTENDERS; i++)
		start(&threads[i], lock_and_unlock, &count);
	for (int i = 0; i < CONTENDERS; i++)
		pthread_join(threads[i], NULL);
	return count * CONTENDERS;
}

/* As hackbench: every sender of a group sends messages to every receiver of it. */
enum { PEERS = 8, MESSAGE = 100 };

struct messenger {
	uint64_t count;
	int *sockets;
};

static void *send_all(void *argument)
{
	const struct messenger *self = argument;
	char message[MESSAGE] = { 0 };
	for (uint64_t i = 0; i < self->count; i++)
		for (int peer = 0; peer < PEERS; peer++)
			must(write(self->sockets[peer], message, MESSAGE), "write");
	return NULL;
}

static void *receive_all(void *argument)
{
	const struct messenger *self = argument;
	char message[MESSAGE];
	uint64_t missing = self->count * PEERS * MESSAGE;
	while (missing)
		missing -= (uint64_t)must(read(self->sockets[0], message, MESSAGE), "read");
	return NULL;
}

static uint64_t messages(uint64_t count)
{
	int to[PEERS], from[PEERS];
	pthread_t senders[PEERS], receivers[PEERS];
	struct messenger sender = { count, to }, receiver[PEERS];
	for (int i = 0; i < PEERS; i++) {
		int pair[2];
		must(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), "socketpair");
		to[i] = pair[0];
		from[i] = pair[1];
		receiver[i] = (struct messenger){ count, &from[i] };
	}
	for (int i = 0; i < PEERS; i++) {
		start(&receivers[i], receive_all, &receiver[i]);
		start(&senders[i], send_all, &sender);
	}
	for (int i = 0; i < PEERS; i++) {
		pthread_join(senders[i], NULL);
		pthread_join(receivers[i], NULL);
	}
	for (int i = 0; i < PEERS; i++) {
		close(to[i]);
		close(from[i]);
	}
	return count * PEERS * PEERS;
}

const struct operation switches[] = {
	{ "futex-threads", "switches", "futex ping-pong, threads", futex_threads, NULL },
	{ "futex-processes", "switches", "futex ping-pong, processes", futex_processes, NULL },
	{ "pipe-threads", "switches", "pipe ping-pong, threads", pipe_threads, NULL },
	{ "pipe-processes", "switches", "pipe ping-pong, processes", pipe_processes, NULL },
	{ "mutex", "switches", "mutex, uncontended", uncontended, NULL },
	{ "mutex-contended", "switches", "mutex, 4 threads", contended, NULL },
	{ "messages", "switches", "message, 8 to 8 threads", messages, NULL },
	{ 0 },
};
