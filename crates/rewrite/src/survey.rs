//! Where system call sites are, told from the bytes alone: for who looks at a file that does not run.
//!
//! A running program shows its sites by trapping. Without it, the two bytes of a `syscall` are looked for, and
//! whether they are one is told as far as it can be: mostly they are a part of another instruction.

use alloc::vec::Vec;
use core::ops::Range;

use iced_x86::Code;

use super::flow::{Flow, decode};
use super::function::Function;
use super::plan::{SYSCALL_LENGTH, Text};

/// The longest instruction.
const LONGEST: u64 = 15;

/// How sure it is that execution comes to a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Certainty {
    /// The function's own branches lead there.
    Reached,
    /// It is one of the function's instructions in a row, behind a jump that goes by a table.
    InRow,
    /// It is in no known function; instructions in a row from the last known end say so.
    Guessed,
}

/// A `syscall` in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Site {
    /// Its address.
    pub address: u64,
    /// The function that it is in, where that is known.
    pub function: Option<Function>,
    /// How sure it is that it is one.
    pub certainty: Certainty,
}

/// All sites in a part of a text, in order; `find` gives the function that holds an address.
pub fn survey(
    text: &Text<'_>,
    part: &Range<u64>,
    mut find: impl FnMut(u64) -> Option<Function>,
) -> Vec<Site> {
    let mut sites = Vec::new();
    let mut known: Option<Known> = None;
    let mut row = Row { at: part.start };
    for address in pairs(text, part) {
        if !known.as_ref().is_some_and(|known| known.function.range.contains(&address)) {
            known = find(address).map(|function| Known::new(function, text));
        }
        let certainty = match &known {
            Some(known) => {
                row.at = row.at.max(known.function.range.end);
                known.certainty(address, text)
            }
            None => row.starts_at(address, text).then_some(Certainty::Guessed),
        };
        if let Some(certainty) = certainty {
            let function = known.as_ref().map(|known| known.function.clone());
            sites.push(Site { address, function, certainty });
        }
    }
    sites
}

/// The addresses of the two bytes.
fn pairs(text: &Text<'_>, part: &Range<u64>) -> Vec<u64> {
    let Some(bytes) = text.range(part) else { return Vec::new() };
    let windows = bytes.windows(2).zip(part.start..);
    windows.filter(|(window, _)| *window == [0x0f, 0x05]).map(|(_, address)| address).collect()
}

/// A function, and what is known of its bytes.
struct Known {
    function: Function,
    flow: Option<Flow>,
}

impl Known {
    fn new(function: Function, text: &Text<'_>) -> Self {
        let flow = text.range(&function.range).and_then(|bytes| Flow::follow(function.range.start, bytes));
        Self { function, flow }
    }

    fn certainty(&self, address: u64, text: &Text<'_>) -> Option<Certainty> {
        if let Some(flow) = &self.flow {
            if flow.length_at(address) == Some(SYSCALL_LENGTH) {
                return Some(Certainty::Reached);
            }
            let covers = |back| {
                let start = address.checked_sub(back)?;
                flow.length_at(start).filter(|&length| length > back)
            };
            if (1..LONGEST).any(|back| covers(back).is_some()) {
                return None;
            }
        }
        Row { at: self.function.range.start }.starts_at(address, text).then_some(Certainty::InRow)
    }
}

/// Instructions in a row.
struct Row {
    /// Where the next one starts.
    at: u64,
}

impl Row {
    /// Whether a `syscall` of the row starts there.
    fn starts_at(&mut self, address: u64, text: &Text<'_>) -> bool {
        while self.at < address {
            let instruction = text.from(self.at).and_then(|bytes| decode(self.at, bytes));
            let next = instruction.map_or(self.at + 1, |instruction| instruction.next_ip());
            if next <= self.at {
                // It crosses the end of the address space.
                return false;
            }
            self.at = next;
        }
        let here = || decode(address, text.from(address)?);
        self.at == address && here().is_some_and(|instruction| instruction.code() == Code::Syscall)
    }
}

#[cfg(test)]
mod tests {
    use super::{Certainty, survey};
    use crate::{Function, Text};

    const START: u64 = 0x40_1000;

    fn certainties(bytes: &[u8], function: Option<Function>) -> alloc::vec::Vec<(u64, Certainty)> {
        let text = Text { address: START, bytes };
        let part = START..START + bytes.len() as u64;
        let sites = survey(&text, &part, |address| {
            function.clone().filter(|function| function.range.contains(&address))
        });
        sites.into_iter().map(|site| (site.address - START, site.certainty)).collect()
    }

    fn whole(bytes: &[u8]) -> Option<Function> {
        let end = START + bytes.len() as u64;
        Some(Function { range: START..end, next: end })
    }

    #[test]
    fn what_lies_inside_of_another_instruction_is_no_site() {
        // mov $0x050f,%eax; syscall; ret
        let bytes = [0xb8, 0x0f, 0x05, 0, 0, 0x0f, 0x05, 0xc3];
        assert_eq!(certainties(&bytes, whole(&bytes)), [(5, Certainty::Reached)]);
        assert_eq!(certainties(&bytes, None), [(5, Certainty::Guessed)]);
    }

    #[test]
    fn behind_a_computed_jump_a_row_is_taken() {
        // jmp *%rax; syscall; ret
        let bytes = [0xff, 0xe0, 0x0f, 0x05, 0xc3];
        assert_eq!(certainties(&bytes, whole(&bytes)), [(2, Certainty::InRow)]);
    }

    #[test]
    fn a_row_ends_with_the_address_space() {
        // The last instruction is cut off by the end of all addresses; what looks like a site is inside of it.
        let bytes = [0xb8, 0x0f, 0x05, 0, 0, 0x0f, 0x05];
        let text = Text { address: u64::MAX - 3, bytes: &bytes };
        assert!(survey(&text, &(u64::MAX - 3..u64::MAX), |_| None).is_empty());
    }

    #[test]
    fn a_part_that_is_not_there_has_no_sites() {
        let text = Text { address: START, bytes: &[0x0f, 0x05] };
        assert!(survey(&text, &(START..START + 9), |_| None).is_empty());
        assert!(survey(&text, &(0..2), |_| None).is_empty());
    }
}
