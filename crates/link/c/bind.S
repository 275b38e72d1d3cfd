/* Functions of the C library that are one system call: in a program whose names are bound to these (`trapless run
 * --bind-libc`, or a link with -ltrapless-libc), they are linked calls.
 *
 * Which ones: docs/decisions/0004-linked-calls.md. Whatever does more in glibc than make the call and set errno
 * stays glibc's. */
#include "link.h"

	.text

/* Weak: in a static program the C library's own file may be needed for other reasons, and then has the name. */
.macro begin name
	.weak \name
	.type \name, @function
	.balign 16
\name:
	.cfi_startproc
	endbr64
.endm

.macro finish name
	.cfi_endproc
	.size \name, . - \name
.endm

/* Arguments from where functions have them to where calls do. */
.macro fourth args
	.if \args > 3
	mov %rcx, %r10
	.endif
.endm

.macro call number
	mov $\number, %eax
	cmpb $0, tl_here(%rip)
	je 1f
	lea 2f(%rip), %rcx
	jmp *%gs:TL_ENTRY_FIRST + 8 * \number
1:	syscall
2:	cmp $-4095, %rax
	jae fail
	ret
.endm

fail:	.cfi_startproc
	mov %rax, %rdi
	jmp tl_fail_
	.cfi_endproc

/* The call of that name alone. */
.macro bare name, args, number
	begin \name
	fourth \args
	call \number
	finish \name
.endm

#ifndef TL_BARE_ONLY

/* A cancellation point (pthreads(7)) acts as one as soon as there is another thread that could cancel this one: then
 * it is glibc's own function. */
	.weak __libc_single_threaded
.macro unless_alone own
	.weak \own
	mov __libc_single_threaded@GOTPCREL(%rip), %rax
	test %rax, %rax
	je 3f
	cmpb $0, (%rax)
	jne 4f
3:	mov \own@GOTPCREL(%rip), %rax
	test %rax, %rax
	je 4f
	jmp *%rax
4:
.endm

.macro point name, own, args, number
	begin \name
	unless_alone \own
	fourth \args
	call \number
	finish \name
.endm

/* The path is relative to the working directory: AT_FDCWD. */
.macro open_at_working_directory name, own
	begin \name
	unless_alone \own
	mov %rdx, %r10
	mov %rsi, %rdx
	mov %rdi, %rsi
	mov $-100, %edi
	call TL_NR_openat
	finish \name
.endm

point read, __read, 3, TL_NR_read
point write, __write, 3, TL_NR_write
point close, __close, 1, TL_NR_close
point pread, __pread64, 4, TL_NR_pread64
point pread64, __pread64, 4, TL_NR_pread64
point pwrite, __pwrite64, 4, TL_NR_pwrite64
point pwrite64, __pwrite64, 4, TL_NR_pwrite64
point poll, __poll, 3, TL_NR_poll
point connect, __connect, 3, TL_NR_connect
open_at_working_directory open, __open
open_at_working_directory open64, __open64

	begin send
	unless_alone __send
	mov %rcx, %r10
	xor %r8d, %r8d
	xor %r9d, %r9d
	call TL_NR_sendto
	finish send

	begin waitpid
	unless_alone __waitpid
	xor %r10d, %r10d
	call TL_NR_wait4
	finish waitpid

#endif

/* Numbers of processes, threads, users. */
bare getpid, 0, TL_NR_getpid
bare gettid, 0, TL_NR_gettid
bare getppid, 0, TL_NR_getppid
bare getuid, 0, TL_NR_getuid
bare geteuid, 0, TL_NR_geteuid
bare getgid, 0, TL_NR_getgid
bare getegid, 0, TL_NR_getegid
bare getresuid, 3, TL_NR_getresuid
bare getresgid, 3, TL_NR_getresgid
bare getgroups, 2, TL_NR_getgroups
bare getpgid, 1, TL_NR_getpgid
bare getpgrp, 0, TL_NR_getpgrp
bare setpgid, 2, TL_NR_setpgid
bare getsid, 1, TL_NR_getsid
bare setsid, 0, TL_NR_setsid
bare kill, 2, TL_NR_kill
bare sigaltstack, 2, TL_NR_sigaltstack
bare sched_yield, 0, TL_NR_sched_yield
bare getrusage, 2, TL_NR_getrusage
bare uname, 1, TL_NR_uname
bare sysinfo, 1, TL_NR_sysinfo

/* Memory. */
bare mmap, 6, TL_NR_mmap
bare mmap64, 6, TL_NR_mmap
bare munmap, 2, TL_NR_munmap
bare mprotect, 3, TL_NR_mprotect
bare madvise, 3, TL_NR_madvise
bare mincore, 3, TL_NR_mincore
bare mlock, 2, TL_NR_mlock
bare munlock, 2, TL_NR_munlock

/* Descriptors. */
bare lseek, 3, TL_NR_lseek
bare lseek64, 3, TL_NR_lseek
bare dup, 1, TL_NR_dup
bare dup2, 2, TL_NR_dup2
bare dup3, 3, TL_NR_dup3
bare pipe, 1, TL_NR_pipe
bare pipe2, 2, TL_NR_pipe2
bare ioctl, 3, TL_NR_ioctl
bare flock, 2, TL_NR_flock
bare ftruncate, 2, TL_NR_ftruncate
bare ftruncate64, 2, TL_NR_ftruncate
bare getdents64, 3, TL_NR_getdents64
bare sendfile, 4, TL_NR_sendfile
bare sendfile64, 4, TL_NR_sendfile
bare epoll_create1, 1, TL_NR_epoll_create1
bare epoll_ctl, 4, TL_NR_epoll_ctl
bare eventfd, 2, TL_NR_eventfd2
bare timerfd_create, 2, TL_NR_timerfd_create
bare timerfd_settime, 4, TL_NR_timerfd_settime
bare timerfd_gettime, 2, TL_NR_timerfd_gettime
bare inotify_init1, 1, TL_NR_inotify_init1
bare inotify_add_watch, 3, TL_NR_inotify_add_watch
bare inotify_rm_watch, 2, TL_NR_inotify_rm_watch
bare memfd_create, 2, TL_NR_memfd_create

/* Names. */
bare access, 2, TL_NR_access
bare chdir, 1, TL_NR_chdir
bare fchdir, 1, TL_NR_fchdir
bare mkdir, 2, TL_NR_mkdir
bare mkdirat, 3, TL_NR_mkdirat
bare rmdir, 1, TL_NR_rmdir
bare unlink, 1, TL_NR_unlink
bare unlinkat, 3, TL_NR_unlinkat
bare rename, 2, TL_NR_rename
bare renameat, 4, TL_NR_renameat
bare link, 2, TL_NR_link
bare linkat, 5, TL_NR_linkat
bare symlink, 2, TL_NR_symlink
bare symlinkat, 3, TL_NR_symlinkat
bare readlink, 3, TL_NR_readlink
bare readlinkat, 4, TL_NR_readlinkat
bare chmod, 2, TL_NR_chmod
bare fchmod, 2, TL_NR_fchmod
bare chown, 3, TL_NR_chown
bare fchown, 3, TL_NR_fchown
bare lchown, 3, TL_NR_lchown
bare fchownat, 5, TL_NR_fchownat
bare umask, 1, TL_NR_umask
bare truncate, 2, TL_NR_truncate
bare truncate64, 2, TL_NR_truncate
bare stat, 2, TL_NR_stat
bare stat64, 2, TL_NR_stat
bare lstat, 2, TL_NR_lstat
bare lstat64, 2, TL_NR_lstat
bare fstat, 2, TL_NR_fstat
bare fstat64, 2, TL_NR_fstat
bare fstatat, 4, TL_NR_newfstatat
bare fstatat64, 4, TL_NR_newfstatat
bare statfs, 2, TL_NR_statfs
bare statfs64, 2, TL_NR_statfs
bare fstatfs, 2, TL_NR_fstatfs
bare fstatfs64, 2, TL_NR_fstatfs

/* Sockets. */
bare socket, 3, TL_NR_socket
bare socketpair, 4, TL_NR_socketpair
bare bind, 3, TL_NR_bind
bare listen, 2, TL_NR_listen
bare getsockname, 3, TL_NR_getsockname
bare getpeername, 3, TL_NR_getpeername
bare setsockopt, 5, TL_NR_setsockopt
bare getsockopt, 5, TL_NR_getsockopt
bare shutdown, 2, TL_NR_shutdown

	.section .note.GNU-stack, "", @progbits
