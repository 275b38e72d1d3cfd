/* Calls of Linux that the kernel does not have. In a world they fail with ENOSYS without a call; elsewhere they are
 * Linux's. All are weak, so that a program may have its own. */
#include "link.h"

#define MISSING (-38)

	.text

.macro stub name, number
	.weak tl_\name\()_raw
	.type tl_\name\()_raw, @function
tl_\name\()_raw:
	endbr64
	mov $\number, %eax
	jmp raw
	.size tl_\name\()_raw, . - tl_\name\()_raw
	.weak tl_\name
	.type tl_\name, @function
tl_\name:
	endbr64
	mov $\number, %eax
	jmp with_errno
	.size tl_\name, . - tl_\name
.endm

raw:	cmpb $0, tl_here(%rip)
	jne 1f
	mov %rcx, %r10
	syscall
	ret
1:	mov $MISSING, %rax
	ret

with_errno:
	cmpb $0, tl_here(%rip)
	jne 1f
	mov %rcx, %r10
	syscall
	cmp $-4095, %rax
	jae 2f
	ret
1:	mov $MISSING, %rax
2:	mov %rax, %rdi
	jmp tl_fail_

#include "stubs.inc"

	.section .note.GNU-stack, "", @progbits
