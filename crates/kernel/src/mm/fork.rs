//! A copy of a program's memory (fork(2)).

use alloc::sync::Arc;
use alloc::vec::Vec;

use abi::Errno;

use super::{Backing, MappedFile, MemoryMap, VmaFlags};

/// The files that a child has in place of its parent's: each one once.
#[derive(Default)]
struct Attached(Vec<(*const (), Arc<dyn MappedFile>)>);

impl Attached {
    fn take_over(&mut self, file: &mut Arc<dyn MappedFile>) {
        let place = Arc::as_ptr(file).cast();
        if let Some((_, own)) = self.0.iter().find(|(parents, _)| *parents == place) {
            *file = Arc::clone(own);
        } else if let Some(own) = file.for_child() {
            self.0.push((place, Arc::clone(&own)));
            *file = own;
        }
    }
}

impl MemoryMap {
    /// A copy of the running program's memory, copy-on-write, for a child that starts on this processor. The machine leaves out and wipes what
    /// madvise(2) said; locks are not inherited.
    ///
    /// # Errors
    /// As fork(2).
    pub fn fork(&self, cpu: usize) -> Result<Arc<Self>, Errno> {
        let locked = self.lock();
        let absent = VmaFlags::DONT_FORK | VmaFlags::WIPE_ON_FORK;
        let left_out: Vec<_> = locked
            .books
            .iter()
            .filter(|(_, vma)| vma.flags.intersects(absent))
            .map(|(range, _)| range)
            .collect();
        let space = locked.space.fork(cpu, &left_out)?;
        let copy = Self::of(space, locked.books.layout);
        copy.register_barrier(self.barriers());
        *copy.sites.lock() = Arc::clone(&*self.sites.lock());
        {
            let mut books = copy.books.lock();
            books.inherit(&locked.books);
            let mut attached = Attached::default();
            for (range, vma) in locked.books.iter() {
                if vma.flags.contains(VmaFlags::DONT_FORK) {
                    books.present.remove(range);
                    continue;
                }
                let mut vma = vma.clone();
                if let Backing::File { file, .. } = &mut vma.backing {
                    attached.take_over(file);
                }
                vma.flags.remove(VmaFlags::LOCKED | VmaFlags::LOCK_ON_FAULT);
                books.insert(range.start, vma);
            }
        }
        Ok(copy)
    }
}
