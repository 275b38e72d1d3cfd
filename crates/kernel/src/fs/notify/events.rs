//! What may happen to a file, and how a watch is made, with inotify(7)'s numbers.

use bitflags::bitflags;

bitflags! {
    /// `IN_*`.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
    pub struct Events: u32 {
        /// It was read.
        const ACCESS = 0x1;
        /// Its contents changed.
        const MODIFY = 0x2;
        /// Its attributes changed.
        const ATTRIB = 0x4;
        /// It was closed by somebody who might write.
        const CLOSE_WRITE = 0x8;
        /// It was closed by somebody who might not.
        const CLOSE_NOWRITE = 0x10;
        /// It was opened.
        const OPEN = 0x20;
        /// A name went from the directory.
        const MOVED_FROM = 0x40;
        /// A name came to the directory.
        const MOVED_TO = 0x80;
        /// A name was made in the directory.
        const CREATE = 0x100;
        /// A name was removed from the directory.
        const DELETE = 0x200;
        /// It is gone itself.
        const DELETE_SELF = 0x400;
        /// It was moved itself.
        const MOVE_SELF = 0x800;
        /// A name went from the directory to any place; no program can ask for it by this number.
        const RENAME = 0x1000;
        /// Its file system was taken away.
        const UNMOUNT = 0x2000;
        /// Events were lost.
        const QUEUE_OVERFLOW = 0x4000;
        /// The watch is over.
        const IGNORED = 0x8000;
        /// Watch directories only.
        const ONLY_DIRECTORY = 0x0100_0000;
        /// Watch a symbolic link itself.
        const DONT_FOLLOW = 0x0200_0000;
        /// Nothing of a file whose name was removed.
        const EXCLUDE_UNLINKED = 0x0400_0000;
        /// Do not change a watch that is there.
        const MASK_CREATE = 0x1000_0000;
        /// Add to a watch that is there.
        const MASK_ADD = 0x2000_0000;
        /// It happened to a directory.
        const IS_DIRECTORY = 0x4000_0000;
        /// The watch ends with its first event.
        const ONE_SHOT = 0x8000_0000;
    }
}

impl Events {
    /// What a program may ask for.
    pub const ASKABLE: Self = Self::from_bits_truncate(0xfff);
    /// What a watch may be for.
    pub const WATCHABLE: Self = Self::ASKABLE.union(Self::RENAME);
    /// How a watch behaves, for as long as it is there.
    pub const MODES: Self = Self::EXCLUDE_UNLINKED.union(Self::ONE_SHOT);
}
