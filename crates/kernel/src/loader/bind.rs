//! `--bind-libc`: dynamic programs load a library that binds the C library's names to linked calls, as if the
//! environment had it in `LD_PRELOAD` (ld.so(8)).
//!
//! The library takes the variables away again before anybody sees them (`crates/link/c/bind.c`), so every
//! program is given them anew. Programs that run with more rights than who asked are left alone, as ld.so would
//! leave them; so are those that do not see the library, in another root.

use alloc::sync::Arc;
use alloc::vec::Vec;

use super::{Asker, base_name};
use crate::fs::{self, Inode};

/// Where the library lies in the world.
pub const PATH: &[u8] = b"/dev/trapless/libtrapless-libc.so";
/// The dynamic linker that knows what to do with it: glibc's. musl's functions do more than make calls.
const INTERPRETER: &[u8] = b"ld-linux-x86-64.so.2";
const PRELOAD: &[u8] = b"LD_PRELOAD=";
/// Tells the library that the variable before is the kernel's.
const MARK: &[u8] = b"TRAPLESS_BIND_LIBC=";

static LIBRARY: sync::Once<Arc<dyn Inode>> = sync::Once::new();

/// Has programs load this file, which lies at [`PATH`], from now on.
pub fn start(library: Arc<dyn Inode>) {
    let _ = LIBRARY.set(library);
}

/// The variables that are added for a program with this interpreter: none, or two.
pub(super) fn variables(asker: Asker<'_>, interpreter: &[u8], environment: &[Vec<u8>]) -> Vec<Vec<u8>> {
    let Some(library) = LIBRARY.get() else { return Vec::new() };
    let is_there = || {
        let found = fs::lookup(asker.context, asker.credentials, PATH);
        found.is_ok_and(|path| Arc::as_ptr(path.inode()).addr() == Arc::as_ptr(library).addr())
    };
    if base_name(interpreter) != INTERPRETER || !is_there() {
        return Vec::new();
    }
    // The last one counts; what the program's own says comes first.
    let own = environment.iter().rev().find_map(|variable| variable.strip_prefix(PRELOAD));
    let mut preload = PRELOAD.to_vec();
    if let Some(own) = own.filter(|own| !own.is_empty()) {
        preload.extend(own);
        preload.push(b':');
    }
    preload.extend(PATH);
    Vec::from([preload, MARK.to_vec()])
}
