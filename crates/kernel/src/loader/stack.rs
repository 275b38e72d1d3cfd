//! The stack of a new program: strings, pointers to them, and the auxiliary vector (System V ABI,
//! "Initial Process Stack").

use alloc::vec::Vec;

use abi::Errno;

use crate::user::{UserPtr, write_bytes};

/// The longest argument or environment string, with its zero (`MAX_ARG_STRLEN`).
pub(super) const STRING_MAX: usize = 32 * 4096;
/// What arguments and environment may always take (`ARG_MAX`).
const TOTAL_MIN: u64 = 128 * 1024;
/// What they may take at the most, whatever the stack's limit (three quarters of `_STK_LIM`).
const TOTAL_MAX: u64 = 6 * 1024 * 1024;

/// How many bytes of strings and pointers fit a stack with this limit (execve(2), "Limits on size").
#[must_use]
pub fn strings_limit(stack_limit: u64) -> u64 {
    (stack_limit / 4).clamp(TOTAL_MIN, TOTAL_MAX)
}

/// What a new program finds on its stack.
#[derive(Debug)]
pub struct StackContents<'a> {
    /// The path that was executed (`AT_EXECFN`).
    pub path: &'a [u8],
    /// The arguments.
    pub arguments: &'a [Vec<u8>],
    /// The environment.
    pub environment: &'a [Vec<u8>],
    /// Further variables, whose strings are not those that others see of the environment.
    pub hidden: &'a [Vec<u8>],
    /// The machine's name (`AT_PLATFORM`).
    pub platform: &'a [u8],
    /// How far below the strings the rest lies: chance, in bytes (`arch_align_stack`).
    pub shift: u64,
    /// Sixteen random bytes (`AT_RANDOM`).
    pub random: [u8; 16],
    /// The auxiliary vector without what points into the stack and the final `AT_NULL`.
    pub auxiliary: &'a [(u64, u64)],
}

/// Where things were put.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StackPlaces {
    /// The stack pointer of the first instruction: `argc` lies there.
    pub stack_pointer: u64,
    /// The arguments' strings.
    pub arguments: (u64, u64),
    /// The environment's strings.
    pub environment: (u64, u64),
    /// The auxiliary vector.
    pub auxiliary: (u64, u64),
}

/// Writes downwards from an address.
struct Pen(u64);

impl Pen {
    fn put(&mut self, bytes: &[u8]) -> Result<u64, Errno> {
        self.0 = self.0.checked_sub(bytes.len() as u64).ok_or(Errno::E2BIG)?;
        if write_bytes(self.0, bytes)? != bytes.len() {
            return Err(Errno::EFAULT);
        }
        Ok(self.0)
    }

    fn put_string(&mut self, string: &[u8]) -> Result<u64, Errno> {
        self.put(&[0])?;
        self.put(string)
    }

    fn align(&mut self) {
        self.0 &= !15;
    }

    /// Puts strings so that the first lies lowest; gives their addresses in order.
    fn put_strings(&mut self, strings: &[Vec<u8>]) -> Result<Vec<u64>, Errno> {
        let mut addresses = Vec::with_capacity(strings.len());
        for string in strings.iter().rev() {
            addresses.push(self.put_string(string)?);
        }
        addresses.reverse();
        Ok(addresses)
    }
}

/// Fills the stack of the running program whose top (exclusive) is `top`.
///
/// # Errors
/// `E2BIG` or `EFAULT` when it does not fit.
pub(super) fn build(top: u64, contents: &StackContents<'_>) -> Result<StackPlaces, Errno> {
    use abi::elf::auxiliary::{AT_EXECFN, AT_NULL, AT_PLATFORM, AT_RANDOM};
    let mut pen = Pen(top);
    pen.put(&[0; 8])?;
    let path = pen.put_string(contents.path)?;
    let hidden = pen.put_strings(contents.hidden)?;
    let environment_end = pen.0;
    let environment = pen.put_strings(contents.environment)?;
    let arguments_end = pen.0;
    let arguments = pen.put_strings(contents.arguments)?;
    let arguments_start = pen.0;
    pen.0 = pen.0.checked_sub(contents.shift).ok_or(Errno::E2BIG)?;
    let platform = pen.put_string(contents.platform)?;
    pen.align();
    let random = pen.put(&contents.random)?;

    let mut words: Vec<u64> = Vec::new();
    words.push(arguments.len() as u64);
    words.extend(arguments);
    words.push(0);
    words.extend(environment);
    words.extend(hidden);
    words.push(0);
    let auxiliary_index = words.len();
    let own = [(AT_RANDOM, random), (AT_EXECFN, path), (AT_PLATFORM, platform), (AT_NULL, 0)];
    words.extend(contents.auxiliary.iter().chain(&own).flat_map(|&(key, value)| [key, value]));
    pen.0 = pen.0.checked_sub(words.len() as u64 * 8).ok_or(Errno::E2BIG)?;
    pen.align();
    UserPtr::<u64>::new(pen.0).write_array(&words)?;
    let auxiliary_start = pen.0 + auxiliary_index as u64 * 8;
    Ok(StackPlaces {
        stack_pointer: pen.0,
        arguments: (arguments_start, arguments_end),
        environment: (arguments_end, environment_end),
        auxiliary: (auxiliary_start, pen.0 + words.len() as u64 * 8),
    })
}
