//! Which bytes of a function are instructions, and where its jumps go.
//!
//! Execution is followed from the function's start through every direct branch. What is reached so is an
//! instruction for sure; what only an indirect jump reaches is not known, and nothing is claimed of it.

use alloc::collections::BTreeSet;
use alloc::vec;
use alloc::vec::Vec;
use core::ops::Range;

use iced_x86::{Decoder, DecoderOptions, FlowControl, Instruction, OpKind};

/// The largest function that is looked through.
pub const FUNCTION_MAX: usize = 256 * 1024;

/// What is known of a function's bytes.
#[derive(Debug)]
pub struct Flow {
    range: Range<u64>,
    /// How long the instruction is that starts at each byte; 0 where none is known to.
    lengths: Vec<u8>,
    /// Where direct branches go, also those of bytes that may not be instructions.
    targets: BTreeSet<u64>,
}

impl Flow {
    /// Follows a function, whose bytes these are. `None` when it is too large, or when execution would run
    /// into what is no instruction: then something that was assumed is not so.
    #[must_use]
    pub fn follow(start: u64, bytes: &[u8]) -> Option<Self> {
        let end = start.checked_add(bytes.len() as u64)?;
        if bytes.len() > FUNCTION_MAX {
            return None;
        }
        let mut flow = Self { range: start..end, lengths: vec![0; bytes.len()], targets: BTreeSet::new() };
        let mut waiting = vec![start];
        while let Some(from) = waiting.pop() {
            flow.follow_from(from, bytes, &mut waiting)?;
        }
        flow.sweep(bytes);
        Some(flow)
    }

    /// Follows execution from one place until it ends or meets what is known.
    fn follow_from(&mut self, from: u64, bytes: &[u8], waiting: &mut Vec<u64>) -> Option<()> {
        let mut at = from;
        loop {
            let offset = self.offset(at)?;
            if *self.lengths.get(offset)? != 0 {
                return Some(());
            }
            let instruction = decode(at, bytes.get(offset..)?)?;
            *self.lengths.get_mut(offset)? = u8::try_from(instruction.len()).ok()?;
            if let Some(target) = branch_target(&instruction) {
                self.targets.insert(target);
                if self.range.contains(&target) {
                    waiting.push(target);
                }
            }
            if !falls_through(&instruction) {
                return Some(());
            }
            at = instruction.next_ip();
            if at == self.range.end {
                // A call that never returns, or a function that runs into the next one.
                return Some(());
            }
        }
    }

    /// Adds the branches that stand in the rest of the function, if that is instructions in a row.
    fn sweep(&mut self, bytes: &[u8]) {
        let mut at = self.range.start;
        while let Some(instruction) = self.offset(at).and_then(|offset| decode(at, bytes.get(offset..)?)) {
            self.targets.extend(branch_target(&instruction));
            at = instruction.next_ip();
        }
    }

    fn offset(&self, address: u64) -> Option<usize> {
        if !self.range.contains(&address) {
            return None;
        }
        usize::try_from(address - self.range.start).ok()
    }

    /// The instruction's length, if one is known to start there.
    #[must_use]
    pub fn length_at(&self, address: u64) -> Option<u64> {
        let length = *self.lengths.get(self.offset(address)?)?;
        (length != 0).then_some(u64::from(length))
    }

    /// Where the instruction starts that execution falls through to `address`, if it is the only one known
    /// to end there.
    #[must_use]
    pub fn before(&self, address: u64) -> Option<u64> {
        let mut candidates = (1..=15)
            .filter_map(|length| address.checked_sub(length))
            .filter(|&start| self.length_at(start).is_some_and(|length| start + length == address));
        let first = candidates.next()?;
        candidates.next().is_none().then_some(first)
    }

    /// Whether a direct branch goes into a range.
    #[must_use]
    pub fn has_target_in(&self, range: Range<u64>) -> bool {
        !range.is_empty() && self.targets.range(range).next().is_some()
    }
}

/// Decodes one whole instruction.
pub(crate) fn decode(address: u64, bytes: &[u8]) -> Option<Instruction> {
    let mut decoder = Decoder::try_with_ip(64, bytes, address, DecoderOptions::NONE).ok()?;
    let instruction = decoder.decode();
    (!instruction.is_invalid()).then_some(instruction)
}

/// Where a direct branch or call goes.
pub(crate) fn branch_target(instruction: &Instruction) -> Option<u64> {
    // XBEGIN's target is one, too: where an aborted transaction goes on.
    let near = matches!(instruction.try_op_kind(0), Ok(OpKind::NearBranch64));
    near.then(|| instruction.near_branch_target())
}

/// Whether the next instruction may be executed after this one.
pub(crate) fn falls_through(instruction: &Instruction) -> bool {
    match instruction.flow_control() {
        FlowControl::Next
        | FlowControl::ConditionalBranch
        | FlowControl::Call
        | FlowControl::IndirectCall
        | FlowControl::XbeginXabortXend => true,
        // INT3 stands between and behind functions, so that whoever runs into it stops.
        FlowControl::Interrupt => instruction.code() != iced_x86::Code::Int3,
        FlowControl::UnconditionalBranch
        | FlowControl::IndirectBranch
        | FlowControl::Return
        | FlowControl::Exception => false,
    }
}
