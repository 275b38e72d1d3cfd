//! How the kernel's ELF is linked. See `docs/decisions/0001-fixed-address-kernel.md`.

/// Where the kernel's image lies in every address space of the process machine.
const IMAGE_BASE: &str = "0x700000000000";

fn main() {
    // The target's default link is a static-PIE. `--no-pie` comes later on the command line and wins:
    // no dynamic section, no relocation at start, every symbol at a fixed address.
    let arguments = [
        "--no-pie".to_owned(),
        format!("--image-base={IMAGE_BASE}"),
        "-znoexecstack".to_owned(),
        // One writable segment, which the kernel shares between its host processes.
        "-znorelro".to_owned(),
        // Text, constants and data never share a page.
        "-zseparate-code".to_owned(),
        "--build-id=none".to_owned(),
    ];
    for argument in arguments {
        println!("cargo::rustc-link-arg-bins={argument}");
    }
    println!("cargo::rerun-if-changed=build.rs");
}
