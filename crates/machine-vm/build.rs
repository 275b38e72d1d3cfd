//! How the kernel's ELF is linked: by the script beside this file, at a fixed address of the upper half.

use std::env;

fn main() {
    let folder = env::var("CARGO_MANIFEST_DIR").unwrap_or_default();
    let arguments = [
        // The target's default link is a static-PIE. This comes later on the command line and wins.
        "--no-pie".to_owned(),
        format!("--script={folder}/link.ld"),
        "-znoexecstack".to_owned(),
        "-znorelro".to_owned(),
        "--build-id=none".to_owned(),
    ];
    for argument in arguments {
        println!("cargo::rustc-link-arg-bins={argument}");
    }
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=link.ld");
}
