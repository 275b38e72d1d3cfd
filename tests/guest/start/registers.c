// What a system call keeps of the processor's state: all but rax, rcx, r11.
// build: static dynamic
// flags: -mavx2
#include "tap.h"
#include <immintrin.h>

struct registers {
    uint64_t rax, rbx, rcx, rdx, rsi, rdi, rbp, r8, r9, r10, r11, r12, r13, r14, r15, rsp, flags;
};

// Does the call with all registers loaded from `in`; stores them to `out`; gives the address
// after the syscall instruction.
uint64_t probe(const struct registers *in, struct registers *out);
__asm__(".intel_syntax noprefix\n"
        ".globl probe\n"
        "probe:\n"
        "push rbx; push rbp; push r12; push r13; push r14; push r15; push rsi; push rdi\n"
        "mov rax, [rdi]; mov rbx, [rdi+8]; mov rcx, [rdi+16]; mov rdx, [rdi+24]\n"
        "mov rsi, [rdi+32]; mov rbp, [rdi+48]; mov r8, [rdi+56]; mov r9, [rdi+64]\n"
        "mov r10, [rdi+72]; mov r11, [rdi+80]; mov r12, [rdi+88]; mov r13, [rdi+96]\n"
        "mov r14, [rdi+104]; mov r15, [rdi+112]; push qword ptr [rdi+128]; popfq\n"
        "mov rdi, [rdi+40]\n"
        "syscall\n"
        "probe_after:\n"
        "push rax; pushfq\n"              // [rsp]=flags [8]=rax [16]=in [24]=out
        "mov rax, [rsp+24]; cld\n"
        "mov [rax+8], rbx; mov [rax+16], rcx; mov [rax+24], rdx; mov [rax+32], rsi\n"
        "mov [rax+40], rdi; mov [rax+48], rbp; mov [rax+56], r8; mov [rax+64], r9\n"
        "mov [rax+72], r10; mov [rax+80], r11; mov [rax+88], r12; mov [rax+96], r13\n"
        "mov [rax+104], r14; mov [rax+112], r15\n"
        "pop qword ptr [rax+128]; pop rcx; mov [rax], rcx; mov [rax+120], rsp\n"
        "pop rdi; pop rsi; pop r15; pop r14; pop r13; pop r12; pop rbp; pop rbx\n"
        "lea rax, [rip + probe_after]\n"
        "ret\n"
        ".att_syntax\n");

static struct registers filled(uint64_t number)
{
    struct registers in;
    for (size_t i = 0; i < sizeof in / 8; i++)
        ((uint64_t *)&in)[i] = 0x1111111111111111ull * (i + 1) ^ 0xabcdef0012345678ull;
    in.rax = number;
    in.flags = 0x246;
    return in;
}

// Everything but rax, rcx and r11 comes back; rcx and r11 are what the instruction leaves.
static void check_kept(const struct registers *in, const struct registers *out, uint64_t after)
{
    struct registers want = *in;
    want.rax = out->rax;
    want.rcx = after;
    want.r11 = in->flags;
    want.rsp = out->rsp;
    for (size_t i = 0; i < sizeof want / 8; i++)
        if (((uint64_t *)&want)[i] != ((uint64_t *)out)[i])
            tap_fail("register %zu: got %#llx want %#llx", i,
                     (unsigned long long)((uint64_t *)out)[i],
                     (unsigned long long)((uint64_t *)&want)[i]);
}

CASE(getpid_keeps_registers)
{
    struct registers in = filled(SYS_getpid), out;
    uint64_t after = probe(&in, &out);
    EQ(out.rax, getpid());
    check_kept(&in, &out, after);
}
CASE(again_after_many_calls)
{
    // A site that has been called often may have been patched meanwhile.
    for (int i = 0; i < 1000; i++) {
        struct registers in = filled(SYS_getppid), out;
        uint64_t after = probe(&in, &out);
        check_kept(&in, &out, after);
        STOP_IF_FAILED();
    }
}
CASE(failing_call_keeps_registers)
{
    struct registers in = filled(SYS_close), out;
    in.rdi = (uint64_t)-1;
    uint64_t after = probe(&in, &out);
    EQ(out.rax, -EBADF);
    check_kept(&in, &out, after);
}
CASE(unknown_call_keeps_registers)
{
    struct registers in = filled(100000), out;
    uint64_t after = probe(&in, &out);
    EQ(out.rax, -ENOSYS);
    check_kept(&in, &out, after);
}
CASE(bad_pointer_keeps_registers)
{
    struct registers in = filled(SYS_uname), out;
    in.rdi = 8;
    uint64_t after = probe(&in, &out);
    EQ(out.rax, -EFAULT);
    check_kept(&in, &out, after);
}
CASE(reading_call_keeps_registers)
{
    char text[8];
    struct registers in = filled(SYS_read), out;
    in.rdi = (uint64_t)open("/dev/zero", O_RDONLY);
    in.rsi = (uint64_t)text;
    in.rdx = 8;
    uint64_t after = probe(&in, &out);
    EQ(out.rax, 8);
    check_kept(&in, &out, after);
}
CASE(sleeping_call_keeps_registers)
{
    struct { long s, ns; } time = { 0, 1000000 };
    struct registers in = filled(SYS_nanosleep), out;
    in.rdi = (uint64_t)&time;
    in.rsi = 0;
    uint64_t after = probe(&in, &out);
    EQ(out.rax, 0);
    check_kept(&in, &out, after);
}
CASE(direction_flag_is_kept)
{
    struct registers in = filled(SYS_gettid), out;
    in.flags = 0x646;
    uint64_t after = probe(&in, &out);
    EQ(out.rax, getpid());
    check_kept(&in, &out, after);
}
CASE(status_flags_are_kept)
{
    for (int i = 0; i < 2; i++) {
        struct registers in = filled(SYS_getuid), out;
        in.flags = i ? 0xad7 : 0x202; // all of OF SF ZF AF PF CF, then none
        uint64_t after = probe(&in, &out);
        check_kept(&in, &out, after);
        STOP_IF_FAILED();
    }
}
CASE(alignment_flag_is_kept)
{
    struct registers in = filled(SYS_getuid), out;
    in.flags = 0x40246;
    struct registers copy = in;
    uint64_t after = probe(&copy, &out);
    __asm__ volatile("pushfq; andl $~0x40000, (%%rsp); popfq" ::: "memory", "cc");
    check_kept(&in, &out, after);
}
CASE(number_is_the_low_half_of_rax)
{
    struct registers in = filled(SYS_getpid | 0xdeadbeef00000000ull), out;
    probe(&in, &out);
    EQ(out.rax, getpid());
}
CASE(numbers_beyond_the_table_are_enosys)
{
    static const uint64_t numbers[] = { 600,        1023,       1024,       4096, 100000, 1000000000,
                                        0x7fffffff, 0xffffffff, 0x80000000, -1ull, -39ull };
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        struct registers in = filled(numbers[i]), out;
        uint64_t after = probe(&in, &out);
        EQ(out.rax, -ENOSYS);
        check_kept(&in, &out, after);
        STOP_IF_FAILED();
    }
}
CASE(calls_that_linux_dropped_are_enosys)
{
    // afs_syscall, tuxcall, security, vserver, create_module, getpmsg, uselib, _sysctl, epoll_ctl_old
    static const int numbers[] = { 183, 184, 185, 236, 174, 181, 156, 214, 215, 180, 177, 178 };
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        IS(syscall(numbers[i], 0, 0, 0, 0, 0, 0), -ENOSYS);
}
CASE(int_arguments_ignore_the_upper_half)
{
    char text[4];
    int fd = open("/dev/zero", O_RDONLY);
    IS(syscall(SYS_read, fd | 0x5500000000ul, text, 4), 4);
    IS(syscall(SYS_close, fd | 0x5500000000ul), 0);
}
CASE(mxcsr_and_x87_control_are_kept)
{
    uint32_t mxcsr = 0x7f80, got;
    uint16_t control = 0x27f, got_control;
    __asm__ volatile("ldmxcsr %0; fldcw %1" ::"m"(mxcsr), "m"(control));
    for (int i = 0; i < 10; i++) {
        syscall(SYS_getpid);
        syscall(SYS_sched_yield);
        getppid();
    }
    __asm__ volatile("stmxcsr %0; fnstcw %1" : "=m"(got), "=m"(got_control));
    uint32_t usual = 0x1f80;
    uint16_t usual_control = 0x37f;
    __asm__ volatile("ldmxcsr %0; fldcw %1" ::"m"(usual), "m"(usual_control));
    EQ(got, mxcsr);
    EQ(got_control, control);
}
CASE(vector_registers_are_kept)
{
    for (int turn = 0; turn < 20; turn++) {
        uint64_t in[8], out[8] __attribute__((aligned(32)));
        for (int i = 0; i < 8; i++)
            in[i] = 0x0123456789abcdefull * (unsigned)(i + turn + 1);
        long number = turn % 2 ? SYS_sched_yield : SYS_getpid, result;
        __asm__ volatile("vmovdqu (%2), %%ymm0; vmovdqu 32(%2), %%ymm15; syscall;"
                         "vmovdqu %%ymm0, (%3); vmovdqu %%ymm15, 32(%3); vzeroupper"
                         : "=a"(result)
                         : "a"(number), "r"(in), "r"(out)
                         : "rcx", "r11", "memory", "xmm0", "xmm15");
        TRUE(memcmp(in, out, sizeof in) == 0);
    }
}
CASE(red_zone_is_kept)
{
    for (int turn = 0; turn < 20; turn++) {
        uint64_t bad;
        long number = turn % 2 ? SYS_sched_yield : SYS_getpid;
        __asm__ volatile("movq $0x5a5a5a5a, -8(%%rsp); movq $0x6b6b6b6b, -128(%%rsp);"
                         "syscall;"
                         "movq -8(%%rsp), %%rdx; xorq $0x5a5a5a5a, %%rdx;"
                         "movq -128(%%rsp), %%rcx; xorq $0x6b6b6b6b, %%rcx; orq %%rcx, %%rdx"
                         : "=d"(bad), "+a"(number)
                         :
                         : "rcx", "r11", "memory");
        EQ(bad, 0);
    }
}
CASE(stack_pointer_may_be_anywhere)
{
    // A call does not touch the program's stack, so it may point at nothing.
    long result;
    __asm__ volatile("movq %%rsp, %%r12; movq $16, %%rsp; syscall; movq %%r12, %%rsp"
                     : "=a"(result)
                     : "a"(SYS_getpid)
                     : "rcx", "r11", "r12", "memory");
    EQ(result, getpid());
}
CASE(fs_base_is_kept_and_set)
{
    uint64_t base, other[8] = { 0 };
    IS(syscall(SYS_arch_prctl, 0x1003, &base), 0);
    uint64_t seen;
    __asm__ volatile("movq %%fs:0, %0" : "=r"(seen));
    EQ(seen, base);
    IS(syscall(SYS_arch_prctl, 0x1003, 8), -EFAULT);
    IS(syscall(SYS_arch_prctl, 0x9999, &base), -EINVAL);
    IS(syscall(SYS_arch_prctl, 0x1002, 0x800000000000ul), -EPERM);
    other[0] = 0x77;
    long result;
    __asm__ volatile("syscall; movq %%fs:0, %%rbx; movq %4, %%rsi; movl $158, %%eax; syscall"
                     : "=a"(result), "=&b"(seen)
                     : "a"(SYS_arch_prctl), "D"(0x1002), "r"(base), "S"(other)
                     : "rcx", "r11", "memory");
    EQ(seen, 0x77);
    EQ(result, 0);
}
