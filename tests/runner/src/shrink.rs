//! Cuts a random sequence that differs down to the few steps that matter.
//!
//! A fuzz guest takes the seed, the number of steps and the list of those to keep; each step depends on
//! the seed and its own number alone. So leaving steps out leaves the others as they were, and the usual
//! halving (Zeller's ddmin, without its refinements) finds a small sequence that still differs.

use crate::side::{Side, observe};
use crate::source::Guest;

/// How many steps a sequence has when nothing is said.
const STEPS: usize = 400;

/// The smallest sequence found that differs, as lines to read; none when it does not differ (any more).
pub(crate) fn shrink(guest: &Guest, machine: &Side) -> Option<String> {
    let seed = guest.arguments.first()?;
    let with = |kept: &[usize]| {
        let list: Vec<String> = kept.iter().map(usize::to_string).collect();
        let mut guest = guest.clone();
        guest.arguments = vec![seed.clone(), STEPS.to_string(), list.join(",")];
        guest
    };
    let differ = |kept: &[usize]| {
        let guest = with(kept);
        let (linux, here) = (observe(&guest, &Side::Linux), observe(&guest, machine));
        (linux.other != here.other || linux.end != here.end).then_some((linux, here))
    };
    let mut kept: Vec<usize> = (0..STEPS).collect();
    differ(&kept)?;
    let mut chunk = STEPS / 2;
    while chunk > 0 {
        let mut at = 0;
        while at < kept.len() {
            let mut fewer = kept.clone();
            fewer.drain(at..(at + chunk).min(kept.len()));
            // An empty list means all steps to the guest.
            if !fewer.is_empty() && differ(&fewer).is_some() {
                kept = fewer;
            } else {
                at += chunk;
            }
        }
        chunk /= 2;
    }
    let (linux, here) = differ(&kept)?;
    let command = with(&kept);
    let mut text =
        format!("{} cut down: {} {}\n", guest.id, guest.binary.display(), command.arguments.join(" "));
    let (left, right) = (String::from_utf8_lossy(&linux.other), String::from_utf8_lossy(&here.other));
    let mut right = right.lines();
    for line in left.lines() {
        match right.next() {
            Some(other) if other == line => text.push_str(&format!("    {line}\n")),
            other => {
                text.push_str(&format!("  - {line}\n  + {}\n", other.unwrap_or("(nothing)")));
                return Some(text);
            }
        }
    }
    text.push_str(&format!("  - {:?}\n  + {:?}\n", linux.end, here.end));
    Some(text)
}
