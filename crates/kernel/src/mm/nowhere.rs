//! The address space of those who have none.

use alloc::boxed::Box;
use core::any::Any;
use core::ops::Range;

use abi::Errno;

use super::{Access, Advice, MapSource, Protection};
use crate::machine::AddressSpace;

/// No space: nothing can be mapped in it.
#[derive(Debug)]
pub(super) struct Nowhere;

impl AddressSpace for Nowhere {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn enter(&self) {}

    fn map(&self, _: Range<u64>, _: Protection, _: MapSource<'_>) -> Result<(), Errno> {
        Err(Errno::ENOMEM)
    }

    fn unmap(&self, _: Range<u64>) -> Result<(), Errno> {
        Ok(())
    }

    fn protect(&self, _: Range<u64>, _: Protection) -> Result<(), Errno> {
        Err(Errno::ENOMEM)
    }

    fn relocate(&self, _: Range<u64>, _: Range<u64>, _: bool) -> Result<(), Errno> {
        Err(Errno::EFAULT)
    }

    fn advise(&self, _: Range<u64>, _: Advice) -> Result<(), Errno> {
        Err(Errno::ENOMEM)
    }

    fn resident(&self, _: Range<u64>, _: &mut [u8]) -> Result<(), Errno> {
        Err(Errno::ENOMEM)
    }

    fn sync(&self, _: Range<u64>, _: u32) -> Result<(), Errno> {
        Err(Errno::ENOMEM)
    }

    fn populate(&self, _: Range<u64>, _: Protection, _: Access) -> Result<(), Errno> {
        Err(Errno::EFAULT)
    }

    fn renew(&self) -> Result<Box<dyn AddressSpace>, Errno> {
        Ok(Box::new(Self))
    }

    fn fork(&self, _: usize, _: &[Range<u64>]) -> Result<Box<dyn AddressSpace>, Errno> {
        Err(Errno::ENOMEM)
    }
}
