/* Calls by a number that is known only when they are made, as syscall(2). */
#include "link.h"

	.text

/* RAX: the number. RDI and so on: the arguments, where functions have them one place further. */
.macro arguments
	mov %rdi, %rax
	mov %rsi, %rdi
	mov %rdx, %rsi
	mov %rcx, %rdx
	mov %r8, %r10
	mov %r9, %r8
	mov 8(%rsp), %r9
.endm

/* The kernel takes the low half of RAX as the number. */
.macro call
	cmpb $0, tl_here(%rip)
	je 1f
	lea 2f(%rip), %rcx
	mov %eax, %r11d
	cmp $TL_ENTRY_COUNT, %r11d
	jae 3f
	jmp *%gs:TL_ENTRY_FIRST(,%r11,8)
3:	jmp *%gs:TL_ENTRY_ANY
1:	syscall
2:
.endm

.macro function name
	.globl \name
	.type \name, @function
	.balign 32
\name:
	.cfi_startproc
	endbr64
.endm

.macro end name
	.cfi_endproc
	.size \name, . - \name
.endm

function tl_syscall_raw
	arguments
	call
	ret
end tl_syscall_raw

function tl_syscall
	arguments
	call
	cmp $-4095, %rax
	jae 4f
	ret
4:	mov %rax, %rdi
	jmp tl_fail_
end tl_syscall

	.section .note.GNU-stack, "", @progbits
