//! msgctl(2).

use alloc::sync::Arc;

use abi::Errno;
use abi::ipc::{
    IPC_INFO, IPC_RMID, IPC_SET, IPC_STAT, MSG_INFO, MSG_STAT, MSG_STAT_ANY, MessageLimits,
    MessageQueueStatus,
};
use abi::raw::general::CAP_SYS_RESOURCE;

use super::super::permission::READ;
use super::super::{command, int, seconds};
use super::{MESSAGE_MAX, QUEUE_BYTES, QUEUES, Queue, TABLE};
use crate::syscalls::Current;
use crate::user::UserPtr;

/// What `IPC_INFO` tells and nothing heeds (`MSGPOOL`, `MSGSSZ`, `MSGSEG`).
const POOL: i32 = 512_000;
const SEGMENT_SIZE: i32 = 16;
const SEGMENTS: u16 = 0xffff;

/// msgctl(2).
pub fn msgctl(current: &Current<'_>, id: i32, command_word: i32, buffer: u64) -> Result<i32, Errno> {
    let command = command(command_word);
    if id < 0 || command < 0 {
        return Err(Errno::EINVAL);
    }
    match command {
        IPC_INFO | MSG_INFO => limits(command == MSG_INFO, UserPtr::new(buffer)),
        IPC_STAT | MSG_STAT | MSG_STAT_ANY => status(current, id, command, UserPtr::new(buffer)),
        IPC_SET => change(current, id, UserPtr::new(buffer)),
        IPC_RMID => remove(current, id),
        _ => Err(Errno::EINVAL),
    }
}

fn limits(usage: bool, target: UserPtr<MessageLimits>) -> Result<i32, Errno> {
    let queues = TABLE.all();
    let sum = |count: fn(&Queue) -> u64| queues.iter().map(|(_, queue)| count(queue)).sum::<u64>();
    let messages = sum(|queue| queue.state.lock().messages.len() as u64);
    let bytes = sum(|queue| queue.state.lock().bytes);
    let limits = MessageLimits {
        msgpool: if usage { int(queues.len()) } else { POOL },
        msgmap: int(if usage { messages } else { QUEUE_BYTES }),
        msgmax: int(MESSAGE_MAX),
        msgmnb: int(QUEUE_BYTES),
        msgmni: int(QUEUES),
        msgssz: SEGMENT_SIZE,
        msgtql: int(if usage { bytes } else { QUEUE_BYTES }),
        msgseg: SEGMENTS,
        padding: 0,
    };
    let highest = TABLE.highest_index();
    target.write(&limits)?;
    Ok(highest)
}

fn status(
    current: &Current<'_>,
    id: i32,
    code: i32,
    target: UserPtr<MessageQueueStatus>,
) -> Result<i32, Errno> {
    let (found, queue) = if code == IPC_STAT { (id, TABLE.find(id)?) } else { TABLE.at(id)? };
    let status = {
        let state = queue.state.lock();
        if code != MSG_STAT_ANY {
            state.permission.check(&current.credentials(), READ)?;
        }
        if state.removed {
            return Err(Errno::EIDRM);
        }
        MessageQueueStatus {
            msg_perm: state.permission.status(),
            msg_stime: state.sent,
            msg_rtime: state.received,
            msg_ctime: state.changed,
            msg_cbytes: state.bytes,
            msg_qnum: state.messages.len() as u64,
            msg_qbytes: state.limit,
            msg_lspid: state.sender,
            msg_lrpid: state.receiver,
            ..MessageQueueStatus::default()
        }
    };
    target.write(&status)?;
    Ok(if code == IPC_STAT { 0 } else { found })
}

fn change(current: &Current<'_>, id: i32, source: UserPtr<MessageQueueStatus>) -> Result<i32, Errno> {
    let new = source.read()?;
    let queue = TABLE.find(id)?;
    let credentials = current.credentials();
    let woken = {
        let mut state = queue.state.lock();
        state.permission.check_owner(&credentials)?;
        if new.msg_qbytes > QUEUE_BYTES && !credentials.has_capability(CAP_SYS_RESOURCE) {
            return Err(Errno::EPERM);
        }
        if state.removed {
            return Err(Errno::EIDRM);
        }
        state.permission.change(&new.msg_perm)?;
        state.limit = new.msg_qbytes;
        state.changed = seconds();
        state.let_all_look()
    };
    woken.tell();
    Ok(0)
}

fn remove(current: &Current<'_>, id: i32) -> Result<i32, Errno> {
    let queue: Arc<Queue> = TABLE.find(id)?;
    let woken = {
        let mut state = queue.state.lock();
        state.permission.check_owner(&current.credentials())?;
        if state.removed {
            return Err(Errno::EIDRM);
        }
        state.end()
    };
    TABLE.remove(id);
    woken.tell();
    Ok(0)
}
