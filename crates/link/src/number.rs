//! The numbers of the calls, by name.
//!
//! Made from the kernel's one list by `cargo xtask syscalls`; do not edit.

#![expect(non_upper_case_globals, reason = "the names are those of the calls")]

/// Where, relative to the base of GS, the entry for any number lies.
pub(crate) const ENTRY_ANY: u32 = 72;
/// Where the entries for each number begin.
pub(crate) const ENTRY_FIRST: u32 = 80;
/// How many numbers have one.
pub(crate) const ENTRY_COUNT: u32 = 512;

/// Takes a connection. See accept(2).
pub const accept: u32 = 43;
/// Takes a connection, with flags. See accept4(2).
pub const accept4: u32 = 288;
/// Tells whether a file may be used. See access(2).
pub const access: u32 = 21;
/// Writes process accounting. See acct(2).
pub const acct: u32 = 163;
/// Adds a key. See add_key(2).
pub const add_key: u32 = 248;
/// Tells how the clock is disciplined. See adjtimex(2).
pub const adjtimex: u32 = 159;
/// Sends SIGALRM after some seconds. See alarm(2).
pub const alarm: u32 = 37;
/// Sets the thread pointer. See arch_prctl(2).
pub const arch_prctl: u32 = 158;
/// Gives a socket a name. See bind(2).
pub const bind: u32 = 49;
/// Runs programs in the kernel. See bpf(2).
pub const bpf: u32 = 321;
/// Moves the program break. See brk(2).
pub const brk: u32 = 12;
/// Tells what of a file is cached. See cachestat(2).
pub const cachestat: u32 = 451;
/// Gets a thread's capabilities. See capget(2).
pub const capget: u32 = 125;
/// Sets the thread's capabilities. See capset(2).
pub const capset: u32 = 126;
/// Changes the working directory. See chdir(2).
pub const chdir: u32 = 80;
/// Changes permissions. See chmod(2).
pub const chmod: u32 = 90;
/// Changes the owner. See chown(2).
pub const chown: u32 = 92;
/// Changes the root. See chroot(2).
pub const chroot: u32 = 161;
/// Tells how a clock is disciplined. See clock_adjtime(2).
pub const clock_adjtime: u32 = 305;
/// Tells how fine a clock is. See clock_getres(2).
pub const clock_getres: u32 = 229;
/// Tells a clock's time. See clock_gettime(2).
pub const clock_gettime: u32 = 228;
/// Sleeps by a clock. See clock_nanosleep(2).
pub const clock_nanosleep: u32 = 230;
/// Sets this world's time of day. See clock_settime(2).
pub const clock_settime: u32 = 227;
/// Makes a thread. See clone(2).
pub const clone: u32 = 56;
/// Makes a thread. See clone3(2).
pub const clone3: u32 = 435;
/// Closes a descriptor. See close(2).
pub const close: u32 = 3;
/// Closes a range of descriptors. See close_range(2).
pub const close_range: u32 = 436;
/// Connects a socket. See connect(2).
pub const connect: u32 = 42;
/// Copies a range of a file to another. See copy_file_range(2).
pub const copy_file_range: u32 = 326;
/// Makes and opens a file. See creat(2).
pub const creat: u32 = 85;
/// Unloads a module. See delete_module(2).
pub const delete_module: u32 = 176;
/// Makes another descriptor of an open file. See dup(2).
pub const dup: u32 = 32;
/// Makes a chosen descriptor of an open file. See dup2(2).
pub const dup2: u32 = 33;
/// Makes a chosen descriptor of an open file, with flags. See dup3(2).
pub const dup3: u32 = 292;
/// Makes an epoll instance. See epoll_create(2).
pub const epoll_create: u32 = 213;
/// Makes an epoll instance, with flags. See epoll_create1(2).
pub const epoll_create1: u32 = 291;
/// Changes what an epoll instance watches. See epoll_ctl(2).
pub const epoll_ctl: u32 = 233;
/// Waits for events of an epoll instance, with a mask. See epoll_pwait(2).
pub const epoll_pwait: u32 = 281;
/// Waits for events of an epoll instance, with a mask. See epoll_pwait2(2).
pub const epoll_pwait2: u32 = 441;
/// Waits for events of an epoll instance. See epoll_wait(2).
pub const epoll_wait: u32 = 232;
/// Makes a counter to wait on. See eventfd(2).
pub const eventfd: u32 = 284;
/// Makes a counter to wait on, with flags. See eventfd(2).
pub const eventfd2: u32 = 290;
/// Executes a program. See execve(2).
pub const execve: u32 = 59;
/// Executes a program found from a descriptor. See execveat(2).
pub const execveat: u32 = 322;
/// Ends the thread. See _exit(2).
pub const exit: u32 = 60;
/// Ends the process. See exit_group(2).
pub const exit_group: u32 = 231;
/// Tells whether a file may be used, from a directory on. See faccessat(2).
pub const faccessat: u32 = 269;
/// Tells whether a file may be used, with flags. See faccessat2(2).
pub const faccessat2: u32 = 439;
/// Says how a file will be read. See posix_fadvise(2).
pub const fadvise64: u32 = 221;
/// Allocates or frees space of a file. See fallocate(2).
pub const fallocate: u32 = 285;
/// Watches whole file systems. See fanotify_init(2).
pub const fanotify_init: u32 = 300;
/// Watches whole file systems. See fanotify_mark(2).
pub const fanotify_mark: u32 = 301;
/// Changes the working directory to an open one. See fchdir(2).
pub const fchdir: u32 = 81;
/// Changes the permissions of an open file. See fchmod(2).
pub const fchmod: u32 = 91;
/// Changes permissions, from a directory on. See fchmodat(2).
pub const fchmodat: u32 = 268;
/// Changes permissions, with flags. See fchmodat(2).
pub const fchmodat2: u32 = 452;
/// Changes the owner of an open file. See fchown(2).
pub const fchown: u32 = 93;
/// Changes the owner, from a directory on. See fchownat(2).
pub const fchownat: u32 = 260;
/// Controls a descriptor. See fcntl(2).
pub const fcntl: u32 = 72;
/// Writes a file's contents to its device. See fdatasync(2).
pub const fdatasync: u32 = 75;
/// Gets an extended attribute of an open file. See fgetxattr(2).
pub const fgetxattr: u32 = 193;
/// Gets and sets flags of a file. See file_getattr(2).
pub const file_getattr: u32 = 468;
/// Gets and sets flags of a file. See file_setattr(2).
pub const file_setattr: u32 = 469;
/// Loads a module from a file. See finit_module(2).
pub const finit_module: u32 = 313;
/// Lists extended attributes of an open file. See flistxattr(2).
pub const flistxattr: u32 = 196;
/// Locks a file. See flock(2).
pub const flock: u32 = 73;
/// Makes a process. See fork(2).
pub const fork: u32 = 57;
/// Removes an extended attribute of an open file. See fremovexattr(2).
pub const fremovexattr: u32 = 199;
/// Mounts a file system step by step. See fsconfig(2).
pub const fsconfig: u32 = 431;
/// Sets an extended attribute of an open file. See fsetxattr(2).
pub const fsetxattr: u32 = 190;
/// Mounts a file system step by step. See fsmount(2).
pub const fsmount: u32 = 432;
/// Mounts a file system step by step. See fsopen(2).
pub const fsopen: u32 = 430;
/// Mounts a file system step by step. See fspick(2).
pub const fspick: u32 = 433;
/// Tells what an open file is. See fstat(2).
pub const fstat: u32 = 5;
/// Tells about the file system of an open file. See fstatfs(2).
pub const fstatfs: u32 = 138;
/// Writes a file's contents and attributes to its device. See fsync(2).
pub const fsync: u32 = 74;
/// Changes a file's size. See ftruncate(2).
pub const ftruncate: u32 = 77;
/// Waits for and tells of changes of a word. See futex(2).
pub const futex: u32 = 202;
/// Waits for words of memory. See futex_requeue(2).
pub const futex_requeue: u32 = 456;
/// Waits for words of memory. See futex_wait(2).
pub const futex_wait: u32 = 455;
/// Waits for words of memory. See futex_waitv(2).
pub const futex_waitv: u32 = 449;
/// Waits for words of memory. See futex_wake(2).
pub const futex_wake: u32 = 454;
/// Changes times, from a directory on. See futimesat(2).
pub const futimesat: u32 = 261;
/// Gets a memory policy. See get_mempolicy(2).
pub const get_mempolicy: u32 = 239;
/// Gets the list of locks to release at a thread's end. See get_robust_list(2).
pub const get_robust_list: u32 = 274;
/// Sets segments for threads. See get_thread_area(2).
pub const get_thread_area: u32 = 211;
/// Tells the processor. See getcpu(2).
pub const getcpu: u32 = 309;
/// Tells the working directory. See getcwd(2).
pub const getcwd: u32 = 79;
/// Reads a directory, in the old form. See getdents(2).
pub const getdents: u32 = 78;
/// Reads a directory. See getdents64(2).
pub const getdents64: u32 = 217;
/// Gets the effective group. See getegid(2).
pub const getegid: u32 = 108;
/// Gets the effective user. See geteuid(2).
pub const geteuid: u32 = 107;
/// Gets the real group. See getgid(2).
pub const getgid: u32 = 104;
/// Gets the supplementary groups. See getgroups(2).
pub const getgroups: u32 = 115;
/// Tells what is left of an interval timer. See getitimer(2).
pub const getitimer: u32 = 36;
/// Gets the name of a socket's other end. See getpeername(2).
pub const getpeername: u32 = 52;
/// Gets a process's group. See getpgid(2).
pub const getpgid: u32 = 121;
/// Gets the process group. See getpgrp(2).
pub const getpgrp: u32 = 111;
/// Gets the process's number. See getpid(2).
pub const getpid: u32 = 39;
/// Gets the parent's number. See getppid(2).
pub const getppid: u32 = 110;
/// Gets a nice value. See getpriority(2).
pub const getpriority: u32 = 140;
/// Gives random bytes. See getrandom(2).
pub const getrandom: u32 = 318;
/// Gets all three groups. See getresgid(2).
pub const getresgid: u32 = 120;
/// Gets all three users. See getresuid(2).
pub const getresuid: u32 = 118;
/// Gets a limit. See getrlimit(2).
pub const getrlimit: u32 = 97;
/// Tells what was used. See getrusage(2).
pub const getrusage: u32 = 98;
/// Gets a process's session. See getsid(2).
pub const getsid: u32 = 124;
/// Gets a socket's name. See getsockname(2).
pub const getsockname: u32 = 51;
/// Gets an option of a socket. See getsockopt(2).
pub const getsockopt: u32 = 55;
/// Gets the thread's number. See gettid(2).
pub const gettid: u32 = 186;
/// Tells the time of day. See gettimeofday(2).
pub const gettimeofday: u32 = 96;
/// Gets the real user. See getuid(2).
pub const getuid: u32 = 102;
/// Gets an extended attribute. See getxattr(2).
pub const getxattr: u32 = 191;
/// Loads a module. See init_module(2).
pub const init_module: u32 = 175;
/// Watches a file. See inotify_add_watch(2).
pub const inotify_add_watch: u32 = 254;
/// Makes an instance that watches files. See inotify_init(2).
pub const inotify_init: u32 = 253;
/// Makes an instance that watches files, with flags. See inotify_init(2).
pub const inotify_init1: u32 = 294;
/// Ends the watch of a file. See inotify_rm_watch(2).
pub const inotify_rm_watch: u32 = 255;
/// Reads and writes in the background. See io_cancel(2).
pub const io_cancel: u32 = 210;
/// Reads and writes in the background. See io_destroy(2).
pub const io_destroy: u32 = 207;
/// Reads and writes in the background. See io_getevents(2).
pub const io_getevents: u32 = 208;
/// Reads and writes in the background. See io_pgetevents(2).
pub const io_pgetevents: u32 = 333;
/// Reads and writes in the background. See io_setup(2).
pub const io_setup: u32 = 206;
/// Reads and writes in the background. See io_submit(2).
pub const io_submit: u32 = 209;
/// Serves a ring of requests. See io_uring_enter(2).
pub const io_uring_enter: u32 = 426;
/// Registers buffers with a ring. See io_uring_register(2).
pub const io_uring_register: u32 = 427;
/// Makes a ring of requests. See io_uring_setup(2).
pub const io_uring_setup: u32 = 425;
/// Controls a device. See ioctl(2).
pub const ioctl: u32 = 16;
/// Gives access to ports. See ioperm(2).
pub const ioperm: u32 = 173;
/// Gives access to ports. See iopl(2).
pub const iopl: u32 = 172;
/// Gets an I/O priority. See ioprio_get(2).
pub const ioprio_get: u32 = 252;
/// Sets an I/O priority. See ioprio_set(2).
pub const ioprio_set: u32 = 251;
/// Compares what two processes share. See kcmp(2).
pub const kcmp: u32 = 312;
/// Prepares another kernel. See kexec_file_load(2).
pub const kexec_file_load: u32 = 320;
/// Prepares another kernel. See kexec_load(2).
pub const kexec_load: u32 = 246;
/// Manages keys. See keyctl(2).
pub const keyctl: u32 = 250;
/// Sends a signal to a process or to a group. See kill(2).
pub const kill: u32 = 62;
/// Restricts the program. See landlock_add_rule(2).
pub const landlock_add_rule: u32 = 445;
/// Restricts the program. See landlock_create_ruleset(2).
pub const landlock_create_ruleset: u32 = 444;
/// Restricts the program. See landlock_restrict_self(2).
pub const landlock_restrict_self: u32 = 446;
/// Changes the owner of a file or symbolic link. See lchown(2).
pub const lchown: u32 = 94;
/// Gets an extended attribute of a file or symbolic link. See lgetxattr(2).
pub const lgetxattr: u32 = 192;
/// Gives a file another name. See link(2).
pub const link: u32 = 86;
/// Gives a file another name, from directories on. See linkat(2).
pub const linkat: u32 = 265;
/// Makes a socket take connections. See listen(2).
pub const listen: u32 = 50;
/// Tells about mounts. See listmount(2).
pub const listmount: u32 = 458;
/// Lists extended attributes. See listxattr(2).
pub const listxattr: u32 = 194;
/// Lists extended attributes of a file or symbolic link. See llistxattr(2).
pub const llistxattr: u32 = 195;
/// Was removed from Linux. See lookup_dcookie(2).
pub const lookup_dcookie: u32 = 212;
/// Removes an extended attribute of a file or symbolic link. See lremovexattr(2).
pub const lremovexattr: u32 = 198;
/// Moves the position in a file. See lseek(2).
pub const lseek: u32 = 8;
/// Sets an extended attribute of a file or symbolic link. See lsetxattr(2).
pub const lsetxattr: u32 = 189;
/// Manages security modules. See lsm_get_self_attr(2).
pub const lsm_get_self_attr: u32 = 459;
/// Manages security modules. See lsm_list_modules(2).
pub const lsm_list_modules: u32 = 461;
/// Manages security modules. See lsm_set_self_attr(2).
pub const lsm_set_self_attr: u32 = 460;
/// Tells what a file or symbolic link is. See lstat(2).
pub const lstat: u32 = 6;
/// Advises about memory. See madvise(2).
pub const madvise: u32 = 28;
/// Maps a shadow stack. See map_shadow_stack(2).
pub const map_shadow_stack: u32 = 453;
/// Binds memory to nodes. See mbind(2).
pub const mbind: u32 = 237;
/// Makes all processors pass a barrier. See membarrier(2).
pub const membarrier: u32 = 324;
/// Makes a file in memory. See memfd_create(2).
pub const memfd_create: u32 = 319;
/// Makes memory that the kernel does not see. See memfd_secret(2).
pub const memfd_secret: u32 = 447;
/// Moves pages. See migrate_pages(2).
pub const migrate_pages: u32 = 256;
/// Tells which pages are in memory. See mincore(2).
pub const mincore: u32 = 27;
/// Makes a directory. See mkdir(2).
pub const mkdir: u32 = 83;
/// Makes a directory, from another on. See mkdirat(2).
pub const mkdirat: u32 = 258;
/// Makes a file of any kind. See mknod(2).
pub const mknod: u32 = 133;
/// Makes a file of any kind, from a directory on. See mknodat(2).
pub const mknodat: u32 = 259;
/// Keeps pages in memory. See mlock(2).
pub const mlock: u32 = 149;
/// Keeps pages in memory, with flags. See mlock2(2).
pub const mlock2: u32 = 325;
/// Keeps all memory in memory. See mlockall(2).
pub const mlockall: u32 = 151;
/// Maps files or memory. See mmap(2).
pub const mmap: u32 = 9;
/// Changes segments. See modify_ldt(2).
pub const modify_ldt: u32 = 154;
/// Mounts a file system. See mount(2).
pub const mount: u32 = 165;
/// Mounts a file system step by step. See mount_setattr(2).
pub const mount_setattr: u32 = 442;
/// Mounts a file system step by step. See move_mount(2).
pub const move_mount: u32 = 429;
/// Moves pages. See move_pages(2).
pub const move_pages: u32 = 279;
/// Changes what may be done with memory. See mprotect(2).
pub const mprotect: u32 = 10;
/// Sends messages by name. See mq_getsetattr(2).
pub const mq_getsetattr: u32 = 245;
/// Sends messages by name. See mq_notify(2).
pub const mq_notify: u32 = 244;
/// Sends messages by name. See mq_open(2).
pub const mq_open: u32 = 240;
/// Sends messages by name. See mq_timedreceive(2).
pub const mq_timedreceive: u32 = 243;
/// Sends messages by name. See mq_timedsend(2).
pub const mq_timedsend: u32 = 242;
/// Sends messages by name. See mq_unlink(2).
pub const mq_unlink: u32 = 241;
/// Resizes or moves a mapping. See mremap(2).
pub const mremap: u32 = 25;
/// Seals mappings. See mseal(2).
pub const mseal: u32 = 462;
/// Sends messages by key. See msgctl(2).
pub const msgctl: u32 = 71;
/// Sends messages by key. See msgget(2).
pub const msgget: u32 = 68;
/// Sends messages by key. See msgrcv(2).
pub const msgrcv: u32 = 70;
/// Sends messages by key. See msgsnd(2).
pub const msgsnd: u32 = 69;
/// Writes a mapped file back. See msync(2).
pub const msync: u32 = 26;
/// Lets pages go again. See munlock(2).
pub const munlock: u32 = 150;
/// Lets all memory go again. See munlockall(2).
pub const munlockall: u32 = 152;
/// Unmaps memory. See munmap(2).
pub const munmap: u32 = 11;
/// Opens by handle. See name_to_handle_at(2).
pub const name_to_handle_at: u32 = 303;
/// Sleeps. See nanosleep(2).
pub const nanosleep: u32 = 35;
/// Tells what a file is, from a directory on. See fstatat(2).
pub const newfstatat: u32 = 262;
/// Opens a file. See open(2).
pub const open: u32 = 2;
/// Opens by handle. See open_by_handle_at(2).
pub const open_by_handle_at: u32 = 304;
/// Mounts a file system step by step. See open_tree(2).
pub const open_tree: u32 = 428;
/// Mounts a file system step by step. See open_tree_attr(2).
pub const open_tree_attr: u32 = 467;
/// Opens a file, from a directory on. See openat(2).
pub const openat: u32 = 257;
/// Opens a file, with restrictions on the path. See openat2(2).
pub const openat2: u32 = 437;
/// Waits for a handler. See pause(2).
pub const pause: u32 = 34;
/// Counts events. See perf_event_open(2).
pub const perf_event_open: u32 = 298;
/// Sets the execution domain. See personality(2).
pub const personality: u32 = 135;
/// Refers to a process by a descriptor. See pidfd_getfd(2).
pub const pidfd_getfd: u32 = 438;
/// Refers to a process by a descriptor. See pidfd_open(2).
pub const pidfd_open: u32 = 434;
/// Refers to a process by a descriptor. See pidfd_send_signal(2).
pub const pidfd_send_signal: u32 = 424;
/// Makes a pipe. See pipe(2).
pub const pipe: u32 = 22;
/// Makes a pipe, with flags. See pipe2(2).
pub const pipe2: u32 = 293;
/// Changes the root mount. See pivot_root(2).
pub const pivot_root: u32 = 155;
/// Gets a protection key. See pkey_alloc(2).
pub const pkey_alloc: u32 = 330;
/// Gives a protection key back. See pkey_free(2).
pub const pkey_free: u32 = 331;
/// Changes what may be done with memory, with a protection key. See pkey_mprotect(2).
pub const pkey_mprotect: u32 = 329;
/// Waits until a file is ready. See poll(2).
pub const poll: u32 = 7;
/// Waits until a file is ready, with a mask. See ppoll(2).
pub const ppoll: u32 = 271;
/// Controls the process. See prctl(2).
pub const prctl: u32 = 157;
/// Reads from a file at an offset. See pread(2).
pub const pread64: u32 = 17;
/// Reads into several buffers at an offset. See preadv(2).
pub const preadv: u32 = 295;
/// Reads into several buffers with flags. See preadv2(2).
pub const preadv2: u32 = 327;
/// Gets and sets a limit. See prlimit(2).
pub const prlimit64: u32 = 302;
/// Acts on another process's memory. See process_madvise(2).
pub const process_madvise: u32 = 440;
/// Acts on another process's memory. See process_mrelease(2).
pub const process_mrelease: u32 = 448;
/// Copies from and to another process. See process_vm_readv(2).
pub const process_vm_readv: u32 = 310;
/// Copies from and to another process. See process_vm_writev(2).
pub const process_vm_writev: u32 = 311;
/// Waits until a file is ready, with a mask. See pselect(2).
pub const pselect6: u32 = 270;
/// Traces a process. See ptrace(2).
pub const ptrace: u32 = 101;
/// Writes to a file at an offset. See pwrite(2).
pub const pwrite64: u32 = 18;
/// Writes from several buffers at an offset. See pwritev(2).
pub const pwritev: u32 = 296;
/// Writes from several buffers with flags. See pwritev2(2).
pub const pwritev2: u32 = 328;
/// Manages quotas. See quotactl(2).
pub const quotactl: u32 = 179;
/// Manages quotas. See quotactl_fd(2).
pub const quotactl_fd: u32 = 443;
/// Reads from a file. See read(2).
pub const read: u32 = 0;
/// Reads a file ahead of use. See readahead(2).
pub const readahead: u32 = 187;
/// Reads where a symbolic link points. See readlink(2).
pub const readlink: u32 = 89;
/// Reads where a symbolic link points, from a directory on. See readlinkat(2).
pub const readlinkat: u32 = 267;
/// Reads into several buffers. See readv(2).
pub const readv: u32 = 19;
/// Ends the machine. See reboot(2).
pub const reboot: u32 = 169;
/// Receives bytes. See recvfrom(2).
pub const recvfrom: u32 = 45;
/// Receives several messages. See recvmmsg(2).
pub const recvmmsg: u32 = 299;
/// Receives a message. See recvmsg(2).
pub const recvmsg: u32 = 47;
/// Maps pages of a file in another order. See remap_file_pages(2).
pub const remap_file_pages: u32 = 216;
/// Removes an extended attribute. See removexattr(2).
pub const removexattr: u32 = 197;
/// Moves a name. See rename(2).
pub const rename: u32 = 82;
/// Moves a name, from directories on. See renameat(2).
pub const renameat: u32 = 264;
/// Moves a name, with flags. See renameat2(2).
pub const renameat2: u32 = 316;
/// Asks for a key. See request_key(2).
pub const request_key: u32 = 249;
/// Goes on with an interrupted call. See restart_syscall(2).
pub const restart_syscall: u32 = 219;
/// Removes an empty directory. See rmdir(2).
pub const rmdir: u32 = 84;
/// Registers restartable sequences. See rseq(2).
pub const rseq: u32 = 334;
/// Says what is done about a signal. See sigaction(2).
pub const rt_sigaction: u32 = 13;
/// Tells which blocked signals wait. See sigpending(2).
pub const rt_sigpending: u32 = 127;
/// Changes which signals are blocked. See sigprocmask(2).
pub const rt_sigprocmask: u32 = 14;
/// Sends a signal with information to a process. See rt_sigqueueinfo(2).
pub const rt_sigqueueinfo: u32 = 129;
/// Goes back from a signal handler. See sigreturn(2).
pub const rt_sigreturn: u32 = 15;
/// Waits for a handler, with another mask. See sigsuspend(2).
pub const rt_sigsuspend: u32 = 130;
/// Waits for one of these signals, for a time. See sigtimedwait(2).
pub const rt_sigtimedwait: u32 = 128;
/// Sends a signal with information to a thread. See rt_tgsigqueueinfo(2).
pub const rt_tgsigqueueinfo: u32 = 297;
/// Gets a policy's highest priority. See sched_get_priority_max(2).
pub const sched_get_priority_max: u32 = 146;
/// Gets a policy's lowest priority. See sched_get_priority_min(2).
pub const sched_get_priority_min: u32 = 147;
/// Gets the processors that a thread may use. See sched_getaffinity(2).
pub const sched_getaffinity: u32 = 204;
/// Gets all of scheduling. See sched_getattr(2).
pub const sched_getattr: u32 = 315;
/// Gets the priority. See sched_getparam(2).
pub const sched_getparam: u32 = 143;
/// Gets the policy. See sched_getscheduler(2).
pub const sched_getscheduler: u32 = 145;
/// Tells a turn's length. See sched_rr_get_interval(2).
pub const sched_rr_get_interval: u32 = 148;
/// Sets the processors that a thread may use. See sched_setaffinity(2).
pub const sched_setaffinity: u32 = 203;
/// Sets all of scheduling. See sched_setattr(2).
pub const sched_setattr: u32 = 314;
/// Sets the priority. See sched_setparam(2).
pub const sched_setparam: u32 = 142;
/// Sets policy and priority. See sched_setscheduler(2).
pub const sched_setscheduler: u32 = 144;
/// Lets others run. See sched_yield(2).
pub const sched_yield: u32 = 24;
/// Filters the program's calls. See seccomp(2).
pub const seccomp: u32 = 317;
/// Waits until a file is ready. See select(2).
pub const select: u32 = 23;
/// Synchronizes by key. See semctl(2).
pub const semctl: u32 = 66;
/// Synchronizes by key. See semget(2).
pub const semget: u32 = 64;
/// Synchronizes by key. See semop(2).
pub const semop: u32 = 65;
/// Synchronizes by key. See semtimedop(2).
pub const semtimedop: u32 = 220;
/// Copies from one file to another. See sendfile(2).
pub const sendfile: u32 = 40;
/// Sends several messages. See sendmmsg(2).
pub const sendmmsg: u32 = 307;
/// Sends a message. See sendmsg(2).
pub const sendmsg: u32 = 46;
/// Sends bytes. See sendto(2).
pub const sendto: u32 = 44;
/// Sets the thread's memory policy. See set_mempolicy(2).
pub const set_mempolicy: u32 = 238;
/// Says where a range comes from. See set_mempolicy_home_node(2).
pub const set_mempolicy_home_node: u32 = 450;
/// Sets the list of locks to release at the thread's end. See set_robust_list(2).
pub const set_robust_list: u32 = 273;
/// Sets segments for threads. See set_thread_area(2).
pub const set_thread_area: u32 = 205;
/// Sets what is cleared when the thread ends. See set_tid_address(2).
pub const set_tid_address: u32 = 218;
/// Names the NIS domain. See setdomainname(2).
pub const setdomainname: u32 = 171;
/// Sets the group for access to files. See setfsgid(2).
pub const setfsgid: u32 = 123;
/// Sets the user for access to files. See setfsuid(2).
pub const setfsuid: u32 = 122;
/// Sets the group. See setgid(2).
pub const setgid: u32 = 106;
/// Sets the supplementary groups. See setgroups(2).
pub const setgroups: u32 = 116;
/// Names the host. See sethostname(2).
pub const sethostname: u32 = 170;
/// Sets an interval timer. See setitimer(2).
pub const setitimer: u32 = 38;
/// Enters a namespace. See setns(2).
pub const setns: u32 = 308;
/// Puts a process into a group. See setpgid(2).
pub const setpgid: u32 = 109;
/// Sets a nice value. See setpriority(2).
pub const setpriority: u32 = 141;
/// Sets the real and the effective group. See setregid(2).
pub const setregid: u32 = 114;
/// Sets all three groups. See setresgid(2).
pub const setresgid: u32 = 119;
/// Sets all three users. See setresuid(2).
pub const setresuid: u32 = 117;
/// Sets the real and the effective user. See setreuid(2).
pub const setreuid: u32 = 113;
/// Sets a limit. See setrlimit(2).
pub const setrlimit: u32 = 160;
/// Starts a session. See setsid(2).
pub const setsid: u32 = 112;
/// Sets an option of a socket. See setsockopt(2).
pub const setsockopt: u32 = 54;
/// Sets this world's time of day. See settimeofday(2).
pub const settimeofday: u32 = 164;
/// Sets the user. See setuid(2).
pub const setuid: u32 = 105;
/// Sets an extended attribute. See setxattr(2).
pub const setxattr: u32 = 188;
/// Shares memory by key. See shmat(2).
pub const shmat: u32 = 30;
/// Shares memory by key. See shmctl(2).
pub const shmctl: u32 = 31;
/// Shares memory by key. See shmdt(2).
pub const shmdt: u32 = 67;
/// Shares memory by key. See shmget(2).
pub const shmget: u32 = 29;
/// Shuts a direction of a connection. See shutdown(2).
pub const shutdown: u32 = 48;
/// Sets the alternate signal stack. See sigaltstack(2).
pub const sigaltstack: u32 = 131;
/// Makes a file of signals. See signalfd(2).
pub const signalfd: u32 = 282;
/// Makes a file of signals, or changes it. See signalfd(2).
pub const signalfd4: u32 = 289;
/// Makes a socket. See socket(2).
pub const socket: u32 = 41;
/// Makes two sockets that are connected. See socketpair(2).
pub const socketpair: u32 = 53;
/// Moves bytes between a pipe and a file. See splice(2).
pub const splice: u32 = 275;
/// Tells what a file is. See stat(2).
pub const stat: u32 = 4;
/// Tells about a file system. See statfs(2).
pub const statfs: u32 = 137;
/// Tells about mounts. See statmount(2).
pub const statmount: u32 = 457;
/// Tells more of what a file is. See statx(2).
pub const statx: u32 = 332;
/// Removes swap space. See swapoff(2).
pub const swapoff: u32 = 168;
/// Adds swap space. See swapon(2).
pub const swapon: u32 = 167;
/// Makes a symbolic link. See symlink(2).
pub const symlink: u32 = 88;
/// Makes a symbolic link, from a directory on. See symlinkat(2).
pub const symlinkat: u32 = 266;
/// Writes all files to their devices. See sync(2).
pub const sync: u32 = 162;
/// Writes a part of a file to its device. See sync_file_range(2).
pub const sync_file_range: u32 = 277;
/// Writes a file system's files to their device. See syncfs(2).
pub const syncfs: u32 = 306;
/// Was superseded on Linux. See sysfs(2).
pub const sysfs: u32 = 139;
/// Tells uptime and memory. See sysinfo(2).
pub const sysinfo: u32 = 99;
/// Reads the kernel's log, which is empty. See syslog(2).
pub const syslog: u32 = 103;
/// Copies bytes from pipe to pipe. See tee(2).
pub const tee: u32 = 276;
/// Sends a signal to a thread of a process. See tgkill(2).
pub const tgkill: u32 = 234;
/// Tells the time of day in seconds. See time(2).
pub const time: u32 = 201;
/// Makes a timer. See timer_create(2).
pub const timer_create: u32 = 222;
/// Deletes a timer. See timer_delete(2).
pub const timer_delete: u32 = 226;
/// Tells how often a timer overran. See timer_getoverrun(2).
pub const timer_getoverrun: u32 = 225;
/// Tells what is left of a timer. See timer_gettime(2).
pub const timer_gettime: u32 = 224;
/// Sets a timer. See timer_settime(2).
pub const timer_settime: u32 = 223;
/// Makes a timer to wait on. See timerfd_create(2).
pub const timerfd_create: u32 = 283;
/// Tells what is left of a timer to wait on. See timerfd_gettime(2).
pub const timerfd_gettime: u32 = 287;
/// Sets a timer to wait on. See timerfd_settime(2).
pub const timerfd_settime: u32 = 286;
/// Tells processor time in ticks. See times(2).
pub const times: u32 = 100;
/// Sends a signal to a thread. See tkill(2).
pub const tkill: u32 = 200;
/// Changes the size of a file. See truncate(2).
pub const truncate: u32 = 76;
/// Sets which permissions new files do not get. See umask(2).
pub const umask: u32 = 95;
/// Unmounts a file system. See umount2(2).
pub const umount2: u32 = 166;
/// Tells the system's names. See uname(2).
pub const uname: u32 = 63;
/// Removes a name. See unlink(2).
pub const unlink: u32 = 87;
/// Removes a name, from a directory on. See unlinkat(2).
pub const unlinkat: u32 = 263;
/// Gives up sharing with others. See unshare(2).
pub const unshare: u32 = 272;
/// Was superseded on Linux. See uselib(2).
pub const uselib: u32 = 134;
/// Serves page faults. See userfaultfd(2).
pub const userfaultfd: u32 = 323;
/// Was superseded on Linux. See ustat(2).
pub const ustat: u32 = 136;
/// Changes times, to the second. See utime(2).
pub const utime: u32 = 132;
/// Changes times. See utimensat(2).
pub const utimensat: u32 = 280;
/// Changes times. See utimes(2).
pub const utimes: u32 = 235;
/// Makes a process that uses the caller's memory until it has its own. See vfork(2).
pub const vfork: u32 = 58;
/// Hangs up the terminal. See vhangup(2).
pub const vhangup: u32 = 153;
/// Moves bytes between a pipe and memory. See vmsplice(2).
pub const vmsplice: u32 = 278;
/// Waits for a child. See wait4(2).
pub const wait4: u32 = 61;
/// Waits for a child. See waitid(2).
pub const waitid: u32 = 247;
/// Writes to a file. See write(2).
pub const write: u32 = 1;
/// Writes from several buffers. See writev(2).
pub const writev: u32 = 20;
