//! Scripts: `#!interpreter [argument]` (execve(2), "Interpreter scripts").

use super::LoadError;

/// How much of the file Linux looks at (`BINPRM_BUF_SIZE`).
pub(super) const LINE_MAX: usize = 256;

/// The first line of a script.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Script<'a> {
    /// The interpreter's path.
    pub interpreter: &'a [u8],
    /// What follows it on the line, as one argument.
    pub argument: Option<&'a [u8]>,
}

const fn is_blank(byte: &u8) -> bool {
    matches!(byte, b' ' | b'\t')
}

impl<'a> Script<'a> {
    /// Understands the start of a file, at most `LINE_MAX` bytes of it; `None` when it is no script.
    ///
    /// # Errors
    /// `ENOEXEC` when there is no interpreter, or its name does not end within the bytes.
    pub fn parse(start: &'a [u8]) -> Result<Option<Self>, LoadError> {
        let start = start.get(..LINE_MAX).unwrap_or(start);
        let Some(rest) = start.strip_prefix(b"#!") else { return Ok(None) };
        let newline = rest.iter().position(|&byte| byte == b'\n');
        let line = newline.and_then(|end| rest.get(..end)).unwrap_or(rest);
        let line = line.split(|&byte| byte == 0).next().unwrap_or_default().trim_ascii();
        let end = line.iter().position(is_blank);
        let interpreter = end.and_then(|end| line.get(..end)).unwrap_or(line);
        if interpreter.is_empty() {
            return Err(LoadError::format("a script without an interpreter"));
        }
        // Without a newline the file must have ended, or the name be followed by something: else it may
        // have been cut.
        if newline.is_none() && end.is_none() && start.len() == LINE_MAX {
            return Err(LoadError::format("the interpreter's name is too long"));
        }
        let argument = end.and_then(|end| line.get(end..)).map(<[u8]>::trim_ascii);
        Ok(Some(Self { interpreter, argument: argument.filter(|argument| !argument.is_empty()) }))
    }
}

#[cfg(test)]
mod tests {
    use super::Script;

    fn parse(text: &[u8]) -> Option<(Vec<u8>, Option<Vec<u8>>)> {
        let script = Script::parse(text).ok()??;
        Some((script.interpreter.to_vec(), script.argument.map(<[u8]>::to_vec)))
    }

    use std::vec::Vec;

    #[test]
    fn splits_interpreter_and_argument() {
        assert_eq!(parse(b"#!/bin/sh\n"), Some((b"/bin/sh".to_vec(), None)));
        assert_eq!(parse(b"#! \t/bin/sh  -e x \necho"), Some((b"/bin/sh".to_vec(), Some(b"-e x".to_vec()))));
        assert_eq!(parse(b"#!/bin/sh"), Some((b"/bin/sh".to_vec(), None)));
    }

    #[test]
    fn refuses_what_has_no_interpreter() {
        assert!(Script::parse(b"#!  \n").is_err());
        assert!(Script::parse(b"#!").is_err());
        assert_eq!(parse(b"echo"), None);
        let mut long = b"#!/".to_vec();
        long.resize(300, b'x');
        assert!(Script::parse(&long).is_err());
    }
}
