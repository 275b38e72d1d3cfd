//! A program with all the libraries that start with it.

use std::collections::VecDeque;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::Trouble;
use super::image::Image;
use super::loader::{Loader, Origin};
use super::world::World;
use crate::failure;

/// How many scripts may be each other's interpreters (execve(2)).
const SCRIPTS_MAX: usize = 5;
/// The most files of a program.
const IMAGES_MAX: usize = 4096;

/// A library that is not there.
#[derive(Debug)]
pub(crate) struct Missing {
    pub(crate) name: String,
    pub(crate) needed_by: PathBuf,
}

/// One file of a program.
pub(crate) struct Member {
    pub(crate) image: Image,
    /// The path by which it was found, whose directory is its `$ORIGIN`.
    found_at: PathBuf,
    /// The member that needs it first.
    needed_by: Option<usize>,
}

/// A program.
pub(crate) struct Program {
    /// What was asked for.
    pub(crate) file: PathBuf,
    /// The program itself first.
    pub(crate) members: Vec<Member>,
    pub(crate) missing: Vec<Missing>,
}

impl Program {
    /// Reads a program, its interpreter and its libraries.
    pub(crate) fn load(world: &World, file: &Path) -> Result<Self, Trouble> {
        let image = open(world, file, SCRIPTS_MAX)?;
        let interpreter = image.interpreter.clone();
        let found_at = image.path.clone();
        let mut program = Self {
            file: file.to_owned(),
            members: vec![Member { image, found_at, needed_by: None }],
            missing: Vec::new(),
        };
        let Some(interpreter) = interpreter else { return Ok(program) };
        let loader = Loader::new(world, &interpreter);
        program.load_libraries(world, &loader, &interpreter);
        Ok(program)
    }

    /// Breadth first, as the loader does it.
    fn load_libraries(&mut self, world: &World, loader: &Loader, interpreter: &str) {
        self.add(world, vec![PathBuf::from(interpreter)], interpreter, 0);
        let mut waiting: VecDeque<usize> = VecDeque::from([0]);
        while let Some(index) = waiting.pop_front() {
            let needed = self.members.get(index).map(|member| member.image.dynamic.needed.clone());
            for name in needed.unwrap_or_default() {
                if self.has(&name) || loader.is_itself(&name) || self.members.len() >= IMAGES_MAX {
                    continue;
                }
                let places = loader.places(&name, &self.chain(index));
                if let Some(added) = self.add(world, places, &name, index) {
                    waiting.push_back(added);
                }
            }
        }
    }

    /// Adds the first file that suits; gives its place if it is new.
    fn add(&mut self, world: &World, places: Vec<PathBuf>, name: &str, needed_by: usize) -> Option<usize> {
        for found_at in places {
            // What is no library for this processor is passed over, as the loader does.
            let Some(image) = world.read(&found_at).ok().and_then(|found| Image::read(found).ok()) else {
                continue;
            };
            if self.members.iter().any(|member| member.image.identity == image.identity) {
                return None;
            }
            self.members.push(Member { image, found_at, needed_by: Some(needed_by) });
            return Some(self.members.len() - 1);
        }
        let needed_by =
            self.members.get(needed_by).map(|member| member.image.path.clone()).unwrap_or_default();
        self.missing.push(Missing { name: name.to_owned(), needed_by });
        None
    }

    /// Whether a library with that name is there already, or was looked for in vain.
    fn has(&self, name: &str) -> bool {
        let file_name = |member: &Member| member.found_at.file_name().is_some_and(|file| file == name);
        let members = self.members.iter().skip(1);
        let named = |member: &Member| member.image.dynamic.name.as_deref() == Some(name) || file_name(member);
        members.clone().any(named) || self.missing.iter().any(|missing| missing.name == name)
    }

    /// Who needs it, who needs that, up to the program.
    fn chain(&self, index: usize) -> Vec<Origin<'_>> {
        let mut chain = Vec::new();
        let mut next = Some(index);
        while let Some(member) = next.and_then(|index| self.members.get(index)) {
            let dynamic = &member.image.dynamic;
            chain.push(Origin {
                directory: member.found_at.parent().unwrap_or(Path::new("/")),
                inherited_path: dynamic.inherited_path.as_deref(),
                own_path: dynamic.own_path.as_deref(),
            });
            next = member.needed_by;
        }
        chain
    }
}

/// Reads a program; for a script, its interpreter.
fn open(world: &World, file: &Path, scripts: usize) -> Result<Image, Trouble> {
    let found = world.read(file).map_err(|error| match error.kind() {
        ErrorKind::NotFound | ErrorKind::NotADirectory => Trouble::new(failure::NOT_FOUND, file, error),
        _ => Trouble::new(failure::CANNOT_EXECUTE, file, error),
    })?;
    if let Some(interpreter) = script(&found.bytes) {
        if scripts == 0 {
            return Err(Trouble::new(failure::CANNOT_EXECUTE, file, "too many interpreters"));
        }
        return open(world, &interpreter, scripts - 1);
    }
    Image::read(found).map_err(|reason| Trouble::new(failure::CANNOT_EXECUTE, file, reason))
}

/// The interpreter of a script.
fn script(bytes: &[u8]) -> Option<PathBuf> {
    let line = bytes.strip_prefix(b"#!")?.split(|&byte| byte == b'\n').next()?;
    let text = String::from_utf8_lossy(line).into_owned();
    text.split_whitespace().next().map(PathBuf::from)
}

#[cfg(test)]
mod tests {
    use super::script;

    #[test]
    fn the_first_line_names_a_scripts_interpreter() {
        assert_eq!(script(b"#! /bin/sh -e\nexit"), Some("/bin/sh".into()));
        assert_eq!(script(b"#!\n"), None);
        assert_eq!(script(b"\x7fELF"), None);
    }
}
