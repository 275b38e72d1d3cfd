// Many threads of one process, all alive at the same time.
// run: few 200
// full: many 10000
// timeout: 300
#define TAP_NO_MAIN
#include "../tap.h"
#include <pthread.h>
#include <sys/mman.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t arrived = PTHREAD_COND_INITIALIZER, leave = PTHREAD_COND_INITIALIZER;
static int count, gone;
static long sum;

static void *body(void *argument)
{
    pthread_mutex_lock(&lock);
    count++;
    sum += (long)argument;
    pthread_cond_signal(&arrived);
    while (!gone)
        pthread_cond_wait(&leave, &lock);
    count--;
    pthread_mutex_unlock(&lock);
    return argument;
}

int main(int argc, char **argv)
{
    int wanted = argc > 1 ? atoi(argv[1]) : 200;
    pthread_t *threads = calloc((size_t)wanted, sizeof *threads);
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, 64 << 10);
    for (long i = 0; i < wanted; i++) {
        int error = pthread_create(&threads[i], &attributes, body, (void *)i);
        if (error) {
            printf("thread %ld: %s\n", i, tap_error(-error));
            return 1;
        }
    }
    pthread_mutex_lock(&lock);
    while (count < wanted)
        pthread_cond_wait(&arrived, &lock);
    printf("%d threads, sum %ld\n", count, sum);
    gone = 1;
    pthread_cond_broadcast(&leave);
    pthread_mutex_unlock(&lock);
    long back = 0;
    for (long i = 0; i < wanted; i++) {
        void *value;
        pthread_join(threads[i], &value);
        back += (long)value;
    }
    printf("%d left, sum %ld\n", count, back);
    return 0;
}
