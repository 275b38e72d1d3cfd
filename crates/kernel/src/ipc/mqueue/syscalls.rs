//! mq_open(2) and its like.

use alloc::sync::Arc;
use alloc::vec::Vec;

use abi::Errno;
use abi::ipc::QueueAttributes;
use abi::raw::general::{O_ACCMODE, O_CREAT, O_EXCL, O_NONBLOCK, O_RDWR, O_WRONLY};
use abi::signal::Signal;
use abi::time::{SigEvent, Timespec};

use super::directory::{QueueInode, file_system};
use super::file::QueueFile;
use super::limits::PRIORITIES;
use super::queue::{Notice, Queue};
use crate::fs::permission::{self, Permission};
use crate::fs::{Inode, NAME_MAX, OpenFile, Path, access_of_flags};
use crate::gap;
use crate::ipc::futex::deadline_of_realtime;
use crate::syscalls::{Current, Fd};
use crate::user::{UserCStr, UserPtr};

/// `SIGEV_*` (sigevent(7)).
const SIGEV_SIGNAL: i32 = 0;
const SIGEV_NONE: i32 = 1;
const SIGEV_THREAD: i32 = 2;

/// A queue's name; libraries take the slash off.
fn read_name(name: UserCStr) -> Result<Vec<u8>, Errno> {
    let name = name.read_path()?;
    if name.is_empty() {
        return Err(Errno::ENOENT);
    }
    if matches!(&*name, b"." | b"..") || name.contains(&b'/') {
        return Err(Errno::EACCES);
    }
    if name.len() > NAME_MAX { Err(Errno::ENAMETOOLONG) } else { Ok(name.into_vec()) }
}

/// mq_open(2).
pub fn mq_open(
    current: &Current<'_>,
    name: UserCStr,
    flags: u32,
    mode: u32,
    attributes: UserPtr<QueueAttributes>,
) -> Result<Fd, Errno> {
    let attributes = attributes.non_null().map(UserPtr::read).transpose()?;
    let name = read_name(name)?;
    let queue = match file_system().queues().find(&name) {
        Err(_) if flags & O_CREAT != 0 => {
            match make(current, &name, mode, attributes.as_ref()) {
                // Another thread was faster.
                Err(Errno::EEXIST) if flags & O_EXCL == 0 => find(current, &name, flags)?,
                made => made?,
            }
        }
        _ => find(current, &name, flags)?,
    };
    let shown = [b"/", &name[..]].concat();
    let file = Arc::new(QueueFile(Arc::clone(&queue.0)));
    let file = OpenFile::new(file, Path::anonymous(queue, &shown)?, flags);
    current.install(file, true)
}

fn make(
    current: &Current<'_>,
    name: &[u8],
    mode: u32,
    attributes: Option<&QueueAttributes>,
) -> Result<Arc<QueueInode>, Errno> {
    let file_system = file_system();
    let root = file_system.queues();
    let credentials = current.credentials();
    permission::check_change(&credentials, &**root)?;
    let permissions = mode & 0o7777 & !current.fs().umask();
    let owner = (credentials.fsuid, credentials.fsgid);
    root.make(current, name, attributes, (permissions, owner))
}

/// A queue that is there, if it may be opened so.
fn find(current: &Current<'_>, name: &[u8], flags: u32) -> Result<Arc<QueueInode>, Errno> {
    let queue = file_system().queues().find(name)?;
    if flags & (O_CREAT | O_EXCL) == O_CREAT | O_EXCL {
        return Err(Errno::EEXIST);
    }
    if flags & O_ACCMODE == O_RDWR | O_WRONLY {
        return Err(Errno::EINVAL);
    }
    let (reads, writes) = access_of_flags(flags);
    let mut wanted = Permission::empty();
    wanted.set(Permission::READ, reads);
    wanted.set(Permission::WRITE, writes);
    permission::check(&current.credentials(), &queue.0.metadata(), wanted)?;
    Ok(queue)
}

/// mq_unlink(2).
pub fn mq_unlink(current: &Current<'_>, name: UserCStr) -> Result<(), Errno> {
    let name = read_name(name)?;
    let file_system = file_system();
    let root = file_system.queues();
    let queue = root.find(&name)?;
    let credentials = current.credentials();
    permission::check_change(&credentials, &**root)?;
    permission::check_sticky(&credentials, &root.metadata()?, queue.0.metadata().uid)?;
    root.unlink(&name)
}

/// The queue that a descriptor refers to.
fn queue_of(file: &OpenFile) -> Result<&Arc<Queue>, Errno> {
    let file: Option<&QueueFile> = file.file().as_any().downcast_ref();
    file.map(|file| &file.0).ok_or(Errno::EBADF)
}

fn deadline(timeout: UserPtr<Timespec>) -> Result<Option<u64>, Errno> {
    let time = timeout.non_null().map(|timeout| timeout.read()?.to_nanoseconds()).transpose()?;
    Ok(time.map(deadline_of_realtime))
}

/// mq_timedsend(2).
pub fn mq_timedsend(
    current: &Current<'_>,
    fd: Fd,
    message: UserPtr<u8>,
    length: usize,
    priority: u32,
    timeout: UserPtr<Timespec>,
) -> Result<usize, Errno> {
    let deadline = deadline(timeout)?;
    if priority >= PRIORITIES {
        return Err(Errno::EINVAL);
    }
    let file = current.file(fd)?;
    let queue = queue_of(&file)?;
    file.check_writable()?;
    if length > queue.sizes.bytes {
        return Err(Errno::EMSGSIZE);
    }
    let text = message.read_array(length)?;
    queue.send(current, text, priority, file.io_flags(), deadline)?;
    Ok(0)
}

/// mq_timedreceive(2).
pub fn mq_timedreceive(
    current: &Current<'_>,
    fd: Fd,
    target: UserPtr<u8>,
    length: usize,
    priority: UserPtr<u32>,
    timeout: UserPtr<Timespec>,
) -> Result<usize, Errno> {
    let deadline = deadline(timeout)?;
    let file = current.file(fd)?;
    let queue = queue_of(&file)?;
    file.check_readable()?;
    if length < queue.sizes.bytes {
        return Err(Errno::EMSGSIZE);
    }
    let (text, its_priority) = queue.receive(current, file.io_flags(), deadline)?;
    priority.write_if_given(&its_priority)?;
    target.write_array(&text)?;
    Ok(text.len())
}

/// mq_notify(2).
pub fn mq_notify(current: &Current<'_>, fd: Fd, event: UserPtr<SigEvent>) -> Result<(), Errno> {
    let event = event.non_null().map(UserPtr::read).transpose()?;
    let notice = match event {
        None => None,
        Some(event) => Some(match event.sigev_notify {
            SIGEV_NONE => Notice::Nothing,
            SIGEV_SIGNAL => {
                let signal = Signal::new(event.sigev_signo).ok_or(Errno::EINVAL)?;
                Notice::Signal(signal, event.sigev_value)
            }
            SIGEV_THREAD => {
                // Linux tells the thread over a netlink socket, of which there are none: the descriptor that
                // is given here is another kind of file.
                current.file(Fd(event.sigev_signo))?;
                return Err(gap!("mq_notify(SIGEV_THREAD)", EINVAL));
            }
            _ => return Err(Errno::EINVAL),
        }),
    };
    let file = current.file(fd)?;
    let queue = queue_of(&file)?;
    match notice {
        None => {
            queue.unregister(current.process());
            Ok(())
        }
        Some(notice) => queue.register(current.process(), notice),
    }
}

/// mq_getsetattr(2).
pub fn mq_getsetattr(
    current: &Current<'_>,
    fd: Fd,
    new: UserPtr<QueueAttributes>,
    old: UserPtr<QueueAttributes>,
) -> Result<(), Errno> {
    let nonblock = i64::from(O_NONBLOCK);
    let new = new.non_null().map(UserPtr::read).transpose()?;
    if new.is_some_and(|new| new.mq_flags & !nonblock != 0) {
        return Err(Errno::EINVAL);
    }
    let file = current.file(fd)?;
    let queue = queue_of(&file)?;
    let long = |value: usize| i64::try_from(value).unwrap_or(i64::MAX);
    let was = QueueAttributes {
        mq_flags: i64::from(file.flags() & O_NONBLOCK),
        mq_maxmsg: long(queue.sizes.messages),
        mq_msgsize: long(queue.sizes.bytes),
        mq_curmsgs: long(queue.count()),
        reserved: [0; 4],
    };
    if let Some(new) = new {
        file.change_flags(O_NONBLOCK, if new.mq_flags & nonblock != 0 { O_NONBLOCK } else { 0 });
    }
    old.write_if_given(&was)
}
