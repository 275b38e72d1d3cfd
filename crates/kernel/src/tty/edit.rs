//! Editing the line that is being typed, and how that looks.

use abi::raw::general::{ECHO, ECHOCTL, ECHOE, ECHOK, ECHOKE, ECHOPRT, VERASE, VKILL};
use alloc::vec::Vec;

use super::characters::{is_control, is_of_word};
use super::discipline::Discipline;

/// What is erased.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Extent {
    Character,
    Word,
    Line,
}

/// Ends the print of erased characters.
pub(super) fn finish_erasing(discipline: &mut Discipline) {
    if core::mem::take(&mut discipline.is_erasing) {
        discipline.echoes.plain(b'/');
    }
}

/// Erases the last character (`VERASE`).
pub(super) fn erase_character(discipline: &mut Discipline) {
    erase(discipline, Extent::Character);
}

/// Erases the last word (`VWERASE`).
pub(super) fn erase_word(discipline: &mut Discipline) {
    erase(discipline, Extent::Word);
}

/// Erases the line (`VKILL`).
pub(super) fn kill(discipline: &mut Discipline) {
    if discipline.input.edited_len() == 0 {
        return;
    }
    let settings = *discipline.settings();
    let vanishes = [ECHOK, ECHOKE, ECHOE].into_iter().all(|flag| settings.local(flag));
    if settings.local(ECHO) && vanishes {
        return erase(discipline, Extent::Line);
    }
    discipline.input.erase(usize::MAX);
    if settings.local(ECHO) {
        finish_erasing(discipline);
        if let Some(character) = settings.character(VKILL) {
            discipline.echoes.character(character, &settings);
        }
        if settings.local(ECHOK) {
            discipline.echoes.plain(b'\n');
        }
    }
}

/// Prints the line anew (`VREPRINT`).
pub(super) fn reprint(discipline: &mut Discipline, character: u8) {
    finish_erasing(discipline);
    let settings = *discipline.settings();
    discipline.echoes.character(character, &settings);
    discipline.echoes.plain(b'\n');
    for byte in discipline.input.edited() {
        discipline.echoes.character(byte, &settings);
    }
}

fn erase(discipline: &mut Discipline, extent: Extent) {
    if discipline.input.edited_len() == 0 {
        return;
    }
    let settings = *discipline.settings();
    let mut in_word = false;
    while let Some(character) = last_character(discipline) {
        let Some(&first) = character.first() else { break };
        if extent == Extent::Word {
            if is_of_word(first) {
                in_word = true;
            } else if in_word {
                break;
            }
        }
        discipline.input.erase(character.len());
        if settings.local(ECHO) {
            show_erased(discipline, &character, extent);
        }
        if extent == Extent::Character {
            break;
        }
    }
    if discipline.input.edited_len() == 0 && settings.local(ECHO) {
        finish_erasing(discipline);
    }
}

/// The bytes of the line's last character; `None` without one, or when its start is not there.
fn last_character(discipline: &Discipline) -> Option<Vec<u8>> {
    let settings = discipline.settings();
    let mut bytes = Vec::new();
    for byte in discipline.input.edited().rev() {
        bytes.push(byte);
        if !settings.is_continuation(byte) {
            bytes.reverse();
            return Some(bytes);
        }
    }
    None
}

/// Shows that a character, which is gone already, was erased.
fn show_erased(discipline: &mut Discipline, character: &[u8], extent: Extent) {
    let settings = *discipline.settings();
    let (Some(&first), rest) = (character.first(), character.get(1..).unwrap_or_default()) else { return };
    if settings.local(ECHOPRT) {
        if !discipline.is_erasing {
            discipline.echoes.plain(b'\\');
            discipline.is_erasing = true;
        }
        discipline.echoes.character(first, &settings);
        for &byte in rest {
            discipline.echoes.plain(byte);
            discipline.echoes.stayed_in_column();
        }
    } else if extent == Extent::Character && !settings.local(ECHOE) {
        if let Some(erase) = settings.character(VERASE) {
            discipline.echoes.character(erase, &settings);
        }
    } else if first == b'\t' {
        let (columns, after_tab) = columns_before_tab(discipline);
        discipline.echoes.erase_tab(columns, after_tab);
    } else {
        let columns = match (is_control(first), settings.local(ECHOCTL)) {
            (true, true) => 2,
            (true, false) => 0,
            (false, _) => 1,
        };
        for _ in 0..columns {
            discipline.echoes.rub_out();
        }
    }
}

/// How many columns what is left of the line takes behind its last tab, and whether it has one.
fn columns_before_tab(discipline: &Discipline) -> (u32, bool) {
    let settings = discipline.settings();
    let mut columns: u32 = 0;
    for byte in discipline.input.edited().rev() {
        if byte == b'\t' {
            return (columns, true);
        }
        let width = match byte {
            byte if is_control(byte) => 2 * u32::from(settings.local(ECHOCTL)),
            byte => u32::from(!settings.is_continuation(byte)),
        };
        columns = columns.saturating_add(width);
    }
    (columns, false)
}
