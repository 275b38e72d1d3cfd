/* Made from the kernel's one list by `cargo xtask syscalls`; do not edit. Included by trapless.h. */

/* Where the kernel's entries lie, relative to the base of GS: for any number, and for each. */
#define TL_ENTRY_ANY 72
#define TL_ENTRY_FIRST 80
#define TL_ENTRY_COUNT 512

#define TL_NR_accept 43
#define TL_NR_accept4 288
#define TL_NR_access 21
#define TL_NR_acct 163
#define TL_NR_add_key 248
#define TL_NR_adjtimex 159
#define TL_NR_alarm 37
#define TL_NR_arch_prctl 158
#define TL_NR_bind 49
#define TL_NR_bpf 321
#define TL_NR_brk 12
#define TL_NR_cachestat 451
#define TL_NR_capget 125
#define TL_NR_capset 126
#define TL_NR_chdir 80
#define TL_NR_chmod 90
#define TL_NR_chown 92
#define TL_NR_chroot 161
#define TL_NR_clock_adjtime 305
#define TL_NR_clock_getres 229
#define TL_NR_clock_gettime 228
#define TL_NR_clock_nanosleep 230
#define TL_NR_clock_settime 227
#define TL_NR_clone 56
#define TL_NR_clone3 435
#define TL_NR_close 3
#define TL_NR_close_range 436
#define TL_NR_connect 42
#define TL_NR_copy_file_range 326
#define TL_NR_creat 85
#define TL_NR_delete_module 176
#define TL_NR_dup 32
#define TL_NR_dup2 33
#define TL_NR_dup3 292
#define TL_NR_epoll_create 213
#define TL_NR_epoll_create1 291
#define TL_NR_epoll_ctl 233
#define TL_NR_epoll_pwait 281
#define TL_NR_epoll_pwait2 441
#define TL_NR_epoll_wait 232
#define TL_NR_eventfd 284
#define TL_NR_eventfd2 290
#define TL_NR_execve 59
#define TL_NR_execveat 322
#define TL_NR_exit 60
#define TL_NR_exit_group 231
#define TL_NR_faccessat 269
#define TL_NR_faccessat2 439
#define TL_NR_fadvise64 221
#define TL_NR_fallocate 285
#define TL_NR_fanotify_init 300
#define TL_NR_fanotify_mark 301
#define TL_NR_fchdir 81
#define TL_NR_fchmod 91
#define TL_NR_fchmodat 268
#define TL_NR_fchmodat2 452
#define TL_NR_fchown 93
#define TL_NR_fchownat 260
#define TL_NR_fcntl 72
#define TL_NR_fdatasync 75
#define TL_NR_fgetxattr 193
#define TL_NR_file_getattr 468
#define TL_NR_file_setattr 469
#define TL_NR_finit_module 313
#define TL_NR_flistxattr 196
#define TL_NR_flock 73
#define TL_NR_fork 57
#define TL_NR_fremovexattr 199
#define TL_NR_fsconfig 431
#define TL_NR_fsetxattr 190
#define TL_NR_fsmount 432
#define TL_NR_fsopen 430
#define TL_NR_fspick 433
#define TL_NR_fstat 5
#define TL_NR_fstatfs 138
#define TL_NR_fsync 74
#define TL_NR_ftruncate 77
#define TL_NR_futex 202
#define TL_NR_futex_requeue 456
#define TL_NR_futex_wait 455
#define TL_NR_futex_waitv 449
#define TL_NR_futex_wake 454
#define TL_NR_futimesat 261
#define TL_NR_get_mempolicy 239
#define TL_NR_get_robust_list 274
#define TL_NR_get_thread_area 211
#define TL_NR_getcpu 309
#define TL_NR_getcwd 79
#define TL_NR_getdents 78
#define TL_NR_getdents64 217
#define TL_NR_getegid 108
#define TL_NR_geteuid 107
#define TL_NR_getgid 104
#define TL_NR_getgroups 115
#define TL_NR_getitimer 36
#define TL_NR_getpeername 52
#define TL_NR_getpgid 121
#define TL_NR_getpgrp 111
#define TL_NR_getpid 39
#define TL_NR_getppid 110
#define TL_NR_getpriority 140
#define TL_NR_getrandom 318
#define TL_NR_getresgid 120
#define TL_NR_getresuid 118
#define TL_NR_getrlimit 97
#define TL_NR_getrusage 98
#define TL_NR_getsid 124
#define TL_NR_getsockname 51
#define TL_NR_getsockopt 55
#define TL_NR_gettid 186
#define TL_NR_gettimeofday 96
#define TL_NR_getuid 102
#define TL_NR_getxattr 191
#define TL_NR_init_module 175
#define TL_NR_inotify_add_watch 254
#define TL_NR_inotify_init 253
#define TL_NR_inotify_init1 294
#define TL_NR_inotify_rm_watch 255
#define TL_NR_io_cancel 210
#define TL_NR_io_destroy 207
#define TL_NR_io_getevents 208
#define TL_NR_io_pgetevents 333
#define TL_NR_io_setup 206
#define TL_NR_io_submit 209
#define TL_NR_io_uring_enter 426
#define TL_NR_io_uring_register 427
#define TL_NR_io_uring_setup 425
#define TL_NR_ioctl 16
#define TL_NR_ioperm 173
#define TL_NR_iopl 172
#define TL_NR_ioprio_get 252
#define TL_NR_ioprio_set 251
#define TL_NR_kcmp 312
#define TL_NR_kexec_file_load 320
#define TL_NR_kexec_load 246
#define TL_NR_keyctl 250
#define TL_NR_kill 62
#define TL_NR_landlock_add_rule 445
#define TL_NR_landlock_create_ruleset 444
#define TL_NR_landlock_restrict_self 446
#define TL_NR_lchown 94
#define TL_NR_lgetxattr 192
#define TL_NR_link 86
#define TL_NR_linkat 265
#define TL_NR_listen 50
#define TL_NR_listmount 458
#define TL_NR_listxattr 194
#define TL_NR_llistxattr 195
#define TL_NR_lookup_dcookie 212
#define TL_NR_lremovexattr 198
#define TL_NR_lseek 8
#define TL_NR_lsetxattr 189
#define TL_NR_lsm_get_self_attr 459
#define TL_NR_lsm_list_modules 461
#define TL_NR_lsm_set_self_attr 460
#define TL_NR_lstat 6
#define TL_NR_madvise 28
#define TL_NR_map_shadow_stack 453
#define TL_NR_mbind 237
#define TL_NR_membarrier 324
#define TL_NR_memfd_create 319
#define TL_NR_memfd_secret 447
#define TL_NR_migrate_pages 256
#define TL_NR_mincore 27
#define TL_NR_mkdir 83
#define TL_NR_mkdirat 258
#define TL_NR_mknod 133
#define TL_NR_mknodat 259
#define TL_NR_mlock 149
#define TL_NR_mlock2 325
#define TL_NR_mlockall 151
#define TL_NR_mmap 9
#define TL_NR_modify_ldt 154
#define TL_NR_mount 165
#define TL_NR_mount_setattr 442
#define TL_NR_move_mount 429
#define TL_NR_move_pages 279
#define TL_NR_mprotect 10
#define TL_NR_mq_getsetattr 245
#define TL_NR_mq_notify 244
#define TL_NR_mq_open 240
#define TL_NR_mq_timedreceive 243
#define TL_NR_mq_timedsend 242
#define TL_NR_mq_unlink 241
#define TL_NR_mremap 25
#define TL_NR_mseal 462
#define TL_NR_msgctl 71
#define TL_NR_msgget 68
#define TL_NR_msgrcv 70
#define TL_NR_msgsnd 69
#define TL_NR_msync 26
#define TL_NR_munlock 150
#define TL_NR_munlockall 152
#define TL_NR_munmap 11
#define TL_NR_name_to_handle_at 303
#define TL_NR_nanosleep 35
#define TL_NR_newfstatat 262
#define TL_NR_open 2
#define TL_NR_open_by_handle_at 304
#define TL_NR_open_tree 428
#define TL_NR_open_tree_attr 467
#define TL_NR_openat 257
#define TL_NR_openat2 437
#define TL_NR_pause 34
#define TL_NR_perf_event_open 298
#define TL_NR_personality 135
#define TL_NR_pidfd_getfd 438
#define TL_NR_pidfd_open 434
#define TL_NR_pidfd_send_signal 424
#define TL_NR_pipe 22
#define TL_NR_pipe2 293
#define TL_NR_pivot_root 155
#define TL_NR_pkey_alloc 330
#define TL_NR_pkey_free 331
#define TL_NR_pkey_mprotect 329
#define TL_NR_poll 7
#define TL_NR_ppoll 271
#define TL_NR_prctl 157
#define TL_NR_pread64 17
#define TL_NR_preadv 295
#define TL_NR_preadv2 327
#define TL_NR_prlimit64 302
#define TL_NR_process_madvise 440
#define TL_NR_process_mrelease 448
#define TL_NR_process_vm_readv 310
#define TL_NR_process_vm_writev 311
#define TL_NR_pselect6 270
#define TL_NR_ptrace 101
#define TL_NR_pwrite64 18
#define TL_NR_pwritev 296
#define TL_NR_pwritev2 328
#define TL_NR_quotactl 179
#define TL_NR_quotactl_fd 443
#define TL_NR_read 0
#define TL_NR_readahead 187
#define TL_NR_readlink 89
#define TL_NR_readlinkat 267
#define TL_NR_readv 19
#define TL_NR_reboot 169
#define TL_NR_recvfrom 45
#define TL_NR_recvmmsg 299
#define TL_NR_recvmsg 47
#define TL_NR_remap_file_pages 216
#define TL_NR_removexattr 197
#define TL_NR_rename 82
#define TL_NR_renameat 264
#define TL_NR_renameat2 316
#define TL_NR_request_key 249
#define TL_NR_restart_syscall 219
#define TL_NR_rmdir 84
#define TL_NR_rseq 334
#define TL_NR_rt_sigaction 13
#define TL_NR_rt_sigpending 127
#define TL_NR_rt_sigprocmask 14
#define TL_NR_rt_sigqueueinfo 129
#define TL_NR_rt_sigreturn 15
#define TL_NR_rt_sigsuspend 130
#define TL_NR_rt_sigtimedwait 128
#define TL_NR_rt_tgsigqueueinfo 297
#define TL_NR_sched_get_priority_max 146
#define TL_NR_sched_get_priority_min 147
#define TL_NR_sched_getaffinity 204
#define TL_NR_sched_getattr 315
#define TL_NR_sched_getparam 143
#define TL_NR_sched_getscheduler 145
#define TL_NR_sched_rr_get_interval 148
#define TL_NR_sched_setaffinity 203
#define TL_NR_sched_setattr 314
#define TL_NR_sched_setparam 142
#define TL_NR_sched_setscheduler 144
#define TL_NR_sched_yield 24
#define TL_NR_seccomp 317
#define TL_NR_select 23
#define TL_NR_semctl 66
#define TL_NR_semget 64
#define TL_NR_semop 65
#define TL_NR_semtimedop 220
#define TL_NR_sendfile 40
#define TL_NR_sendmmsg 307
#define TL_NR_sendmsg 46
#define TL_NR_sendto 44
#define TL_NR_set_mempolicy 238
#define TL_NR_set_mempolicy_home_node 450
#define TL_NR_set_robust_list 273
#define TL_NR_set_thread_area 205
#define TL_NR_set_tid_address 218
#define TL_NR_setdomainname 171
#define TL_NR_setfsgid 123
#define TL_NR_setfsuid 122
#define TL_NR_setgid 106
#define TL_NR_setgroups 116
#define TL_NR_sethostname 170
#define TL_NR_setitimer 38
#define TL_NR_setns 308
#define TL_NR_setpgid 109
#define TL_NR_setpriority 141
#define TL_NR_setregid 114
#define TL_NR_setresgid 119
#define TL_NR_setresuid 117
#define TL_NR_setreuid 113
#define TL_NR_setrlimit 160
#define TL_NR_setsid 112
#define TL_NR_setsockopt 54
#define TL_NR_settimeofday 164
#define TL_NR_setuid 105
#define TL_NR_setxattr 188
#define TL_NR_shmat 30
#define TL_NR_shmctl 31
#define TL_NR_shmdt 67
#define TL_NR_shmget 29
#define TL_NR_shutdown 48
#define TL_NR_sigaltstack 131
#define TL_NR_signalfd 282
#define TL_NR_signalfd4 289
#define TL_NR_socket 41
#define TL_NR_socketpair 53
#define TL_NR_splice 275
#define TL_NR_stat 4
#define TL_NR_statfs 137
#define TL_NR_statmount 457
#define TL_NR_statx 332
#define TL_NR_swapoff 168
#define TL_NR_swapon 167
#define TL_NR_symlink 88
#define TL_NR_symlinkat 266
#define TL_NR_sync 162
#define TL_NR_sync_file_range 277
#define TL_NR_syncfs 306
#define TL_NR_sysfs 139
#define TL_NR_sysinfo 99
#define TL_NR_syslog 103
#define TL_NR_tee 276
#define TL_NR_tgkill 234
#define TL_NR_time 201
#define TL_NR_timer_create 222
#define TL_NR_timer_delete 226
#define TL_NR_timer_getoverrun 225
#define TL_NR_timer_gettime 224
#define TL_NR_timer_settime 223
#define TL_NR_timerfd_create 283
#define TL_NR_timerfd_gettime 287
#define TL_NR_timerfd_settime 286
#define TL_NR_times 100
#define TL_NR_tkill 200
#define TL_NR_truncate 76
#define TL_NR_umask 95
#define TL_NR_umount2 166
#define TL_NR_uname 63
#define TL_NR_unlink 87
#define TL_NR_unlinkat 263
#define TL_NR_unshare 272
#define TL_NR_uselib 134
#define TL_NR_userfaultfd 323
#define TL_NR_ustat 136
#define TL_NR_utime 132
#define TL_NR_utimensat 280
#define TL_NR_utimes 235
#define TL_NR_vfork 58
#define TL_NR_vhangup 153
#define TL_NR_vmsplice 278
#define TL_NR_wait4 61
#define TL_NR_waitid 247
#define TL_NR_write 1
#define TL_NR_writev 20

#ifndef __ASSEMBLER__

/* Takes a connection. See accept(2). */
TL_INLINE_ long tl_accept_raw(int fd, const void *address, const void *length)
{
	return TL_CALL3_(43, fd, address, length);
}
TL_INLINE_ long tl_accept(int fd, const void *address, const void *length)
{
	return tl_result(tl_accept_raw(fd, address, length));
}

/* Takes a connection, with flags. See accept4(2). */
TL_INLINE_ long tl_accept4_raw(int fd, const void *address, const void *length, unsigned int flags)
{
	return TL_CALL4_(288, fd, address, length, flags);
}
TL_INLINE_ long tl_accept4(int fd, const void *address, const void *length, unsigned int flags)
{
	return tl_result(tl_accept4_raw(fd, address, length, flags));
}

/* Tells whether a file may be used. See access(2). */
TL_INLINE_ long tl_access_raw(const char *name, unsigned int mode)
{
	return TL_CALL2_(21, name, mode);
}
TL_INLINE_ long tl_access(const char *name, unsigned int mode)
{
	return tl_result(tl_access_raw(name, mode));
}

/* Writes process accounting. See acct(2). */
TL_INLINE_ long tl_acct_raw(void)
{
	return TL_CALL0_(163);
}
TL_INLINE_ long tl_acct(void)
{
	return tl_result(tl_acct_raw());
}

/* Adds a key. See add_key(2). */
TL_INLINE_ long tl_add_key_raw(void)
{
	return TL_CALL0_(248);
}
TL_INLINE_ long tl_add_key(void)
{
	return tl_result(tl_add_key_raw());
}

/* Tells how the clock is disciplined. See adjtimex(2). */
TL_INLINE_ long tl_adjtimex_raw(const void *buffer)
{
	return TL_CALL1_(159, buffer);
}
TL_INLINE_ long tl_adjtimex(const void *buffer)
{
	return tl_result(tl_adjtimex_raw(buffer));
}

/* Sends SIGALRM after some seconds. See alarm(2). */
TL_INLINE_ long tl_alarm_raw(unsigned int seconds)
{
	return TL_CALL1_(37, seconds);
}
TL_INLINE_ long tl_alarm(unsigned int seconds)
{
	return tl_result(tl_alarm_raw(seconds));
}

/* Sets the thread pointer. See arch_prctl(2). */
TL_INLINE_ long tl_arch_prctl_raw(int code, const void *address)
{
	return TL_CALL2_(158, code, address);
}
TL_INLINE_ long tl_arch_prctl(int code, const void *address)
{
	return tl_result(tl_arch_prctl_raw(code, address));
}

/* Gives a socket a name. See bind(2). */
TL_INLINE_ long tl_bind_raw(int fd, const void *address, int length)
{
	return TL_CALL3_(49, fd, address, length);
}
TL_INLINE_ long tl_bind(int fd, const void *address, int length)
{
	return tl_result(tl_bind_raw(fd, address, length));
}

/* Runs programs in the kernel. See bpf(2). */
TL_INLINE_ long tl_bpf_raw(void)
{
	return TL_CALL0_(321);
}
TL_INLINE_ long tl_bpf(void)
{
	return tl_result(tl_bpf_raw());
}

/* Moves the program break. See brk(2). */
TL_INLINE_ long tl_brk_raw(unsigned long address)
{
	return TL_CALL1_(12, address);
}
TL_INLINE_ long tl_brk(unsigned long address)
{
	return tl_result(tl_brk_raw(address));
}

/* Tells what of a file is cached. See cachestat(2). */
TL_INLINE_ long tl_cachestat_raw(void)
{
	return TL_CALL0_(451);
}
TL_INLINE_ long tl_cachestat(void)
{
	return tl_result(tl_cachestat_raw());
}

/* Gets a thread's capabilities. See capget(2). */
TL_INLINE_ long tl_capget_raw(const void *header, const void *data)
{
	return TL_CALL2_(125, header, data);
}
TL_INLINE_ long tl_capget(const void *header, const void *data)
{
	return tl_result(tl_capget_raw(header, data));
}

/* Sets the thread's capabilities. See capset(2). */
TL_INLINE_ long tl_capset_raw(const void *header, const void *data)
{
	return TL_CALL2_(126, header, data);
}
TL_INLINE_ long tl_capset(const void *header, const void *data)
{
	return tl_result(tl_capset_raw(header, data));
}

/* Changes the working directory. See chdir(2). */
TL_INLINE_ long tl_chdir_raw(const char *name)
{
	return TL_CALL1_(80, name);
}
TL_INLINE_ long tl_chdir(const char *name)
{
	return tl_result(tl_chdir_raw(name));
}

/* Changes permissions. See chmod(2). */
TL_INLINE_ long tl_chmod_raw(const char *name, unsigned int mode)
{
	return TL_CALL2_(90, name, mode);
}
TL_INLINE_ long tl_chmod(const char *name, unsigned int mode)
{
	return tl_result(tl_chmod_raw(name, mode));
}

/* Changes the owner. See chown(2). */
TL_INLINE_ long tl_chown_raw(const char *name, unsigned int uid, unsigned int gid)
{
	return TL_CALL3_(92, name, uid, gid);
}
TL_INLINE_ long tl_chown(const char *name, unsigned int uid, unsigned int gid)
{
	return tl_result(tl_chown_raw(name, uid, gid));
}

/* Changes the root. See chroot(2). */
TL_INLINE_ long tl_chroot_raw(const char *name)
{
	return TL_CALL1_(161, name);
}
TL_INLINE_ long tl_chroot(const char *name)
{
	return tl_result(tl_chroot_raw(name));
}

/* Tells how a clock is disciplined. See clock_adjtime(2). */
TL_INLINE_ long tl_clock_adjtime_raw(int clock, const void *buffer)
{
	return TL_CALL2_(305, clock, buffer);
}
TL_INLINE_ long tl_clock_adjtime(int clock, const void *buffer)
{
	return tl_result(tl_clock_adjtime_raw(clock, buffer));
}

/* Tells how fine a clock is. See clock_getres(2). */
TL_INLINE_ long tl_clock_getres_raw(int clock, const void *resolution)
{
	return TL_CALL2_(229, clock, resolution);
}
TL_INLINE_ long tl_clock_getres(int clock, const void *resolution)
{
	return tl_result(tl_clock_getres_raw(clock, resolution));
}

/* Tells a clock's time. See clock_gettime(2). */
TL_INLINE_ long tl_clock_gettime_raw(int clock, const void *time)
{
	return TL_CALL2_(228, clock, time);
}
TL_INLINE_ long tl_clock_gettime(int clock, const void *time)
{
	return tl_result(tl_clock_gettime_raw(clock, time));
}

/* Sleeps by a clock. See clock_nanosleep(2). */
TL_INLINE_ long tl_clock_nanosleep_raw(int clock, int flags, const void *request, const void *remaining)
{
	return TL_CALL4_(230, clock, flags, request, remaining);
}
TL_INLINE_ long tl_clock_nanosleep(int clock, int flags, const void *request, const void *remaining)
{
	return tl_result(tl_clock_nanosleep_raw(clock, flags, request, remaining));
}

/* Sets this world's time of day. See clock_settime(2). */
TL_INLINE_ long tl_clock_settime_raw(int clock, const void *time)
{
	return TL_CALL2_(227, clock, time);
}
TL_INLINE_ long tl_clock_settime(int clock, const void *time)
{
	return tl_result(tl_clock_settime_raw(clock, time));
}

/* Makes a thread. See clone(2). */
TL_INLINE_ long tl_clone_raw(unsigned long flags, unsigned long stack, const void *parent_tid, const void *child_tid, unsigned long tls)
{
	return TL_CALL5_(56, flags, stack, parent_tid, child_tid, tls);
}
TL_INLINE_ long tl_clone(unsigned long flags, unsigned long stack, const void *parent_tid, const void *child_tid, unsigned long tls)
{
	return tl_result(tl_clone_raw(flags, stack, parent_tid, child_tid, tls));
}

/* Makes a thread. See clone3(2). */
TL_INLINE_ long tl_clone3_raw(const void *arguments, unsigned long size)
{
	return TL_CALL2_(435, arguments, size);
}
TL_INLINE_ long tl_clone3(const void *arguments, unsigned long size)
{
	return tl_result(tl_clone3_raw(arguments, size));
}

/* Closes a descriptor. See close(2). */
TL_INLINE_ long tl_close_raw(int fd)
{
	return TL_CALL1_(3, fd);
}
TL_INLINE_ long tl_close(int fd)
{
	return tl_result(tl_close_raw(fd));
}

/* Closes a range of descriptors. See close_range(2). */
TL_INLINE_ long tl_close_range_raw(unsigned int first, unsigned int last, unsigned int flags)
{
	return TL_CALL3_(436, first, last, flags);
}
TL_INLINE_ long tl_close_range(unsigned int first, unsigned int last, unsigned int flags)
{
	return tl_result(tl_close_range_raw(first, last, flags));
}

/* Connects a socket. See connect(2). */
TL_INLINE_ long tl_connect_raw(int fd, const void *address, int length)
{
	return TL_CALL3_(42, fd, address, length);
}
TL_INLINE_ long tl_connect(int fd, const void *address, int length)
{
	return tl_result(tl_connect_raw(fd, address, length));
}

/* Copies a range of a file to another. See copy_file_range(2). */
TL_INLINE_ long tl_copy_file_range_raw(int input, const void *input_offset, int output, const void *output_offset, unsigned long length, unsigned int flags)
{
	return TL_CALL6_(326, input, input_offset, output, output_offset, length, flags);
}
TL_INLINE_ long tl_copy_file_range(int input, const void *input_offset, int output, const void *output_offset, unsigned long length, unsigned int flags)
{
	return tl_result(tl_copy_file_range_raw(input, input_offset, output, output_offset, length, flags));
}

/* Makes and opens a file. See creat(2). */
TL_INLINE_ long tl_creat_raw(const char *name, unsigned int mode)
{
	return TL_CALL2_(85, name, mode);
}
TL_INLINE_ long tl_creat(const char *name, unsigned int mode)
{
	return tl_result(tl_creat_raw(name, mode));
}

/* Unloads a module. See delete_module(2). */
TL_INLINE_ long tl_delete_module_raw(void)
{
	return TL_CALL0_(176);
}
TL_INLINE_ long tl_delete_module(void)
{
	return tl_result(tl_delete_module_raw());
}

/* Makes another descriptor of an open file. See dup(2). */
TL_INLINE_ long tl_dup_raw(int fd)
{
	return TL_CALL1_(32, fd);
}
TL_INLINE_ long tl_dup(int fd)
{
	return tl_result(tl_dup_raw(fd));
}

/* Makes a chosen descriptor of an open file. See dup2(2). */
TL_INLINE_ long tl_dup2_raw(int old_, int new_)
{
	return TL_CALL2_(33, old_, new_);
}
TL_INLINE_ long tl_dup2(int old_, int new_)
{
	return tl_result(tl_dup2_raw(old_, new_));
}

/* Makes a chosen descriptor of an open file, with flags. See dup3(2). */
TL_INLINE_ long tl_dup3_raw(int old_, int new_, unsigned int flags)
{
	return TL_CALL3_(292, old_, new_, flags);
}
TL_INLINE_ long tl_dup3(int old_, int new_, unsigned int flags)
{
	return tl_result(tl_dup3_raw(old_, new_, flags));
}

/* Makes an epoll instance. See epoll_create(2). */
TL_INLINE_ long tl_epoll_create_raw(int size)
{
	return TL_CALL1_(213, size);
}
TL_INLINE_ long tl_epoll_create(int size)
{
	return tl_result(tl_epoll_create_raw(size));
}

/* Makes an epoll instance, with flags. See epoll_create1(2). */
TL_INLINE_ long tl_epoll_create1_raw(unsigned int flags)
{
	return TL_CALL1_(291, flags);
}
TL_INLINE_ long tl_epoll_create1(unsigned int flags)
{
	return tl_result(tl_epoll_create1_raw(flags));
}

/* Changes what an epoll instance watches. See epoll_ctl(2). */
TL_INLINE_ long tl_epoll_ctl_raw(int epoll, unsigned int operation, int fd, const void *event)
{
	return TL_CALL4_(233, epoll, operation, fd, event);
}
TL_INLINE_ long tl_epoll_ctl(int epoll, unsigned int operation, int fd, const void *event)
{
	return tl_result(tl_epoll_ctl_raw(epoll, operation, fd, event));
}

/* Waits for events of an epoll instance, with a mask. See epoll_pwait(2). */
TL_INLINE_ long tl_epoll_pwait_raw(int epoll, const void *events, int limit, int milliseconds, const void *mask, unsigned long size)
{
	return TL_CALL6_(281, epoll, events, limit, milliseconds, mask, size);
}
TL_INLINE_ long tl_epoll_pwait(int epoll, const void *events, int limit, int milliseconds, const void *mask, unsigned long size)
{
	return tl_result(tl_epoll_pwait_raw(epoll, events, limit, milliseconds, mask, size));
}

/* Waits for events of an epoll instance, with a mask. See epoll_pwait2(2). */
TL_INLINE_ long tl_epoll_pwait2_raw(int epoll, const void *events, int limit, const void *timeout, const void *mask, unsigned long size)
{
	return TL_CALL6_(441, epoll, events, limit, timeout, mask, size);
}
TL_INLINE_ long tl_epoll_pwait2(int epoll, const void *events, int limit, const void *timeout, const void *mask, unsigned long size)
{
	return tl_result(tl_epoll_pwait2_raw(epoll, events, limit, timeout, mask, size));
}

/* Waits for events of an epoll instance. See epoll_wait(2). */
TL_INLINE_ long tl_epoll_wait_raw(int epoll, const void *events, int limit, int milliseconds)
{
	return TL_CALL4_(232, epoll, events, limit, milliseconds);
}
TL_INLINE_ long tl_epoll_wait(int epoll, const void *events, int limit, int milliseconds)
{
	return tl_result(tl_epoll_wait_raw(epoll, events, limit, milliseconds));
}

/* Makes a counter to wait on. See eventfd(2). */
TL_INLINE_ long tl_eventfd_raw(unsigned int count)
{
	return TL_CALL1_(284, count);
}
TL_INLINE_ long tl_eventfd(unsigned int count)
{
	return tl_result(tl_eventfd_raw(count));
}

/* Makes a counter to wait on, with flags. See eventfd(2). */
TL_INLINE_ long tl_eventfd2_raw(unsigned int count, unsigned int flags)
{
	return TL_CALL2_(290, count, flags);
}
TL_INLINE_ long tl_eventfd2(unsigned int count, unsigned int flags)
{
	return tl_result(tl_eventfd2_raw(count, flags));
}

/* Executes a program. See execve(2). */
TL_INLINE_ long tl_execve_raw(const char *path, const void *arguments, const void *environment)
{
	return TL_CALL3_(59, path, arguments, environment);
}
TL_INLINE_ long tl_execve(const char *path, const void *arguments, const void *environment)
{
	return tl_result(tl_execve_raw(path, arguments, environment));
}

/* Executes a program found from a descriptor. See execveat(2). */
TL_INLINE_ long tl_execveat_raw(int directory, const char *path, const void *arguments, const void *environment, unsigned int flags)
{
	return TL_CALL5_(322, directory, path, arguments, environment, flags);
}
TL_INLINE_ long tl_execveat(int directory, const char *path, const void *arguments, const void *environment, unsigned int flags)
{
	return tl_result(tl_execveat_raw(directory, path, arguments, environment, flags));
}

/* Ends the thread. See _exit(2). */
TL_INLINE_ long tl_exit_raw(int status)
{
	return TL_CALL1_(60, status);
}
TL_INLINE_ long tl_exit(int status)
{
	return tl_result(tl_exit_raw(status));
}

/* Ends the process. See exit_group(2). */
TL_INLINE_ long tl_exit_group_raw(int status)
{
	return TL_CALL1_(231, status);
}
TL_INLINE_ long tl_exit_group(int status)
{
	return tl_result(tl_exit_group_raw(status));
}

/* Tells whether a file may be used, from a directory on. See faccessat(2). */
TL_INLINE_ long tl_faccessat_raw(int directory, const char *name, unsigned int mode)
{
	return TL_CALL3_(269, directory, name, mode);
}
TL_INLINE_ long tl_faccessat(int directory, const char *name, unsigned int mode)
{
	return tl_result(tl_faccessat_raw(directory, name, mode));
}

/* Tells whether a file may be used, with flags. See faccessat2(2). */
TL_INLINE_ long tl_faccessat2_raw(int directory, const char *name, unsigned int mode, unsigned int flags)
{
	return TL_CALL4_(439, directory, name, mode, flags);
}
TL_INLINE_ long tl_faccessat2(int directory, const char *name, unsigned int mode, unsigned int flags)
{
	return tl_result(tl_faccessat2_raw(directory, name, mode, flags));
}

/* Says how a file will be read. See posix_fadvise(2). */
TL_INLINE_ long tl_fadvise64_raw(int fd, long offset, long length, unsigned int advice)
{
	return TL_CALL4_(221, fd, offset, length, advice);
}
TL_INLINE_ long tl_fadvise64(int fd, long offset, long length, unsigned int advice)
{
	return tl_result(tl_fadvise64_raw(fd, offset, length, advice));
}

/* Allocates or frees space of a file. See fallocate(2). */
TL_INLINE_ long tl_fallocate_raw(int fd, unsigned int mode, long offset, long length)
{
	return TL_CALL4_(285, fd, mode, offset, length);
}
TL_INLINE_ long tl_fallocate(int fd, unsigned int mode, long offset, long length)
{
	return tl_result(tl_fallocate_raw(fd, mode, offset, length));
}

/* Watches whole file systems. See fanotify_init(2). */
TL_INLINE_ long tl_fanotify_init_raw(void)
{
	return TL_CALL0_(300);
}
TL_INLINE_ long tl_fanotify_init(void)
{
	return tl_result(tl_fanotify_init_raw());
}

/* Watches whole file systems. See fanotify_mark(2). */
TL_INLINE_ long tl_fanotify_mark_raw(void)
{
	return TL_CALL0_(301);
}
TL_INLINE_ long tl_fanotify_mark(void)
{
	return tl_result(tl_fanotify_mark_raw());
}

/* Changes the working directory to an open one. See fchdir(2). */
TL_INLINE_ long tl_fchdir_raw(int fd)
{
	return TL_CALL1_(81, fd);
}
TL_INLINE_ long tl_fchdir(int fd)
{
	return tl_result(tl_fchdir_raw(fd));
}

/* Changes the permissions of an open file. See fchmod(2). */
TL_INLINE_ long tl_fchmod_raw(int fd, unsigned int mode)
{
	return TL_CALL2_(91, fd, mode);
}
TL_INLINE_ long tl_fchmod(int fd, unsigned int mode)
{
	return tl_result(tl_fchmod_raw(fd, mode));
}

/* Changes permissions, from a directory on. See fchmodat(2). */
TL_INLINE_ long tl_fchmodat_raw(int directory, const char *name, unsigned int mode)
{
	return TL_CALL3_(268, directory, name, mode);
}
TL_INLINE_ long tl_fchmodat(int directory, const char *name, unsigned int mode)
{
	return tl_result(tl_fchmodat_raw(directory, name, mode));
}

/* Changes permissions, with flags. See fchmodat(2). */
TL_INLINE_ long tl_fchmodat2_raw(int directory, const char *name, unsigned int mode, unsigned int flags)
{
	return TL_CALL4_(452, directory, name, mode, flags);
}
TL_INLINE_ long tl_fchmodat2(int directory, const char *name, unsigned int mode, unsigned int flags)
{
	return tl_result(tl_fchmodat2_raw(directory, name, mode, flags));
}

/* Changes the owner of an open file. See fchown(2). */
TL_INLINE_ long tl_fchown_raw(int fd, unsigned int uid, unsigned int gid)
{
	return TL_CALL3_(93, fd, uid, gid);
}
TL_INLINE_ long tl_fchown(int fd, unsigned int uid, unsigned int gid)
{
	return tl_result(tl_fchown_raw(fd, uid, gid));
}

/* Changes the owner, from a directory on. See fchownat(2). */
TL_INLINE_ long tl_fchownat_raw(int directory, const char *name, unsigned int uid, unsigned int gid, unsigned int flags)
{
	return TL_CALL5_(260, directory, name, uid, gid, flags);
}
TL_INLINE_ long tl_fchownat(int directory, const char *name, unsigned int uid, unsigned int gid, unsigned int flags)
{
	return tl_result(tl_fchownat_raw(directory, name, uid, gid, flags));
}

/* Controls a descriptor. See fcntl(2). */
TL_INLINE_ long tl_fcntl_raw(int fd, unsigned int command, unsigned long argument)
{
	return TL_CALL3_(72, fd, command, argument);
}
TL_INLINE_ long tl_fcntl(int fd, unsigned int command, unsigned long argument)
{
	return tl_result(tl_fcntl_raw(fd, command, argument));
}

/* Writes a file's contents to its device. See fdatasync(2). */
TL_INLINE_ long tl_fdatasync_raw(int fd)
{
	return TL_CALL1_(75, fd);
}
TL_INLINE_ long tl_fdatasync(int fd)
{
	return tl_result(tl_fdatasync_raw(fd));
}

/* Gets an extended attribute of an open file. See fgetxattr(2). */
TL_INLINE_ long tl_fgetxattr_raw(int fd, const char *name, const void *target, unsigned long size)
{
	return TL_CALL4_(193, fd, name, target, size);
}
TL_INLINE_ long tl_fgetxattr(int fd, const char *name, const void *target, unsigned long size)
{
	return tl_result(tl_fgetxattr_raw(fd, name, target, size));
}

/* Gets and sets flags of a file. See file_getattr(2). */
TL_INLINE_ long tl_file_getattr_raw(void)
{
	return TL_CALL0_(468);
}
TL_INLINE_ long tl_file_getattr(void)
{
	return tl_result(tl_file_getattr_raw());
}

/* Gets and sets flags of a file. See file_setattr(2). */
TL_INLINE_ long tl_file_setattr_raw(void)
{
	return TL_CALL0_(469);
}
TL_INLINE_ long tl_file_setattr(void)
{
	return tl_result(tl_file_setattr_raw());
}

/* Loads a module from a file. See finit_module(2). */
TL_INLINE_ long tl_finit_module_raw(void)
{
	return TL_CALL0_(313);
}
TL_INLINE_ long tl_finit_module(void)
{
	return tl_result(tl_finit_module_raw());
}

/* Lists extended attributes of an open file. See flistxattr(2). */
TL_INLINE_ long tl_flistxattr_raw(int fd, const void *target, unsigned long size)
{
	return TL_CALL3_(196, fd, target, size);
}
TL_INLINE_ long tl_flistxattr(int fd, const void *target, unsigned long size)
{
	return tl_result(tl_flistxattr_raw(fd, target, size));
}

/* Locks a file. See flock(2). */
TL_INLINE_ long tl_flock_raw(int fd, unsigned int operation)
{
	return TL_CALL2_(73, fd, operation);
}
TL_INLINE_ long tl_flock(int fd, unsigned int operation)
{
	return tl_result(tl_flock_raw(fd, operation));
}

/* Makes a process. See fork(2). */
TL_INLINE_ long tl_fork_raw(void)
{
	return TL_CALL0_(57);
}
TL_INLINE_ long tl_fork(void)
{
	return tl_result(tl_fork_raw());
}

/* Removes an extended attribute of an open file. See fremovexattr(2). */
TL_INLINE_ long tl_fremovexattr_raw(int fd, const char *name)
{
	return TL_CALL2_(199, fd, name);
}
TL_INLINE_ long tl_fremovexattr(int fd, const char *name)
{
	return tl_result(tl_fremovexattr_raw(fd, name));
}

/* Mounts a file system step by step. See fsconfig(2). */
TL_INLINE_ long tl_fsconfig_raw(void)
{
	return TL_CALL0_(431);
}
TL_INLINE_ long tl_fsconfig(void)
{
	return tl_result(tl_fsconfig_raw());
}

/* Sets an extended attribute of an open file. See fsetxattr(2). */
TL_INLINE_ long tl_fsetxattr_raw(int fd, const char *name, const void *value, unsigned long size, unsigned int flags)
{
	return TL_CALL5_(190, fd, name, value, size, flags);
}
TL_INLINE_ long tl_fsetxattr(int fd, const char *name, const void *value, unsigned long size, unsigned int flags)
{
	return tl_result(tl_fsetxattr_raw(fd, name, value, size, flags));
}

/* Mounts a file system step by step. See fsmount(2). */
TL_INLINE_ long tl_fsmount_raw(void)
{
	return TL_CALL0_(432);
}
TL_INLINE_ long tl_fsmount(void)
{
	return tl_result(tl_fsmount_raw());
}

/* Mounts a file system step by step. See fsopen(2). */
TL_INLINE_ long tl_fsopen_raw(void)
{
	return TL_CALL0_(430);
}
TL_INLINE_ long tl_fsopen(void)
{
	return tl_result(tl_fsopen_raw());
}

/* Mounts a file system step by step. See fspick(2). */
TL_INLINE_ long tl_fspick_raw(void)
{
	return TL_CALL0_(433);
}
TL_INLINE_ long tl_fspick(void)
{
	return tl_result(tl_fspick_raw());
}

/* Tells what an open file is. See fstat(2). */
TL_INLINE_ long tl_fstat_raw(int fd, const void *target)
{
	return TL_CALL2_(5, fd, target);
}
TL_INLINE_ long tl_fstat(int fd, const void *target)
{
	return tl_result(tl_fstat_raw(fd, target));
}

/* Tells about the file system of an open file. See fstatfs(2). */
TL_INLINE_ long tl_fstatfs_raw(int fd, const void *target)
{
	return TL_CALL2_(138, fd, target);
}
TL_INLINE_ long tl_fstatfs(int fd, const void *target)
{
	return tl_result(tl_fstatfs_raw(fd, target));
}

/* Writes a file's contents and attributes to its device. See fsync(2). */
TL_INLINE_ long tl_fsync_raw(int fd)
{
	return TL_CALL1_(74, fd);
}
TL_INLINE_ long tl_fsync(int fd)
{
	return tl_result(tl_fsync_raw(fd));
}

/* Changes a file's size. See ftruncate(2). */
TL_INLINE_ long tl_ftruncate_raw(int fd, long length)
{
	return TL_CALL2_(77, fd, length);
}
TL_INLINE_ long tl_ftruncate(int fd, long length)
{
	return tl_result(tl_ftruncate_raw(fd, length));
}

/* Waits for and tells of changes of a word. See futex(2). */
TL_INLINE_ long tl_futex_raw(const void *address, unsigned int operation, unsigned int value, unsigned long timeout, const void *second_address, unsigned int third_value)
{
	return TL_CALL6_(202, address, operation, value, timeout, second_address, third_value);
}
TL_INLINE_ long tl_futex(const void *address, unsigned int operation, unsigned int value, unsigned long timeout, const void *second_address, unsigned int third_value)
{
	return tl_result(tl_futex_raw(address, operation, value, timeout, second_address, third_value));
}

/* Waits for words of memory. See futex_requeue(2). */
TL_INLINE_ long tl_futex_requeue_raw(const void *waiters, unsigned int flags, int wake_count, int requeue_count)
{
	return TL_CALL4_(456, waiters, flags, wake_count, requeue_count);
}
TL_INLINE_ long tl_futex_requeue(const void *waiters, unsigned int flags, int wake_count, int requeue_count)
{
	return tl_result(tl_futex_requeue_raw(waiters, flags, wake_count, requeue_count));
}

/* Waits for words of memory. See futex_wait(2). */
TL_INLINE_ long tl_futex_wait_raw(const void *address, unsigned long value, unsigned long mask, unsigned int flags, const void *timeout, unsigned int clock)
{
	return TL_CALL6_(455, address, value, mask, flags, timeout, clock);
}
TL_INLINE_ long tl_futex_wait(const void *address, unsigned long value, unsigned long mask, unsigned int flags, const void *timeout, unsigned int clock)
{
	return tl_result(tl_futex_wait_raw(address, value, mask, flags, timeout, clock));
}

/* Waits for words of memory. See futex_waitv(2). */
TL_INLINE_ long tl_futex_waitv_raw(const void *waiters, unsigned int count, unsigned int flags, const void *timeout, unsigned int clock)
{
	return TL_CALL5_(449, waiters, count, flags, timeout, clock);
}
TL_INLINE_ long tl_futex_waitv(const void *waiters, unsigned int count, unsigned int flags, const void *timeout, unsigned int clock)
{
	return tl_result(tl_futex_waitv_raw(waiters, count, flags, timeout, clock));
}

/* Waits for words of memory. See futex_wake(2). */
TL_INLINE_ long tl_futex_wake_raw(const void *address, unsigned long mask, int count, unsigned int flags)
{
	return TL_CALL4_(454, address, mask, count, flags);
}
TL_INLINE_ long tl_futex_wake(const void *address, unsigned long mask, int count, unsigned int flags)
{
	return tl_result(tl_futex_wake_raw(address, mask, count, flags));
}

/* Changes times, from a directory on. See futimesat(2). */
TL_INLINE_ long tl_futimesat_raw(int directory, const char *name, const void *times)
{
	return TL_CALL3_(261, directory, name, times);
}
TL_INLINE_ long tl_futimesat(int directory, const char *name, const void *times)
{
	return tl_result(tl_futimesat_raw(directory, name, times));
}

/* Gets a memory policy. See get_mempolicy(2). */
TL_INLINE_ long tl_get_mempolicy_raw(const void *mode, const void *nodes, unsigned long bits, unsigned long address, unsigned long flags)
{
	return TL_CALL5_(239, mode, nodes, bits, address, flags);
}
TL_INLINE_ long tl_get_mempolicy(const void *mode, const void *nodes, unsigned long bits, unsigned long address, unsigned long flags)
{
	return tl_result(tl_get_mempolicy_raw(mode, nodes, bits, address, flags));
}

/* Gets the list of locks to release at a thread's end. See get_robust_list(2). */
TL_INLINE_ long tl_get_robust_list_raw(int pid, const void *head, const void *length)
{
	return TL_CALL3_(274, pid, head, length);
}
TL_INLINE_ long tl_get_robust_list(int pid, const void *head, const void *length)
{
	return tl_result(tl_get_robust_list_raw(pid, head, length));
}

/* Sets segments for threads. See get_thread_area(2). */
TL_INLINE_ long tl_get_thread_area_raw(void)
{
	return TL_CALL0_(211);
}
TL_INLINE_ long tl_get_thread_area(void)
{
	return tl_result(tl_get_thread_area_raw());
}

/* Tells the processor. See getcpu(2). */
TL_INLINE_ long tl_getcpu_raw(const void *cpu, const void *node, const void *unused)
{
	return TL_CALL3_(309, cpu, node, unused);
}
TL_INLINE_ long tl_getcpu(const void *cpu, const void *node, const void *unused)
{
	return tl_result(tl_getcpu_raw(cpu, node, unused));
}

/* Tells the working directory. See getcwd(2). */
TL_INLINE_ long tl_getcwd_raw(const void *target, unsigned long size)
{
	return TL_CALL2_(79, target, size);
}
TL_INLINE_ long tl_getcwd(const void *target, unsigned long size)
{
	return tl_result(tl_getcwd_raw(target, size));
}

/* Reads a directory, in the old form. See getdents(2). */
TL_INLINE_ long tl_getdents_raw(int fd, const void *target, unsigned int size)
{
	return TL_CALL3_(78, fd, target, size);
}
TL_INLINE_ long tl_getdents(int fd, const void *target, unsigned int size)
{
	return tl_result(tl_getdents_raw(fd, target, size));
}

/* Reads a directory. See getdents64(2). */
TL_INLINE_ long tl_getdents64_raw(int fd, const void *target, unsigned int size)
{
	return TL_CALL3_(217, fd, target, size);
}
TL_INLINE_ long tl_getdents64(int fd, const void *target, unsigned int size)
{
	return tl_result(tl_getdents64_raw(fd, target, size));
}

/* Gets the effective group. See getegid(2). */
TL_INLINE_ long tl_getegid_raw(void)
{
	return TL_CALL0_(108);
}
TL_INLINE_ long tl_getegid(void)
{
	return tl_result(tl_getegid_raw());
}

/* Gets the effective user. See geteuid(2). */
TL_INLINE_ long tl_geteuid_raw(void)
{
	return TL_CALL0_(107);
}
TL_INLINE_ long tl_geteuid(void)
{
	return tl_result(tl_geteuid_raw());
}

/* Gets the real group. See getgid(2). */
TL_INLINE_ long tl_getgid_raw(void)
{
	return TL_CALL0_(104);
}
TL_INLINE_ long tl_getgid(void)
{
	return tl_result(tl_getgid_raw());
}

/* Gets the supplementary groups. See getgroups(2). */
TL_INLINE_ long tl_getgroups_raw(int size, const void *list)
{
	return TL_CALL2_(115, size, list);
}
TL_INLINE_ long tl_getgroups(int size, const void *list)
{
	return tl_result(tl_getgroups_raw(size, list));
}

/* Tells what is left of an interval timer. See getitimer(2). */
TL_INLINE_ long tl_getitimer_raw(int which_, const void *target)
{
	return TL_CALL2_(36, which_, target);
}
TL_INLINE_ long tl_getitimer(int which_, const void *target)
{
	return tl_result(tl_getitimer_raw(which_, target));
}

/* Gets the name of a socket's other end. See getpeername(2). */
TL_INLINE_ long tl_getpeername_raw(int fd, const void *address, const void *length)
{
	return TL_CALL3_(52, fd, address, length);
}
TL_INLINE_ long tl_getpeername(int fd, const void *address, const void *length)
{
	return tl_result(tl_getpeername_raw(fd, address, length));
}

/* Gets a process's group. See getpgid(2). */
TL_INLINE_ long tl_getpgid_raw(int pid)
{
	return TL_CALL1_(121, pid);
}
TL_INLINE_ long tl_getpgid(int pid)
{
	return tl_result(tl_getpgid_raw(pid));
}

/* Gets the process group. See getpgrp(2). */
TL_INLINE_ long tl_getpgrp_raw(void)
{
	return TL_CALL0_(111);
}
TL_INLINE_ long tl_getpgrp(void)
{
	return tl_result(tl_getpgrp_raw());
}

/* Gets the process's number. See getpid(2). */
TL_INLINE_ long tl_getpid_raw(void)
{
	return TL_CALL0_(39);
}
TL_INLINE_ long tl_getpid(void)
{
	return tl_result(tl_getpid_raw());
}

/* Gets the parent's number. See getppid(2). */
TL_INLINE_ long tl_getppid_raw(void)
{
	return TL_CALL0_(110);
}
TL_INLINE_ long tl_getppid(void)
{
	return tl_result(tl_getppid_raw());
}

/* Gets a nice value. See getpriority(2). */
TL_INLINE_ long tl_getpriority_raw(int which_, int who)
{
	return TL_CALL2_(140, which_, who);
}
TL_INLINE_ long tl_getpriority(int which_, int who)
{
	return tl_result(tl_getpriority_raw(which_, who));
}

/* Gives random bytes. See getrandom(2). */
TL_INLINE_ long tl_getrandom_raw(const void *buffer, unsigned long length, unsigned int flags)
{
	return TL_CALL3_(318, buffer, length, flags);
}
TL_INLINE_ long tl_getrandom(const void *buffer, unsigned long length, unsigned int flags)
{
	return tl_result(tl_getrandom_raw(buffer, length, flags));
}

/* Gets all three groups. See getresgid(2). */
TL_INLINE_ long tl_getresgid_raw(const void *real, const void *effective, const void *saved)
{
	return TL_CALL3_(120, real, effective, saved);
}
TL_INLINE_ long tl_getresgid(const void *real, const void *effective, const void *saved)
{
	return tl_result(tl_getresgid_raw(real, effective, saved));
}

/* Gets all three users. See getresuid(2). */
TL_INLINE_ long tl_getresuid_raw(const void *real, const void *effective, const void *saved)
{
	return TL_CALL3_(118, real, effective, saved);
}
TL_INLINE_ long tl_getresuid(const void *real, const void *effective, const void *saved)
{
	return tl_result(tl_getresuid_raw(real, effective, saved));
}

/* Gets a limit. See getrlimit(2). */
TL_INLINE_ long tl_getrlimit_raw(unsigned int resource, const void *limit)
{
	return TL_CALL2_(97, resource, limit);
}
TL_INLINE_ long tl_getrlimit(unsigned int resource, const void *limit)
{
	return tl_result(tl_getrlimit_raw(resource, limit));
}

/* Tells what was used. See getrusage(2). */
TL_INLINE_ long tl_getrusage_raw(int who, const void *usage)
{
	return TL_CALL2_(98, who, usage);
}
TL_INLINE_ long tl_getrusage(int who, const void *usage)
{
	return tl_result(tl_getrusage_raw(who, usage));
}

/* Gets a process's session. See getsid(2). */
TL_INLINE_ long tl_getsid_raw(int pid)
{
	return TL_CALL1_(124, pid);
}
TL_INLINE_ long tl_getsid(int pid)
{
	return tl_result(tl_getsid_raw(pid));
}

/* Gets a socket's name. See getsockname(2). */
TL_INLINE_ long tl_getsockname_raw(int fd, const void *address, const void *length)
{
	return TL_CALL3_(51, fd, address, length);
}
TL_INLINE_ long tl_getsockname(int fd, const void *address, const void *length)
{
	return tl_result(tl_getsockname_raw(fd, address, length));
}

/* Gets an option of a socket. See getsockopt(2). */
TL_INLINE_ long tl_getsockopt_raw(int fd, int level, unsigned int name, const void *value, const void *length)
{
	return TL_CALL5_(55, fd, level, name, value, length);
}
TL_INLINE_ long tl_getsockopt(int fd, int level, unsigned int name, const void *value, const void *length)
{
	return tl_result(tl_getsockopt_raw(fd, level, name, value, length));
}

/* Gets the thread's number. See gettid(2). */
TL_INLINE_ long tl_gettid_raw(void)
{
	return TL_CALL0_(186);
}
TL_INLINE_ long tl_gettid(void)
{
	return tl_result(tl_gettid_raw());
}

/* Tells the time of day. See gettimeofday(2). */
TL_INLINE_ long tl_gettimeofday_raw(const void *time, const void *zone)
{
	return TL_CALL2_(96, time, zone);
}
TL_INLINE_ long tl_gettimeofday(const void *time, const void *zone)
{
	return tl_result(tl_gettimeofday_raw(time, zone));
}

/* Gets the real user. See getuid(2). */
TL_INLINE_ long tl_getuid_raw(void)
{
	return TL_CALL0_(102);
}
TL_INLINE_ long tl_getuid(void)
{
	return tl_result(tl_getuid_raw());
}

/* Gets an extended attribute. See getxattr(2). */
TL_INLINE_ long tl_getxattr_raw(const char *path, const char *name, const void *target, unsigned long size)
{
	return TL_CALL4_(191, path, name, target, size);
}
TL_INLINE_ long tl_getxattr(const char *path, const char *name, const void *target, unsigned long size)
{
	return tl_result(tl_getxattr_raw(path, name, target, size));
}

/* Loads a module. See init_module(2). */
TL_INLINE_ long tl_init_module_raw(void)
{
	return TL_CALL0_(175);
}
TL_INLINE_ long tl_init_module(void)
{
	return tl_result(tl_init_module_raw());
}

/* Watches a file. See inotify_add_watch(2). */
TL_INLINE_ long tl_inotify_add_watch_raw(int instance, const char *path, unsigned int mask)
{
	return TL_CALL3_(254, instance, path, mask);
}
TL_INLINE_ long tl_inotify_add_watch(int instance, const char *path, unsigned int mask)
{
	return tl_result(tl_inotify_add_watch_raw(instance, path, mask));
}

/* Makes an instance that watches files. See inotify_init(2). */
TL_INLINE_ long tl_inotify_init_raw(void)
{
	return TL_CALL0_(253);
}
TL_INLINE_ long tl_inotify_init(void)
{
	return tl_result(tl_inotify_init_raw());
}

/* Makes an instance that watches files, with flags. See inotify_init(2). */
TL_INLINE_ long tl_inotify_init1_raw(unsigned int flags)
{
	return TL_CALL1_(294, flags);
}
TL_INLINE_ long tl_inotify_init1(unsigned int flags)
{
	return tl_result(tl_inotify_init1_raw(flags));
}

/* Ends the watch of a file. See inotify_rm_watch(2). */
TL_INLINE_ long tl_inotify_rm_watch_raw(int instance, int watch)
{
	return TL_CALL2_(255, instance, watch);
}
TL_INLINE_ long tl_inotify_rm_watch(int instance, int watch)
{
	return tl_result(tl_inotify_rm_watch_raw(instance, watch));
}

/* Reads and writes in the background. See io_cancel(2). */
TL_INLINE_ long tl_io_cancel_raw(void)
{
	return TL_CALL0_(210);
}
TL_INLINE_ long tl_io_cancel(void)
{
	return tl_result(tl_io_cancel_raw());
}

/* Reads and writes in the background. See io_destroy(2). */
TL_INLINE_ long tl_io_destroy_raw(void)
{
	return TL_CALL0_(207);
}
TL_INLINE_ long tl_io_destroy(void)
{
	return tl_result(tl_io_destroy_raw());
}

/* Reads and writes in the background. See io_getevents(2). */
TL_INLINE_ long tl_io_getevents_raw(void)
{
	return TL_CALL0_(208);
}
TL_INLINE_ long tl_io_getevents(void)
{
	return tl_result(tl_io_getevents_raw());
}

/* Reads and writes in the background. See io_pgetevents(2). */
TL_INLINE_ long tl_io_pgetevents_raw(void)
{
	return TL_CALL0_(333);
}
TL_INLINE_ long tl_io_pgetevents(void)
{
	return tl_result(tl_io_pgetevents_raw());
}

/* Reads and writes in the background. See io_setup(2). */
TL_INLINE_ long tl_io_setup_raw(void)
{
	return TL_CALL0_(206);
}
TL_INLINE_ long tl_io_setup(void)
{
	return tl_result(tl_io_setup_raw());
}

/* Reads and writes in the background. See io_submit(2). */
TL_INLINE_ long tl_io_submit_raw(void)
{
	return TL_CALL0_(209);
}
TL_INLINE_ long tl_io_submit(void)
{
	return tl_result(tl_io_submit_raw());
}

/* Serves a ring of requests. See io_uring_enter(2). */
TL_INLINE_ long tl_io_uring_enter_raw(void)
{
	return TL_CALL0_(426);
}
TL_INLINE_ long tl_io_uring_enter(void)
{
	return tl_result(tl_io_uring_enter_raw());
}

/* Registers buffers with a ring. See io_uring_register(2). */
TL_INLINE_ long tl_io_uring_register_raw(void)
{
	return TL_CALL0_(427);
}
TL_INLINE_ long tl_io_uring_register(void)
{
	return tl_result(tl_io_uring_register_raw());
}

/* Makes a ring of requests. See io_uring_setup(2). */
TL_INLINE_ long tl_io_uring_setup_raw(void)
{
	return TL_CALL0_(425);
}
TL_INLINE_ long tl_io_uring_setup(void)
{
	return tl_result(tl_io_uring_setup_raw());
}

/* Controls a device. See ioctl(2). */
TL_INLINE_ long tl_ioctl_raw(int fd, unsigned int request, unsigned long argument)
{
	return TL_CALL3_(16, fd, request, argument);
}
TL_INLINE_ long tl_ioctl(int fd, unsigned int request, unsigned long argument)
{
	return tl_result(tl_ioctl_raw(fd, request, argument));
}

/* Gives access to ports. See ioperm(2). */
TL_INLINE_ long tl_ioperm_raw(void)
{
	return TL_CALL0_(173);
}
TL_INLINE_ long tl_ioperm(void)
{
	return tl_result(tl_ioperm_raw());
}

/* Gives access to ports. See iopl(2). */
TL_INLINE_ long tl_iopl_raw(void)
{
	return TL_CALL0_(172);
}
TL_INLINE_ long tl_iopl(void)
{
	return tl_result(tl_iopl_raw());
}

/* Gets an I/O priority. See ioprio_get(2). */
TL_INLINE_ long tl_ioprio_get_raw(int which_, int who)
{
	return TL_CALL2_(252, which_, who);
}
TL_INLINE_ long tl_ioprio_get(int which_, int who)
{
	return tl_result(tl_ioprio_get_raw(which_, who));
}

/* Sets an I/O priority. See ioprio_set(2). */
TL_INLINE_ long tl_ioprio_set_raw(int which_, int who, int priority)
{
	return TL_CALL3_(251, which_, who, priority);
}
TL_INLINE_ long tl_ioprio_set(int which_, int who, int priority)
{
	return tl_result(tl_ioprio_set_raw(which_, who, priority));
}

/* Compares what two processes share. See kcmp(2). */
TL_INLINE_ long tl_kcmp_raw(int first, int second, int kind, unsigned long first_index, unsigned long second_index)
{
	return TL_CALL5_(312, first, second, kind, first_index, second_index);
}
TL_INLINE_ long tl_kcmp(int first, int second, int kind, unsigned long first_index, unsigned long second_index)
{
	return tl_result(tl_kcmp_raw(first, second, kind, first_index, second_index));
}

/* Prepares another kernel. See kexec_file_load(2). */
TL_INLINE_ long tl_kexec_file_load_raw(void)
{
	return TL_CALL0_(320);
}
TL_INLINE_ long tl_kexec_file_load(void)
{
	return tl_result(tl_kexec_file_load_raw());
}

/* Prepares another kernel. See kexec_load(2). */
TL_INLINE_ long tl_kexec_load_raw(void)
{
	return TL_CALL0_(246);
}
TL_INLINE_ long tl_kexec_load(void)
{
	return tl_result(tl_kexec_load_raw());
}

/* Manages keys. See keyctl(2). */
TL_INLINE_ long tl_keyctl_raw(void)
{
	return TL_CALL0_(250);
}
TL_INLINE_ long tl_keyctl(void)
{
	return tl_result(tl_keyctl_raw());
}

/* Sends a signal to a process or to a group. See kill(2). */
TL_INLINE_ long tl_kill_raw(int pid, int signal_)
{
	return TL_CALL2_(62, pid, signal_);
}
TL_INLINE_ long tl_kill(int pid, int signal_)
{
	return tl_result(tl_kill_raw(pid, signal_));
}

/* Restricts the program. See landlock_add_rule(2). */
TL_INLINE_ long tl_landlock_add_rule_raw(void)
{
	return TL_CALL0_(445);
}
TL_INLINE_ long tl_landlock_add_rule(void)
{
	return tl_result(tl_landlock_add_rule_raw());
}

/* Restricts the program. See landlock_create_ruleset(2). */
TL_INLINE_ long tl_landlock_create_ruleset_raw(void)
{
	return TL_CALL0_(444);
}
TL_INLINE_ long tl_landlock_create_ruleset(void)
{
	return tl_result(tl_landlock_create_ruleset_raw());
}

/* Restricts the program. See landlock_restrict_self(2). */
TL_INLINE_ long tl_landlock_restrict_self_raw(void)
{
	return TL_CALL0_(446);
}
TL_INLINE_ long tl_landlock_restrict_self(void)
{
	return tl_result(tl_landlock_restrict_self_raw());
}

/* Changes the owner of a file or symbolic link. See lchown(2). */
TL_INLINE_ long tl_lchown_raw(const char *name, unsigned int uid, unsigned int gid)
{
	return TL_CALL3_(94, name, uid, gid);
}
TL_INLINE_ long tl_lchown(const char *name, unsigned int uid, unsigned int gid)
{
	return tl_result(tl_lchown_raw(name, uid, gid));
}

/* Gets an extended attribute of a file or symbolic link. See lgetxattr(2). */
TL_INLINE_ long tl_lgetxattr_raw(const char *path, const char *name, const void *target, unsigned long size)
{
	return TL_CALL4_(192, path, name, target, size);
}
TL_INLINE_ long tl_lgetxattr(const char *path, const char *name, const void *target, unsigned long size)
{
	return tl_result(tl_lgetxattr_raw(path, name, target, size));
}

/* Gives a file another name. See link(2). */
TL_INLINE_ long tl_link_raw(const char *old_, const char *new_)
{
	return TL_CALL2_(86, old_, new_);
}
TL_INLINE_ long tl_link(const char *old_, const char *new_)
{
	return tl_result(tl_link_raw(old_, new_));
}

/* Gives a file another name, from directories on. See linkat(2). */
TL_INLINE_ long tl_linkat_raw(int old_directory, const char *old_, int new_directory, const char *new_, unsigned int flags)
{
	return TL_CALL5_(265, old_directory, old_, new_directory, new_, flags);
}
TL_INLINE_ long tl_linkat(int old_directory, const char *old_, int new_directory, const char *new_, unsigned int flags)
{
	return tl_result(tl_linkat_raw(old_directory, old_, new_directory, new_, flags));
}

/* Makes a socket take connections. See listen(2). */
TL_INLINE_ long tl_listen_raw(int fd, int backlog)
{
	return TL_CALL2_(50, fd, backlog);
}
TL_INLINE_ long tl_listen(int fd, int backlog)
{
	return tl_result(tl_listen_raw(fd, backlog));
}

/* Tells about mounts. See listmount(2). */
TL_INLINE_ long tl_listmount_raw(void)
{
	return TL_CALL0_(458);
}
TL_INLINE_ long tl_listmount(void)
{
	return tl_result(tl_listmount_raw());
}

/* Lists extended attributes. See listxattr(2). */
TL_INLINE_ long tl_listxattr_raw(const char *path, const void *target, unsigned long size)
{
	return TL_CALL3_(194, path, target, size);
}
TL_INLINE_ long tl_listxattr(const char *path, const void *target, unsigned long size)
{
	return tl_result(tl_listxattr_raw(path, target, size));
}

/* Lists extended attributes of a file or symbolic link. See llistxattr(2). */
TL_INLINE_ long tl_llistxattr_raw(const char *path, const void *target, unsigned long size)
{
	return TL_CALL3_(195, path, target, size);
}
TL_INLINE_ long tl_llistxattr(const char *path, const void *target, unsigned long size)
{
	return tl_result(tl_llistxattr_raw(path, target, size));
}

/* Was removed from Linux. See lookup_dcookie(2). */
TL_INLINE_ long tl_lookup_dcookie_raw(void)
{
	return TL_CALL0_(212);
}
TL_INLINE_ long tl_lookup_dcookie(void)
{
	return tl_result(tl_lookup_dcookie_raw());
}

/* Removes an extended attribute of a file or symbolic link. See lremovexattr(2). */
TL_INLINE_ long tl_lremovexattr_raw(const char *path, const char *name)
{
	return TL_CALL2_(198, path, name);
}
TL_INLINE_ long tl_lremovexattr(const char *path, const char *name)
{
	return tl_result(tl_lremovexattr_raw(path, name));
}

/* Moves the position in a file. See lseek(2). */
TL_INLINE_ long tl_lseek_raw(int fd, long offset, unsigned int whence)
{
	return TL_CALL3_(8, fd, offset, whence);
}
TL_INLINE_ long tl_lseek(int fd, long offset, unsigned int whence)
{
	return tl_result(tl_lseek_raw(fd, offset, whence));
}

/* Sets an extended attribute of a file or symbolic link. See lsetxattr(2). */
TL_INLINE_ long tl_lsetxattr_raw(const char *path, const char *name, const void *value, unsigned long size, unsigned int flags)
{
	return TL_CALL5_(189, path, name, value, size, flags);
}
TL_INLINE_ long tl_lsetxattr(const char *path, const char *name, const void *value, unsigned long size, unsigned int flags)
{
	return tl_result(tl_lsetxattr_raw(path, name, value, size, flags));
}

/* Manages security modules. See lsm_get_self_attr(2). */
TL_INLINE_ long tl_lsm_get_self_attr_raw(void)
{
	return TL_CALL0_(459);
}
TL_INLINE_ long tl_lsm_get_self_attr(void)
{
	return tl_result(tl_lsm_get_self_attr_raw());
}

/* Manages security modules. See lsm_list_modules(2). */
TL_INLINE_ long tl_lsm_list_modules_raw(void)
{
	return TL_CALL0_(461);
}
TL_INLINE_ long tl_lsm_list_modules(void)
{
	return tl_result(tl_lsm_list_modules_raw());
}

/* Manages security modules. See lsm_set_self_attr(2). */
TL_INLINE_ long tl_lsm_set_self_attr_raw(void)
{
	return TL_CALL0_(460);
}
TL_INLINE_ long tl_lsm_set_self_attr(void)
{
	return tl_result(tl_lsm_set_self_attr_raw());
}

/* Tells what a file or symbolic link is. See lstat(2). */
TL_INLINE_ long tl_lstat_raw(const char *name, const void *target)
{
	return TL_CALL2_(6, name, target);
}
TL_INLINE_ long tl_lstat(const char *name, const void *target)
{
	return tl_result(tl_lstat_raw(name, target));
}

/* Advises about memory. See madvise(2). */
TL_INLINE_ long tl_madvise_raw(unsigned long address, unsigned long length, int advice)
{
	return TL_CALL3_(28, address, length, advice);
}
TL_INLINE_ long tl_madvise(unsigned long address, unsigned long length, int advice)
{
	return tl_result(tl_madvise_raw(address, length, advice));
}

/* Maps a shadow stack. See map_shadow_stack(2). */
TL_INLINE_ long tl_map_shadow_stack_raw(void)
{
	return TL_CALL0_(453);
}
TL_INLINE_ long tl_map_shadow_stack(void)
{
	return tl_result(tl_map_shadow_stack_raw());
}

/* Binds memory to nodes. See mbind(2). */
TL_INLINE_ long tl_mbind_raw(unsigned long address, unsigned long length, unsigned long mode, const void *nodes, unsigned long bits, unsigned int flags)
{
	return TL_CALL6_(237, address, length, mode, nodes, bits, flags);
}
TL_INLINE_ long tl_mbind(unsigned long address, unsigned long length, unsigned long mode, const void *nodes, unsigned long bits, unsigned int flags)
{
	return tl_result(tl_mbind_raw(address, length, mode, nodes, bits, flags));
}

/* Makes all processors pass a barrier. See membarrier(2). */
TL_INLINE_ long tl_membarrier_raw(unsigned int command, unsigned int flags, int cpu)
{
	return TL_CALL3_(324, command, flags, cpu);
}
TL_INLINE_ long tl_membarrier(unsigned int command, unsigned int flags, int cpu)
{
	return tl_result(tl_membarrier_raw(command, flags, cpu));
}

/* Makes a file in memory. See memfd_create(2). */
TL_INLINE_ long tl_memfd_create_raw(const char *name, unsigned int flags)
{
	return TL_CALL2_(319, name, flags);
}
TL_INLINE_ long tl_memfd_create(const char *name, unsigned int flags)
{
	return tl_result(tl_memfd_create_raw(name, flags));
}

/* Makes memory that the kernel does not see. See memfd_secret(2). */
TL_INLINE_ long tl_memfd_secret_raw(void)
{
	return TL_CALL0_(447);
}
TL_INLINE_ long tl_memfd_secret(void)
{
	return tl_result(tl_memfd_secret_raw());
}

/* Moves pages. See migrate_pages(2). */
TL_INLINE_ long tl_migrate_pages_raw(void)
{
	return TL_CALL0_(256);
}
TL_INLINE_ long tl_migrate_pages(void)
{
	return tl_result(tl_migrate_pages_raw());
}

/* Tells which pages are in memory. See mincore(2). */
TL_INLINE_ long tl_mincore_raw(unsigned long address, unsigned long length, const void *target)
{
	return TL_CALL3_(27, address, length, target);
}
TL_INLINE_ long tl_mincore(unsigned long address, unsigned long length, const void *target)
{
	return tl_result(tl_mincore_raw(address, length, target));
}

/* Makes a directory. See mkdir(2). */
TL_INLINE_ long tl_mkdir_raw(const char *name, unsigned int mode)
{
	return TL_CALL2_(83, name, mode);
}
TL_INLINE_ long tl_mkdir(const char *name, unsigned int mode)
{
	return tl_result(tl_mkdir_raw(name, mode));
}

/* Makes a directory, from another on. See mkdirat(2). */
TL_INLINE_ long tl_mkdirat_raw(int directory, const char *name, unsigned int mode)
{
	return TL_CALL3_(258, directory, name, mode);
}
TL_INLINE_ long tl_mkdirat(int directory, const char *name, unsigned int mode)
{
	return tl_result(tl_mkdirat_raw(directory, name, mode));
}

/* Makes a file of any kind. See mknod(2). */
TL_INLINE_ long tl_mknod_raw(const char *name, unsigned int mode, unsigned int device)
{
	return TL_CALL3_(133, name, mode, device);
}
TL_INLINE_ long tl_mknod(const char *name, unsigned int mode, unsigned int device)
{
	return tl_result(tl_mknod_raw(name, mode, device));
}

/* Makes a file of any kind, from a directory on. See mknodat(2). */
TL_INLINE_ long tl_mknodat_raw(int directory, const char *name, unsigned int mode, unsigned int device)
{
	return TL_CALL4_(259, directory, name, mode, device);
}
TL_INLINE_ long tl_mknodat(int directory, const char *name, unsigned int mode, unsigned int device)
{
	return tl_result(tl_mknodat_raw(directory, name, mode, device));
}

/* Keeps pages in memory. See mlock(2). */
TL_INLINE_ long tl_mlock_raw(unsigned long address, unsigned long length)
{
	return TL_CALL2_(149, address, length);
}
TL_INLINE_ long tl_mlock(unsigned long address, unsigned long length)
{
	return tl_result(tl_mlock_raw(address, length));
}

/* Keeps pages in memory, with flags. See mlock2(2). */
TL_INLINE_ long tl_mlock2_raw(unsigned long address, unsigned long length, unsigned int flags)
{
	return TL_CALL3_(325, address, length, flags);
}
TL_INLINE_ long tl_mlock2(unsigned long address, unsigned long length, unsigned int flags)
{
	return tl_result(tl_mlock2_raw(address, length, flags));
}

/* Keeps all memory in memory. See mlockall(2). */
TL_INLINE_ long tl_mlockall_raw(unsigned int flags)
{
	return TL_CALL1_(151, flags);
}
TL_INLINE_ long tl_mlockall(unsigned int flags)
{
	return tl_result(tl_mlockall_raw(flags));
}

/* Maps files or memory. See mmap(2). */
TL_INLINE_ long tl_mmap_raw(unsigned long address, unsigned long length, unsigned long protection, unsigned long flags, int fd, unsigned long offset)
{
	return TL_CALL6_(9, address, length, protection, flags, fd, offset);
}
TL_INLINE_ long tl_mmap(unsigned long address, unsigned long length, unsigned long protection, unsigned long flags, int fd, unsigned long offset)
{
	return tl_result(tl_mmap_raw(address, length, protection, flags, fd, offset));
}

/* Changes segments. See modify_ldt(2). */
TL_INLINE_ long tl_modify_ldt_raw(void)
{
	return TL_CALL0_(154);
}
TL_INLINE_ long tl_modify_ldt(void)
{
	return tl_result(tl_modify_ldt_raw());
}

/* Mounts a file system. See mount(2). */
TL_INLINE_ long tl_mount_raw(void)
{
	return TL_CALL0_(165);
}
TL_INLINE_ long tl_mount(void)
{
	return tl_result(tl_mount_raw());
}

/* Mounts a file system step by step. See mount_setattr(2). */
TL_INLINE_ long tl_mount_setattr_raw(void)
{
	return TL_CALL0_(442);
}
TL_INLINE_ long tl_mount_setattr(void)
{
	return tl_result(tl_mount_setattr_raw());
}

/* Mounts a file system step by step. See move_mount(2). */
TL_INLINE_ long tl_move_mount_raw(void)
{
	return TL_CALL0_(429);
}
TL_INLINE_ long tl_move_mount(void)
{
	return tl_result(tl_move_mount_raw());
}

/* Moves pages. See move_pages(2). */
TL_INLINE_ long tl_move_pages_raw(void)
{
	return TL_CALL0_(279);
}
TL_INLINE_ long tl_move_pages(void)
{
	return tl_result(tl_move_pages_raw());
}

/* Changes what may be done with memory. See mprotect(2). */
TL_INLINE_ long tl_mprotect_raw(unsigned long address, unsigned long length, unsigned long protection)
{
	return TL_CALL3_(10, address, length, protection);
}
TL_INLINE_ long tl_mprotect(unsigned long address, unsigned long length, unsigned long protection)
{
	return tl_result(tl_mprotect_raw(address, length, protection));
}

/* Sends messages by name. See mq_getsetattr(2). */
TL_INLINE_ long tl_mq_getsetattr_raw(int fd, const void *new_, const void *old_)
{
	return TL_CALL3_(245, fd, new_, old_);
}
TL_INLINE_ long tl_mq_getsetattr(int fd, const void *new_, const void *old_)
{
	return tl_result(tl_mq_getsetattr_raw(fd, new_, old_));
}

/* Sends messages by name. See mq_notify(2). */
TL_INLINE_ long tl_mq_notify_raw(int fd, const void *event)
{
	return TL_CALL2_(244, fd, event);
}
TL_INLINE_ long tl_mq_notify(int fd, const void *event)
{
	return tl_result(tl_mq_notify_raw(fd, event));
}

/* Sends messages by name. See mq_open(2). */
TL_INLINE_ long tl_mq_open_raw(const char *name, unsigned int flags, unsigned int mode, const void *attributes)
{
	return TL_CALL4_(240, name, flags, mode, attributes);
}
TL_INLINE_ long tl_mq_open(const char *name, unsigned int flags, unsigned int mode, const void *attributes)
{
	return tl_result(tl_mq_open_raw(name, flags, mode, attributes));
}

/* Sends messages by name. See mq_timedreceive(2). */
TL_INLINE_ long tl_mq_timedreceive_raw(int fd, const void *target, unsigned long length, const void *priority, const void *timeout)
{
	return TL_CALL5_(243, fd, target, length, priority, timeout);
}
TL_INLINE_ long tl_mq_timedreceive(int fd, const void *target, unsigned long length, const void *priority, const void *timeout)
{
	return tl_result(tl_mq_timedreceive_raw(fd, target, length, priority, timeout));
}

/* Sends messages by name. See mq_timedsend(2). */
TL_INLINE_ long tl_mq_timedsend_raw(int fd, const void *message, unsigned long length, unsigned int priority, const void *timeout)
{
	return TL_CALL5_(242, fd, message, length, priority, timeout);
}
TL_INLINE_ long tl_mq_timedsend(int fd, const void *message, unsigned long length, unsigned int priority, const void *timeout)
{
	return tl_result(tl_mq_timedsend_raw(fd, message, length, priority, timeout));
}

/* Sends messages by name. See mq_unlink(2). */
TL_INLINE_ long tl_mq_unlink_raw(const char *name)
{
	return TL_CALL1_(241, name);
}
TL_INLINE_ long tl_mq_unlink(const char *name)
{
	return tl_result(tl_mq_unlink_raw(name));
}

/* Resizes or moves a mapping. See mremap(2). */
TL_INLINE_ long tl_mremap_raw(unsigned long address, unsigned long old_, unsigned long new_, unsigned long flags, unsigned long new_address)
{
	return TL_CALL5_(25, address, old_, new_, flags, new_address);
}
TL_INLINE_ long tl_mremap(unsigned long address, unsigned long old_, unsigned long new_, unsigned long flags, unsigned long new_address)
{
	return tl_result(tl_mremap_raw(address, old_, new_, flags, new_address));
}

/* Seals mappings. See mseal(2). */
TL_INLINE_ long tl_mseal_raw(void)
{
	return TL_CALL0_(462);
}
TL_INLINE_ long tl_mseal(void)
{
	return tl_result(tl_mseal_raw());
}

/* Sends messages by key. See msgctl(2). */
TL_INLINE_ long tl_msgctl_raw(int id, int command, unsigned long buffer)
{
	return TL_CALL3_(71, id, command, buffer);
}
TL_INLINE_ long tl_msgctl(int id, int command, unsigned long buffer)
{
	return tl_result(tl_msgctl_raw(id, command, buffer));
}

/* Sends messages by key. See msgget(2). */
TL_INLINE_ long tl_msgget_raw(int key, int flags)
{
	return TL_CALL2_(68, key, flags);
}
TL_INLINE_ long tl_msgget(int key, int flags)
{
	return tl_result(tl_msgget_raw(key, flags));
}

/* Sends messages by key. See msgrcv(2). */
TL_INLINE_ long tl_msgrcv_raw(int id, const void *message, unsigned long size, long kind, int flags)
{
	return TL_CALL5_(70, id, message, size, kind, flags);
}
TL_INLINE_ long tl_msgrcv(int id, const void *message, unsigned long size, long kind, int flags)
{
	return tl_result(tl_msgrcv_raw(id, message, size, kind, flags));
}

/* Sends messages by key. See msgsnd(2). */
TL_INLINE_ long tl_msgsnd_raw(int id, const void *message, unsigned long size, int flags)
{
	return TL_CALL4_(69, id, message, size, flags);
}
TL_INLINE_ long tl_msgsnd(int id, const void *message, unsigned long size, int flags)
{
	return tl_result(tl_msgsnd_raw(id, message, size, flags));
}

/* Writes a mapped file back. See msync(2). */
TL_INLINE_ long tl_msync_raw(unsigned long address, unsigned long length, unsigned int flags)
{
	return TL_CALL3_(26, address, length, flags);
}
TL_INLINE_ long tl_msync(unsigned long address, unsigned long length, unsigned int flags)
{
	return tl_result(tl_msync_raw(address, length, flags));
}

/* Lets pages go again. See munlock(2). */
TL_INLINE_ long tl_munlock_raw(unsigned long address, unsigned long length)
{
	return TL_CALL2_(150, address, length);
}
TL_INLINE_ long tl_munlock(unsigned long address, unsigned long length)
{
	return tl_result(tl_munlock_raw(address, length));
}

/* Lets all memory go again. See munlockall(2). */
TL_INLINE_ long tl_munlockall_raw(void)
{
	return TL_CALL0_(152);
}
TL_INLINE_ long tl_munlockall(void)
{
	return tl_result(tl_munlockall_raw());
}

/* Unmaps memory. See munmap(2). */
TL_INLINE_ long tl_munmap_raw(unsigned long address, unsigned long length)
{
	return TL_CALL2_(11, address, length);
}
TL_INLINE_ long tl_munmap(unsigned long address, unsigned long length)
{
	return tl_result(tl_munmap_raw(address, length));
}

/* Opens by handle. See name_to_handle_at(2). */
TL_INLINE_ long tl_name_to_handle_at_raw(void)
{
	return TL_CALL0_(303);
}
TL_INLINE_ long tl_name_to_handle_at(void)
{
	return tl_result(tl_name_to_handle_at_raw());
}

/* Sleeps. See nanosleep(2). */
TL_INLINE_ long tl_nanosleep_raw(const void *request, const void *remaining)
{
	return TL_CALL2_(35, request, remaining);
}
TL_INLINE_ long tl_nanosleep(const void *request, const void *remaining)
{
	return tl_result(tl_nanosleep_raw(request, remaining));
}

/* Tells what a file is, from a directory on. See fstatat(2). */
TL_INLINE_ long tl_newfstatat_raw(int directory, const char *name, const void *target, unsigned int flags)
{
	return TL_CALL4_(262, directory, name, target, flags);
}
TL_INLINE_ long tl_newfstatat(int directory, const char *name, const void *target, unsigned int flags)
{
	return tl_result(tl_newfstatat_raw(directory, name, target, flags));
}

/* Opens a file. See open(2). */
TL_INLINE_ long tl_open_raw(const char *name, unsigned int flags, unsigned int mode)
{
	return TL_CALL3_(2, name, flags, mode);
}
TL_INLINE_ long tl_open(const char *name, unsigned int flags, unsigned int mode)
{
	return tl_result(tl_open_raw(name, flags, mode));
}

/* Opens by handle. See open_by_handle_at(2). */
TL_INLINE_ long tl_open_by_handle_at_raw(void)
{
	return TL_CALL0_(304);
}
TL_INLINE_ long tl_open_by_handle_at(void)
{
	return tl_result(tl_open_by_handle_at_raw());
}

/* Mounts a file system step by step. See open_tree(2). */
TL_INLINE_ long tl_open_tree_raw(void)
{
	return TL_CALL0_(428);
}
TL_INLINE_ long tl_open_tree(void)
{
	return tl_result(tl_open_tree_raw());
}

/* Mounts a file system step by step. See open_tree_attr(2). */
TL_INLINE_ long tl_open_tree_attr_raw(void)
{
	return TL_CALL0_(467);
}
TL_INLINE_ long tl_open_tree_attr(void)
{
	return tl_result(tl_open_tree_attr_raw());
}

/* Opens a file, from a directory on. See openat(2). */
TL_INLINE_ long tl_openat_raw(int directory, const char *name, unsigned int flags, unsigned int mode)
{
	return TL_CALL4_(257, directory, name, flags, mode);
}
TL_INLINE_ long tl_openat(int directory, const char *name, unsigned int flags, unsigned int mode)
{
	return tl_result(tl_openat_raw(directory, name, flags, mode));
}

/* Opens a file, with restrictions on the path. See openat2(2). */
TL_INLINE_ long tl_openat2_raw(int directory, const char *name, const void *how, unsigned long size)
{
	return TL_CALL4_(437, directory, name, how, size);
}
TL_INLINE_ long tl_openat2(int directory, const char *name, const void *how, unsigned long size)
{
	return tl_result(tl_openat2_raw(directory, name, how, size));
}

/* Waits for a handler. See pause(2). */
TL_INLINE_ long tl_pause_raw(void)
{
	return TL_CALL0_(34);
}
TL_INLINE_ long tl_pause(void)
{
	return tl_result(tl_pause_raw());
}

/* Counts events. See perf_event_open(2). */
TL_INLINE_ long tl_perf_event_open_raw(void)
{
	return TL_CALL0_(298);
}
TL_INLINE_ long tl_perf_event_open(void)
{
	return tl_result(tl_perf_event_open_raw());
}

/* Sets the execution domain. See personality(2). */
TL_INLINE_ long tl_personality_raw(unsigned int persona)
{
	return TL_CALL1_(135, persona);
}
TL_INLINE_ long tl_personality(unsigned int persona)
{
	return tl_result(tl_personality_raw(persona));
}

/* Refers to a process by a descriptor. See pidfd_getfd(2). */
TL_INLINE_ long tl_pidfd_getfd_raw(int fd, int other, unsigned int flags)
{
	return TL_CALL3_(438, fd, other, flags);
}
TL_INLINE_ long tl_pidfd_getfd(int fd, int other, unsigned int flags)
{
	return tl_result(tl_pidfd_getfd_raw(fd, other, flags));
}

/* Refers to a process by a descriptor. See pidfd_open(2). */
TL_INLINE_ long tl_pidfd_open_raw(int pid, unsigned int flags)
{
	return TL_CALL2_(434, pid, flags);
}
TL_INLINE_ long tl_pidfd_open(int pid, unsigned int flags)
{
	return tl_result(tl_pidfd_open_raw(pid, flags));
}

/* Refers to a process by a descriptor. See pidfd_send_signal(2). */
TL_INLINE_ long tl_pidfd_send_signal_raw(int fd, int signal_, const void *info, unsigned int flags)
{
	return TL_CALL4_(424, fd, signal_, info, flags);
}
TL_INLINE_ long tl_pidfd_send_signal(int fd, int signal_, const void *info, unsigned int flags)
{
	return tl_result(tl_pidfd_send_signal_raw(fd, signal_, info, flags));
}

/* Makes a pipe. See pipe(2). */
TL_INLINE_ long tl_pipe_raw(const void *pair)
{
	return TL_CALL1_(22, pair);
}
TL_INLINE_ long tl_pipe(const void *pair)
{
	return tl_result(tl_pipe_raw(pair));
}

/* Makes a pipe, with flags. See pipe2(2). */
TL_INLINE_ long tl_pipe2_raw(const void *pair, unsigned int flags)
{
	return TL_CALL2_(293, pair, flags);
}
TL_INLINE_ long tl_pipe2(const void *pair, unsigned int flags)
{
	return tl_result(tl_pipe2_raw(pair, flags));
}

/* Changes the root mount. See pivot_root(2). */
TL_INLINE_ long tl_pivot_root_raw(void)
{
	return TL_CALL0_(155);
}
TL_INLINE_ long tl_pivot_root(void)
{
	return tl_result(tl_pivot_root_raw());
}

/* Gets a protection key. See pkey_alloc(2). */
TL_INLINE_ long tl_pkey_alloc_raw(unsigned long flags, unsigned long rights)
{
	return TL_CALL2_(330, flags, rights);
}
TL_INLINE_ long tl_pkey_alloc(unsigned long flags, unsigned long rights)
{
	return tl_result(tl_pkey_alloc_raw(flags, rights));
}

/* Gives a protection key back. See pkey_free(2). */
TL_INLINE_ long tl_pkey_free_raw(int key)
{
	return TL_CALL1_(331, key);
}
TL_INLINE_ long tl_pkey_free(int key)
{
	return tl_result(tl_pkey_free_raw(key));
}

/* Changes what may be done with memory, with a protection key. See pkey_mprotect(2). */
TL_INLINE_ long tl_pkey_mprotect_raw(unsigned long address, unsigned long length, unsigned long protection, int key)
{
	return TL_CALL4_(329, address, length, protection, key);
}
TL_INLINE_ long tl_pkey_mprotect(unsigned long address, unsigned long length, unsigned long protection, int key)
{
	return tl_result(tl_pkey_mprotect_raw(address, length, protection, key));
}

/* Waits until a file is ready. See poll(2). */
TL_INLINE_ long tl_poll_raw(const void *fds, unsigned int count, int milliseconds)
{
	return TL_CALL3_(7, fds, count, milliseconds);
}
TL_INLINE_ long tl_poll(const void *fds, unsigned int count, int milliseconds)
{
	return tl_result(tl_poll_raw(fds, count, milliseconds));
}

/* Waits until a file is ready, with a mask. See ppoll(2). */
TL_INLINE_ long tl_ppoll_raw(const void *fds, unsigned int count, const void *timeout, const void *mask, unsigned long size)
{
	return TL_CALL5_(271, fds, count, timeout, mask, size);
}
TL_INLINE_ long tl_ppoll(const void *fds, unsigned int count, const void *timeout, const void *mask, unsigned long size)
{
	return tl_result(tl_ppoll_raw(fds, count, timeout, mask, size));
}

/* Controls the process. See prctl(2). */
TL_INLINE_ long tl_prctl_raw(unsigned int option, unsigned long second, unsigned long third, unsigned long fourth, unsigned long fifth)
{
	return TL_CALL5_(157, option, second, third, fourth, fifth);
}
TL_INLINE_ long tl_prctl(unsigned int option, unsigned long second, unsigned long third, unsigned long fourth, unsigned long fifth)
{
	return tl_result(tl_prctl_raw(option, second, third, fourth, fifth));
}

/* Reads from a file at an offset. See pread(2). */
TL_INLINE_ long tl_pread64_raw(int fd, const void *buffer, unsigned long count, long offset)
{
	return TL_CALL4_(17, fd, buffer, count, offset);
}
TL_INLINE_ long tl_pread64(int fd, const void *buffer, unsigned long count, long offset)
{
	return tl_result(tl_pread64_raw(fd, buffer, count, offset));
}

/* Reads into several buffers at an offset. See preadv(2). */
TL_INLINE_ long tl_preadv_raw(int fd, const void *vector, unsigned long count, long offset)
{
	return TL_CALL4_(295, fd, vector, count, offset);
}
TL_INLINE_ long tl_preadv(int fd, const void *vector, unsigned long count, long offset)
{
	return tl_result(tl_preadv_raw(fd, vector, count, offset));
}

/* Reads into several buffers with flags. See preadv2(2). */
TL_INLINE_ long tl_preadv2_raw(int fd, const void *vector, unsigned long count, long offset, unsigned long high, unsigned int flags)
{
	return TL_CALL6_(327, fd, vector, count, offset, high, flags);
}
TL_INLINE_ long tl_preadv2(int fd, const void *vector, unsigned long count, long offset, unsigned long high, unsigned int flags)
{
	return tl_result(tl_preadv2_raw(fd, vector, count, offset, high, flags));
}

/* Gets and sets a limit. See prlimit(2). */
TL_INLINE_ long tl_prlimit64_raw(int pid, unsigned int resource, const void *new_, const void *old_)
{
	return TL_CALL4_(302, pid, resource, new_, old_);
}
TL_INLINE_ long tl_prlimit64(int pid, unsigned int resource, const void *new_, const void *old_)
{
	return tl_result(tl_prlimit64_raw(pid, resource, new_, old_));
}

/* Acts on another process's memory. See process_madvise(2). */
TL_INLINE_ long tl_process_madvise_raw(void)
{
	return TL_CALL0_(440);
}
TL_INLINE_ long tl_process_madvise(void)
{
	return tl_result(tl_process_madvise_raw());
}

/* Acts on another process's memory. See process_mrelease(2). */
TL_INLINE_ long tl_process_mrelease_raw(void)
{
	return TL_CALL0_(448);
}
TL_INLINE_ long tl_process_mrelease(void)
{
	return tl_result(tl_process_mrelease_raw());
}

/* Copies from and to another process. See process_vm_readv(2). */
TL_INLINE_ long tl_process_vm_readv_raw(int pid, const void *local, unsigned long local_count, const void *remote, unsigned long remote_count, unsigned long flags)
{
	return TL_CALL6_(310, pid, local, local_count, remote, remote_count, flags);
}
TL_INLINE_ long tl_process_vm_readv(int pid, const void *local, unsigned long local_count, const void *remote, unsigned long remote_count, unsigned long flags)
{
	return tl_result(tl_process_vm_readv_raw(pid, local, local_count, remote, remote_count, flags));
}

/* Copies from and to another process. See process_vm_writev(2). */
TL_INLINE_ long tl_process_vm_writev_raw(int pid, const void *local, unsigned long local_count, const void *remote, unsigned long remote_count, unsigned long flags)
{
	return TL_CALL6_(311, pid, local, local_count, remote, remote_count, flags);
}
TL_INLINE_ long tl_process_vm_writev(int pid, const void *local, unsigned long local_count, const void *remote, unsigned long remote_count, unsigned long flags)
{
	return tl_result(tl_process_vm_writev_raw(pid, local, local_count, remote, remote_count, flags));
}

/* Waits until a file is ready, with a mask. See pselect(2). */
TL_INLINE_ long tl_pselect6_raw(int count, const void *readable, const void *writable, const void *exceptional, const void *timeout, const void *mask)
{
	return TL_CALL6_(270, count, readable, writable, exceptional, timeout, mask);
}
TL_INLINE_ long tl_pselect6(int count, const void *readable, const void *writable, const void *exceptional, const void *timeout, const void *mask)
{
	return tl_result(tl_pselect6_raw(count, readable, writable, exceptional, timeout, mask));
}

/* Traces a process. See ptrace(2). */
TL_INLINE_ long tl_ptrace_raw(void)
{
	return TL_CALL0_(101);
}
TL_INLINE_ long tl_ptrace(void)
{
	return tl_result(tl_ptrace_raw());
}

/* Writes to a file at an offset. See pwrite(2). */
TL_INLINE_ long tl_pwrite64_raw(int fd, const void *buffer, unsigned long count, long offset)
{
	return TL_CALL4_(18, fd, buffer, count, offset);
}
TL_INLINE_ long tl_pwrite64(int fd, const void *buffer, unsigned long count, long offset)
{
	return tl_result(tl_pwrite64_raw(fd, buffer, count, offset));
}

/* Writes from several buffers at an offset. See pwritev(2). */
TL_INLINE_ long tl_pwritev_raw(int fd, const void *vector, unsigned long count, long offset)
{
	return TL_CALL4_(296, fd, vector, count, offset);
}
TL_INLINE_ long tl_pwritev(int fd, const void *vector, unsigned long count, long offset)
{
	return tl_result(tl_pwritev_raw(fd, vector, count, offset));
}

/* Writes from several buffers with flags. See pwritev2(2). */
TL_INLINE_ long tl_pwritev2_raw(int fd, const void *vector, unsigned long count, long offset, unsigned long high, unsigned int flags)
{
	return TL_CALL6_(328, fd, vector, count, offset, high, flags);
}
TL_INLINE_ long tl_pwritev2(int fd, const void *vector, unsigned long count, long offset, unsigned long high, unsigned int flags)
{
	return tl_result(tl_pwritev2_raw(fd, vector, count, offset, high, flags));
}

/* Manages quotas. See quotactl(2). */
TL_INLINE_ long tl_quotactl_raw(void)
{
	return TL_CALL0_(179);
}
TL_INLINE_ long tl_quotactl(void)
{
	return tl_result(tl_quotactl_raw());
}

/* Manages quotas. See quotactl_fd(2). */
TL_INLINE_ long tl_quotactl_fd_raw(void)
{
	return TL_CALL0_(443);
}
TL_INLINE_ long tl_quotactl_fd(void)
{
	return tl_result(tl_quotactl_fd_raw());
}

/* Reads from a file. See read(2). */
TL_INLINE_ long tl_read_raw(int fd, const void *buffer, unsigned long count)
{
	return TL_CALL3_(0, fd, buffer, count);
}
TL_INLINE_ long tl_read(int fd, const void *buffer, unsigned long count)
{
	return tl_result(tl_read_raw(fd, buffer, count));
}

/* Reads a file ahead of use. See readahead(2). */
TL_INLINE_ long tl_readahead_raw(int fd, long offset, unsigned long count)
{
	return TL_CALL3_(187, fd, offset, count);
}
TL_INLINE_ long tl_readahead(int fd, long offset, unsigned long count)
{
	return tl_result(tl_readahead_raw(fd, offset, count));
}

/* Reads where a symbolic link points. See readlink(2). */
TL_INLINE_ long tl_readlink_raw(const char *name, const void *target, int size)
{
	return TL_CALL3_(89, name, target, size);
}
TL_INLINE_ long tl_readlink(const char *name, const void *target, int size)
{
	return tl_result(tl_readlink_raw(name, target, size));
}

/* Reads where a symbolic link points, from a directory on. See readlinkat(2). */
TL_INLINE_ long tl_readlinkat_raw(int directory, const char *name, const void *target, int size)
{
	return TL_CALL4_(267, directory, name, target, size);
}
TL_INLINE_ long tl_readlinkat(int directory, const char *name, const void *target, int size)
{
	return tl_result(tl_readlinkat_raw(directory, name, target, size));
}

/* Reads into several buffers. See readv(2). */
TL_INLINE_ long tl_readv_raw(int fd, const void *vector, unsigned long count)
{
	return TL_CALL3_(19, fd, vector, count);
}
TL_INLINE_ long tl_readv(int fd, const void *vector, unsigned long count)
{
	return tl_result(tl_readv_raw(fd, vector, count));
}

/* Ends the machine. See reboot(2). */
TL_INLINE_ long tl_reboot_raw(unsigned int magic, unsigned int magic2, unsigned int command)
{
	return TL_CALL3_(169, magic, magic2, command);
}
TL_INLINE_ long tl_reboot(unsigned int magic, unsigned int magic2, unsigned int command)
{
	return tl_result(tl_reboot_raw(magic, magic2, command));
}

/* Receives bytes. See recvfrom(2). */
TL_INLINE_ long tl_recvfrom_raw(int fd, const void *buffer, unsigned long count, unsigned int flags, const void *address, const void *length)
{
	return TL_CALL6_(45, fd, buffer, count, flags, address, length);
}
TL_INLINE_ long tl_recvfrom(int fd, const void *buffer, unsigned long count, unsigned int flags, const void *address, const void *length)
{
	return tl_result(tl_recvfrom_raw(fd, buffer, count, flags, address, length));
}

/* Receives several messages. See recvmmsg(2). */
TL_INLINE_ long tl_recvmmsg_raw(int fd, const void *messages, unsigned int count, unsigned int flags, const void *timeout)
{
	return TL_CALL5_(299, fd, messages, count, flags, timeout);
}
TL_INLINE_ long tl_recvmmsg(int fd, const void *messages, unsigned int count, unsigned int flags, const void *timeout)
{
	return tl_result(tl_recvmmsg_raw(fd, messages, count, flags, timeout));
}

/* Receives a message. See recvmsg(2). */
TL_INLINE_ long tl_recvmsg_raw(int fd, const void *message, unsigned int flags)
{
	return TL_CALL3_(47, fd, message, flags);
}
TL_INLINE_ long tl_recvmsg(int fd, const void *message, unsigned int flags)
{
	return tl_result(tl_recvmsg_raw(fd, message, flags));
}

/* Maps pages of a file in another order. See remap_file_pages(2). */
TL_INLINE_ long tl_remap_file_pages_raw(unsigned long address, unsigned long size, unsigned long protection, unsigned long offset, unsigned long flags)
{
	return TL_CALL5_(216, address, size, protection, offset, flags);
}
TL_INLINE_ long tl_remap_file_pages(unsigned long address, unsigned long size, unsigned long protection, unsigned long offset, unsigned long flags)
{
	return tl_result(tl_remap_file_pages_raw(address, size, protection, offset, flags));
}

/* Removes an extended attribute. See removexattr(2). */
TL_INLINE_ long tl_removexattr_raw(const char *path, const char *name)
{
	return TL_CALL2_(197, path, name);
}
TL_INLINE_ long tl_removexattr(const char *path, const char *name)
{
	return tl_result(tl_removexattr_raw(path, name));
}

/* Moves a name. See rename(2). */
TL_INLINE_ long tl_rename_raw(const char *old_, const char *new_)
{
	return TL_CALL2_(82, old_, new_);
}
TL_INLINE_ long tl_rename(const char *old_, const char *new_)
{
	return tl_result(tl_rename_raw(old_, new_));
}

/* Moves a name, from directories on. See renameat(2). */
TL_INLINE_ long tl_renameat_raw(int old_directory, const char *old_, int new_directory, const char *new_)
{
	return TL_CALL4_(264, old_directory, old_, new_directory, new_);
}
TL_INLINE_ long tl_renameat(int old_directory, const char *old_, int new_directory, const char *new_)
{
	return tl_result(tl_renameat_raw(old_directory, old_, new_directory, new_));
}

/* Moves a name, with flags. See renameat2(2). */
TL_INLINE_ long tl_renameat2_raw(int old_directory, const char *old_, int new_directory, const char *new_, unsigned int flags)
{
	return TL_CALL5_(316, old_directory, old_, new_directory, new_, flags);
}
TL_INLINE_ long tl_renameat2(int old_directory, const char *old_, int new_directory, const char *new_, unsigned int flags)
{
	return tl_result(tl_renameat2_raw(old_directory, old_, new_directory, new_, flags));
}

/* Asks for a key. See request_key(2). */
TL_INLINE_ long tl_request_key_raw(void)
{
	return TL_CALL0_(249);
}
TL_INLINE_ long tl_request_key(void)
{
	return tl_result(tl_request_key_raw());
}

/* Goes on with an interrupted call. See restart_syscall(2). */
TL_INLINE_ long tl_restart_syscall_raw(void)
{
	return TL_CALL0_(219);
}
TL_INLINE_ long tl_restart_syscall(void)
{
	return tl_result(tl_restart_syscall_raw());
}

/* Removes an empty directory. See rmdir(2). */
TL_INLINE_ long tl_rmdir_raw(const char *name)
{
	return TL_CALL1_(84, name);
}
TL_INLINE_ long tl_rmdir(const char *name)
{
	return tl_result(tl_rmdir_raw(name));
}

/* Registers restartable sequences. See rseq(2). */
TL_INLINE_ long tl_rseq_raw(const void *address, unsigned int length, unsigned int flags, unsigned int signature)
{
	return TL_CALL4_(334, address, length, flags, signature);
}
TL_INLINE_ long tl_rseq(const void *address, unsigned int length, unsigned int flags, unsigned int signature)
{
	return tl_result(tl_rseq_raw(address, length, flags, signature));
}

/* Says what is done about a signal. See sigaction(2). */
TL_INLINE_ long tl_rt_sigaction_raw(int signal_, const void *new_, const void *old_, unsigned long size)
{
	return TL_CALL4_(13, signal_, new_, old_, size);
}
TL_INLINE_ long tl_rt_sigaction(int signal_, const void *new_, const void *old_, unsigned long size)
{
	return tl_result(tl_rt_sigaction_raw(signal_, new_, old_, size));
}

/* Tells which blocked signals wait. See sigpending(2). */
TL_INLINE_ long tl_rt_sigpending_raw(const void *set, unsigned long size)
{
	return TL_CALL2_(127, set, size);
}
TL_INLINE_ long tl_rt_sigpending(const void *set, unsigned long size)
{
	return tl_result(tl_rt_sigpending_raw(set, size));
}

/* Changes which signals are blocked. See sigprocmask(2). */
TL_INLINE_ long tl_rt_sigprocmask_raw(int how, const void *new_, const void *old_, unsigned long size)
{
	return TL_CALL4_(14, how, new_, old_, size);
}
TL_INLINE_ long tl_rt_sigprocmask(int how, const void *new_, const void *old_, unsigned long size)
{
	return tl_result(tl_rt_sigprocmask_raw(how, new_, old_, size));
}

/* Sends a signal with information to a process. See rt_sigqueueinfo(2). */
TL_INLINE_ long tl_rt_sigqueueinfo_raw(int pid, int signal_, const void *info)
{
	return TL_CALL3_(129, pid, signal_, info);
}
TL_INLINE_ long tl_rt_sigqueueinfo(int pid, int signal_, const void *info)
{
	return tl_result(tl_rt_sigqueueinfo_raw(pid, signal_, info));
}

/* Goes back from a signal handler. See sigreturn(2). */
TL_INLINE_ long tl_rt_sigreturn_raw(void)
{
	return TL_CALL0_(15);
}
TL_INLINE_ long tl_rt_sigreturn(void)
{
	return tl_result(tl_rt_sigreturn_raw());
}

/* Waits for a handler, with another mask. See sigsuspend(2). */
TL_INLINE_ long tl_rt_sigsuspend_raw(const void *mask, unsigned long size)
{
	return TL_CALL2_(130, mask, size);
}
TL_INLINE_ long tl_rt_sigsuspend(const void *mask, unsigned long size)
{
	return tl_result(tl_rt_sigsuspend_raw(mask, size));
}

/* Waits for one of these signals, for a time. See sigtimedwait(2). */
TL_INLINE_ long tl_rt_sigtimedwait_raw(const void *set, const void *info, const void *timeout, unsigned long size)
{
	return TL_CALL4_(128, set, info, timeout, size);
}
TL_INLINE_ long tl_rt_sigtimedwait(const void *set, const void *info, const void *timeout, unsigned long size)
{
	return tl_result(tl_rt_sigtimedwait_raw(set, info, timeout, size));
}

/* Sends a signal with information to a thread. See rt_tgsigqueueinfo(2). */
TL_INLINE_ long tl_rt_tgsigqueueinfo_raw(int tgid, int tid, int signal_, const void *info)
{
	return TL_CALL4_(297, tgid, tid, signal_, info);
}
TL_INLINE_ long tl_rt_tgsigqueueinfo(int tgid, int tid, int signal_, const void *info)
{
	return tl_result(tl_rt_tgsigqueueinfo_raw(tgid, tid, signal_, info));
}

/* Gets a policy's highest priority. See sched_get_priority_max(2). */
TL_INLINE_ long tl_sched_get_priority_max_raw(unsigned int policy)
{
	return TL_CALL1_(146, policy);
}
TL_INLINE_ long tl_sched_get_priority_max(unsigned int policy)
{
	return tl_result(tl_sched_get_priority_max_raw(policy));
}

/* Gets a policy's lowest priority. See sched_get_priority_min(2). */
TL_INLINE_ long tl_sched_get_priority_min_raw(unsigned int policy)
{
	return TL_CALL1_(147, policy);
}
TL_INLINE_ long tl_sched_get_priority_min(unsigned int policy)
{
	return tl_result(tl_sched_get_priority_min_raw(policy));
}

/* Gets the processors that a thread may use. See sched_getaffinity(2). */
TL_INLINE_ long tl_sched_getaffinity_raw(int pid, unsigned int length, const void *mask)
{
	return TL_CALL3_(204, pid, length, mask);
}
TL_INLINE_ long tl_sched_getaffinity(int pid, unsigned int length, const void *mask)
{
	return tl_result(tl_sched_getaffinity_raw(pid, length, mask));
}

/* Gets all of scheduling. See sched_getattr(2). */
TL_INLINE_ long tl_sched_getattr_raw(int pid, const void *attributes, unsigned int size, unsigned int flags)
{
	return TL_CALL4_(315, pid, attributes, size, flags);
}
TL_INLINE_ long tl_sched_getattr(int pid, const void *attributes, unsigned int size, unsigned int flags)
{
	return tl_result(tl_sched_getattr_raw(pid, attributes, size, flags));
}

/* Gets the priority. See sched_getparam(2). */
TL_INLINE_ long tl_sched_getparam_raw(int pid, const void *parameter)
{
	return TL_CALL2_(143, pid, parameter);
}
TL_INLINE_ long tl_sched_getparam(int pid, const void *parameter)
{
	return tl_result(tl_sched_getparam_raw(pid, parameter));
}

/* Gets the policy. See sched_getscheduler(2). */
TL_INLINE_ long tl_sched_getscheduler_raw(int pid)
{
	return TL_CALL1_(145, pid);
}
TL_INLINE_ long tl_sched_getscheduler(int pid)
{
	return tl_result(tl_sched_getscheduler_raw(pid));
}

/* Tells a turn's length. See sched_rr_get_interval(2). */
TL_INLINE_ long tl_sched_rr_get_interval_raw(int pid, const void *interval)
{
	return TL_CALL2_(148, pid, interval);
}
TL_INLINE_ long tl_sched_rr_get_interval(int pid, const void *interval)
{
	return tl_result(tl_sched_rr_get_interval_raw(pid, interval));
}

/* Sets the processors that a thread may use. See sched_setaffinity(2). */
TL_INLINE_ long tl_sched_setaffinity_raw(int pid, unsigned int length, const void *mask)
{
	return TL_CALL3_(203, pid, length, mask);
}
TL_INLINE_ long tl_sched_setaffinity(int pid, unsigned int length, const void *mask)
{
	return tl_result(tl_sched_setaffinity_raw(pid, length, mask));
}

/* Sets all of scheduling. See sched_setattr(2). */
TL_INLINE_ long tl_sched_setattr_raw(int pid, const void *attributes, unsigned int flags)
{
	return TL_CALL3_(314, pid, attributes, flags);
}
TL_INLINE_ long tl_sched_setattr(int pid, const void *attributes, unsigned int flags)
{
	return tl_result(tl_sched_setattr_raw(pid, attributes, flags));
}

/* Sets the priority. See sched_setparam(2). */
TL_INLINE_ long tl_sched_setparam_raw(int pid, const void *parameter)
{
	return TL_CALL2_(142, pid, parameter);
}
TL_INLINE_ long tl_sched_setparam(int pid, const void *parameter)
{
	return tl_result(tl_sched_setparam_raw(pid, parameter));
}

/* Sets policy and priority. See sched_setscheduler(2). */
TL_INLINE_ long tl_sched_setscheduler_raw(int pid, int policy, const void *parameter)
{
	return TL_CALL3_(144, pid, policy, parameter);
}
TL_INLINE_ long tl_sched_setscheduler(int pid, int policy, const void *parameter)
{
	return tl_result(tl_sched_setscheduler_raw(pid, policy, parameter));
}

/* Lets others run. See sched_yield(2). */
TL_INLINE_ long tl_sched_yield_raw(void)
{
	return TL_CALL0_(24);
}
TL_INLINE_ long tl_sched_yield(void)
{
	return tl_result(tl_sched_yield_raw());
}

/* Filters the program's calls. See seccomp(2). */
TL_INLINE_ long tl_seccomp_raw(void)
{
	return TL_CALL0_(317);
}
TL_INLINE_ long tl_seccomp(void)
{
	return tl_result(tl_seccomp_raw());
}

/* Waits until a file is ready. See select(2). */
TL_INLINE_ long tl_select_raw(int count, const void *readable, const void *writable, const void *exceptional, const void *timeout)
{
	return TL_CALL5_(23, count, readable, writable, exceptional, timeout);
}
TL_INLINE_ long tl_select(int count, const void *readable, const void *writable, const void *exceptional, const void *timeout)
{
	return tl_result(tl_select_raw(count, readable, writable, exceptional, timeout));
}

/* Synchronizes by key. See semctl(2). */
TL_INLINE_ long tl_semctl_raw(int id, int semaphore, int command, unsigned long argument)
{
	return TL_CALL4_(66, id, semaphore, command, argument);
}
TL_INLINE_ long tl_semctl(int id, int semaphore, int command, unsigned long argument)
{
	return tl_result(tl_semctl_raw(id, semaphore, command, argument));
}

/* Synchronizes by key. See semget(2). */
TL_INLINE_ long tl_semget_raw(int key, int count, int flags)
{
	return TL_CALL3_(64, key, count, flags);
}
TL_INLINE_ long tl_semget(int key, int count, int flags)
{
	return tl_result(tl_semget_raw(key, count, flags));
}

/* Synchronizes by key. See semop(2). */
TL_INLINE_ long tl_semop_raw(int id, const void *operations, unsigned int count)
{
	return TL_CALL3_(65, id, operations, count);
}
TL_INLINE_ long tl_semop(int id, const void *operations, unsigned int count)
{
	return tl_result(tl_semop_raw(id, operations, count));
}

/* Synchronizes by key. See semtimedop(2). */
TL_INLINE_ long tl_semtimedop_raw(int id, const void *operations, unsigned int count, const void *timeout)
{
	return TL_CALL4_(220, id, operations, count, timeout);
}
TL_INLINE_ long tl_semtimedop(int id, const void *operations, unsigned int count, const void *timeout)
{
	return tl_result(tl_semtimedop_raw(id, operations, count, timeout));
}

/* Copies from one file to another. See sendfile(2). */
TL_INLINE_ long tl_sendfile_raw(int output, int input, const void *offset, unsigned long count)
{
	return TL_CALL4_(40, output, input, offset, count);
}
TL_INLINE_ long tl_sendfile(int output, int input, const void *offset, unsigned long count)
{
	return tl_result(tl_sendfile_raw(output, input, offset, count));
}

/* Sends several messages. See sendmmsg(2). */
TL_INLINE_ long tl_sendmmsg_raw(int fd, const void *messages, unsigned int count, unsigned int flags)
{
	return TL_CALL4_(307, fd, messages, count, flags);
}
TL_INLINE_ long tl_sendmmsg(int fd, const void *messages, unsigned int count, unsigned int flags)
{
	return tl_result(tl_sendmmsg_raw(fd, messages, count, flags));
}

/* Sends a message. See sendmsg(2). */
TL_INLINE_ long tl_sendmsg_raw(int fd, const void *message, unsigned int flags)
{
	return TL_CALL3_(46, fd, message, flags);
}
TL_INLINE_ long tl_sendmsg(int fd, const void *message, unsigned int flags)
{
	return tl_result(tl_sendmsg_raw(fd, message, flags));
}

/* Sends bytes. See sendto(2). */
TL_INLINE_ long tl_sendto_raw(int fd, const void *buffer, unsigned long count, unsigned int flags, const void *address, int length)
{
	return TL_CALL6_(44, fd, buffer, count, flags, address, length);
}
TL_INLINE_ long tl_sendto(int fd, const void *buffer, unsigned long count, unsigned int flags, const void *address, int length)
{
	return tl_result(tl_sendto_raw(fd, buffer, count, flags, address, length));
}

/* Sets the thread's memory policy. See set_mempolicy(2). */
TL_INLINE_ long tl_set_mempolicy_raw(int mode, const void *nodes, unsigned long bits)
{
	return TL_CALL3_(238, mode, nodes, bits);
}
TL_INLINE_ long tl_set_mempolicy(int mode, const void *nodes, unsigned long bits)
{
	return tl_result(tl_set_mempolicy_raw(mode, nodes, bits));
}

/* Says where a range comes from. See set_mempolicy_home_node(2). */
TL_INLINE_ long tl_set_mempolicy_home_node_raw(void)
{
	return TL_CALL0_(450);
}
TL_INLINE_ long tl_set_mempolicy_home_node(void)
{
	return tl_result(tl_set_mempolicy_home_node_raw());
}

/* Sets the list of locks to release at the thread's end. See set_robust_list(2). */
TL_INLINE_ long tl_set_robust_list_raw(const void *head, unsigned long length)
{
	return TL_CALL2_(273, head, length);
}
TL_INLINE_ long tl_set_robust_list(const void *head, unsigned long length)
{
	return tl_result(tl_set_robust_list_raw(head, length));
}

/* Sets segments for threads. See set_thread_area(2). */
TL_INLINE_ long tl_set_thread_area_raw(void)
{
	return TL_CALL0_(205);
}
TL_INLINE_ long tl_set_thread_area(void)
{
	return tl_result(tl_set_thread_area_raw());
}

/* Sets what is cleared when the thread ends. See set_tid_address(2). */
TL_INLINE_ long tl_set_tid_address_raw(const void *pointer)
{
	return TL_CALL1_(218, pointer);
}
TL_INLINE_ long tl_set_tid_address(const void *pointer)
{
	return tl_result(tl_set_tid_address_raw(pointer));
}

/* Names the NIS domain. See setdomainname(2). */
TL_INLINE_ long tl_setdomainname_raw(const void *name, int length)
{
	return TL_CALL2_(171, name, length);
}
TL_INLINE_ long tl_setdomainname(const void *name, int length)
{
	return tl_result(tl_setdomainname_raw(name, length));
}

/* Sets the group for access to files. See setfsgid(2). */
TL_INLINE_ long tl_setfsgid_raw(unsigned int group)
{
	return TL_CALL1_(123, group);
}
TL_INLINE_ long tl_setfsgid(unsigned int group)
{
	return tl_result(tl_setfsgid_raw(group));
}

/* Sets the user for access to files. See setfsuid(2). */
TL_INLINE_ long tl_setfsuid_raw(unsigned int user)
{
	return TL_CALL1_(122, user);
}
TL_INLINE_ long tl_setfsuid(unsigned int user)
{
	return tl_result(tl_setfsuid_raw(user));
}

/* Sets the group. See setgid(2). */
TL_INLINE_ long tl_setgid_raw(unsigned int group)
{
	return TL_CALL1_(106, group);
}
TL_INLINE_ long tl_setgid(unsigned int group)
{
	return tl_result(tl_setgid_raw(group));
}

/* Sets the supplementary groups. See setgroups(2). */
TL_INLINE_ long tl_setgroups_raw(int size, const void *list)
{
	return TL_CALL2_(116, size, list);
}
TL_INLINE_ long tl_setgroups(int size, const void *list)
{
	return tl_result(tl_setgroups_raw(size, list));
}

/* Names the host. See sethostname(2). */
TL_INLINE_ long tl_sethostname_raw(const void *name, int length)
{
	return TL_CALL2_(170, name, length);
}
TL_INLINE_ long tl_sethostname(const void *name, int length)
{
	return tl_result(tl_sethostname_raw(name, length));
}

/* Sets an interval timer. See setitimer(2). */
TL_INLINE_ long tl_setitimer_raw(int which_, const void *new_, const void *old_)
{
	return TL_CALL3_(38, which_, new_, old_);
}
TL_INLINE_ long tl_setitimer(int which_, const void *new_, const void *old_)
{
	return tl_result(tl_setitimer_raw(which_, new_, old_));
}

/* Enters a namespace. See setns(2). */
TL_INLINE_ long tl_setns_raw(void)
{
	return TL_CALL0_(308);
}
TL_INLINE_ long tl_setns(void)
{
	return tl_result(tl_setns_raw());
}

/* Puts a process into a group. See setpgid(2). */
TL_INLINE_ long tl_setpgid_raw(int pid, int pgid)
{
	return TL_CALL2_(109, pid, pgid);
}
TL_INLINE_ long tl_setpgid(int pid, int pgid)
{
	return tl_result(tl_setpgid_raw(pid, pgid));
}

/* Sets a nice value. See setpriority(2). */
TL_INLINE_ long tl_setpriority_raw(int which_, int who, int nice)
{
	return TL_CALL3_(141, which_, who, nice);
}
TL_INLINE_ long tl_setpriority(int which_, int who, int nice)
{
	return tl_result(tl_setpriority_raw(which_, who, nice));
}

/* Sets the real and the effective group. See setregid(2). */
TL_INLINE_ long tl_setregid_raw(unsigned int real, unsigned int effective)
{
	return TL_CALL2_(114, real, effective);
}
TL_INLINE_ long tl_setregid(unsigned int real, unsigned int effective)
{
	return tl_result(tl_setregid_raw(real, effective));
}

/* Sets all three groups. See setresgid(2). */
TL_INLINE_ long tl_setresgid_raw(unsigned int real, unsigned int effective, unsigned int saved)
{
	return TL_CALL3_(119, real, effective, saved);
}
TL_INLINE_ long tl_setresgid(unsigned int real, unsigned int effective, unsigned int saved)
{
	return tl_result(tl_setresgid_raw(real, effective, saved));
}

/* Sets all three users. See setresuid(2). */
TL_INLINE_ long tl_setresuid_raw(unsigned int real, unsigned int effective, unsigned int saved)
{
	return TL_CALL3_(117, real, effective, saved);
}
TL_INLINE_ long tl_setresuid(unsigned int real, unsigned int effective, unsigned int saved)
{
	return tl_result(tl_setresuid_raw(real, effective, saved));
}

/* Sets the real and the effective user. See setreuid(2). */
TL_INLINE_ long tl_setreuid_raw(unsigned int real, unsigned int effective)
{
	return TL_CALL2_(113, real, effective);
}
TL_INLINE_ long tl_setreuid(unsigned int real, unsigned int effective)
{
	return tl_result(tl_setreuid_raw(real, effective));
}

/* Sets a limit. See setrlimit(2). */
TL_INLINE_ long tl_setrlimit_raw(unsigned int resource, const void *limit)
{
	return TL_CALL2_(160, resource, limit);
}
TL_INLINE_ long tl_setrlimit(unsigned int resource, const void *limit)
{
	return tl_result(tl_setrlimit_raw(resource, limit));
}

/* Starts a session. See setsid(2). */
TL_INLINE_ long tl_setsid_raw(void)
{
	return TL_CALL0_(112);
}
TL_INLINE_ long tl_setsid(void)
{
	return tl_result(tl_setsid_raw());
}

/* Sets an option of a socket. See setsockopt(2). */
TL_INLINE_ long tl_setsockopt_raw(int fd, int level, unsigned int name, const void *value, int length)
{
	return TL_CALL5_(54, fd, level, name, value, length);
}
TL_INLINE_ long tl_setsockopt(int fd, int level, unsigned int name, const void *value, int length)
{
	return tl_result(tl_setsockopt_raw(fd, level, name, value, length));
}

/* Sets this world's time of day. See settimeofday(2). */
TL_INLINE_ long tl_settimeofday_raw(const void *time, const void *zone)
{
	return TL_CALL2_(164, time, zone);
}
TL_INLINE_ long tl_settimeofday(const void *time, const void *zone)
{
	return tl_result(tl_settimeofday_raw(time, zone));
}

/* Sets the user. See setuid(2). */
TL_INLINE_ long tl_setuid_raw(unsigned int user)
{
	return TL_CALL1_(105, user);
}
TL_INLINE_ long tl_setuid(unsigned int user)
{
	return tl_result(tl_setuid_raw(user));
}

/* Sets an extended attribute. See setxattr(2). */
TL_INLINE_ long tl_setxattr_raw(const char *path, const char *name, const void *value, unsigned long size, unsigned int flags)
{
	return TL_CALL5_(188, path, name, value, size, flags);
}
TL_INLINE_ long tl_setxattr(const char *path, const char *name, const void *value, unsigned long size, unsigned int flags)
{
	return tl_result(tl_setxattr_raw(path, name, value, size, flags));
}

/* Shares memory by key. See shmat(2). */
TL_INLINE_ long tl_shmat_raw(int id, unsigned long address, int flags)
{
	return TL_CALL3_(30, id, address, flags);
}
TL_INLINE_ long tl_shmat(int id, unsigned long address, int flags)
{
	return tl_result(tl_shmat_raw(id, address, flags));
}

/* Shares memory by key. See shmctl(2). */
TL_INLINE_ long tl_shmctl_raw(int id, int command, unsigned long buffer)
{
	return TL_CALL3_(31, id, command, buffer);
}
TL_INLINE_ long tl_shmctl(int id, int command, unsigned long buffer)
{
	return tl_result(tl_shmctl_raw(id, command, buffer));
}

/* Shares memory by key. See shmdt(2). */
TL_INLINE_ long tl_shmdt_raw(unsigned long address)
{
	return TL_CALL1_(67, address);
}
TL_INLINE_ long tl_shmdt(unsigned long address)
{
	return tl_result(tl_shmdt_raw(address));
}

/* Shares memory by key. See shmget(2). */
TL_INLINE_ long tl_shmget_raw(int key, unsigned long size, int flags)
{
	return TL_CALL3_(29, key, size, flags);
}
TL_INLINE_ long tl_shmget(int key, unsigned long size, int flags)
{
	return tl_result(tl_shmget_raw(key, size, flags));
}

/* Shuts a direction of a connection. See shutdown(2). */
TL_INLINE_ long tl_shutdown_raw(int fd, unsigned int how)
{
	return TL_CALL2_(48, fd, how);
}
TL_INLINE_ long tl_shutdown(int fd, unsigned int how)
{
	return tl_result(tl_shutdown_raw(fd, how));
}

/* Sets the alternate signal stack. See sigaltstack(2). */
TL_INLINE_ long tl_sigaltstack_raw(const void *new_, const void *old_)
{
	return TL_CALL2_(131, new_, old_);
}
TL_INLINE_ long tl_sigaltstack(const void *new_, const void *old_)
{
	return tl_result(tl_sigaltstack_raw(new_, old_));
}

/* Makes a file of signals. See signalfd(2). */
TL_INLINE_ long tl_signalfd_raw(int fd, const void *mask, unsigned long size)
{
	return TL_CALL3_(282, fd, mask, size);
}
TL_INLINE_ long tl_signalfd(int fd, const void *mask, unsigned long size)
{
	return tl_result(tl_signalfd_raw(fd, mask, size));
}

/* Makes a file of signals, or changes it. See signalfd(2). */
TL_INLINE_ long tl_signalfd4_raw(int fd, const void *mask, unsigned long size, unsigned int flags)
{
	return TL_CALL4_(289, fd, mask, size, flags);
}
TL_INLINE_ long tl_signalfd4(int fd, const void *mask, unsigned long size, unsigned int flags)
{
	return tl_result(tl_signalfd4_raw(fd, mask, size, flags));
}

/* Makes a socket. See socket(2). */
TL_INLINE_ long tl_socket_raw(int family, unsigned int kind, int protocol)
{
	return TL_CALL3_(41, family, kind, protocol);
}
TL_INLINE_ long tl_socket(int family, unsigned int kind, int protocol)
{
	return tl_result(tl_socket_raw(family, kind, protocol));
}

/* Makes two sockets that are connected. See socketpair(2). */
TL_INLINE_ long tl_socketpair_raw(int family, unsigned int kind, int protocol, const void *pair)
{
	return TL_CALL4_(53, family, kind, protocol, pair);
}
TL_INLINE_ long tl_socketpair(int family, unsigned int kind, int protocol, const void *pair)
{
	return tl_result(tl_socketpair_raw(family, kind, protocol, pair));
}

/* Moves bytes between a pipe and a file. See splice(2). */
TL_INLINE_ long tl_splice_raw(int input, const void *input_offset, int output, const void *output_offset, unsigned long length, unsigned int flags)
{
	return TL_CALL6_(275, input, input_offset, output, output_offset, length, flags);
}
TL_INLINE_ long tl_splice(int input, const void *input_offset, int output, const void *output_offset, unsigned long length, unsigned int flags)
{
	return tl_result(tl_splice_raw(input, input_offset, output, output_offset, length, flags));
}

/* Tells what a file is. See stat(2). */
TL_INLINE_ long tl_stat_raw(const char *name, const void *target)
{
	return TL_CALL2_(4, name, target);
}
TL_INLINE_ long tl_stat(const char *name, const void *target)
{
	return tl_result(tl_stat_raw(name, target));
}

/* Tells about a file system. See statfs(2). */
TL_INLINE_ long tl_statfs_raw(const char *name, const void *target)
{
	return TL_CALL2_(137, name, target);
}
TL_INLINE_ long tl_statfs(const char *name, const void *target)
{
	return tl_result(tl_statfs_raw(name, target));
}

/* Tells about mounts. See statmount(2). */
TL_INLINE_ long tl_statmount_raw(void)
{
	return TL_CALL0_(457);
}
TL_INLINE_ long tl_statmount(void)
{
	return tl_result(tl_statmount_raw());
}

/* Tells more of what a file is. See statx(2). */
TL_INLINE_ long tl_statx_raw(int directory, const char *name, unsigned int flags, unsigned int mask, const void *target)
{
	return TL_CALL5_(332, directory, name, flags, mask, target);
}
TL_INLINE_ long tl_statx(int directory, const char *name, unsigned int flags, unsigned int mask, const void *target)
{
	return tl_result(tl_statx_raw(directory, name, flags, mask, target));
}

/* Removes swap space. See swapoff(2). */
TL_INLINE_ long tl_swapoff_raw(void)
{
	return TL_CALL0_(168);
}
TL_INLINE_ long tl_swapoff(void)
{
	return tl_result(tl_swapoff_raw());
}

/* Adds swap space. See swapon(2). */
TL_INLINE_ long tl_swapon_raw(void)
{
	return TL_CALL0_(167);
}
TL_INLINE_ long tl_swapon(void)
{
	return tl_result(tl_swapon_raw());
}

/* Makes a symbolic link. See symlink(2). */
TL_INLINE_ long tl_symlink_raw(const char *target, const char *name)
{
	return TL_CALL2_(88, target, name);
}
TL_INLINE_ long tl_symlink(const char *target, const char *name)
{
	return tl_result(tl_symlink_raw(target, name));
}

/* Makes a symbolic link, from a directory on. See symlinkat(2). */
TL_INLINE_ long tl_symlinkat_raw(const char *target, int directory, const char *name)
{
	return TL_CALL3_(266, target, directory, name);
}
TL_INLINE_ long tl_symlinkat(const char *target, int directory, const char *name)
{
	return tl_result(tl_symlinkat_raw(target, directory, name));
}

/* Writes all files to their devices. See sync(2). */
TL_INLINE_ long tl_sync_raw(void)
{
	return TL_CALL0_(162);
}
TL_INLINE_ long tl_sync(void)
{
	return tl_result(tl_sync_raw());
}

/* Writes a part of a file to its device. See sync_file_range(2). */
TL_INLINE_ long tl_sync_file_range_raw(int fd, long offset, long length, unsigned int flags)
{
	return TL_CALL4_(277, fd, offset, length, flags);
}
TL_INLINE_ long tl_sync_file_range(int fd, long offset, long length, unsigned int flags)
{
	return tl_result(tl_sync_file_range_raw(fd, offset, length, flags));
}

/* Writes a file system's files to their device. See syncfs(2). */
TL_INLINE_ long tl_syncfs_raw(int fd)
{
	return TL_CALL1_(306, fd);
}
TL_INLINE_ long tl_syncfs(int fd)
{
	return tl_result(tl_syncfs_raw(fd));
}

/* Was superseded on Linux. See sysfs(2). */
TL_INLINE_ long tl_sysfs_raw(void)
{
	return TL_CALL0_(139);
}
TL_INLINE_ long tl_sysfs(void)
{
	return tl_result(tl_sysfs_raw());
}

/* Tells uptime and memory. See sysinfo(2). */
TL_INLINE_ long tl_sysinfo_raw(const void *buffer)
{
	return TL_CALL1_(99, buffer);
}
TL_INLINE_ long tl_sysinfo(const void *buffer)
{
	return tl_result(tl_sysinfo_raw(buffer));
}

/* Reads the kernel's log, which is empty. See syslog(2). */
TL_INLINE_ long tl_syslog_raw(int action, const void *buffer, int length)
{
	return TL_CALL3_(103, action, buffer, length);
}
TL_INLINE_ long tl_syslog(int action, const void *buffer, int length)
{
	return tl_result(tl_syslog_raw(action, buffer, length));
}

/* Copies bytes from pipe to pipe. See tee(2). */
TL_INLINE_ long tl_tee_raw(int input, int output, unsigned long length, unsigned int flags)
{
	return TL_CALL4_(276, input, output, length, flags);
}
TL_INLINE_ long tl_tee(int input, int output, unsigned long length, unsigned int flags)
{
	return tl_result(tl_tee_raw(input, output, length, flags));
}

/* Sends a signal to a thread of a process. See tgkill(2). */
TL_INLINE_ long tl_tgkill_raw(int tgid, int tid, int signal_)
{
	return TL_CALL3_(234, tgid, tid, signal_);
}
TL_INLINE_ long tl_tgkill(int tgid, int tid, int signal_)
{
	return tl_result(tl_tgkill_raw(tgid, tid, signal_));
}

/* Tells the time of day in seconds. See time(2). */
TL_INLINE_ long tl_time_raw(const void *place)
{
	return TL_CALL1_(201, place);
}
TL_INLINE_ long tl_time(const void *place)
{
	return tl_result(tl_time_raw(place));
}

/* Makes a timer. See timer_create(2). */
TL_INLINE_ long tl_timer_create_raw(int clock, const void *event, const void *timer)
{
	return TL_CALL3_(222, clock, event, timer);
}
TL_INLINE_ long tl_timer_create(int clock, const void *event, const void *timer)
{
	return tl_result(tl_timer_create_raw(clock, event, timer));
}

/* Deletes a timer. See timer_delete(2). */
TL_INLINE_ long tl_timer_delete_raw(int timer)
{
	return TL_CALL1_(226, timer);
}
TL_INLINE_ long tl_timer_delete(int timer)
{
	return tl_result(tl_timer_delete_raw(timer));
}

/* Tells how often a timer overran. See timer_getoverrun(2). */
TL_INLINE_ long tl_timer_getoverrun_raw(int timer)
{
	return TL_CALL1_(225, timer);
}
TL_INLINE_ long tl_timer_getoverrun(int timer)
{
	return tl_result(tl_timer_getoverrun_raw(timer));
}

/* Tells what is left of a timer. See timer_gettime(2). */
TL_INLINE_ long tl_timer_gettime_raw(int timer, const void *setting)
{
	return TL_CALL2_(224, timer, setting);
}
TL_INLINE_ long tl_timer_gettime(int timer, const void *setting)
{
	return tl_result(tl_timer_gettime_raw(timer, setting));
}

/* Sets a timer. See timer_settime(2). */
TL_INLINE_ long tl_timer_settime_raw(int timer, int flags, const void *new_, const void *old_)
{
	return TL_CALL4_(223, timer, flags, new_, old_);
}
TL_INLINE_ long tl_timer_settime(int timer, int flags, const void *new_, const void *old_)
{
	return tl_result(tl_timer_settime_raw(timer, flags, new_, old_));
}

/* Makes a timer to wait on. See timerfd_create(2). */
TL_INLINE_ long tl_timerfd_create_raw(unsigned int clock, unsigned int flags)
{
	return TL_CALL2_(283, clock, flags);
}
TL_INLINE_ long tl_timerfd_create(unsigned int clock, unsigned int flags)
{
	return tl_result(tl_timerfd_create_raw(clock, flags));
}

/* Tells what is left of a timer to wait on. See timerfd_gettime(2). */
TL_INLINE_ long tl_timerfd_gettime_raw(int fd, const void *time)
{
	return TL_CALL2_(287, fd, time);
}
TL_INLINE_ long tl_timerfd_gettime(int fd, const void *time)
{
	return tl_result(tl_timerfd_gettime_raw(fd, time));
}

/* Sets a timer to wait on. See timerfd_settime(2). */
TL_INLINE_ long tl_timerfd_settime_raw(int fd, unsigned int flags, const void *new_, const void *old_)
{
	return TL_CALL4_(286, fd, flags, new_, old_);
}
TL_INLINE_ long tl_timerfd_settime(int fd, unsigned int flags, const void *new_, const void *old_)
{
	return tl_result(tl_timerfd_settime_raw(fd, flags, new_, old_));
}

/* Tells processor time in ticks. See times(2). */
TL_INLINE_ long tl_times_raw(const void *buffer)
{
	return TL_CALL1_(100, buffer);
}
TL_INLINE_ long tl_times(const void *buffer)
{
	return tl_result(tl_times_raw(buffer));
}

/* Sends a signal to a thread. See tkill(2). */
TL_INLINE_ long tl_tkill_raw(int tid, int signal_)
{
	return TL_CALL2_(200, tid, signal_);
}
TL_INLINE_ long tl_tkill(int tid, int signal_)
{
	return tl_result(tl_tkill_raw(tid, signal_));
}

/* Changes the size of a file. See truncate(2). */
TL_INLINE_ long tl_truncate_raw(const char *name, long length)
{
	return TL_CALL2_(76, name, length);
}
TL_INLINE_ long tl_truncate(const char *name, long length)
{
	return tl_result(tl_truncate_raw(name, length));
}

/* Sets which permissions new files do not get. See umask(2). */
TL_INLINE_ long tl_umask_raw(unsigned int mask)
{
	return TL_CALL1_(95, mask);
}
TL_INLINE_ long tl_umask(unsigned int mask)
{
	return tl_result(tl_umask_raw(mask));
}

/* Unmounts a file system. See umount2(2). */
TL_INLINE_ long tl_umount2_raw(void)
{
	return TL_CALL0_(166);
}
TL_INLINE_ long tl_umount2(void)
{
	return tl_result(tl_umount2_raw());
}

/* Tells the system's names. See uname(2). */
TL_INLINE_ long tl_uname_raw(const void *buffer)
{
	return TL_CALL1_(63, buffer);
}
TL_INLINE_ long tl_uname(const void *buffer)
{
	return tl_result(tl_uname_raw(buffer));
}

/* Removes a name. See unlink(2). */
TL_INLINE_ long tl_unlink_raw(const char *name)
{
	return TL_CALL1_(87, name);
}
TL_INLINE_ long tl_unlink(const char *name)
{
	return tl_result(tl_unlink_raw(name));
}

/* Removes a name, from a directory on. See unlinkat(2). */
TL_INLINE_ long tl_unlinkat_raw(int directory, const char *name, unsigned int flags)
{
	return TL_CALL3_(263, directory, name, flags);
}
TL_INLINE_ long tl_unlinkat(int directory, const char *name, unsigned int flags)
{
	return tl_result(tl_unlinkat_raw(directory, name, flags));
}

/* Gives up sharing with others. See unshare(2). */
TL_INLINE_ long tl_unshare_raw(unsigned long flags)
{
	return TL_CALL1_(272, flags);
}
TL_INLINE_ long tl_unshare(unsigned long flags)
{
	return tl_result(tl_unshare_raw(flags));
}

/* Was superseded on Linux. See uselib(2). */
TL_INLINE_ long tl_uselib_raw(void)
{
	return TL_CALL0_(134);
}
TL_INLINE_ long tl_uselib(void)
{
	return tl_result(tl_uselib_raw());
}

/* Serves page faults. See userfaultfd(2). */
TL_INLINE_ long tl_userfaultfd_raw(void)
{
	return TL_CALL0_(323);
}
TL_INLINE_ long tl_userfaultfd(void)
{
	return tl_result(tl_userfaultfd_raw());
}

/* Was superseded on Linux. See ustat(2). */
TL_INLINE_ long tl_ustat_raw(void)
{
	return TL_CALL0_(136);
}
TL_INLINE_ long tl_ustat(void)
{
	return tl_result(tl_ustat_raw());
}

/* Changes times, to the second. See utime(2). */
TL_INLINE_ long tl_utime_raw(const char *name, const void *times)
{
	return TL_CALL2_(132, name, times);
}
TL_INLINE_ long tl_utime(const char *name, const void *times)
{
	return tl_result(tl_utime_raw(name, times));
}

/* Changes times. See utimensat(2). */
TL_INLINE_ long tl_utimensat_raw(int directory, const char *name, const void *times, unsigned int flags)
{
	return TL_CALL4_(280, directory, name, times, flags);
}
TL_INLINE_ long tl_utimensat(int directory, const char *name, const void *times, unsigned int flags)
{
	return tl_result(tl_utimensat_raw(directory, name, times, flags));
}

/* Changes times. See utimes(2). */
TL_INLINE_ long tl_utimes_raw(const char *name, const void *times)
{
	return TL_CALL2_(235, name, times);
}
TL_INLINE_ long tl_utimes(const char *name, const void *times)
{
	return tl_result(tl_utimes_raw(name, times));
}

/* Makes a process that uses the caller's memory until it has its own. See vfork(2). */
TL_INLINE_ long tl_vfork_raw(void)
{
	return TL_CALL0_(58);
}
TL_INLINE_ long tl_vfork(void)
{
	return tl_result(tl_vfork_raw());
}

/* Hangs up the terminal. See vhangup(2). */
TL_INLINE_ long tl_vhangup_raw(void)
{
	return TL_CALL0_(153);
}
TL_INLINE_ long tl_vhangup(void)
{
	return tl_result(tl_vhangup_raw());
}

/* Moves bytes between a pipe and memory. See vmsplice(2). */
TL_INLINE_ long tl_vmsplice_raw(int fd, const void *vector, unsigned long count, unsigned int flags)
{
	return TL_CALL4_(278, fd, vector, count, flags);
}
TL_INLINE_ long tl_vmsplice(int fd, const void *vector, unsigned long count, unsigned int flags)
{
	return tl_result(tl_vmsplice_raw(fd, vector, count, flags));
}

/* Waits for a child. See wait4(2). */
TL_INLINE_ long tl_wait4_raw(int pid, const void *status, unsigned int options, const void *usage)
{
	return TL_CALL4_(61, pid, status, options, usage);
}
TL_INLINE_ long tl_wait4(int pid, const void *status, unsigned int options, const void *usage)
{
	return tl_result(tl_wait4_raw(pid, status, options, usage));
}

/* Waits for a child. See waitid(2). */
TL_INLINE_ long tl_waitid_raw(int which_, int id, const void *info, unsigned int options, const void *usage)
{
	return TL_CALL5_(247, which_, id, info, options, usage);
}
TL_INLINE_ long tl_waitid(int which_, int id, const void *info, unsigned int options, const void *usage)
{
	return tl_result(tl_waitid_raw(which_, id, info, options, usage));
}

/* Writes to a file. See write(2). */
TL_INLINE_ long tl_write_raw(int fd, const void *buffer, unsigned long count)
{
	return TL_CALL3_(1, fd, buffer, count);
}
TL_INLINE_ long tl_write(int fd, const void *buffer, unsigned long count)
{
	return tl_result(tl_write_raw(fd, buffer, count));
}

/* Writes from several buffers. See writev(2). */
TL_INLINE_ long tl_writev_raw(int fd, const void *vector, unsigned long count)
{
	return TL_CALL3_(20, fd, vector, count);
}
TL_INLINE_ long tl_writev(int fd, const void *vector, unsigned long count)
{
	return tl_result(tl_writev_raw(fd, vector, count));
}

#ifndef TL_NO_STUBS

/* Calls that the kernel does not have: see libtrapless's stubs. */
long tl__sysctl_raw(TL_ANY_);
long tl__sysctl(TL_ANY_);
long tl_afs_syscall_raw(TL_ANY_);
long tl_afs_syscall(TL_ANY_);
long tl_create_module_raw(TL_ANY_);
long tl_create_module(TL_ANY_);
long tl_epoll_ctl_old_raw(TL_ANY_);
long tl_epoll_ctl_old(TL_ANY_);
long tl_epoll_wait_old_raw(TL_ANY_);
long tl_epoll_wait_old(TL_ANY_);
long tl_get_kernel_syms_raw(TL_ANY_);
long tl_get_kernel_syms(TL_ANY_);
long tl_getpmsg_raw(TL_ANY_);
long tl_getpmsg(TL_ANY_);
long tl_getxattrat_raw(TL_ANY_);
long tl_getxattrat(TL_ANY_);
long tl_listxattrat_raw(TL_ANY_);
long tl_listxattrat(TL_ANY_);
long tl_nfsservctl_raw(TL_ANY_);
long tl_nfsservctl(TL_ANY_);
long tl_putpmsg_raw(TL_ANY_);
long tl_putpmsg(TL_ANY_);
long tl_query_module_raw(TL_ANY_);
long tl_query_module(TL_ANY_);
long tl_removexattrat_raw(TL_ANY_);
long tl_removexattrat(TL_ANY_);
long tl_security_raw(TL_ANY_);
long tl_security(TL_ANY_);
long tl_setxattrat_raw(TL_ANY_);
long tl_setxattrat(TL_ANY_);
long tl_tuxcall_raw(TL_ANY_);
long tl_tuxcall(TL_ANY_);
long tl_uprobe_raw(TL_ANY_);
long tl_uprobe(TL_ANY_);
long tl_uretprobe_raw(TL_ANY_);
long tl_uretprobe(TL_ANY_);
long tl_vserver_raw(TL_ANY_);
long tl_vserver(TL_ANY_);

#endif
#endif
