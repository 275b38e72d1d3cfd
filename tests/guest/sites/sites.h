// System call sites in assembly, and how to call them.
//
// A site traps when it is first executed and may be a jump afterwards: each is executed several times.
#include "../tap.h"

#define AGAIN 5

// A function with unwinding information: where it begins is known.
#define KNOWN(name, body)                                                    \
    __asm__(".pushsection .text\n.balign 16\n.globl " #name "\n.type " #name \
            ", @function\n" #name ":\n.cfi_startproc\n" body                 \
            "\n.cfi_endproc\n.size " #name ", . - " #name "\n.popsection");  \
    long name(long number, ...)

// Code of which nothing is known but that it is executed.
#define UNKNOWN(name, body)                                                  \
    __asm__(".pushsection .text\n.balign 16\n.globl " #name "\n" #name       \
            ":\n" body "\n.balign 16\n.popsection");                         \
    long name(long number, ...)

// Arguments of a function become those of a system call: the number comes first.
#define TAKE "mov %rdi, %rax\nmov %rsi, %rdi\nmov %rdx, %rsi\nmov %rcx, %rdx\n"

// A place inside of such code.
#define LABEL(name) ".globl " #name "\n" #name ":\n"
