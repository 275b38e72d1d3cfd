//! The texts of /proc/sysvipc (proc(5)).

use core::fmt::{self, Write};

use super::{message, semaphore, shared};

/// Writes /proc/sysvipc/shm.
///
/// # Errors
/// Those of the target.
pub fn shared_memory(target: &mut dyn Write) -> fmt::Result {
    target.write_str(concat!(
        "       key      shmid perms                  size  cpid  lpid nattch   uid   gid  cuid  cgid      ",
        "atime      dtime      ctime                   rss                  swap\n"
    ))?;
    for line in shared::lines() {
        let (status, [uid, gid, cuid, cgid]) = (line.status, line.owners);
        write!(target, "{:10} {:10}  {:4o} ", status.shm_perm.key, line.id, status.shm_perm.mode)?;
        write!(target, "{:21} {:5} {:5}  ", status.shm_segsz, status.shm_cpid, status.shm_lpid)?;
        write!(target, "{:5} {uid:5} {gid:5} {cuid:5} {cgid:5} ", status.shm_nattch)?;
        write!(target, "{:10} {:10} {:10} ", status.shm_atime, status.shm_dtime, status.shm_ctime)?;
        writeln!(target, "{:21} {:21}", line.resident, 0)?;
    }
    Ok(())
}

/// Writes /proc/sysvipc/sem.
///
/// # Errors
/// Those of the target.
pub fn semaphores(target: &mut dyn Write) -> fmt::Result {
    target.write_str(
        "       key      semid perms      nsems   uid   gid  cuid  cgid      otime      ctime\n",
    )?;
    for line in semaphore::lines() {
        let ([uid, gid, cuid, cgid], [operated, changed]) = (line.owners, line.times);
        write!(target, "{:10} {:10}  {:4o} {:10} ", line.key, line.id, line.mode, line.count)?;
        writeln!(target, "{uid:5} {gid:5} {cuid:5} {cgid:5} {operated:10} {changed:10}")?;
    }
    Ok(())
}

/// Writes /proc/sysvipc/msg.
///
/// # Errors
/// Those of the target.
pub fn messages(target: &mut dyn Write) -> fmt::Result {
    target.write_str(concat!(
        "       key      msqid perms      cbytes       qnum lspid lrpid   uid   gid  cuid  cgid      ",
        "stime      rtime      ctime\n"
    ))?;
    for line in message::lines() {
        let ([uid, gid, cuid, cgid], [sender, receiver]) = (line.owners, line.pids);
        let [sent, received, changed] = line.times;
        write!(target, "{:10} {:10}  {:4o}  ", line.key, line.id, line.mode)?;
        write!(target, "{:10} {:10} {sender:5} {receiver:5} ", line.bytes, line.messages)?;
        writeln!(target, "{uid:5} {gid:5} {cuid:5} {cgid:5} {sent:10} {received:10} {changed:10}")?;
    }
    Ok(())
}
