// build: static dynamic
// flags: -Icrates/link/c/include target/linked/libtrapless.a
// Processes and threads that linked calls make.
#include <pthread.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include <trapless.h>

#include "tap.h"

static void ends_with(long child, int code)
{
    int status = 0;
    OK(child);
    EQ(tl_wait4_raw((int)child, &status, 0, NULL), child);
    TRUE(WIFEXITED(status));
    EQ(WEXITSTATUS(status), code);
}

CASE(fork)
{
    long child = tl_fork_raw();
    if (child == 0) {
        long self = tl_getpid_raw();
        tl_exit_group_raw(self == syscall(SYS_getpid) && self != getppid() ? 7 : 8);
    }
    ends_with(child, 7);
}

CASE(fork_by_variable_number)
{
    static volatile long number = SYS_fork;
    long child = tl_syscall_raw(number);
    if (child == 0)
        tl_exit_group_raw(9);
    ends_with(child, 9);
}

CASE(vfork)
{
    static volatile int shared;
    shared = 1;
    long child = tl_vfork_raw();
    if (child == 0) {
        shared = 2;
        tl_exit_raw(3);
    }
    EQ(shared, 2);
    ends_with(child, 3);
}

CASE(exec)
{
    char *const words[] = { "x", NULL };
    EQ(tl_execve_raw("/nonexistent/program", (void *)words, (void *)words), -ENOENT);
}

// clone(2) with a stack: the child comes back to the same place on its own.
extern long start(long flags, void *stack, unsigned char *here, int (*run)(void));
__asm__(".text\n"
        "start:\n"
        "mov %rcx, %r9\n"
        "cmpb $0, (%rdx)\n"
        "mov $0, %edx\nmov $0, %r10d\nmov $0, %r8d\n"
        "mov $56, %eax\n"
        "je 1f\n"
        "lea 2f(%rip), %rcx\n"
        "jmp *%gs:80 + 8 * 56\n"
        "1: syscall\n"
        "2: test %rax, %rax\n"
        "jne 3f\n"
        "call *%r9\n"
        "mov %eax, %edi\n"
        "mov $60, %eax\n"
        "syscall\n"
        "3: ret\n");

static volatile long seen;

static int on_own_stack(void)
{
    seen = tl_gettid_raw();
    return 5;
}

CASE(clone_with_a_stack)
{
    char *stack = mmap(NULL, 65536, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    TRUE(stack != MAP_FAILED);
    seen = 0;
    long child = start(CLONE_VM | SIGCHLD, stack + 65536, &tl_here, on_own_stack);
    ends_with(child, 5);
    EQ(seen, child);
}

static void *calls(void *argument)
{
    long own = syscall(SYS_gettid);
    long *wrong = argument;
    for (int i = 0; i < 20000; i++) {
        *wrong += tl_gettid_raw() != own;
        *wrong += tl_syscall_raw(SYS_sched_yield) != 0;
    }
    return NULL;
}

CASE(threads)
{
    pthread_t threads[4];
    long wrong[4] = { 0 };
    for (int i = 0; i < 4; i++)
        EQ(pthread_create(&threads[i], NULL, calls, &wrong[i]), 0);
    for (int i = 0; i < 4; i++) {
        EQ(pthread_join(threads[i], NULL), 0);
        EQ(wrong[i], 0);
    }
}

static long early = -1;

// Before the library knows where it is.
__attribute__((constructor(101))) static void before(void)
{
    for (int i = 0; i < 10; i++)
        early = tl_getpid_raw();
}

CASE(before_main)
{
    EQ(early, getpid());
}
