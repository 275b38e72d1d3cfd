//! Threads.

use alloc::sync::{Arc, Weak};
use alloc::vec::Vec;
use core::sync::atomic::{AtomicBool, AtomicI32, AtomicU64, Ordering};

use abi::Errno;
use arch::xstate::ExtendedState;
use arch::{Context, RegisterFrame};
use sync::{Borrowed, OwnedArc, SpinLock};

use super::rseq::RestartableSequences;
use super::vfork::VforkCompletion;
use super::{Counted, Credentials, IoCount, Process, ThreadAttributes, table};
use crate::fs::{DescriptorTable, FileRef, FsContext, OpenFile};
use crate::ipc::futex::ThreadLocks;
use crate::ipc::sysv::semaphore::UndoList;
use crate::machine::monotonic;
use crate::mm::MemoryMap;
use crate::sched::{self, Placement, RunState, Wake};
use crate::signal::ThreadSignals;
use crate::syscalls::{Fd, RecentCalls};
use crate::user::UserPtr;

/// A thread of a program.
#[derive(Debug)]
pub struct Thread {
    this: Weak<Self>,
    tid: AtomicI32,
    /// Its place among all threads in the order in which they were made.
    order: u64,
    process: Arc<Process>,
    context: Context,
    /// Where the scheduler has it.
    pub placement: SpinLock<Placement>,
    /// A signal may have to be handled before the program goes on (`TIF_SIGPENDING`).
    pending_signal: AtomicBool,
    /// What it blocks, what was sent to it, its alternate stack.
    pub signals: SpinLock<ThreadSignals>,
    credentials: OwnedArc<Credentials>,
    counted: SpinLock<Counted>,
    files: OwnedArc<DescriptorTable>,
    fs: OwnedArc<FsContext>,
    /// Another program's memory that it looks into ([`sched::visit`]).
    visited: SpinLock<Option<Arc<MemoryMap>>>,
    /// Whether there is one.
    is_visiting: AtomicBool,
    /// What set_tid_address(2) was given: cleared and woken when the thread ends.
    pub clear_child_tid: AtomicU64,
    /// Where the thread, once it runs, writes its number (clone(2), `CLONE_CHILD_SETTID`).
    pub set_child_tid: AtomicU64,
    /// What prctl(2) and the scheduling calls set.
    pub attributes: ThreadAttributes,
    /// Locks that it owns and for which others wait (futex(2)).
    pub locks: ThreadLocks,
    /// What it takes back of its operations on semaphores when it ends.
    pub semaphore_undo: SpinLock<Option<Arc<UndoList>>>,
    /// Its restartable sequences.
    pub rseq: RestartableSequences,
    /// What a parent in vfork(2) waits for.
    pub(super) vfork: SpinLock<Option<Arc<VforkCompletion>>>,
    /// What it has read and written.
    pub io: IoCount,
    /// Its last system calls.
    pub recent: RecentCalls,
}

/// How many threads were made.
static MADE: AtomicU64 = AtomicU64::new(0);

/// What a new thread starts with.
#[derive(Debug)]
pub struct NewThread {
    /// Its number.
    pub tid: i32,
    /// The process that it belongs to.
    pub process: Arc<Process>,
    /// Who it acts as.
    pub credentials: Arc<Credentials>,
    /// Its place among the threads of that user.
    pub counted: Counted,
    /// Its descriptors.
    pub files: Arc<DescriptorTable>,
    /// Its root, working directory and umask.
    pub fs: Arc<FsContext>,
    /// The program's registers.
    pub frame: RegisterFrame,
    /// The program's thread pointer.
    pub fs_base: u64,
    /// Vector and floating-point state.
    pub extended_state: ExtendedState,
}

/// The first step of every thread in the kernel; then it goes to its program.
extern "C" fn start_thread() {
    sched::finish_switch();
    if let Some(thread) = sched::current() {
        let address = thread.set_child_tid.swap(0, Ordering::Relaxed);
        if address != 0 {
            // As Linux: a bad address is the program's loss.
            let _ = UserPtr::<i32>::new(address).write(&thread.tid());
        }
    }
}

impl Thread {
    /// Makes a thread that is not yet known to the scheduler ([`sched::spawn`]).
    ///
    /// # Errors
    /// `ENOMEM` without memory for its kernel stack.
    pub fn new(new: NewThread) -> Result<Arc<Self>, Errno> {
        let thread = Self::unlisted(new, start_thread)?;
        thread.process.add_thread(&thread);
        table::insert(&thread);
        Ok(thread)
    }

    /// Makes a thread that never leaves the kernel: it runs `start`, which does not return.
    ///
    /// # Errors
    /// `ENOMEM`.
    pub fn idle(fs: Arc<FsContext>, start: extern "C" fn()) -> Result<Arc<Self>, Errno> {
        let new = NewThread {
            tid: 0,
            process: Process::new(0, MemoryMap::nobody()),
            credentials: Arc::new(Credentials::new(0, 0, Vec::new())),
            counted: Counted::unlimited(0),
            files: DescriptorTable::new(),
            fs,
            frame: RegisterFrame::default(),
            fs_base: 0,
            extended_state: ExtendedState::new().ok_or(Errno::ENOMEM)?,
        };
        Self::unlisted(new, start)
    }

    fn unlisted(new: NewThread, start: extern "C" fn()) -> Result<Arc<Self>, Errno> {
        let context = Context::new(start, &new.frame, new.fs_base, new.extended_state);
        let context = context.ok_or(Errno::ENOMEM)?;
        let owner = context.borrower();
        new.files.join(owner);
        new.fs.join(owner);
        let thread = Arc::new_cyclic(|this| Self {
            this: this.clone(),
            tid: AtomicI32::new(new.tid),
            order: MADE.fetch_add(1, Ordering::Relaxed),
            process: new.process,
            context,
            placement: SpinLock::new(Placement::new()),
            pending_signal: AtomicBool::new(false),
            signals: SpinLock::new(ThreadSignals::new()),
            credentials: OwnedArc::new(owner, new.credentials),
            counted: SpinLock::new(new.counted),
            files: OwnedArc::new(owner, new.files),
            fs: OwnedArc::new(owner, new.fs),
            visited: SpinLock::new(None),
            is_visiting: AtomicBool::new(false),
            clear_child_tid: AtomicU64::new(0),
            set_child_tid: AtomicU64::new(0),
            attributes: ThreadAttributes::new(),
            locks: ThreadLocks::new(),
            semaphore_undo: SpinLock::new(None),
            rseq: RestartableSequences::new(),
            vfork: SpinLock::new(None),
            io: IoCount::default(),
            recent: RecentCalls::new(),
        });
        thread.context.set_owner(Weak::as_ptr(&thread.this).cast());
        thread.publish_leaf_values();
        Ok(thread)
    }

    /// The thread's number.
    #[must_use]
    pub fn tid(&self) -> i32 {
        self.tid.load(Ordering::Relaxed)
    }

    /// Its place among all threads in the order in which they were made.
    pub(super) const fn order(&self) -> u64 {
        self.order
    }

    /// Takes over the number of its process, whose first thread is gone (execve(2)).
    pub(super) fn become_leader(&self) {
        table::renumber(self.tid(), self.process.pid(), &self.this);
        self.tid.store(self.process.pid(), Ordering::Relaxed);
        self.publish_leaf_values();
    }

    /// Gives its number up as it ends.
    pub(super) fn give_up_number(&self) {
        table::remove_thread(self.tid(), &self.this);
    }

    /// The process that it belongs to.
    #[must_use]
    pub const fn process(&self) -> &Arc<Process> {
        &self.process
    }

    /// Its kernel stack and saved registers.
    #[must_use]
    pub const fn context(&self) -> &Context {
        &self.context
    }

    /// Who it acts as.
    #[must_use]
    pub fn credentials(&self) -> Borrowed<Credentials> {
        self.credentials.borrow(arch::running())
    }

    /// Changes who it acts as.
    pub fn set_credentials(&self, credentials: Arc<Credentials>) {
        self.counted.lock().pass_to(credentials.uid);
        self.credentials.set(arch::running(), credentials);
        self.publish_leaf_values();
    }

    /// Sets what calls give that do not reach the dispatcher ([`arch::call`]).
    fn publish_leaf_values(&self) {
        let leaf = &self.context.leaf;
        let credentials = self.credentials();
        leaf.process.store(self.process.pid().cast_unsigned(), Ordering::Relaxed);
        leaf.thread.store(self.tid().cast_unsigned(), Ordering::Relaxed);
        leaf.user.store(credentials.uid, Ordering::Relaxed);
        leaf.effective_user.store(credentials.euid, Ordering::Relaxed);
        leaf.group.store(credentials.gid, Ordering::Relaxed);
        leaf.effective_group.store(credentials.egid, Ordering::Relaxed);
    }

    /// Its root, working directory and umask.
    #[must_use]
    pub fn fs(&self) -> Borrowed<FsContext> {
        self.fs.borrow(arch::running())
    }

    /// Gives it another root, working directory and umask.
    pub fn set_fs(&self, fs: Arc<FsContext>) {
        fs.join(self.context.borrower());
        self.fs.get().leave();
        self.fs.set(arch::running(), fs);
    }

    /// Its descriptors.
    #[must_use]
    pub fn files(&self) -> Borrowed<DescriptorTable> {
        self.files.borrow(arch::running())
    }

    /// Gives it other descriptors (unshare(2), execve(2)); those before are closed when nobody else has
    /// them.
    pub fn set_files(&self, files: Arc<DescriptorTable>) {
        files.join(self.context.borrower());
        self.files.get().leave();
        self.files.set(arch::running(), files);
    }

    /// What a descriptor refers to, for calls that need only the place that it names (`O_PATH` too).
    ///
    /// # Errors
    /// `EBADF` when the descriptor is not open.
    pub fn file_or_path(&self, fd: Fd) -> Result<FileRef, Errno> {
        self.files().get(fd)
    }

    /// What a descriptor refers to.
    ///
    /// # Errors
    /// `EBADF` when the descriptor is not open, or for a place in the tree only (`O_PATH`).
    pub fn file(&self, fd: Fd) -> Result<FileRef, Errno> {
        let file = self.file_or_path(fd)?;
        if file.is_path_only() { Err(Errno::EBADF) } else { Ok(file) }
    }

    /// Gives an open file the lowest free descriptor.
    ///
    /// # Errors
    /// `EMFILE`, `ENOMEM`.
    pub fn install(&self, file: Arc<OpenFile>, close_on_exec: bool) -> Result<Fd, Errno> {
        self.files().install(file, close_on_exec, 0, self.open_file_limit())
    }

    /// Closes a descriptor, without holding the table meanwhile. It is closed whatever the result is.
    ///
    /// # Errors
    /// `EBADF` when it is not open; what the file says when it is flushed.
    pub fn close(&self, fd: Fd) -> Result<(), Errno> {
        let closing = self.files().take(fd)?;
        closing.finish()
    }

    /// How many descriptors the thread may have (`RLIMIT_NOFILE`).
    #[must_use]
    pub fn open_file_limit(&self) -> usize {
        let limit = self.process.limit(abi::resource::Resource::OpenFiles);
        usize::try_from(limit).map_or(crate::fs::NR_OPEN, |limit| limit.min(crate::fs::NR_OPEN))
    }

    /// How long it has run, in nanoseconds.
    #[must_use]
    pub fn cpu_time(&self) -> u64 {
        let placement = self.placement.lock();
        let runs = placement.on_cpu && placement.state == RunState::Runnable;
        let since = if runs { monotonic().saturating_sub(placement.started) } else { 0 };
        placement.run_time.saturating_add(since)
    }

    /// How large a file the thread may make (`RLIMIT_FSIZE`); `u64::MAX` is without limit.
    #[must_use]
    pub fn file_size_limit(&self) -> u64 {
        self.process.limit(abi::resource::Resource::FileSize)
    }

    /// What wakes the thread from a wait.
    #[must_use]
    pub fn waker(&self) -> Weak<dyn Wake> {
        self.this.clone()
    }

    /// Whether a signal may have to be handled.
    #[must_use]
    pub fn has_pending_signal(&self) -> bool {
        self.pending_signal.load(Ordering::SeqCst)
    }

    /// Stores the flag alone, for [`crate::signal`], which holds the process's signals meanwhile.
    pub(crate) fn store_pending_signal(&self, pending: bool) {
        self.pending_signal.store(pending, Ordering::SeqCst);
    }

    /// Says whether a signal may have to be handled; if so, ends an interruptible wait.
    pub fn set_pending_signal(&self, pending: bool) {
        self.pending_signal.store(pending, Ordering::SeqCst);
        if pending && let Some(this) = self.this.upgrade() {
            sched::wake(&this, true);
            sched::interrupt(&this);
        }
    }

    /// The address space to enter when the processor comes from `from`, if it is another one.
    #[must_use]
    pub(crate) fn space_to_enter(&self, from: &Self) -> Option<Arc<MemoryMap>> {
        if Arc::ptr_eq(&self.process, &from.process) && !self.is_visiting() && !from.is_visiting() {
            return None;
        }
        let memory = self.memory();
        (!Arc::ptr_eq(&memory, &from.memory())).then_some(memory)
    }

    /// The memory whose addresses it sees: its process's, unless it looks into another one.
    #[must_use]
    pub fn memory(&self) -> Arc<MemoryMap> {
        let visited = if self.is_visiting() { self.visited.lock().clone() } else { None };
        visited.unwrap_or_else(|| self.process.memory())
    }

    /// Whether it looks into another program's memory.
    #[must_use]
    pub fn is_visiting(&self) -> bool {
        self.is_visiting.load(Ordering::Relaxed)
    }

    /// Says into which other memory it looks; for the running thread, which then enters its space.
    pub(crate) fn set_visited(&self, memory: Option<Arc<MemoryMap>>) {
        self.is_visiting.store(memory.is_some(), Ordering::Relaxed);
        let before = core::mem::replace(&mut *self.visited.lock(), memory);
        drop(before);
    }
}

impl Drop for Thread {
    fn drop(&mut self) {
        self.files.get().leave_stopped(self.context.borrows_of_stopped());
        self.fs.get().leave_stopped(self.context.borrows_of_stopped());
        self.process.forget_thread(self.order);
        table::remove_thread(self.tid(), &self.this);
    }
}

impl Wake for Thread {
    fn wake(&self) {
        if let Some(this) = self.this.upgrade() {
            sched::wake(&this, false);
        }
    }
}
