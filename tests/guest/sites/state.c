// Registers, flags and the stack pass a system call, whatever is done about the site.
// build: static dynamic
// flags: -mavx2
#include "sites.h"
#include <immintrin.h>
#include <sys/mman.h>

KNOWN(constant, "mov $39, %eax\nsyscall\nret");
UNKNOWN(other, "mov $110, %eax\nnop\nsyscall\ncmp $-4095, %rax\nret");
KNOWN(write_nothing, "mov $1, %eax\nsyscall\nret");

// Calls with a pattern in every register and tells which changed; the flags are given and compared.
struct registers { long rbx, rbp, rsi, rdi, rdx, r8, r9, r10, r12, r13, r14, r15, flags; };
static struct registers in, out;
long with_registers(long (*call)(long, ...));
__asm__(".pushsection .text\nwith_registers:\n"
        "push %rbx\npush %rbp\npush %r12\npush %r13\npush %r14\npush %r15\n"
        "mov %rdi, saved_call(%rip)\nlea in_registers(%rip), %rax\nmov (%rax), %rax\n"
        "mov 0(%rax), %rbx\nmov 8(%rax), %rbp\nmov 16(%rax), %rsi\nmov 24(%rax), %rdi\nmov 32(%rax), %rdx\n"
        "mov 40(%rax), %r8\nmov 48(%rax), %r9\nmov 56(%rax), %r10\nmov 64(%rax), %r12\nmov 72(%rax), %r13\n"
        "mov 80(%rax), %r14\nmov 88(%rax), %r15\npush 96(%rax)\npopf\n"
        "call *saved_call(%rip)\n"
        "mov %rax, saved_result(%rip)\nlea out_registers(%rip), %rax\nmov (%rax), %rax\n"
        "mov %rbx, 0(%rax)\nmov %rbp, 8(%rax)\nmov %rsi, 16(%rax)\nmov %rdi, 24(%rax)\nmov %rdx, 32(%rax)\n"
        "mov %r8, 40(%rax)\nmov %r9, 48(%rax)\nmov %r10, 56(%rax)\nmov %r12, 64(%rax)\nmov %r13, 72(%rax)\n"
        "mov %r14, 80(%rax)\nmov %r15, 88(%rax)\npushf\npop 96(%rax)\npush $0x202\npopf\n"
        "mov saved_result(%rip), %rax\n"
        "pop %r15\npop %r14\npop %r13\npop %r12\npop %rbp\npop %rbx\nret\n.popsection\n"
        ".pushsection .data\n.balign 8\nsaved_call: .quad 0\nsaved_result: .quad 0\n.popsection");
__attribute__((used)) struct registers *in_registers = &in, *out_registers = &out;

// Carry, parity, adjust, zero, sign, direction, overflow; interrupts are on.
#define FLAGS 0xcd5

static void pattern(long seed, long flags)
{
    long *words = (long *)&in;
    for (unsigned i = 0; i < sizeof in / sizeof *words; i++)
        words[i] = (seed + i) * 0x0101010101010101;
    in.flags = 0x202 | flags;
    memset(&out, 0, sizeof out);
}
CASE(registers_and_flags)
{
    static const long flags[] = { 0, 0x1, 0x4, 0x10, 0x40, 0x80, 0x800, 0x8d5, 0x400, 0xcd5, 0x40000, 0x200000 };
    for (unsigned f = 0; f < sizeof flags / sizeof *flags; f++) {
        for (int i = 0; i < AGAIN; i++) {
            pattern(0x11 + i, flags[f]);
            EQ(with_registers(constant), getpid());
            // The number's instruction changes no flag.
            TRUE(!memcmp(&in, &out, sizeof in));
        }
        for (int i = 0; i < AGAIN; i++) {
            pattern(0x51 + i, flags[f]);
            EQ(with_registers(other), getppid());
            out.flags = (out.flags & ~0x8d5L) | (in.flags & 0x8d5);
            TRUE(!memcmp(&in, &out, sizeof in));
        }
        for (int i = 0; i < AGAIN; i++) {
            pattern(0x31 + i, flags[f]);
            in.rdi = -1;
            EQ(with_registers(write_nothing), -EBADF);
            TRUE(!memcmp(&in, &out, sizeof in));
        }
    }
}

CASE(vector_registers)
{
    if (!__builtin_cpu_supports("avx2"))
        return;
    static long (*const calls[])(long, ...) = { constant, other };
    for (int i = 0; i < 2 * AGAIN; i++) {
        __m256i given[16], got[16];
        for (int r = 0; r < 16; r++)
            given[r] = _mm256_set1_epi32(0x1000 * i + r);
        __asm__ volatile(
            "vmovdqu 0(%1), %%ymm0\nvmovdqu 32(%1), %%ymm1\nvmovdqu 224(%1), %%ymm7\nvmovdqu 256(%1), %%ymm8\n"
            "vmovdqu 480(%1), %%ymm15\ncall *%0\n"
            "vmovdqu %%ymm0, 0(%2)\nvmovdqu %%ymm1, 32(%2)\nvmovdqu %%ymm7, 224(%2)\nvmovdqu %%ymm8, 256(%2)\n"
            "vmovdqu %%ymm15, 480(%2)"
            :: "r"(calls[i & 1]), "r"(given), "r"(got)
            : "rax", "rcx", "r11", "memory", "xmm0", "xmm1", "xmm7", "xmm8", "xmm15");
        static const int used[] = { 0, 1, 7, 8, 15 };
        for (int u = 0; u < 5; u++)
            TRUE(!memcmp(&given[used[u]], &got[used[u]], 32));
    }
}
CASE(floating_point_state)
{
    for (int i = 0; i < AGAIN; i++) {
        unsigned mxcsr = 0x1f80 | (i & 3) << 13, got = 0;
        unsigned short control = 0x037f & ~(i & 1), got_control = 0;
        double value = 0;
        __asm__ volatile("ldmxcsr %[mxcsr]\nfninit\nfldcw %[control]\nfldpi\ncall *%[call]\n"
                         "fstpl %[value]\nfnstcw %[got_control]\nstmxcsr %[got]\nfninit"
                         : [value] "=m"(value), [got] "=m"(got), [got_control] "=m"(got_control)
                         : [mxcsr] "m"(mxcsr), [control] "m"(control), [call] "r"(constant)
                         : "rax", "rcx", "r11", "memory");
        unsigned plain = 0x1f80;
        __asm__ volatile("ldmxcsr %0" :: "m"(plain));
        EQ(got, mxcsr);
        EQ(got_control, control);
        TRUE(value > 3.14159 && value < 3.1416);
    }
}

// As a goroutine: a stack that ends a little below.
CASE(a_small_stack)
{
    char *pages = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    mprotect(pages, 4096, PROT_NONE);
    char *top = pages + 4096 + 256;
    for (int i = 0; i < 2 * AGAIN; i++) {
        memset(pages + 4096, 0x5a, 4096);
        long result, number = SYS_getpid;
        __asm__ volatile("mov %%rsp, %%rbx\nmov %[top], %%rsp\ncall *%[call]\nmov %%rbx, %%rsp"
                         : "=a"(result)
                         : [top] "r"(top), [call] "r"(i & 1 ? constant : other), "D"(number)
                         : "rbx", "rcx", "r11", "memory");
        EQ(result, i & 1 ? getpid() : getppid());
        // Nothing but the call's own return address was written.
        for (int b = 0; b < 4096; b++)
            if (b < 248 || b >= 256)
                EQ((unsigned char)pages[4096 + b], 0x5a);
    }
}
