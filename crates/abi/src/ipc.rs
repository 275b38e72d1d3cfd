//! System V IPC and POSIX message queues: what programs and kernel exchange (sysvipc(7), mq_overview(7)).

use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout};

/// The key that always means a new object.
pub const IPC_PRIVATE: i32 = 0;
/// Make the object if there is none with this key.
pub const IPC_CREAT: i32 = 0o1000;
/// Fail if there is one.
pub const IPC_EXCL: i32 = 0o2000;
/// Fail instead of waiting.
pub const IPC_NOWAIT: i32 = 0o4000;
/// Asks for a structure with 64-bit times: what 64-bit systems always give.
pub const IPC_64: i32 = 0x100;

/// Removes the object.
pub const IPC_RMID: i32 = 0;
/// Changes owner and mode.
pub const IPC_SET: i32 = 1;
/// Tells about the object.
pub const IPC_STAT: i32 = 2;
/// Tells the limits.
pub const IPC_INFO: i32 = 3;

/// Tells about the segment with an index instead of an identity.
pub const SHM_STAT: i32 = 13;
/// Tells what segments use altogether.
pub const SHM_INFO: i32 = 14;
/// As `SHM_STAT`, whatever the permissions.
pub const SHM_STAT_ANY: i32 = 15;
/// Keeps a segment in memory.
pub const SHM_LOCK: i32 = 11;
/// Lets it go again.
pub const SHM_UNLOCK: i32 = 12;
/// Mode bit: the segment goes with its last attachment.
pub const SHM_DEST: u32 = 0o1000;
/// Mode bit: the segment is kept in memory.
pub const SHM_LOCKED: u32 = 0o2000;
/// Use huge pages.
pub const SHM_HUGETLB: i32 = 0o4000;
/// Attach for reading only.
pub const SHM_RDONLY: i32 = 0o10000;
/// Round the address down to a page.
pub const SHM_RND: i32 = 0o20000;
/// Replace what is mapped there.
pub const SHM_REMAP: i32 = 0o40000;
/// Attach for execution as well.
pub const SHM_EXEC: i32 = 0o100_000;

/// Gives a semaphore's last process.
pub const GETPID: i32 = 11;
/// Gives a semaphore's value.
pub const GETVAL: i32 = 12;
/// Gives the values of all semaphores of a set.
pub const GETALL: i32 = 13;
/// Tells how many wait for a larger value.
pub const GETNCNT: i32 = 14;
/// Tells how many wait for zero.
pub const GETZCNT: i32 = 15;
/// Sets a semaphore's value.
pub const SETVAL: i32 = 16;
/// Sets the values of all semaphores of a set.
pub const SETALL: i32 = 17;
/// Tells about the set with an index instead of an identity.
pub const SEM_STAT: i32 = 18;
/// Tells how many sets and semaphores there are.
pub const SEM_INFO: i32 = 19;
/// As `SEM_STAT`, whatever the permissions.
pub const SEM_STAT_ANY: i32 = 20;
/// Take the operation back when the process ends.
pub const SEM_UNDO: i16 = 0x1000;

/// Tells about the queue with an index instead of an identity.
pub const MSG_STAT: i32 = 11;
/// Tells how many queues and messages there are.
pub const MSG_INFO: i32 = 12;
/// As `MSG_STAT`, whatever the permissions.
pub const MSG_STAT_ANY: i32 = 13;
/// Cut a message that is too long.
pub const MSG_NOERROR: i32 = 0o10000;
/// Take the first message of any other type.
pub const MSG_EXCEPT: i32 = 0o20000;
/// Copy a message and leave it in the queue.
pub const MSG_COPY: i32 = 0o40000;

/// `struct ipc64_perm`.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, FromBytes, IntoBytes, Immutable, KnownLayout)]
pub struct IpcPermission {
    /// The key that semget(2) and its like were given.
    pub key: i32,
    /// Owner.
    pub uid: u32,
    /// Owner's group.
    pub gid: u32,
    /// Who made it.
    pub cuid: u32,
    /// The group of who made it.
    pub cgid: u32,
    /// Permissions, and `SHM_DEST` and its like.
    pub mode: u32,
    /// The identity's sequence number.
    pub seq: u16,
    /// Not used.
    pub padding: [u16; 3],
    /// Not used.
    pub unused: [u64; 2],
}

/// `struct shmid64_ds` (shmctl(2)).
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, FromBytes, IntoBytes, Immutable, KnownLayout)]
pub struct SharedMemoryStatus {
    /// Owner and permissions.
    pub shm_perm: IpcPermission,
    /// Bytes.
    pub shm_segsz: u64,
    /// When it was attached last, in seconds since 1970.
    pub shm_atime: i64,
    /// When it was detached last.
    pub shm_dtime: i64,
    /// When it was made or changed last.
    pub shm_ctime: i64,
    /// Which process made it.
    pub shm_cpid: i32,
    /// Which process attached or detached it last.
    pub shm_lpid: i32,
    /// How many attachments there are.
    pub shm_nattch: u64,
    /// Not used.
    pub unused: [u64; 2],
}

/// `struct shminfo64` (`IPC_INFO`).
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, FromBytes, IntoBytes, Immutable, KnownLayout)]
pub struct SharedMemoryLimits {
    /// The largest segment, in bytes.
    pub shmmax: u64,
    /// The smallest.
    pub shmmin: u64,
    /// The most segments.
    pub shmmni: u64,
    /// The most segments of a process: not heeded.
    pub shmseg: u64,
    /// The most pages of all segments.
    pub shmall: u64,
    /// Not used.
    pub unused: [u64; 4],
}

/// `struct shm_info` (`SHM_INFO`).
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, FromBytes, IntoBytes, Immutable, KnownLayout)]
pub struct SharedMemoryUsage {
    /// How many segments there are.
    pub used_ids: i32,
    /// Not used.
    pub padding: i32,
    /// Their pages.
    pub shm_tot: u64,
    /// Those in memory.
    pub shm_rss: u64,
    /// Those in swap.
    pub shm_swp: u64,
    /// Not used.
    pub swap_attempts: u64,
    /// Not used.
    pub swap_successes: u64,
}

/// `struct sembuf` (semop(2)).
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, FromBytes, IntoBytes, Immutable, KnownLayout)]
pub struct SemaphoreOperation {
    /// Which semaphore of the set.
    pub sem_num: u16,
    /// What is added; zero waits for zero.
    pub sem_op: i16,
    /// `IPC_NOWAIT`, `SEM_UNDO`.
    pub sem_flg: i16,
}

/// `struct semid64_ds` (semctl(2)).
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, FromBytes, IntoBytes, Immutable, KnownLayout)]
pub struct SemaphoreStatus {
    /// Owner and permissions.
    pub sem_perm: IpcPermission,
    /// When the last operation was, in seconds since 1970.
    pub sem_otime: i64,
    /// Not used.
    pub unused1: u64,
    /// When it was made or changed last.
    pub sem_ctime: i64,
    /// Not used.
    pub unused2: u64,
    /// How many semaphores the set has.
    pub sem_nsems: u64,
    /// Not used.
    pub unused3: [u64; 2],
}

/// `struct seminfo` (`IPC_INFO` and `SEM_INFO` of semctl(2)).
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, FromBytes, IntoBytes, Immutable, KnownLayout)]
pub struct SemaphoreLimits {
    /// Not used by Linux.
    pub semmap: i32,
    /// The most sets.
    pub semmni: i32,
    /// The most semaphores of all sets.
    pub semmns: i32,
    /// Not used by Linux.
    pub semmnu: i32,
    /// The most semaphores of a set.
    pub semmsl: i32,
    /// The most operations of a call.
    pub semopm: i32,
    /// Not used by Linux.
    pub semume: i32,
    /// `SEM_INFO`: how many sets there are.
    pub semusz: i32,
    /// The largest value.
    pub semvmx: i32,
    /// The largest that is taken back; `SEM_INFO`: how many semaphores there are.
    pub semaem: i32,
}

/// `struct msqid64_ds` (msgctl(2)).
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, FromBytes, IntoBytes, Immutable, KnownLayout)]
pub struct MessageQueueStatus {
    /// Owner and permissions.
    pub msg_perm: IpcPermission,
    /// When a message was sent last, in seconds since 1970.
    pub msg_stime: i64,
    /// When one was received last.
    pub msg_rtime: i64,
    /// When it was made or changed last.
    pub msg_ctime: i64,
    /// Bytes in it.
    pub msg_cbytes: u64,
    /// Messages in it.
    pub msg_qnum: u64,
    /// The most bytes in it.
    pub msg_qbytes: u64,
    /// Which process sent last.
    pub msg_lspid: i32,
    /// Which process received last.
    pub msg_lrpid: i32,
    /// Not used.
    pub unused: [u64; 2],
}

/// `struct msginfo` (`IPC_INFO` and `MSG_INFO` of msgctl(2)).
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, FromBytes, IntoBytes, Immutable, KnownLayout)]
pub struct MessageLimits {
    /// `MSG_INFO`: how many queues there are.
    pub msgpool: i32,
    /// `MSG_INFO`: how many messages there are.
    pub msgmap: i32,
    /// The largest message, in bytes.
    pub msgmax: i32,
    /// The most bytes of a queue.
    pub msgmnb: i32,
    /// The most queues.
    pub msgmni: i32,
    /// Not used by Linux.
    pub msgssz: i32,
    /// `MSG_INFO`: how many bytes there are.
    pub msgtql: i32,
    /// Not used by Linux.
    pub msgseg: u16,
    /// Not used.
    pub padding: u16,
}

/// `struct mq_attr` (mq_getattr(3)).
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, FromBytes, IntoBytes, Immutable, KnownLayout)]
pub struct QueueAttributes {
    /// `O_NONBLOCK`.
    pub mq_flags: i64,
    /// The most messages.
    pub mq_maxmsg: i64,
    /// The largest message, in bytes.
    pub mq_msgsize: i64,
    /// How many messages there are.
    pub mq_curmsgs: i64,
    /// Not used.
    pub reserved: [i64; 4],
}

const _: () = {
    assert!(size_of::<IpcPermission>() == 48);
    assert!(size_of::<SharedMemoryStatus>() == 112);
    assert!(size_of::<SemaphoreStatus>() == 104);
    assert!(size_of::<MessageQueueStatus>() == 120);
    assert!(size_of::<MessageLimits>() == 32);
};
