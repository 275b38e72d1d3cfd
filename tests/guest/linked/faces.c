// build: static static-pie dynamic musl-static
// flags: -Icrates/link/c/include target/linked/libtrapless.a
// Linked calls (libtrapless): their two faces, constant and variable numbers, what is no call. On Linux the
// instruction serves them.
#include <sys/mman.h>

#include <trapless.h>

#include "tap.h"

// A program's own instead of the library's weak one.
long tl_tuxcall_raw(long a, long b, long c, long d, long e, long f)
{
    return a + b + c + d + e + f;
}

CASE(raw_and_errno)
{
    EQ(tl_close_raw(-1), -EBADF);
    errno = 0;
    EQ(tl_close(-1), -1);
    EQ(errno, EBADF);
    EQ(tl_syscall_raw(SYS_close, -1), -EBADF);
    errno = 0;
    EQ(tl_syscall(SYS_close, -1), -1);
    EQ(errno, EBADF);
    errno = 0;
    EQ((tl_syscall)(SYS_close, -1L), -1);
    EQ(errno, EBADF);
    errno = 0;
    EQ(tl_getpid(), getpid());
    EQ(errno, 0);
}

CASE(constant_and_variable_numbers)
{
    static volatile long numbers[] = { SYS_getpid, SYS_getppid, SYS_getuid, SYS_geteuid, SYS_getgid, SYS_getegid,
                                       SYS_gettid };
    EQ(tl_syscall_raw(SYS_getpid), getpid());
    EQ(tl_gettid_raw(), syscall(SYS_gettid));
    EQ(tl_getppid_raw(), getppid());
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        EQ(tl_syscall_raw(numbers[i]), syscall(numbers[i]));
}

CASE(what_is_no_call)
{
    static volatile long number = 511;
    EQ(tl_syscall_raw(511), -ENOSYS);
    EQ(tl_syscall_raw(512), -ENOSYS);
    EQ(tl_syscall_raw(100000), -ENOSYS);
    EQ(tl_syscall_raw(-1), -ENOSYS);
    EQ(tl_syscall_raw(number), -ENOSYS);
    number = 512;
    EQ(tl_syscall_raw(number), -ENOSYS);
    number = -1;
    EQ(tl_syscall_raw(number), -ENOSYS);
    IS(tl_syscall(number), -ENOSYS);
    // The low half of the register counts.
    number = 0x500000000 | SYS_getpid;
    EQ(tl_syscall_raw(number), getpid());
}

CASE(stubs)
{
    EQ(tl_afs_syscall_raw(1, 2, 3, 4, 5, 6), -ENOSYS);
    IS(tl_afs_syscall(1, 2, 3, 4, 5, 6), -ENOSYS);
    EQ(tl_tuxcall_raw(1, 2, 3, 4, 5, 6), 21);
}

// Six arguments, one of them wider than 32 bits.
static void map(long (*call)(long, long, long, long, long, long))
{
    int fd = memfd_create("six", 0);
    OK(fd);
    OK(ftruncate(fd, 3 * 4096));
    OK(pwrite(fd, "x", 1, 8192));
    char *wanted = mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    TRUE(wanted != MAP_FAILED);
    EQ(call((long)wanted, 4096, PROT_READ, MAP_PRIVATE | MAP_FIXED, fd, 8192), (long)wanted);
    EQ(*wanted, 'x');
    OK(munmap(wanted, 4096));
    OK(close(fd));
}

static long by_name(long a, long b, long c, long d, long e, long f)
{
    return tl_mmap_raw((unsigned long)a, (unsigned long)b, (unsigned int)c, (unsigned int)d, (int)e, f);
}

static long by_constant(long a, long b, long c, long d, long e, long f)
{
    return tl_syscall_raw(SYS_mmap, a, b, c, d, e, f);
}

static long by_variable(long a, long b, long c, long d, long e, long f)
{
    static volatile long number = SYS_mmap;
    return tl_syscall_raw(number, a, b, c, d, e, f);
}

CASE(six_arguments)
{
    map(by_name);
    map(by_constant);
    map(by_variable);
}

// Fills the red zone and all registers that a call keeps, makes the call, and looks at them.
extern long keeps_all(unsigned char *here);
__asm__(".text\n"
        "keeps_all:\n"
        "push %rbx\npush %rbp\npush %r12\npush %r13\npush %r14\npush %r15\n"
        "mov %rdi, %rax\n"
        "movq $17, -8(%rsp)\nmovq $18, -64(%rsp)\nmovq $19, -128(%rsp)\n"
        "mov $1, %ebx\nmov $2, %ebp\nmov $3, %r12d\nmov $4, %r13d\nmov $5, %r14d\nmov $6, %r15d\n"
        "mov $7, %edi\nmov $8, %esi\nmov $9, %edx\nmov $10, %r10d\nmov $11, %r8d\nmov $12, %r9d\n"
        "movq %rbx, %xmm0\nmovq %r9, %xmm15\n"
        "cmpb $0, (%rax)\n"
        "mov $110, %eax\n"
        "je 1f\n"
        "lea 2f(%rip), %rcx\n"
        "jmp *%gs:80 + 8 * 110\n"
        "1: syscall\n"
        "2: xor %eax, %eax\n"
        "add -8(%rsp), %rax\nadd -64(%rsp), %rax\nadd -128(%rsp), %rax\n"
        "add %rbx, %rax\nadd %rbp, %rax\nadd %r12, %rax\nadd %r13, %rax\nadd %r14, %rax\nadd %r15, %rax\n"
        "add %rdi, %rax\nadd %rsi, %rax\nadd %rdx, %rax\nadd %r10, %rax\nadd %r8, %rax\nadd %r9, %rax\n"
        "movq %xmm0, %rdx\nadd %rdx, %rax\nmovq %xmm15, %rdx\nadd %rdx, %rax\n"
        "pop %r15\npop %r14\npop %r13\npop %r12\npop %rbp\npop %rbx\n"
        "ret\n");

CASE(registers_and_the_red_zone)
{
    EQ(TL_ENTRY_FIRST, 80);
    EQ(keeps_all(&tl_here), 17 + 18 + 19 + 12 * 13 / 2 + 1 + 12);
}
