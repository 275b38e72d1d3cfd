// Several threads at one site, and new threads from one.
// build: static dynamic
// flags: -pthread
// timeout: 120
#include "sites.h"
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <sys/mman.h>

#define THREADS 8
// mov %rdi,%rax; xor %edi,%edi; syscall; cmp $-4095,%rax; ret, in each of the ways of lying on a line
static const char code[] = "\x48\x89\xf8\x31\xff\x0f\x05\x48\x3d\x01\xf0\xff\xff\xc3";
// The same with single bytes behind the call.
static const char bytes[] = "\x48\x89\xf8\x31\xff\x0f\x05\xf9\xf5\x48\x83\xd0\x00\xc3";

static atomic_long wrong;
static pthread_barrier_t begin, end;
static long rounds;
static char *pages;
static pid_t pid;

static void *hit(void *unused)
{
    (void)unused;
    for (long round = 1; round <= rounds; round++) {
        pthread_barrier_wait(&begin);
        long (*call)(long) = (long (*)(long))(pages + round * 37 % 4000);
        for (int i = 0; i < 3; i++)
            if (call(SYS_getpid) != pid)
                atomic_fetch_add(&wrong, 1);
        pthread_barrier_wait(&end);
    }
    return NULL;
}
static void all_at_once(const char *text, long many)
{
    rounds = many;
    pid = getpid();
    pages = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    pthread_barrier_init(&begin, NULL, THREADS + 1);
    pthread_barrier_init(&end, NULL, THREADS + 1);
    atomic_store(&wrong, 0);
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++)
        pthread_create(&threads[i], NULL, hit, NULL);
    for (long round = 1; round <= rounds; round++) {
        mprotect(pages, 8192, PROT_READ | PROT_WRITE);
        memcpy(pages + round * 37 % 4000, text, sizeof code - 1);
        mprotect(pages, 8192, PROT_READ | PROT_EXEC);
        pthread_barrier_wait(&begin);
        pthread_barrier_wait(&end);
    }
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    munmap(pages, 8192);
    EQ(atomic_load(&wrong), 0);
}
CASE(a_fresh_site_for_all) { all_at_once(code, 3000); }
CASE(a_fresh_site_with_single_bytes) { all_at_once(bytes, 3000); }

// A thread waits in a call while its text is written anew.
static int ends[2];
// mov %rdi,%rax; mov %rsi,%rdi; mov %rdx,%rsi; mov %rcx,%rdx; syscall; mov $77,%eax; ret
static const char waits[] = "\x48\x89\xf8\x48\x89\xf7\x48\x89\xd6\x48\x89\xca\x0f\x05\xb8\x4d\x00\x00\x00\xc3";
static atomic_int waiting;
static void *wait_in_call(void *text)
{
    char byte;
    long (*call)(long, long, void *, long) = (long (*)(long, long, void *, long))text;
    atomic_store(&waiting, 1);
    return (void *)call(SYS_read, ends[0], &byte, 1);
}
CASE(text_changes_below_a_waiting_thread)
{
    char *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    OK(pipe(ends));
    for (int round = 0; round < 30; round++) {
        mprotect(page, 4096, PROT_READ | PROT_WRITE);
        memcpy(page, waits, sizeof waits - 1);
        mprotect(page, 4096, PROT_READ | PROT_EXEC);
        for (int i = 0; i < 3; i++) {
            OK(write(ends[1], "x", 1));
            EQ((long)wait_in_call(page), 77);
        }
        atomic_store(&waiting, 0);
        pthread_t thread;
        pthread_create(&thread, NULL, wait_in_call, page);
        while (!atomic_load(&waiting))
            sched_yield();
        usleep(1000);
        // Behind the call stands another number now.
        mprotect(page, 4096, PROT_READ | PROT_WRITE);
        page[15] = 78;
        mprotect(page, 4096, PROT_READ | PROT_EXEC);
        OK(write(ends[1], "x", 1));
        void *result;
        pthread_join(thread, &result);
        EQ((long)result, 78);
    }
    munmap(page, 4096);
}

// clone(2) and clone3(2) from a site: the child goes on behind it, on its own stack, with all registers.
KNOWN(clone_before, "push %rbx\nmov %rdx, %r8\nxor %edx, %edx\nxor %r10d, %r10d\nmovabs $0x1234567890, %rbx\n"
      "mov $56, %eax\nsyscall\ntest %rax, %rax\njnz 1f\n"
      "movabs $0x1234567890, %rax\nsub %rbx, %rax\nsub %rdx, %rax\nmov %rax, 8(%r8)\nmovl $1, (%r8)\n"
      "mov $60, %eax\nxor %edi, %edi\nsyscall\nud2\n1: pop %rbx\nret");
UNKNOWN(clone_over, "push %rbx\nmov %rdx, %r8\nxor %edx, %edx\nmovabs $0x1234567890, %rbx\nmov $56, %eax\n"
        "xor %r10d, %r10d\nsyscall\ntest %rax, %rax\njnz 1f\n"
        "movabs $0x1234567890, %rax\nsub %rbx, %rax\nsub %rdx, %rax\nmov %rax, 8(%r8)\nmovl $1, (%r8)\n"
        "mov $60, %eax\nxor %edi, %edi\nsyscall\nud2\n1: pop %rbx\nret");
UNKNOWN(clone3_over, "push %rbx\nmov %rdx, %r8\nmov $99, %edx\nmovabs $0x1234567890, %rbx\nmov $435, %eax\n"
        "xor %r10d, %r10d\nsyscall\ntest %rax, %rax\njnz 1f\n"
        "movabs $0x1234567890, %rax\nsub %rbx, %rax\nsub $99, %edx\nsub %rdx, %rax\nmov %rax, 8(%r8)\n"
        "movl $1, (%r8)\nmov $60, %eax\nxor %edi, %edi\nsyscall\nud2\n1: pop %rbx\nret");
#define THREAD_FLAGS (CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM)
static struct { atomic_int done; int pad; long difference; } child;
static char stack[65536] __attribute__((aligned(16)));
static void wait_for_child(void)
{
    while (!atomic_load(&child.done))
        sched_yield();
    // Until the kernel, too, is done with its stack.
    usleep(2000);
}
CASE(new_threads_from_a_site)
{
    for (int i = 0; i < AGAIN; i++) {
        memset(&child, 0, sizeof child);
        OK(clone_before(THREAD_FLAGS, stack + sizeof stack, &child));
        wait_for_child();
        EQ(child.difference, 0);
        memset(&child, 0, sizeof child);
        OK(clone_over(THREAD_FLAGS, stack + sizeof stack, &child));
        wait_for_child();
        EQ(child.difference, 0);
        struct { uint64_t flags, pidfd, child_tid, parent_tid, exit_signal, stack, stack_size, tls; } arguments = {
            .flags = THREAD_FLAGS, .stack = (uint64_t)stack, .stack_size = sizeof stack };
        memset(&child, 0, sizeof child);
        OK(clone3_over((long)&arguments, sizeof arguments, &child));
        wait_for_child();
        EQ(child.difference, 0);
    }
}
