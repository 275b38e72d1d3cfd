//! The one list of system calls.
//!
//! A row is: documentation, the numbers on x86-64, aarch64 and i386 (`-` where an ABI never had the
//! call), name and typed arguments, the handler, and what is missing, if anything is. From it come the
//! numbers, the decoding of registers, dispatch, tracing, statistics and the support table.

use super::Fd;
use super::arguments::Id;
use crate::fs::syscalls as files;
use crate::ipc::sysv::{message, semaphore, shared};
use crate::ipc::{futex, mqueue};
use crate::mm::syscalls::{advice, barrier, locking, mapping, policy};
use crate::net::syscalls as sockets;
use crate::signal::syscalls::{actions, sending, timers as interval_timers, waiting};
use crate::user::{UserCStr, UserPtr};
use crate::{loader, signal, system, task, time};
use abi::capability::{CapabilityData, CapabilityHeader};
use abi::clone::CloneArguments;
use abi::futex::FutexWaiter;
use abi::io::{EpollEvent, IoVector, PollFd};
use abi::ipc::{QueueAttributes, SemaphoreOperation};
use abi::resource::{Rlimit, Rusage};
use abi::siginfo::SigInfo;
use abi::signal::{SigAction, SignalSet, SignalStack};
use abi::socket::{ManyMessageHeader, MessageHeader};
use abi::stat::{OpenHow, Stat, Statfs, Statx};
use abi::system::{Sysinfo, Tms, Utsname};
use abi::time::{Itimerspec, Itimerval, SigEvent, Timespec, Timeval, Timex, Timezone};

super::dispatch::syscalls! {
    /// Gets the process's number. See getpid(2).
    [39 172 20] getpid() = task::syscalls::getpid;
    /// Gets the thread's number. See gettid(2).
    [186 178 224] gettid() = task::syscalls::gettid;
    /// Sets what is cleared when the thread ends. See set_tid_address(2).
    [218 96 258] set_tid_address(pointer: UserPtr<i32>) = task::syscalls::set_tid_address;

    /// Reads from a file. See read(2).
    [0 63 3] read(fd: Fd, buffer: UserPtr<u8>, count: usize) = files::read_write::read;
    /// Writes to a file. See write(2).
    [1 64 4] write(fd: Fd, buffer: UserPtr<u8>, count: usize) = files::read_write::write;
    /// Reads from a file at an offset. See pread(2).
    [17 67 180] pread64(fd: Fd, buffer: UserPtr<u8>, count: usize, offset: i64) = files::read_write::pread64;
    /// Writes to a file at an offset. See pwrite(2).
    [18 68 181] pwrite64(fd: Fd, buffer: UserPtr<u8>, count: usize, offset: i64) = files::read_write::pwrite64;
    /// Reads into several buffers. See readv(2).
    [19 65 145] readv(fd: Fd, vector: UserPtr<IoVector>, count: u64) = files::read_write::readv;
    /// Writes from several buffers. See writev(2).
    [20 66 146] writev(fd: Fd, vector: UserPtr<IoVector>, count: u64) = files::read_write::writev;
    /// Reads into several buffers at an offset. See preadv(2).
    [295 69 333] preadv(fd: Fd, vector: UserPtr<IoVector>, count: u64, offset: i64) = files::read_write::preadv;
    /// Writes from several buffers at an offset. See pwritev(2).
    [296 70 334] pwritev(fd: Fd, vector: UserPtr<IoVector>, count: u64, offset: i64) = files::read_write::pwritev;
    /// Reads into several buffers with flags. See preadv2(2).
    [327 286 378] preadv2(
        fd: Fd, vector: UserPtr<IoVector>, count: u64, offset: i64, high: u64, flags: u32,
    ) = files::read_write::preadv2;
    /// Writes from several buffers with flags. See pwritev2(2).
    [328 287 379] pwritev2(
        fd: Fd, vector: UserPtr<IoVector>, count: u64, offset: i64, high: u64, flags: u32,
    ) = files::read_write::pwritev2;
    /// Moves the position in a file. See lseek(2).
    [8 62 19] lseek(fd: Fd, offset: i64, whence: u32) = files::read_write::lseek;
    /// Makes another descriptor of an open file. See dup(2).
    [32 23 41] dup(fd: Fd) = files::descriptors::dup;
    /// Makes a chosen descriptor of an open file. See dup2(2).
    [33 - 63] dup2(old: Fd, new: Fd) = files::descriptors::dup2;
    /// Makes a chosen descriptor of an open file, with flags. See dup3(2).
    [292 24 330] dup3(old: Fd, new: Fd, flags: u32) = files::descriptors::dup3;
    /// Closes a descriptor. See close(2).
    [3 57 6] close(fd: Fd) = files::descriptors::close;
    /// Closes a range of descriptors. See close_range(2).
    [436 436 436] close_range(first: u32, last: u32, flags: u32) = files::descriptors::close_range;
    /// Gets the real user. See getuid(2).
    [102 174 24] getuid() = task::syscalls::identity::getuid;
    /// Gets the effective user. See geteuid(2).
    [107 175 49] geteuid() = task::syscalls::identity::geteuid;
    /// Gets the real group. See getgid(2).
    [104 176 47] getgid() = task::syscalls::identity::getgid;
    /// Gets the effective group. See getegid(2).
    [108 177 50] getegid() = task::syscalls::identity::getegid;
    /// Gets all three users. See getresuid(2).
    [118 148 165] getresuid(real: UserPtr<u32>, effective: UserPtr<u32>, saved: UserPtr<u32>) = task::syscalls::identity::getresuid;
    /// Gets all three groups. See getresgid(2).
    [120 150 171] getresgid(real: UserPtr<u32>, effective: UserPtr<u32>, saved: UserPtr<u32>) = task::syscalls::identity::getresgid;
    /// Sets the user. See setuid(2).
    [105 146 23] setuid(user: Id) = task::syscalls::identity::setuid;
    /// Sets the group. See setgid(2).
    [106 144 46] setgid(group: Id) = task::syscalls::identity::setgid;
    /// Sets the real and the effective user. See setreuid(2).
    [113 145 70] setreuid(real: Id, effective: Id) = task::syscalls::identity::setreuid;
    /// Sets the real and the effective group. See setregid(2).
    [114 143 71] setregid(real: Id, effective: Id) = task::syscalls::identity::setregid;
    /// Sets all three users. See setresuid(2).
    [117 147 164] setresuid(real: Id, effective: Id, saved: Id) = task::syscalls::identity::setresuid;
    /// Sets all three groups. See setresgid(2).
    [119 149 170] setresgid(real: Id, effective: Id, saved: Id) = task::syscalls::identity::setresgid;
    /// Sets the user for access to files. See setfsuid(2).
    [122 151 138] setfsuid(user: Id) = task::syscalls::identity::setfsuid;
    /// Sets the group for access to files. See setfsgid(2).
    [123 152 139] setfsgid(group: Id) = task::syscalls::identity::setfsgid;
    /// Gets the supplementary groups. See getgroups(2).
    [115 158 80] getgroups(size: i32, list: UserPtr<u32>) = task::syscalls::identity::getgroups;
    /// Sets the supplementary groups. See setgroups(2).
    [116 159 81] setgroups(size: i32, list: UserPtr<u32>) = task::syscalls::identity::setgroups;
    /// Gets a thread's capabilities. See capget(2).
    [125 90 184] capget(header: UserPtr<CapabilityHeader>, data: UserPtr<CapabilityData>) = task::syscalls::capabilities::capget;
    /// Sets the thread's capabilities. See capset(2).
    [126 91 185] capset(header: UserPtr<CapabilityHeader>, data: UserPtr<CapabilityData>) = task::syscalls::capabilities::capset;
    /// Gets the parent's number. See getppid(2).
    [110 173 64] getppid() = task::syscalls::relations::getppid;
    /// Gets the process group. See getpgrp(2).
    [111 - 65] getpgrp() = task::syscalls::relations::getpgrp;
    /// Gets a process's group. See getpgid(2).
    [121 155 132] getpgid(pid: i32) = task::syscalls::relations::getpgid;
    /// Puts a process into a group. See setpgid(2).
    [109 154 57] setpgid(pid: i32, pgid: i32) = task::syscalls::relations::setpgid;
    /// Gets a process's session. See getsid(2).
    [124 156 147] getsid(pid: i32) = task::syscalls::relations::getsid;
    /// Starts a session. See setsid(2).
    [112 157 66] setsid() = task::syscalls::relations::setsid;
    /// Gets and sets a limit. See prlimit(2).
    [302 261 340] prlimit64(pid: i32, resource: u32, new: UserPtr<Rlimit>, old: UserPtr<Rlimit>) = task::syscalls::accounting::prlimit64;
    /// Gets a limit. See getrlimit(2).
    [97 163 76] getrlimit(resource: u32, limit: UserPtr<Rlimit>) = task::syscalls::accounting::getrlimit;
    /// Sets a limit. See setrlimit(2).
    [160 164 75] setrlimit(resource: u32, limit: UserPtr<Rlimit>) = task::syscalls::accounting::setrlimit;
    /// Tells what was used. See getrusage(2).
    [98 165 77] getrusage(who: i32, usage: UserPtr<Rusage>) = task::syscalls::accounting::getrusage, gap "all time is told as user time";
    /// Tells processor time in ticks. See times(2).
    [100 153 43] times(buffer: UserPtr<Tms>) = task::syscalls::accounting::times;
    /// Sets the list of locks to release at the thread's end. See set_robust_list(2).
    [273 99 311] set_robust_list(head: UserPtr<u64>, length: usize) = task::syscalls::accounting::set_robust_list;
    /// Gets the list of locks to release at a thread's end. See get_robust_list(2).
    [274 100 312] get_robust_list(pid: i32, head: UserPtr<u64>, length: UserPtr<u64>) = task::syscalls::accounting::get_robust_list;
    /// Sets the thread pointer. See arch_prctl(2).
    [158 - 384] arch_prctl(code: i32, address: UserPtr<u64>) = task::syscalls::arch_prctl::arch_prctl, gap "GS belongs to the kernel";
    /// Controls the process. See prctl(2).
    [157 167 172] prctl(option: u32, second: u64, third: u64, fourth: u64, fifth: u64) = task::syscalls::prctl::prctl, gap "see the gaps that a run counts";
    /// Lets others run. See sched_yield(2).
    [24 124 158] sched_yield() = task::syscalls::scheduling::sched_yield;
    /// Tells the processor. See getcpu(2).
    [309 168 318] getcpu(cpu: UserPtr<u32>, node: UserPtr<u32>, unused: UserPtr<u8>) = task::syscalls::scheduling::getcpu;
    /// Gets the processors that a thread may use. See sched_getaffinity(2).
    [204 123 242] sched_getaffinity(pid: i32, length: u32, mask: UserPtr<u64>) = task::syscalls::scheduling::sched_getaffinity;
    /// Sets the processors that a thread may use. See sched_setaffinity(2).
    [203 122 241] sched_setaffinity(pid: i32, length: u32, mask: UserPtr<u8>) = task::syscalls::scheduling::sched_setaffinity, gap "kept, not heeded";
    /// Gets a policy's highest priority. See sched_get_priority_max(2).
    [146 125 159] sched_get_priority_max(policy: u32) = task::syscalls::scheduling::sched_get_priority_max;
    /// Gets a policy's lowest priority. See sched_get_priority_min(2).
    [147 126 160] sched_get_priority_min(policy: u32) = task::syscalls::scheduling::sched_get_priority_min;
    /// Sets policy and priority. See sched_setscheduler(2).
    [144 119 156] sched_setscheduler(pid: i32, policy: i32, parameter: UserPtr<u32>) = task::syscalls::scheduling::sched_setscheduler, gap "kept, not heeded";
    /// Gets the policy. See sched_getscheduler(2).
    [145 120 157] sched_getscheduler(pid: i32) = task::syscalls::scheduling::sched_getscheduler;
    /// Sets the priority. See sched_setparam(2).
    [142 118 154] sched_setparam(pid: i32, parameter: UserPtr<u32>) = task::syscalls::scheduling::sched_setparam, gap "kept, not heeded";
    /// Gets the priority. See sched_getparam(2).
    [143 121 155] sched_getparam(pid: i32, parameter: UserPtr<u32>) = task::syscalls::scheduling::sched_getparam;
    /// Tells a turn's length. See sched_rr_get_interval(2).
    [148 127 161] sched_rr_get_interval(pid: i32, interval: UserPtr<Timespec>) = task::syscalls::scheduling::sched_rr_get_interval;
    /// Gets all of scheduling. See sched_getattr(2).
    [315 275 352] sched_getattr(pid: i32, attributes: UserPtr<u8>, size: u32, flags: u32) = task::syscalls::scheduling::sched_getattr;
    /// Sets all of scheduling. See sched_setattr(2).
    [314 274 351] sched_setattr(pid: i32, attributes: UserPtr<u32>, flags: u32) = task::syscalls::scheduling::sched_setattr, gap "kept, not heeded";
    /// Gets a nice value. See getpriority(2).
    [140 141 96] getpriority(which: i32, who: i32) = task::syscalls::scheduling::getpriority;
    /// Sets a nice value. See setpriority(2).
    [141 140 97] setpriority(which: i32, who: i32, nice: i32) = task::syscalls::scheduling::setpriority, gap "kept, not heeded";
    /// Gets an I/O priority. See ioprio_get(2).
    [252 31 290] ioprio_get(which: i32, who: i32) = task::syscalls::scheduling::ioprio_get;
    /// Sets an I/O priority. See ioprio_set(2).
    [251 30 289] ioprio_set(which: i32, who: i32, priority: i32) = task::syscalls::scheduling::ioprio_set, gap "kept, not heeded";
    /// Tells the system's names. See uname(2).
    [63 160 122] uname(buffer: UserPtr<Utsname>) = system::syscalls::uname;
    /// Names the host. See sethostname(2).
    [170 161 74] sethostname(name: UserPtr<u8>, length: i32) = system::syscalls::sethostname;
    /// Names the NIS domain. See setdomainname(2).
    [171 162 121] setdomainname(name: UserPtr<u8>, length: i32) = system::syscalls::setdomainname;
    /// Tells uptime and memory. See sysinfo(2).
    [99 179 116] sysinfo(buffer: UserPtr<Sysinfo>) = system::syscalls::sysinfo;
    /// Gives random bytes. See getrandom(2).
    [318 278 355] getrandom(buffer: UserPtr<u8>, length: usize, flags: u32) = system::syscalls::getrandom;
    /// Sets the execution domain. See personality(2).
    [135 92 136] personality(persona: u32) = system::syscalls::personality;
    /// Reads the kernel's log, which is empty. See syslog(2).
    [103 116 103] syslog(action: i32, buffer: UserPtr<u8>, length: i32) = system::syscalls::syslog;
    /// Hangs up the terminal. See vhangup(2).
    [153 58 111] vhangup() = system::syscalls::vhangup;
    /// Ends the machine. See reboot(2).
    [169 142 88] reboot(magic: u32, magic2: u32, command: u32) = system::syscalls::reboot;
    /// Registers restartable sequences. See rseq(2).
    [334 293 386] rseq(address: UserPtr<u32>, length: u32, flags: u32, signature: u32) = task::rseq::rseq;
    /// Filters the program's calls. See seccomp(2).
    [317 277 354] seccomp() = system::syscalls::not_configured, gap "not there";
    /// Makes a ring of requests. See io_uring_setup(2).
    [425 425 425] io_uring_setup() = system::syscalls::not_configured, gap "not there, as in most sandboxes";
    /// Serves a ring of requests. See io_uring_enter(2).
    [426 426 426] io_uring_enter() = system::syscalls::not_configured, gap "not there";
    /// Registers buffers with a ring. See io_uring_register(2).
    [427 427 427] io_uring_register() = system::syscalls::not_configured, gap "not there";
    /// Traces a process. See ptrace(2).
    [101 117 26] ptrace() = system::syscalls::not_permitted, gap "not there";
    /// Stops sharing with other threads. See unshare(2).
    [272 97 310] unshare(flags: u64) = task::syscalls::unshare::unshare, gap "there are no namespaces";
    /// Enters a namespace. See setns(2).
    [308 268 346] setns() = system::syscalls::not_permitted, gap "there are no namespaces";
    /// Loads a module. See init_module(2).
    [175 105 128] init_module() = system::syscalls::not_permitted, gap "there are no modules";
    /// Loads a module from a file. See finit_module(2).
    [313 273 350] finit_module() = system::syscalls::not_permitted, gap "there are no modules";
    /// Unloads a module. See delete_module(2).
    [176 106 129] delete_module() = system::syscalls::not_permitted, gap "there are no modules";
    /// Prepares another kernel. See kexec_load(2).
    [246 104 283] kexec_load() = system::syscalls::not_permitted, gap "not there";
    /// Adds swap space. See swapon(2).
    [167 224 87] swapon() = system::syscalls::not_permitted, gap "there is no swap";
    /// Removes swap space. See swapoff(2).
    [168 225 115] swapoff() = system::syscalls::not_permitted, gap "there is no swap";
    /// Writes process accounting. See acct(2).
    [163 89 51] acct() = system::syscalls::not_configured, gap "not there";
    /// Runs programs in the kernel. See bpf(2).
    [321 280 357] bpf() = system::syscalls::not_permitted, gap "not there";
    /// Counts events. See perf_event_open(2).
    [298 241 336] perf_event_open() = system::syscalls::not_permitted, gap "not there";
    /// Serves page faults. See userfaultfd(2).
    [323 282 374] userfaultfd() = system::syscalls::not_permitted, gap "not there";
    /// Gives access to ports. See iopl(2).
    [172 - 110] iopl() = system::syscalls::not_permitted, gap "not there";
    /// Gives access to ports. See ioperm(2).
    [173 - 101] ioperm() = system::syscalls::not_permitted, gap "not there";
    /// Was removed from Linux. See lookup_dcookie(2).
    [212 18 253] lookup_dcookie() = system::syscalls::not_configured, gap "not there";
    /// Compares what two processes share. See kcmp(2).
    [312 272 349] kcmp(first: i32, second: i32, kind: i32, first_index: u64, second_index: u64) =
        task::syscalls::compare::kcmp, gap "no KCMP_EPOLL_TFD";
    /// Moves pages. See migrate_pages(2).
    [256 238 294] migrate_pages() = system::syscalls::not_configured, gap "one memory, no policies";
    /// Moves pages. See move_pages(2).
    [279 239 317] move_pages() = system::syscalls::not_configured, gap "one memory, no policies";
    /// Adds a key. See add_key(2).
    [248 217 286] add_key() = system::syscalls::not_configured, gap "there are no keys";
    /// Asks for a key. See request_key(2).
    [249 218 287] request_key() = system::syscalls::not_configured, gap "there are no keys";
    /// Manages keys. See keyctl(2).
    [250 219 288] keyctl() = system::syscalls::not_configured, gap "there are no keys";
    /// Controls a descriptor. See fcntl(2).
    [72 25 55] fcntl(fd: Fd, command: u32, argument: u64) = files::control::fcntl, gap "no leases";
    /// Locks a file. See flock(2).
    [73 32 143] flock(fd: Fd, operation: u32) = files::record_locks::flock;
    /// Controls a device. See ioctl(2).
    [16 29 54] ioctl(fd: Fd, request: u32, argument: u64) = files::ioctl::ioctl;
    /// Makes a pipe. See pipe(2).
    [22 - 42] pipe(pair: UserPtr<i32>) = files::pipes::pipe;
    /// Makes a pipe, with flags. See pipe2(2).
    [293 59 331] pipe2(pair: UserPtr<i32>, flags: u32) = files::pipes::pipe2;
    /// Changes a file's size. See ftruncate(2).
    [77 46 93] ftruncate(fd: Fd, length: i64) = files::space::ftruncate;
    /// Allocates or frees space of a file. See fallocate(2).
    [285 47 324] fallocate(fd: Fd, mode: u32, offset: i64, length: i64) = files::space::fallocate;
    /// Writes a file's contents and attributes to its device. See fsync(2).
    [74 82 118] fsync(fd: Fd) = files::space::fsync;
    /// Writes a file's contents to its device. See fdatasync(2).
    [75 83 148] fdatasync(fd: Fd) = files::space::fdatasync;
    /// Writes all files to their devices. See sync(2).
    [162 81 36] sync() = files::space::sync;
    /// Writes a file system's files to their device. See syncfs(2).
    [306 267 344] syncfs(fd: Fd) = files::space::syncfs;
    /// Writes a part of a file to its device. See sync_file_range(2).
    [277 84 314] sync_file_range(fd: Fd, offset: i64, length: i64, flags: u32) = files::space::sync_file_range;
    /// Says how a file will be read. See posix_fadvise(2).
    [221 223 250] fadvise64(fd: Fd, offset: i64, length: i64, advice: u32) = files::space::fadvise64;
    /// Makes an epoll instance. See epoll_create(2).
    [213 - 254] epoll_create(size: i32) = files::epoll::epoll_create;
    /// Makes an epoll instance, with flags. See epoll_create1(2).
    [291 20 329] epoll_create1(flags: u32) = files::epoll::epoll_create1;
    /// Changes what an epoll instance watches. See epoll_ctl(2).
    [233 21 255] epoll_ctl(epoll: Fd, operation: u32, fd: Fd, event: UserPtr<EpollEvent>) =
        files::epoll::epoll_ctl;
    /// Waits for events of an epoll instance. See epoll_wait(2).
    [232 - 256] epoll_wait(epoll: Fd, events: UserPtr<EpollEvent>, limit: i32, milliseconds: i32) =
        files::epoll::epoll_wait;
    /// Waits for events of an epoll instance, with a mask. See epoll_pwait(2).
    [281 22 319] epoll_pwait(
        epoll: Fd, events: UserPtr<EpollEvent>, limit: i32, milliseconds: i32, mask: UserPtr<u64>, size: usize,
    ) = files::epoll::epoll_pwait;
    /// Waits for events of an epoll instance, with a mask. See epoll_pwait2(2).
    [441 441 441] epoll_pwait2(
        epoll: Fd, events: UserPtr<EpollEvent>, limit: i32, timeout: UserPtr<Timespec>, mask: UserPtr<u64>,
        size: usize,
    ) = files::epoll::epoll_pwait2;
    /// Makes a counter to wait on. See eventfd(2).
    [284 - 323] eventfd(count: u32) = files::events::eventfd;
    /// Makes a counter to wait on, with flags. See eventfd(2).
    [290 19 328] eventfd2(count: u32, flags: u32) = files::events::eventfd2;
    /// Makes a timer to wait on. See timerfd_create(2).
    [283 85 322] timerfd_create(clock: u32, flags: u32) = time::syscalls::timerfd_create;
    /// Sets a timer to wait on. See timerfd_settime(2).
    [286 86 325] timerfd_settime(
        fd: Fd, flags: u32, new: UserPtr<Itimerspec>, old: UserPtr<Itimerspec>,
    ) = time::syscalls::timerfd_settime;
    /// Tells what is left of a timer to wait on. See timerfd_gettime(2).
    [287 87 326] timerfd_gettime(fd: Fd, time: UserPtr<Itimerspec>) = time::syscalls::timerfd_gettime;
    /// Makes an instance that watches files. See inotify_init(2).
    [253 - 291] inotify_init() = files::inotify::inotify_init;
    /// Makes an instance that watches files, with flags. See inotify_init(2).
    [294 26 332] inotify_init1(flags: u32) = files::inotify::inotify_init1;
    /// Watches a file. See inotify_add_watch(2).
    [254 27 292] inotify_add_watch(instance: Fd, path: UserCStr, mask: u32) = files::inotify::inotify_add_watch;
    /// Ends the watch of a file. See inotify_rm_watch(2).
    [255 28 293] inotify_rm_watch(instance: Fd, watch: i32) = files::inotify::inotify_rm_watch;
    /// Copies from one file to another. See sendfile(2).
    [40 71 187] sendfile(output: Fd, input: Fd, offset: UserPtr<i64>, count: usize) = files::splice::sendfile;
    /// Copies a range of a file to another. See copy_file_range(2).
    [326 285 377] copy_file_range(
        input: Fd, input_offset: UserPtr<i64>, output: Fd, output_offset: UserPtr<i64>, length: usize, flags: u32,
    ) = files::splice::copy_file_range;
    /// Moves bytes between a pipe and a file. See splice(2).
    [275 76 313] splice(
        input: Fd, input_offset: UserPtr<i64>, output: Fd, output_offset: UserPtr<i64>, length: usize, flags: u32,
    ) = files::splice::splice;
    /// Copies bytes from pipe to pipe. See tee(2).
    [276 77 315] tee(input: Fd, output: Fd, length: usize, flags: u32) = files::splice::tee;
    /// Moves bytes between a pipe and memory. See vmsplice(2).
    [278 75 316] vmsplice(fd: Fd, vector: UserPtr<IoVector>, count: u64, flags: u32) = files::splice::vmsplice;
    /// Makes a file in memory. See memfd_create(2).
    [319 279 356] memfd_create(name: UserCStr, flags: u32) = files::memory::memfd_create;
    /// Waits until a file is ready. See poll(2).
    [7 - 168] poll(fds: UserPtr<PollFd>, count: u32, milliseconds: i32) = files::poll::poll;
    /// Waits until a file is ready, with a mask. See ppoll(2).
    [271 73 309] ppoll(
        fds: UserPtr<PollFd>, count: u32, timeout: UserPtr<Timespec>, mask: UserPtr<u64>, size: usize,
    ) = files::poll::ppoll;
    /// Waits until a file is ready. See select(2).
    [23 - 142] select(
        count: i32, readable: UserPtr<u64>, writable: UserPtr<u64>, exceptional: UserPtr<u64>,
        timeout: UserPtr<Timeval>,
    ) = files::select::select;
    /// Waits until a file is ready, with a mask. See pselect(2).
    [270 72 308] pselect6(
        count: i32, readable: UserPtr<u64>, writable: UserPtr<u64>, exceptional: UserPtr<u64>,
        timeout: UserPtr<Timespec>, mask: UserPtr<files::select::MaskArgument>,
    ) = files::select::pselect6;
    /// Reads a file ahead of use. See readahead(2).
    [187 213 225] readahead(fd: Fd, offset: i64, count: usize) = files::space::readahead;
    /// Ends the thread. See _exit(2).
    [60 93 1] exit(status: i32) = task::syscalls::exit;
    /// Ends the process. See exit_group(2).
    [231 94 252] exit_group(status: i32) = task::syscalls::exit_group;
    /// Executes a program. See execve(2).
    [59 221 11] execve(path: UserCStr, arguments: UserPtr<u64>, environment: UserPtr<u64>) =
        loader::syscalls::execve;
    /// Executes a program found from a descriptor. See execveat(2).
    [322 281 358] execveat(
        directory: Fd,
        path: UserCStr,
        arguments: UserPtr<u64>,
        environment: UserPtr<u64>,
        flags: u32,
    ) = loader::syscalls::execveat;

    /// Waits for and tells of changes of a word. See futex(2).
    [202 98 240] futex(
        address: UserPtr<u32>,
        operation: u32,
        value: u32,
        timeout: u64,
        second_address: UserPtr<u32>,
        third_value: u32,
    ) = futex::syscalls::futex, gap "owners of locks inherit no priority";
    /// Makes a thread. See clone(2).
    [56 220 120] clone(
        flags: u64,
        stack: u64,
        parent_tid: UserPtr<i32>,
        child_tid: UserPtr<i32>,
        tls: u64,
    ) = task::clone::clone, gap "no namespaces";
    /// Makes a process. See fork(2).
    [57 - 2] fork() = task::clone::fork;
    /// Makes a process that uses the caller's memory until it has its own. See vfork(2).
    [58 - 190] vfork() = task::clone::vfork;
    /// Makes a thread. See clone3(2).
    [435 435 435] clone3(arguments: UserPtr<CloneArguments>, size: usize) =
        task::clone::clone3, gap "no namespaces, no set_tid";
    /// Opens a file. See open(2).
    [2 - 5] open(name: UserCStr, flags: u32, mode: u32) = files::open::open;
    /// Opens a file, from a directory on. See openat(2).
    [257 56 295] openat(directory: Fd, name: UserCStr, flags: u32, mode: u32) = files::open::openat;
    /// Opens a file, with restrictions on the path. See openat2(2).
    [437 437 437] openat2(directory: Fd, name: UserCStr, how: UserPtr<OpenHow>, size: usize) = files::open::openat2;
    /// Makes and opens a file. See creat(2).
    [85 - 8] creat(name: UserCStr, mode: u32) = files::open::creat;
    /// Tells what a file is. See stat(2).
    [4 - 195] stat(name: UserCStr, target: UserPtr<Stat>) = files::status::stat;
    /// Tells what an open file is. See fstat(2).
    [5 80 197] fstat(fd: Fd, target: UserPtr<Stat>) = files::status::fstat;
    /// Tells what a file or symbolic link is. See lstat(2).
    [6 - 196] lstat(name: UserCStr, target: UserPtr<Stat>) = files::status::lstat;
    /// Tells what a file is, from a directory on. See fstatat(2).
    [262 79 -] newfstatat(directory: Fd, name: UserCStr, target: UserPtr<Stat>, flags: u32) =
        files::status::newfstatat;
    /// Tells more of what a file is. See statx(2).
    [332 291 383] statx(directory: Fd, name: UserCStr, flags: u32, mask: u32, target: UserPtr<Statx>) =
        files::status::statx;
    /// Tells whether a file may be used. See access(2).
    [21 - 33] access(name: UserCStr, mode: u32) = files::status::access;
    /// Tells whether a file may be used, from a directory on. See faccessat(2).
    [269 48 307] faccessat(directory: Fd, name: UserCStr, mode: u32) = files::status::faccessat;
    /// Tells whether a file may be used, with flags. See faccessat2(2).
    [439 439 439] faccessat2(directory: Fd, name: UserCStr, mode: u32, flags: u32) = files::status::faccessat2;
    /// Reads where a symbolic link points. See readlink(2).
    [89 - 85] readlink(name: UserCStr, target: UserPtr<u8>, size: i32) = files::status::readlink;
    /// Reads where a symbolic link points, from a directory on. See readlinkat(2).
    [267 78 305] readlinkat(directory: Fd, name: UserCStr, target: UserPtr<u8>, size: i32) =
        files::status::readlinkat;
    /// Tells about a file system. See statfs(2).
    [137 43 268] statfs(name: UserCStr, target: UserPtr<Statfs>) = files::status::statfs;
    /// Tells about the file system of an open file. See fstatfs(2).
    [138 44 269] fstatfs(fd: Fd, target: UserPtr<Statfs>) = files::status::fstatfs;
    /// Reads a directory. See getdents64(2).
    [217 61 220] getdents64(fd: Fd, target: UserPtr<u8>, size: u32) = files::directories::getdents64;
    /// Reads a directory, in the old form. See getdents(2).
    [78 - 141] getdents(fd: Fd, target: UserPtr<u8>, size: u32) = files::directories::getdents;
    /// Tells the working directory. See getcwd(2).
    [79 17 183] getcwd(target: UserPtr<u8>, size: usize) = files::directories::getcwd;
    /// Changes the working directory. See chdir(2).
    [80 49 12] chdir(name: UserCStr) = files::directories::chdir;
    /// Changes the working directory to an open one. See fchdir(2).
    [81 50 133] fchdir(fd: Fd) = files::directories::fchdir;
    /// Changes the root. See chroot(2).
    [161 51 61] chroot(name: UserCStr) = files::directories::chroot;
    /// Sets which permissions new files do not get. See umask(2).
    [95 166 60] umask(mask: u32) = files::directories::umask;
    /// Tells a clock's time. See clock_gettime(2).
    [228 113 265] clock_gettime(clock: i32, time: UserPtr<Timespec>) = time::syscalls::clock_gettime;
    /// Tells how fine a clock is. See clock_getres(2).
    [229 114 266] clock_getres(clock: i32, resolution: UserPtr<Timespec>) = time::syscalls::clock_getres;
    /// Sets this world's time of day. See clock_settime(2).
    [227 112 264] clock_settime(clock: i32, time: UserPtr<Timespec>) = time::syscalls::clock_settime;
    /// Sleeps by a clock. See clock_nanosleep(2).
    [230 115 267] clock_nanosleep(clock: i32, flags: i32, request: UserPtr<Timespec>, remaining: UserPtr<Timespec>) = time::syscalls::clock_nanosleep;
    /// Sleeps. See nanosleep(2).
    [35 101 162] nanosleep(request: UserPtr<Timespec>, remaining: UserPtr<Timespec>) = time::syscalls::nanosleep;
    /// Tells the time of day. See gettimeofday(2).
    [96 169 78] gettimeofday(time: UserPtr<Timeval>, zone: UserPtr<Timezone>) = time::syscalls::gettimeofday;
    /// Sets this world's time of day. See settimeofday(2).
    [164 170 79] settimeofday(time: UserPtr<Timeval>, zone: UserPtr<Timezone>) = time::syscalls::settimeofday;
    /// Tells the time of day in seconds. See time(2).
    [201 - 13] time(place: UserPtr<i64>) = time::syscalls::time;
    /// Tells how the clock is disciplined. See adjtimex(2).
    [159 171 124] adjtimex(buffer: UserPtr<Timex>) = time::syscalls::adjtimex, gap "reads only";
    /// Tells how a clock is disciplined. See clock_adjtime(2).
    [305 266 343] clock_adjtime(clock: i32, buffer: UserPtr<Timex>) = time::syscalls::clock_adjtime, gap "reads only";
    /// Makes a timer. See timer_create(2).
    [222 107 259] timer_create(clock: i32, event: UserPtr<SigEvent>, timer: UserPtr<i32>) = time::syscalls::timer_create;
    /// Sets a timer. See timer_settime(2).
    [223 110 260] timer_settime(timer: i32, flags: i32, new: UserPtr<Itimerspec>, old: UserPtr<Itimerspec>) = time::syscalls::timer_settime;
    /// Tells what is left of a timer. See timer_gettime(2).
    [224 108 261] timer_gettime(timer: i32, setting: UserPtr<Itimerspec>) = time::syscalls::timer_gettime;
    /// Tells how often a timer overran. See timer_getoverrun(2).
    [225 109 262] timer_getoverrun(timer: i32) = time::syscalls::timer_getoverrun;
    /// Deletes a timer. See timer_delete(2).
    [226 111 263] timer_delete(timer: i32) = time::syscalls::timer_delete;
    /// Waits for a child. See wait4(2).
    [61 260 114] wait4(pid: i32, status: UserPtr<i32>, options: u32, usage: UserPtr<Rusage>) = task::syscalls::children::wait4;
    /// Waits for a child. See waitid(2).
    [247 95 284] waitid(which: i32, id: i32, info: UserPtr<[i32; 3]>, options: u32, usage: UserPtr<Rusage>) = task::syscalls::children::waitid;
    /// Mounts a file system. See mount(2).
    [165 40 21] mount() = system::syscalls::not_permitted, gap "the world is mounted from outside";
    /// Unmounts a file system. See umount2(2).
    [166 39 52] umount2() = system::syscalls::not_permitted, gap "the world is mounted from outside";
    /// Changes the root mount. See pivot_root(2).
    [155 41 217] pivot_root() = system::syscalls::not_permitted, gap "the world is mounted from outside";
    /// Mounts a file system step by step. See open_tree(2).
    [428 428 428] open_tree() = system::syscalls::not_permitted, gap "the world is mounted from outside";
    /// Mounts a file system step by step. See move_mount(2).
    [429 429 429] move_mount() = system::syscalls::not_permitted, gap "the world is mounted from outside";
    /// Mounts a file system step by step. See fsopen(2).
    [430 430 430] fsopen() = system::syscalls::not_permitted, gap "the world is mounted from outside";
    /// Mounts a file system step by step. See fsconfig(2).
    [431 431 431] fsconfig() = system::syscalls::not_permitted, gap "the world is mounted from outside";
    /// Mounts a file system step by step. See fsmount(2).
    [432 432 432] fsmount() = system::syscalls::not_permitted, gap "the world is mounted from outside";
    /// Mounts a file system step by step. See fspick(2).
    [433 433 433] fspick() = system::syscalls::not_permitted, gap "the world is mounted from outside";
    /// Mounts a file system step by step. See mount_setattr(2).
    [442 442 442] mount_setattr() = system::syscalls::not_permitted, gap "the world is mounted from outside";
    /// Mounts a file system step by step. See open_tree_attr(2).
    [467 467 467] open_tree_attr() = system::syscalls::not_permitted, gap "the world is mounted from outside";
    /// Tells about mounts. See statmount(2).
    [457 457 457] statmount() = system::syscalls::not_configured, gap "not there";
    /// Tells about mounts. See listmount(2).
    [458 458 458] listmount() = system::syscalls::not_configured, gap "not there";
    /// Makes a socket. See socket(2).
    [41 198 359] socket(family: i32, kind: u32, protocol: i32) = sockets::connections::socket, gap "AF_UNIX only";
    /// Makes two sockets that are connected. See socketpair(2).
    [53 199 360] socketpair(family: i32, kind: u32, protocol: i32, pair: UserPtr<i32>) = sockets::connections::socketpair, gap "AF_UNIX only";
    /// Connects a socket. See connect(2).
    [42 203 362] connect(fd: Fd, address: UserPtr<u8>, length: i32) = sockets::connections::connect;
    /// Takes a connection. See accept(2).
    [43 202 -] accept(fd: Fd, address: UserPtr<u8>, length: UserPtr<i32>) = sockets::connections::accept;
    /// Takes a connection, with flags. See accept4(2).
    [288 242 364] accept4(fd: Fd, address: UserPtr<u8>, length: UserPtr<i32>, flags: u32) = sockets::connections::accept4;
    /// Gives a socket a name. See bind(2).
    [49 200 361] bind(fd: Fd, address: UserPtr<u8>, length: i32) = sockets::connections::bind;
    /// Makes a socket take connections. See listen(2).
    [50 201 363] listen(fd: Fd, backlog: i32) = sockets::connections::listen;
    /// Gets a socket's name. See getsockname(2).
    [51 204 367] getsockname(fd: Fd, address: UserPtr<u8>, length: UserPtr<i32>) = sockets::connections::getsockname;
    /// Gets the name of a socket's other end. See getpeername(2).
    [52 205 368] getpeername(fd: Fd, address: UserPtr<u8>, length: UserPtr<i32>) = sockets::connections::getpeername;
    /// Sends bytes. See sendto(2).
    [44 206 369] sendto(
        fd: Fd, buffer: UserPtr<u8>, count: usize, flags: u32, address: UserPtr<u8>, length: i32,
    ) = sockets::messages::sendto, gap "MSG_OOB is missing";
    /// Receives bytes. See recvfrom(2).
    [45 207 371] recvfrom(
        fd: Fd, buffer: UserPtr<u8>, count: usize, flags: u32, address: UserPtr<u8>, length: UserPtr<i32>,
    ) = sockets::messages::recvfrom, gap "MSG_OOB is missing";
    /// Sends a message. See sendmsg(2).
    [46 211 370] sendmsg(fd: Fd, message: UserPtr<MessageHeader>, flags: u32) = sockets::messages::sendmsg, gap "MSG_OOB is missing";
    /// Receives a message. See recvmsg(2).
    [47 212 372] recvmsg(fd: Fd, message: UserPtr<MessageHeader>, flags: u32) = sockets::messages::recvmsg, gap "MSG_OOB is missing";
    /// Sends several messages. See sendmmsg(2).
    [307 269 345] sendmmsg(fd: Fd, messages: UserPtr<ManyMessageHeader>, count: u32, flags: u32) = sockets::messages::sendmmsg, gap "MSG_OOB is missing";
    /// Receives several messages. See recvmmsg(2).
    [299 243 337] recvmmsg(
        fd: Fd, messages: UserPtr<ManyMessageHeader>, count: u32, flags: u32, timeout: UserPtr<Timespec>,
    ) = sockets::messages::recvmmsg, gap "MSG_OOB is missing";
    /// Shuts a direction of a connection. See shutdown(2).
    [48 210 373] shutdown(fd: Fd, how: u32) = sockets::connections::shutdown;
    /// Sets an option of a socket. See setsockopt(2).
    [54 208 366] setsockopt(fd: Fd, level: i32, name: u32, value: UserPtr<u8>, length: i32) = sockets::options::setsockopt;
    /// Gets an option of a socket. See getsockopt(2).
    [55 209 365] getsockopt(fd: Fd, level: i32, name: u32, value: UserPtr<u8>, length: UserPtr<i32>) = sockets::options::getsockopt;
    /// Shares memory by key. See shmget(2).
    [29 194 395] shmget(key: i32, size: u64, flags: i32) = shared::shmget, gap "no huge pages are set aside";
    /// Shares memory by key. See shmat(2).
    [30 196 397] shmat(id: i32, address: u64, flags: i32) = shared::shmat;
    /// Shares memory by key. See shmctl(2).
    [31 195 396] shmctl(id: i32, command: i32, buffer: u64) = shared::shmctl;
    /// Shares memory by key. See shmdt(2).
    [67 197 398] shmdt(address: u64) = shared::shmdt;
    /// Synchronizes by key. See semget(2).
    [64 190 393] semget(key: i32, count: i32, flags: i32) = semaphore::semget;
    /// Synchronizes by key. See semop(2).
    [65 193 -] semop(id: i32, operations: UserPtr<SemaphoreOperation>, count: u32) = semaphore::semop;
    /// Synchronizes by key. See semctl(2).
    [66 191 394] semctl(id: i32, semaphore: i32, command: i32, argument: u64) = semaphore::semctl;
    /// Synchronizes by key. See semtimedop(2).
    [220 192 -] semtimedop(
        id: i32, operations: UserPtr<SemaphoreOperation>, count: u32, timeout: UserPtr<Timespec>,
    ) = semaphore::semtimedop;
    /// Sends messages by key. See msgget(2).
    [68 186 399] msgget(key: i32, flags: i32) = message::msgget;
    /// Sends messages by key. See msgsnd(2).
    [69 189 400] msgsnd(id: i32, message: UserPtr<i64>, size: usize, flags: i32) = message::msgsnd;
    /// Sends messages by key. See msgrcv(2).
    [70 188 401] msgrcv(id: i32, message: UserPtr<i64>, size: usize, kind: i64, flags: i32) = message::msgrcv;
    /// Sends messages by key. See msgctl(2).
    [71 187 402] msgctl(id: i32, command: i32, buffer: u64) = message::msgctl;
    /// Sends messages by name. See mq_open(2).
    [240 180 277] mq_open(name: UserCStr, flags: u32, mode: u32, attributes: UserPtr<QueueAttributes>) =
        mqueue::syscalls::mq_open;
    /// Sends messages by name. See mq_unlink(2).
    [241 181 278] mq_unlink(name: UserCStr) = mqueue::syscalls::mq_unlink;
    /// Sends messages by name. See mq_timedsend(2).
    [242 182 279] mq_timedsend(
        fd: Fd, message: UserPtr<u8>, length: usize, priority: u32, timeout: UserPtr<Timespec>,
    ) = mqueue::syscalls::mq_timedsend;
    /// Sends messages by name. See mq_timedreceive(2).
    [243 183 280] mq_timedreceive(
        fd: Fd, target: UserPtr<u8>, length: usize, priority: UserPtr<u32>, timeout: UserPtr<Timespec>,
    ) = mqueue::syscalls::mq_timedreceive;
    /// Sends messages by name. See mq_notify(2).
    [244 184 281] mq_notify(fd: Fd, event: UserPtr<SigEvent>) = mqueue::syscalls::mq_notify, gap "no SIGEV_THREAD";
    /// Sends messages by name. See mq_getsetattr(2).
    [245 185 282] mq_getsetattr(fd: Fd, new: UserPtr<QueueAttributes>, old: UserPtr<QueueAttributes>) =
        mqueue::syscalls::mq_getsetattr;
    /// Reads and writes in the background. See io_setup(2).
    [206 0 245] io_setup() = system::syscalls::not_configured, gap "not there";
    /// Reads and writes in the background. See io_destroy(2).
    [207 1 246] io_destroy() = system::syscalls::not_configured, gap "not there";
    /// Reads and writes in the background. See io_getevents(2).
    [208 4 247] io_getevents() = system::syscalls::not_configured, gap "not there";
    /// Reads and writes in the background. See io_submit(2).
    [209 2 248] io_submit() = system::syscalls::not_configured, gap "not there";
    /// Reads and writes in the background. See io_cancel(2).
    [210 3 249] io_cancel() = system::syscalls::not_configured, gap "not there";
    /// Reads and writes in the background. See io_pgetevents(2).
    [333 292 385] io_pgetevents() = system::syscalls::not_configured, gap "not there";
    /// Refers to a process by a descriptor. See pidfd_open(2).
    [434 434 434] pidfd_open(pid: i32, flags: u32) = task::pidfd::pidfd_open;
    /// Refers to a process by a descriptor. See pidfd_getfd(2).
    [438 438 438] pidfd_getfd(fd: Fd, other: Fd, flags: u32) = task::pidfd::pidfd_getfd;
    /// Refers to a process by a descriptor. See pidfd_send_signal(2).
    [424 424 424] pidfd_send_signal(fd: Fd, signal: i32, info: UserPtr<SigInfo>, flags: u32) = task::pidfd::pidfd_send_signal;
    /// Copies from and to another process. See process_vm_readv(2).
    [310 270 347] process_vm_readv() = system::syscalls::not_configured, gap "not there";
    /// Copies from and to another process. See process_vm_writev(2).
    [311 271 348] process_vm_writev() = system::syscalls::not_configured, gap "not there";
    /// Acts on another process's memory. See process_madvise(2).
    [440 440 440] process_madvise() = system::syscalls::not_configured, gap "not there";
    /// Acts on another process's memory. See process_mrelease(2).
    [448 448 448] process_mrelease() = system::syscalls::not_configured, gap "not there";
    /// Makes memory that the kernel does not see. See memfd_secret(2).
    [447 447 447] memfd_secret() = system::syscalls::not_configured, gap "not there";
    /// Seals mappings. See mseal(2).
    [462 462 462] mseal() = system::syscalls::not_configured, gap "not there";
    /// Maps a shadow stack. See map_shadow_stack(2).
    [453 453 453] map_shadow_stack() = system::syscalls::not_configured, gap "not there";
    /// Tells what of a file is cached. See cachestat(2).
    [451 451 451] cachestat() = system::syscalls::not_configured, gap "not there";
    /// Says where a range comes from. See set_mempolicy_home_node(2).
    [450 450 450] set_mempolicy_home_node() = system::syscalls::not_configured, gap "one memory, no policies";
    /// Waits for words of memory. See futex_waitv(2).
    [449 449 449] futex_waitv(
        waiters: UserPtr<FutexWaiter>, count: u32, flags: u32, timeout: UserPtr<Timespec>, clock: u32,
    ) = futex::vector::futex_waitv, gap "no FUTEX2_NUMA";
    /// Waits for words of memory. See futex_wake(2).
    [454 454 454] futex_wake(address: UserPtr<u32>, mask: u64, count: i32, flags: u32) =
        futex::vector::futex_wake, gap "no FUTEX2_NUMA";
    /// Waits for words of memory. See futex_wait(2).
    [455 455 455] futex_wait(
        address: UserPtr<u32>, value: u64, mask: u64, flags: u32, timeout: UserPtr<Timespec>, clock: u32,
    ) = futex::vector::futex_wait, gap "no FUTEX2_NUMA";
    /// Waits for words of memory. See futex_requeue(2).
    [456 456 456] futex_requeue(waiters: UserPtr<FutexWaiter>, flags: u32, wake_count: i32, requeue_count: i32) =
        futex::vector::futex_requeue, gap "no FUTEX2_NUMA";
    /// Watches whole file systems. See fanotify_init(2).
    [300 262 338] fanotify_init() = system::syscalls::not_permitted, gap "not there";
    /// Watches whole file systems. See fanotify_mark(2).
    [301 263 339] fanotify_mark() = system::syscalls::not_permitted, gap "not there";
    /// Opens by handle. See name_to_handle_at(2).
    [303 264 341] name_to_handle_at() = system::syscalls::not_configured, gap "not there";
    /// Opens by handle. See open_by_handle_at(2).
    [304 265 342] open_by_handle_at() = system::syscalls::not_configured, gap "not there";
    /// Gets and sets flags of a file. See file_getattr(2).
    [468 468 468] file_getattr() = system::syscalls::not_configured, gap "not there";
    /// Gets and sets flags of a file. See file_setattr(2).
    [469 469 469] file_setattr() = system::syscalls::not_configured, gap "not there";
    /// Restricts the program. See landlock_create_ruleset(2).
    [444 444 444] landlock_create_ruleset() = system::syscalls::not_configured, gap "not there";
    /// Restricts the program. See landlock_add_rule(2).
    [445 445 445] landlock_add_rule() = system::syscalls::not_configured, gap "not there";
    /// Restricts the program. See landlock_restrict_self(2).
    [446 446 446] landlock_restrict_self() = system::syscalls::not_configured, gap "not there";
    /// Manages security modules. See lsm_get_self_attr(2).
    [459 459 459] lsm_get_self_attr() = system::syscalls::not_configured, gap "there are none";
    /// Manages security modules. See lsm_set_self_attr(2).
    [460 460 460] lsm_set_self_attr() = system::syscalls::not_configured, gap "there are none";
    /// Manages security modules. See lsm_list_modules(2).
    [461 461 461] lsm_list_modules() = system::syscalls::not_configured, gap "there are none";
    /// Changes segments. See modify_ldt(2).
    [154 - 123] modify_ldt() = system::syscalls::not_configured, gap "not there";
    /// Sets segments for threads. See set_thread_area(2).
    [205 - 243] set_thread_area() = system::syscalls::not_configured, gap "i386 only";
    /// Sets segments for threads. See get_thread_area(2).
    [211 - 244] get_thread_area() = system::syscalls::not_configured, gap "i386 only";
    /// Prepares another kernel. See kexec_file_load(2).
    [320 294 -] kexec_file_load() = system::syscalls::not_permitted, gap "not there";
    /// Manages quotas. See quotactl(2).
    [179 60 131] quotactl() = system::syscalls::not_configured, gap "there are no quotas";
    /// Manages quotas. See quotactl_fd(2).
    [443 443 443] quotactl_fd() = system::syscalls::not_configured, gap "there are no quotas";
    /// Was superseded on Linux. See ustat(2).
    [136 - 62] ustat() = system::syscalls::not_configured, gap "not there";
    /// Was superseded on Linux. See sysfs(2).
    [139 - 135] sysfs() = system::syscalls::not_configured, gap "not there";
    /// Was superseded on Linux. See uselib(2).
    [134 - 86] uselib() = system::syscalls::not_configured, gap "not there";

    /// Maps files or memory. See mmap(2).
    [9 222 192] mmap(address: u64, length: u64, protection: u64, flags: u64, fd: Fd, offset: u64) =
        mapping::mmap, gap "no huge pages are set aside";
    /// Unmaps memory. See munmap(2).
    [11 215 91] munmap(address: u64, length: u64) = mapping::munmap;
    /// Changes what may be done with memory. See mprotect(2).
    [10 226 125] mprotect(address: u64, length: u64, protection: u64) = mapping::mprotect;
    /// Resizes or moves a mapping. See mremap(2).
    [25 216 163] mremap(address: u64, old: u64, new: u64, flags: u64, new_address: u64) = mapping::mremap;
    /// Moves the program break. See brk(2).
    [12 214 45] brk(address: u64) = mapping::brk;
    /// Maps pages of a file in another order. See remap_file_pages(2).
    [216 234 257] remap_file_pages(address: u64, size: u64, protection: u64, offset: u64, flags: u64) =
        mapping::remap_file_pages, gap "deprecated; not there";
    /// Advises about memory. See madvise(2).
    [28 233 219] madvise(address: u64, length: u64, advice: i32) = advice::madvise,
        gap "no MADV_COLLAPSE, MADV_GUARD_INSTALL, MADV_HWPOISON";
    /// Tells which pages are in memory. See mincore(2).
    [27 232 218] mincore(address: u64, length: u64, target: UserPtr<u8>) = advice::mincore;
    /// Writes a mapped file back. See msync(2).
    [26 227 144] msync(address: u64, length: u64, flags: u32) = advice::msync;
    /// Keeps pages in memory. See mlock(2).
    [149 228 150] mlock(address: u64, length: u64) = locking::mlock;
    /// Keeps pages in memory, with flags. See mlock2(2).
    [325 284 376] mlock2(address: u64, length: u64, flags: u32) = locking::mlock2;
    /// Lets pages go again. See munlock(2).
    [150 229 151] munlock(address: u64, length: u64) = locking::munlock;
    /// Keeps all memory in memory. See mlockall(2).
    [151 230 152] mlockall(flags: u32) = locking::mlockall;
    /// Lets all memory go again. See munlockall(2).
    [152 231 153] munlockall() = locking::munlockall;
    /// Makes all processors pass a barrier. See membarrier(2).
    [324 283 375] membarrier(command: u32, flags: u32, cpu: i32) = barrier::membarrier,
        gap "no MEMBARRIER_CMD_PRIVATE_EXPEDITED_RSEQ";
    /// Binds memory to nodes. See mbind(2).
    [237 235 274] mbind(
        address: u64,
        length: u64,
        mode: u64,
        nodes: UserPtr<u64>,
        bits: u64,
        flags: u32,
    ) = policy::mbind, gap "there is one node";
    /// Sets the thread's memory policy. See set_mempolicy(2).
    [238 237 276] set_mempolicy(mode: i32, nodes: UserPtr<u64>, bits: u64) = policy::set_mempolicy,
        gap "there is one node";
    /// Gets a memory policy. See get_mempolicy(2).
    [239 236 275] get_mempolicy(
        mode: UserPtr<i32>,
        nodes: UserPtr<u64>,
        bits: u64,
        address: u64,
        flags: u64,
    ) = policy::get_mempolicy, gap "there is one node";
    /// Changes what may be done with memory, with a protection key. See pkey_mprotect(2).
    [329 288 380] pkey_mprotect(address: u64, length: u64, protection: u64, key: i32) = mapping::pkey_mprotect,
        gap "no protection keys";
    /// Gets a protection key. See pkey_alloc(2).
    [330 289 381] pkey_alloc(flags: u64, rights: u64) = mapping::pkey_alloc, gap "no protection keys";
    /// Gives a protection key back. See pkey_free(2).
    [331 290 382] pkey_free(key: i32) = mapping::pkey_free, gap "no protection keys";

    /// Makes a directory. See mkdir(2).
    [83 - 39] mkdir(name: UserCStr, mode: u32) = files::names::mkdir;
    /// Makes a directory, from another on. See mkdirat(2).
    [258 34 296] mkdirat(directory: Fd, name: UserCStr, mode: u32) = files::names::mkdirat;
    /// Makes a file of any kind. See mknod(2).
    [133 - 14] mknod(name: UserCStr, mode: u32, device: u32) = files::names::mknod;
    /// Makes a file of any kind, from a directory on. See mknodat(2).
    [259 33 297] mknodat(directory: Fd, name: UserCStr, mode: u32, device: u32) = files::names::mknodat;
    /// Makes a symbolic link. See symlink(2).
    [88 - 83] symlink(target: UserCStr, name: UserCStr) = files::names::symlink;
    /// Makes a symbolic link, from a directory on. See symlinkat(2).
    [266 36 304] symlinkat(target: UserCStr, directory: Fd, name: UserCStr) = files::names::symlinkat;
    /// Gives a file another name. See link(2).
    [86 - 9] link(old: UserCStr, new: UserCStr) = files::names::link;
    /// Gives a file another name, from directories on. See linkat(2).
    [265 37 303] linkat(
        old_directory: Fd, old: UserCStr, new_directory: Fd, new: UserCStr, flags: u32,
    ) = files::names::linkat;
    /// Removes a name. See unlink(2).
    [87 - 10] unlink(name: UserCStr) = files::names::unlink;
    /// Removes a name, from a directory on. See unlinkat(2).
    [263 35 301] unlinkat(directory: Fd, name: UserCStr, flags: u32) = files::names::unlinkat;
    /// Removes an empty directory. See rmdir(2).
    [84 - 40] rmdir(name: UserCStr) = files::names::rmdir;
    /// Moves a name. See rename(2).
    [82 - 38] rename(old: UserCStr, new: UserCStr) = files::names::rename;
    /// Moves a name, from directories on. See renameat(2).
    [264 38 302] renameat(old_directory: Fd, old: UserCStr, new_directory: Fd, new: UserCStr) =
        files::names::renameat;
    /// Moves a name, with flags. See renameat2(2).
    [316 276 353] renameat2(
        old_directory: Fd, old: UserCStr, new_directory: Fd, new: UserCStr, flags: u32,
    ) = files::names::renameat2;
    /// Changes permissions. See chmod(2).
    [90 - 15] chmod(name: UserCStr, mode: u32) = files::attributes::chmod;
    /// Changes the permissions of an open file. See fchmod(2).
    [91 52 94] fchmod(fd: Fd, mode: u32) = files::attributes::fchmod;
    /// Changes permissions, from a directory on. See fchmodat(2).
    [268 53 306] fchmodat(directory: Fd, name: UserCStr, mode: u32) = files::attributes::fchmodat;
    /// Changes permissions, with flags. See fchmodat(2).
    [452 452 452] fchmodat2(directory: Fd, name: UserCStr, mode: u32, flags: u32) =
        files::attributes::fchmodat2;
    /// Changes the owner. See chown(2).
    [92 - 212] chown(name: UserCStr, uid: u32, gid: u32) = files::attributes::chown;
    /// Changes the owner of an open file. See fchown(2).
    [93 55 207] fchown(fd: Fd, uid: u32, gid: u32) = files::attributes::fchown;
    /// Changes the owner of a file or symbolic link. See lchown(2).
    [94 - 198] lchown(name: UserCStr, uid: u32, gid: u32) = files::attributes::lchown;
    /// Changes the owner, from a directory on. See fchownat(2).
    [260 54 298] fchownat(directory: Fd, name: UserCStr, uid: u32, gid: u32, flags: u32) =
        files::attributes::fchownat;
    /// Changes times. See utimensat(2).
    [280 88 412] utimensat(directory: Fd, name: UserCStr, times: UserPtr<[Timespec; 2]>, flags: u32) =
        files::attributes::utimensat;
    /// Changes times, from a directory on. See futimesat(2).
    [261 - 299] futimesat(directory: Fd, name: UserCStr, times: UserPtr<[Timeval; 2]>) =
        files::attributes::futimesat;
    /// Changes times. See utimes(2).
    [235 - 271] utimes(name: UserCStr, times: UserPtr<[Timeval; 2]>) = files::attributes::utimes;
    /// Changes times, to the second. See utime(2).
    [132 - 30] utime(name: UserCStr, times: UserPtr<[i64; 2]>) = files::attributes::utime;
    /// Changes the size of a file. See truncate(2).
    [76 45 193] truncate(name: UserCStr, length: i64) = files::attributes::truncate;
    /// Sets an extended attribute. See setxattr(2).
    [188 5 226] setxattr(path: UserCStr, name: UserCStr, value: UserPtr<u8>, size: usize, flags: u32) =
        files::extended::setxattr;
    /// Sets an extended attribute of a file or symbolic link. See lsetxattr(2).
    [189 6 227] lsetxattr(path: UserCStr, name: UserCStr, value: UserPtr<u8>, size: usize, flags: u32) =
        files::extended::lsetxattr;
    /// Sets an extended attribute of an open file. See fsetxattr(2).
    [190 7 228] fsetxattr(fd: Fd, name: UserCStr, value: UserPtr<u8>, size: usize, flags: u32) =
        files::extended::fsetxattr;
    /// Gets an extended attribute. See getxattr(2).
    [191 8 229] getxattr(path: UserCStr, name: UserCStr, target: UserPtr<u8>, size: usize) =
        files::extended::getxattr;
    /// Gets an extended attribute of a file or symbolic link. See lgetxattr(2).
    [192 9 230] lgetxattr(path: UserCStr, name: UserCStr, target: UserPtr<u8>, size: usize) =
        files::extended::lgetxattr;
    /// Gets an extended attribute of an open file. See fgetxattr(2).
    [193 10 231] fgetxattr(fd: Fd, name: UserCStr, target: UserPtr<u8>, size: usize) =
        files::extended::fgetxattr;
    /// Lists extended attributes. See listxattr(2).
    [194 11 232] listxattr(path: UserCStr, target: UserPtr<u8>, size: usize) = files::extended::listxattr;
    /// Lists extended attributes of a file or symbolic link. See llistxattr(2).
    [195 12 233] llistxattr(path: UserCStr, target: UserPtr<u8>, size: usize) = files::extended::llistxattr;
    /// Lists extended attributes of an open file. See flistxattr(2).
    [196 13 234] flistxattr(fd: Fd, target: UserPtr<u8>, size: usize) = files::extended::flistxattr;
    /// Removes an extended attribute. See removexattr(2).
    [197 14 235] removexattr(path: UserCStr, name: UserCStr) = files::extended::removexattr;
    /// Removes an extended attribute of a file or symbolic link. See lremovexattr(2).
    [198 15 236] lremovexattr(path: UserCStr, name: UserCStr) = files::extended::lremovexattr;
    /// Removes an extended attribute of an open file. See fremovexattr(2).
    [199 16 237] fremovexattr(fd: Fd, name: UserCStr) = files::extended::fremovexattr;

    /// Says what is done about a signal. See sigaction(2).
    [13 134 174] rt_sigaction(
        signal: i32, new: UserPtr<SigAction>, old: UserPtr<SigAction>, size: usize,
    ) = actions::rt_sigaction;
    /// Changes which signals are blocked. See sigprocmask(2).
    [14 135 175] rt_sigprocmask(
        how: i32, new: UserPtr<SignalSet>, old: UserPtr<SignalSet>, size: usize,
    ) = actions::rt_sigprocmask;
    /// Goes back from a signal handler. See sigreturn(2).
    [15 139 173] rt_sigreturn() = signal::rt_sigreturn;
    /// Tells which blocked signals wait. See sigpending(2).
    [127 136 176] rt_sigpending(set: UserPtr<u8>, size: usize) = actions::rt_sigpending;
    /// Waits for one of these signals, for a time. See sigtimedwait(2).
    [128 137 177] rt_sigtimedwait(
        set: UserPtr<SignalSet>, info: UserPtr<SigInfo>, timeout: UserPtr<Timespec>, size: usize,
    ) = waiting::rt_sigtimedwait;
    /// Waits for a handler, with another mask. See sigsuspend(2).
    [130 133 179] rt_sigsuspend(mask: UserPtr<SignalSet>, size: usize) = waiting::rt_sigsuspend;
    /// Waits for a handler. See pause(2).
    [34 - 29] pause() = waiting::pause;
    /// Sets the alternate signal stack. See sigaltstack(2).
    [131 132 186] sigaltstack(
        new: UserPtr<SignalStack>, old: UserPtr<SignalStack>,
    ) = signal::sigaltstack;
    /// Makes a file of signals. See signalfd(2).
    [282 - 321] signalfd(fd: Fd, mask: UserPtr<SignalSet>, size: usize) = signal::signalfd::signalfd;
    /// Makes a file of signals, or changes it. See signalfd(2).
    [289 74 327] signalfd4(
        fd: Fd, mask: UserPtr<SignalSet>, size: usize, flags: u32,
    ) = signal::signalfd::signalfd4;
    /// Goes on with an interrupted call. See restart_syscall(2).
    [219 128 0] restart_syscall() = signal::restart_syscall;
    /// Sends a signal to a process or to a group. See kill(2).
    [62 129 37] kill(pid: i32, signal: i32) = sending::kill;
    /// Sends a signal to a thread. See tkill(2).
    [200 130 238] tkill(tid: i32, signal: i32) = sending::tkill;
    /// Sends a signal to a thread of a process. See tgkill(2).
    [234 131 270] tgkill(tgid: i32, tid: i32, signal: i32) = sending::tgkill;
    /// Sends a signal with information to a process. See rt_sigqueueinfo(2).
    [129 138 178] rt_sigqueueinfo(
        pid: i32, signal: i32, info: UserPtr<SigInfo>,
    ) = sending::rt_sigqueueinfo;
    /// Sends a signal with information to a thread. See rt_tgsigqueueinfo(2).
    [297 240 335] rt_tgsigqueueinfo(
        tgid: i32, tid: i32, signal: i32, info: UserPtr<SigInfo>,
    ) = sending::rt_tgsigqueueinfo;
    /// Sends SIGALRM after some seconds. See alarm(2).
    [37 - 27] alarm(seconds: u32) = interval_timers::alarm;
    /// Tells what is left of an interval timer. See getitimer(2).
    [36 102 105] getitimer(which: i32, target: UserPtr<Itimerval>) = interval_timers::getitimer;
    /// Sets an interval timer. See setitimer(2).
    [38 103 104] setitimer(
        which: i32, new: UserPtr<Itimerval>, old: UserPtr<Itimerval>,
    ) = interval_timers::setitimer;
}
