// Every instruction of a site is a place where a signal may come.
// build: static dynamic musl-static
#include "sites.h"
#include <setjmp.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <ucontext.h>

#define START(name) LABEL(name##_start)
KNOWN(constant, START(constant) "mov $39, %eax\nsyscall\nadd $1, %rax\nsub $1, %rax\nret\n" LABEL(constant_end));
UNKNOWN(variable, START(variable) TAKE "syscall\ncmp $-4095, %rax\nlea 0(%rax), %rax\nret\n" LABEL(variable_end));
UNKNOWN(single, START(single) TAKE "syscall\nstc\ncmc\nadc $0, %rax\nret\n" LABEL(single_end));
extern const char constant_start[], constant_end[], variable_start[], variable_end[], single_start[], single_end[];

static const char *from, *to;
static struct { int count; short offset[64]; } path;
static volatile int calls_in_handler, leave_at, visits, change;
static sigjmp_buf out;
static char alternate[16384] __attribute__((aligned(64)));

static void set(int signal, void (*handler)(int, siginfo_t *, void *), int flags)
{
    struct sigaction action = { .sa_sigaction = handler, .sa_flags = SA_SIGINFO | flags };
    sigaction(signal, &action, NULL);
    stack_t stack = { .ss_sp = alternate, .ss_size = sizeof alternate };
    sigaltstack(&stack, NULL);
}

// Notes where a step ended, when it was in the code that is looked at.
static void on_step(int signal, siginfo_t *info, void *context)
{
    greg_t *regs = ((ucontext_t *)context)->uc_mcontext.gregs;
    const char *rip = (const char *)regs[REG_RIP];
    (void)signal;
    if (rip < from || rip >= to)
        return;
    if (info->si_addr != rip)
        tap_fail("si_addr %p at %p", info->si_addr, (void *)rip);
    if (path.count < 64)
        path.offset[path.count++] = rip - from;
    if (calls_in_handler && (getpid() != syscall(SYS_getpid) || variable(SYS_close, -1) != -EBADF))
        tap_fail("a call in the handler");
    if (leave_at && ++visits == leave_at) {
        regs[REG_EFL] &= ~0x100L;
        if (!change)
            siglongjmp(out, 1);
        // Leaves the function by its return address.
        regs[REG_RAX] = 4711;
        regs[REG_RIP] = *(greg_t *)regs[REG_RSP];
        regs[REG_RSP] += 8;
    }
}

static long stepped(long (*call)(long, ...), long number, long argument)
{
    long result;
    path.count = 0;
    visits = 0;
    __asm__ volatile("pushf\norq $0x100, (%%rsp)\npopf\ncall *%[call]\npushf\nandq $~0x100, (%%rsp)\npopf"
                     : "=a"(result), "+D"(number), "+S"(argument)
                     : [call] "b"(call)
                     : "rcx", "rdx", "r8", "r9", "r10", "r11", "memory", "cc");
    return result;
}

static void watch(const char *start, const char *end)
{
    from = start;
    to = end;
    leave_at = change = 0;
}

static void show_path(void)
{
    for (int i = 0; i < path.count; i++)
        SHOW("%d", path.offset[i]);
    SHOW(";");
}

static void look(int flags, int calls)
{
    set(SIGTRAP, on_step, flags);
    calls_in_handler = calls;
    for (int i = 0; i < AGAIN; i++) {
        watch(constant_start, constant_end);
        IS(stepped(constant, 0, 0), getpid());
        show_path();
        watch(variable_start, variable_end);
        IS(stepped(variable, SYS_close, -1), -EBADF);
        show_path();
        watch(single_start, single_end);
        IS(stepped(single, SYS_close, -1), -EBADF + 0);
        show_path();
        // Without steps in between.
        EQ(constant(0), getpid());
        EQ(variable(SYS_getpid), getpid());
    }
}
CASE(steps) { look(0, 0); }
CASE(steps_on_another_stack) { look(SA_ONSTACK, 0); }
CASE(steps_with_calls_in_the_handler) { look(0, 1); }
CASE(steps_with_calls_on_another_stack) { look(SA_ONSTACK, 1); }

static void leave(int with_change)
{
    static long (*const calls[])(long, ...) = { constant, variable, single };
    static const char *const starts[] = { constant_start, variable_start, single_start };
    static const char *const ends[] = { constant_end, variable_end, single_end };
    set(SIGTRAP, on_step, SA_NODEFER);
    calls_in_handler = 0;
    for (int c = 0; c < 3; c++) {
        for (int i = 0; i < AGAIN; i++)
            calls[c](SYS_close, -1);
        watch(starts[c], ends[c]);
        stepped(calls[c], SYS_close, -1);
        int places = path.count;
        SHOW("%d", places);
        for (int at = 1; at <= places; at++) {
            watch(starts[c], ends[c]);
            leave_at = at;
            change = with_change;
            if (!sigsetjmp(out, 1)) {
                long result = stepped(calls[c], SYS_close, -1);
                if (!with_change || result != 4711)
                    tap_fail("left at %d with %ld", at, result);
            } else if (with_change) {
                tap_fail("jumped");
            }
            EQ(constant(0), getpid());
            EQ(variable(SYS_close, -1), -EBADF);
            EQ(single(SYS_close, -1), -EBADF);
        }
    }
}
CASE(a_handler_that_jumps_away) { leave(0); }
CASE(a_handler_that_changes_the_context) { leave(1); }

// A timer that comes whenever it comes.
static volatile long ticks, strays;
static void on_tick(int signal, siginfo_t *info, void *context)
{
    (void)signal, (void)info, (void)context;
    ticks++;
    strays += syscall(SYS_getpid) != getpid();
}
CASE(a_timer)
{
    set(SIGALRM, on_tick, SA_ONSTACK | SA_RESTART);
    struct itimerval timer = { { 0, 300 }, { 0, 300 } };
    setitimer(ITIMER_REAL, &timer, NULL);
    long wrong = 0, pid = getpid();
    while (ticks < 500) {
        for (int i = 0; i < 200; i++) {
            wrong += constant(0) != pid;
            wrong += variable(SYS_close, -1) != -EBADF;
            wrong += single(SYS_getpid, 0) != pid;
        }
    }
    memset(&timer, 0, sizeof timer);
    setitimer(ITIMER_REAL, &timer, NULL);
    EQ(wrong, 0);
    EQ(strays, 0);
}

// A call that a signal interrupts starts again or fails, at its own place.
static int ends[2];
static volatile int interruptions;
static volatile long interrupted_at;
UNKNOWN(read_over, START(read_over) "xor %eax, %eax\n" LABEL(read_over_call) "syscall\ncmp $-4095, %rax\nret");
KNOWN(read_before, START(read_before) "mov $0, %eax\n" LABEL(read_before_call) "syscall\nret");
extern const char read_over_call[], read_before_call[];
static void on_interruption(int signal, siginfo_t *info, void *context)
{
    (void)signal, (void)info;
    interrupted_at = ((ucontext_t *)context)->uc_mcontext.gregs[REG_RIP];
    if (++interruptions == 3 && write(ends[1], "x", 1) != 1)
        strays++;
}
static void interrupt(long (*call)(long, ...), const char *site, int flags)
{
    char byte = 0;
    OK(pipe(ends));
    for (int i = 0; i < AGAIN; i++) {
        OK(write(ends[1], "y", 1));
        EQ(call(ends[0], &byte, 1L), 1);
    }
    set(SIGALRM, on_interruption, flags);
    interruptions = 0;
    struct itimerval timer = { { 0, 2000 }, { 0, 2000 } };
    setitimer(ITIMER_REAL, &timer, NULL);
    long result = call(ends[0], &byte, 1L);
    memset(&timer, 0, sizeof timer);
    setitimer(ITIMER_REAL, &timer, NULL);
    SHOW("%ld", result);
    if (flags & SA_RESTART) {
        EQ(byte, 'x');
        TRUE((const char *)interrupted_at == site || (const char *)interrupted_at >= site + 2);
    } else {
        EQ(result, -EINTR);
        EQ(interrupted_at, (long)site + 2);
    }
    close(ends[0]);
    close(ends[1]);
}
CASE(interrupted_calls)
{
    interrupt(read_before, read_before_call, SA_RESTART);
    interrupt(read_over, read_over_call, SA_RESTART);
    interrupt(read_before, read_before_call, 0);
    interrupt(read_over, read_over_call, 0);
}

// What was displaced faults at its own place.
UNKNOWN(fault_after, START(fault_after) TAKE "syscall\n" LABEL(faulting) "mov (%rdx), %rax\nmov (%rdx), %rax\nret");
KNOWN(fault_before_known, "mov %rdi, %rax\nnop\n" LABEL(fault_first_known) "mov 0x12345(%rcx), %rsi\nsyscall\nret");
UNKNOWN(divide_after, TAKE "syscall\nxor %edx, %edx\n" LABEL(dividing) "div %rdi\nret");
extern const char faulting[], fault_first_known[], dividing[];
static volatile long fault_rip, fault_address;
static void on_fault(int signal, siginfo_t *info, void *context)
{
    (void)signal;
    fault_rip = ((ucontext_t *)context)->uc_mcontext.gregs[REG_RIP];
    fault_address = (long)info->si_addr;
    siglongjmp(out, 1);
}
static void fault(long (*call)(long, ...), long first, long second, long good, long bad, const char *place, long address)
{
    for (int i = 0; i < AGAIN; i++) {
        fault_rip = 0;
        if (!sigsetjmp(out, 1)) {
            call(SYS_close, first, second, i == AGAIN - 1 ? bad : good);
            TRUE(i < AGAIN - 1);
        } else {
            EQ(i, AGAIN - 1);
            EQ(fault_rip, (long)place);
            EQ(fault_address, address);
        }
    }
}
CASE(faults_of_displaced_instructions)
{
    static long word[20000];
    set(SIGSEGV, on_fault, 0);
    set(SIGFPE, on_fault, SA_ONSTACK);
    fault(fault_after, -1, 0, (long)word, 0x1230, faulting, 0x1230);
    fault(fault_before_known, -1, 0, (long)word, 0x1000, fault_first_known, 0x13345);
    for (int i = 0; i < AGAIN; i++) {
        int zero = i == AGAIN - 1;
        if (!sigsetjmp(out, 1))
            EQ(divide_after(SYS_lseek, zero ? 0L : 1000L, 0L, 99L) == 0 || !zero, 1);
        else
            EQ(fault_rip, (long)dividing);
    }
}
