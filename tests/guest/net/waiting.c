// What blocks, and what wakes it: threads that talk through sockets.
#include "net.h"
#include <pthread.h>
#include <time.h>

// What a thread does, and what came of it.
struct job { int fd; const char *name; int flags; char text[128]; long result; };

static void *do_read(void *argument)
{
    struct job *job = argument;
    job->result = tap_result(recv(job->fd, job->text, sizeof job->text - 1, job->flags));
    return NULL;
}
static void *do_write(void *argument)
{
    struct job *job = argument;
    static char data[400000];
    job->result = tap_result(send(job->fd, data, sizeof data, MSG_NOSIGNAL));
    return NULL;
}
static void *do_send_one(void *argument)
{
    struct job *job = argument;
    job->result = tap_result(send(job->fd, "one", 3, MSG_NOSIGNAL));
    return NULL;
}
static void *do_accept(void *argument)
{
    struct job *job = argument;
    job->result = tap_result(accept(job->fd, NULL, NULL));
    return NULL;
}
static void *do_connect(void *argument)
{
    struct job *job = argument;
    job->result = tap_result(net_connect(job->fd, job->name));
    return NULL;
}

// Waits until the thread sleeps in the kernel.
static int sleeps(pthread_t thread, int tid)
{
    (void)thread;
    for (int i = 0; i < 5000; i++) {
        char path[64], state = 0;
        snprintf(path, sizeof path, "/proc/self/task/%d/stat", tid);
        FILE *file = fopen(path, "r");
        if (file) {
            if (fscanf(file, "%*d (%*[^)]) %c", &state) != 1)
                state = 0;
            fclose(file);
        }
        if (state == 'S')
            return 1;
        usleep(1000);
    }
    return 0;
}

struct start { void *(*work)(void *); void *argument; volatile int tid; };
static void *begin(void *argument)
{
    struct start *start = argument;
    start->tid = (int)syscall(SYS_gettid);
    return start->work(start->argument);
}

// Starts a thread and waits until it blocks.
static pthread_t launch(struct start *start, void *(*work)(void *), struct job *job)
{
    pthread_t thread;
    *start = (struct start){ work, job, 0 };
    if (pthread_create(&thread, NULL, begin, start))
        tap_fail("no thread");
    while (!start->tid)
        usleep(1000);
    if (!sleeps(thread, start->tid))
        tap_fail("the thread does not wait");
    return thread;
}

CASE(reader_waits_for_data)
{
    EACH_KIND (kind) {
        int p[2];
        struct start start;
        OK(socketpair(AF_UNIX, kind, 0, p));
        struct job job = { .fd = p[1] };
        pthread_t thread = launch(&start, do_read, &job);
        IS(write(p[0], "hello", 5), 5);
        pthread_join(thread, NULL);
        SHOW("%ld %s", job.result, job.text);
    }
    net_close();
}
CASE(reader_waits_for_the_end)
{
    EACH_KIND (kind)
        for (int how = 0; how < 3; how++) {
            int p[2];
            struct start start;
            OK(socketpair(AF_UNIX, kind, 0, p));
            struct job job = { .fd = p[1] };
            if (kind == SOCK_DGRAM && how != 2)
                continue;
            pthread_t thread = launch(&start, do_read, &job);
            if (how == 0)
                OK(close(p[0]));
            else if (how == 1)
                OK(shutdown(p[0], SHUT_WR));
            else
                OK(shutdown(p[1], SHUT_RD));
            pthread_join(thread, NULL);
            SHOW("%ld", job.result);
        }
    net_close();
}
CASE(reader_waits_for_all)
{
    int p[2];
    struct start start;
    OK(socketpair(AF_UNIX, SOCK_STREAM, 0, p));
    struct job job = { .fd = p[1], .flags = MSG_WAITALL };
    pthread_t thread = launch(&start, do_read, &job);
    char data[127];
    memset(data, 'x', sizeof data);
    IS(write(p[0], data, 100), 100);
    TRUE(sleeps(thread, start.tid));
    IS(write(p[0], data, 27), 27);
    pthread_join(thread, NULL);
    EQ(job.result, 127);
    net_close();
}
CASE(writer_waits_for_room)
{
    int p[2];
    struct start start;
    OK(socketpair(AF_UNIX, SOCK_STREAM, 0, p));
    struct job job = { .fd = p[0] };
    pthread_t thread = launch(&start, do_write, &job);
    static char data[400000];
    size_t got = 0;
    while (got < sizeof data)
        got += (size_t)read(p[1], data + got, sizeof data - got);
    pthread_join(thread, NULL);
    EQ(job.result, 400000);
    // A writer that loses its reader tells what was sent.
    thread = launch(&start, do_write, &job);
    OK(close(p[1]));
    pthread_join(thread, NULL);
    SHOW("%ld", job.result);
    net_close();
}
CASE(writer_loses_its_reader)
{
    EACH_KIND (kind) {
        int p[2];
        struct start start;
        OK(socketpair(AF_UNIX, kind, 0, p));
        fcntl(p[0], F_SETFL, O_NONBLOCK);
        while (send(p[0], "xxxx", 4, 0) > 0)
            ;
        fcntl(p[0], F_SETFL, 0);
        struct job job = { .fd = p[0] };
        pthread_t thread = launch(&start, do_send_one, &job);
        OK(close(p[1]));
        pthread_join(thread, NULL);
        SHOW("%s", tap_error(job.result));
    }
    net_close();
}
CASE(datagram_waits_for_its_receiver)
{
    int receiver = socket(AF_UNIX, SOCK_DGRAM, 0), sender = socket(AF_UNIX, SOCK_DGRAM, 0);
    struct start start;
    OK(net_bind(receiver, "r"));
    OK(net_connect(sender, "r"));
    while (send(sender, "x", 1, MSG_DONTWAIT) == 1)
        ;
    struct job job = { .fd = sender };
    pthread_t thread = launch(&start, do_send_one, &job);
    char byte;
    IS(read(receiver, &byte, 1), 1);
    pthread_join(thread, NULL);
    SHOW("%ld", job.result);
    thread = launch(&start, do_send_one, &job);
    OK(close(receiver));
    pthread_join(thread, NULL);
    SHOW("%s", tap_error(job.result));
    net_close();
}
CASE(accept_waits)
{
    struct start start;
    int listener = net_listener(SOCK_STREAM, "s", 1);
    struct job job = { .fd = listener };
    pthread_t thread = launch(&start, do_accept, &job);
    OK(net_connect(socket(AF_UNIX, SOCK_STREAM, 0), "s"));
    pthread_join(thread, NULL);
    TRUE(job.result > 0);
    thread = launch(&start, do_accept, &job);
    OK(shutdown(listener, SHUT_RD));
    pthread_join(thread, NULL);
    SHOW("%s", tap_error(job.result));
    net_close();
}
CASE(connect_waits)
{
    struct start start;
    int listener = net_listener(SOCK_STREAM, "s", 0);
    OK(net_connect(socket(AF_UNIX, SOCK_STREAM, 0), "s"));
    struct job job = { .fd = socket(AF_UNIX, SOCK_STREAM, 0), .name = "s" };
    pthread_t thread = launch(&start, do_connect, &job);
    OK(accept(listener, NULL, NULL));
    pthread_join(thread, NULL);
    SHOW("%s", tap_error(job.result));
    job.fd = socket(AF_UNIX, SOCK_STREAM, 0);
    thread = launch(&start, do_connect, &job);
    OK(close(listener));
    pthread_join(thread, NULL);
    SHOW("%s", tap_error(job.result));
    net_close();
}
CASE(time_limits)
{
    int p[2];
    struct timeval soon = { 0, 20000 };
    EACH_KIND (kind) {
        OK(socketpair(AF_UNIX, kind, 0, p));
        OK(setsockopt(p[0], SOL_SOCKET, SO_RCVTIMEO, &soon, sizeof soon));
        OK(setsockopt(p[0], SOL_SOCKET, SO_SNDTIMEO, &soon, sizeof soon));
        char byte;
        SHOW("%s", E(read(p[0], &byte, 1)));
        while (send(p[0], "x", 1, MSG_DONTWAIT) == 1)
            ;
        SHOW("%s", E(send(p[0], "x", 1, 0)));
    }
    int listener = net_listener(SOCK_STREAM, "s", 0);
    OK(setsockopt(listener, SOL_SOCKET, SO_RCVTIMEO, &soon, sizeof soon));
    SHOW("%s", E(accept(listener, NULL, NULL)));
    OK(net_connect(socket(AF_UNIX, SOCK_STREAM, 0), "s"));
    int client = socket(AF_UNIX, SOCK_STREAM, 0);
    OK(setsockopt(client, SOL_SOCKET, SO_SNDTIMEO, &soon, sizeof soon));
    SHOW("%s", E(net_connect(client, "s")));
    net_close();
}

static void on_alarm(int number) { (void)number; }

CASE(signals)
{
    for (int restart = 0; restart < 2; restart++)
        for (int timed = 0; timed < 2; timed++) {
            int p[2];
            struct start start;
            struct timeval later = { 20, 0 };
            struct sigaction action = { .sa_handler = on_alarm, .sa_flags = restart ? SA_RESTART : 0 };
            OK(sigaction(SIGUSR1, &action, NULL));
            OK(socketpair(AF_UNIX, SOCK_STREAM, 0, p));
            if (timed)
                OK(setsockopt(p[1], SOL_SOCKET, SO_RCVTIMEO, &later, sizeof later));
            struct job job = { .fd = p[1] };
            pthread_t thread = launch(&start, do_read, &job);
            pthread_kill(thread, SIGUSR1);
            if (restart && !timed) {
                TRUE(sleeps(thread, start.tid));
                OK(write(p[0], "x", 1));
            }
            pthread_join(thread, NULL);
            SHOW("%s", tap_error(job.result));
        }
    net_close();
}

static void *pump(void *argument)
{
    int *p = argument;
    char data[1000];
    for (;;) {
        ssize_t count = read(p[0], data, sizeof data);
        if (count <= 0 || write(p[1], data, (size_t)count) != count)
            break;
    }
    shutdown(p[1], SHUT_WR);
    return NULL;
}
CASE(a_ring_of_threads)
{
    enum { THREADS = 8, ROUNDS = 300 };
    int pairs[THREADS + 1][2], ends[THREADS][2];
    pthread_t threads[THREADS];
    for (int i = 0; i <= THREADS; i++)
        OK(socketpair(AF_UNIX, SOCK_STREAM, 0, pairs[i]));
    for (int i = 0; i < THREADS; i++) {
        ends[i][0] = pairs[i][1];
        ends[i][1] = pairs[i + 1][0];
        pthread_create(&threads[i], NULL, pump, ends[i]);
    }
    unsigned long sum = 0;
    for (int i = 0; i < ROUNDS; i++) {
        char out[997], in[997];
        memset(out, i, sizeof out);
        IS(write(pairs[0][0], out, sizeof out), (long)sizeof out);
        IS(recv(pairs[THREADS][1], in, sizeof in, MSG_WAITALL), (long)sizeof in);
        IS(memcmp(in, out, sizeof in), 0);
        sum += (unsigned char)in[5];
    }
    OK(shutdown(pairs[0][0], SHUT_WR));
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    char byte;
    IS(read(pairs[THREADS][1], &byte, 1), 0);
    SHOW("%lu", sum);
    net_close();
}
