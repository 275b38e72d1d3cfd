// What the kernel gives at the first instruction, and what a system call keeps.
// build: bare
// run: one a
// run: none
// run: many a b c d e f g h i j k l m n o p
        .intel_syntax noprefix
        .globl _start
        .bss
        .balign 16
regs:   .skip 256
buf:    .skip 64
        .text
// Prints a line when the zero flag does not hold.
.macro expect_equal what
        je      9f
        lea     rsi, [rip + 8f]
        mov     edx, offset 7f - 8f
        call    print
        jmp     9f
8:      .ascii  "\what\n"
7:
9:
.endm
print:  mov     eax, 1
        mov     edi, 1
        syscall
        ret
_start:
        mov     [regs + 0], rax
        mov     [regs + 8], rbx
        mov     [regs + 16], rcx
        mov     [regs + 24], rdx
        mov     [regs + 32], rsi
        mov     [regs + 40], rdi
        mov     [regs + 48], rbp
        mov     [regs + 56], r8
        mov     [regs + 64], r9
        mov     [regs + 72], r10
        mov     [regs + 80], r11
        mov     [regs + 88], r12
        mov     [regs + 96], r13
        mov     [regs + 104], r14
        mov     [regs + 112], r15
        mov     [regs + 120], rsp
        pushfq
        pop     qword ptr [regs + 128]
        stmxcsr [regs + 136]
        fnstcw  [regs + 140]
        vmovdqu ymmword ptr [regs + 144], ymm0
        vmovdqu ymmword ptr [regs + 176], ymm15
        mov     ax, ds
        mov     [regs + 208], ax
        mov     ax, fs
        mov     [regs + 210], ax
        mov     ax, cs
        mov     [regs + 212], ax
        mov     ax, ss
        mov     [regs + 214], ax

// All general registers are zero.
        xor     ecx, ecx
1:      cmp     qword ptr [regs + rcx * 8], 0
        jne     2f
        inc     ecx
        cmp     ecx, 15
        jne     1b
2:      cmp     ecx, 15
        expect_equal "a register is not zero at entry"
// The stack is aligned and begins with argc.
        mov     rbx, [regs + 120]
        test    rbx, 15
        expect_equal "the stack is not aligned to 16"
        mov     rax, [rbx]
        cmp     qword ptr [rbx + rax * 8 + 8], 0
        expect_equal "no null after the arguments"
        mov     rax, [regs + 128]
        and     eax, 0x4d5
        expect_equal "flags are not clear"
        cmp     dword ptr [regs + 136], 0x1f80
        expect_equal "mxcsr is not 0x1f80"
        cmp     word ptr [regs + 140], 0x37f
        expect_equal "x87 control word is not 0x37f"
        mov     rax, [regs + 144]
        or      rax, [regs + 152]
        or      rax, [regs + 160]
        or      rax, [regs + 168]
        or      rax, [regs + 176]
        or      rax, [regs + 200]
        expect_equal "a vector register is not zero"
        cmp     dword ptr [regs + 208], 0
        expect_equal "ds or fs is not zero"
        cmp     dword ptr [regs + 212], 0x2b0033
        expect_equal "cs or ss is not that of a 64-bit program"
// argc is the exit status.
        mov     rdi, [rbx]
        mov     eax, 231
        syscall
        hlt
