//! Tells the launcher which kernels to carry inside: the ELFs that `TRAPLESS_KERNEL` and
//! `TRAPLESS_VM_KERNEL` name.
//!
//! `cargo xtask` builds the kernels and sets the variables. Without it the launcher compiles all the
//! same, so that plain `cargo check` and `cargo test` work, and says at run time what it lacks.

use std::env;

/// For each machine: the variable that names its kernel, and what is set when it is carried.
const KERNELS: [(&str, &str); 2] =
    [("TRAPLESS_KERNEL", "kernel_inside"), ("TRAPLESS_VM_KERNEL", "vm_kernel_inside")];

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    for (variable, condition) in KERNELS {
        println!("cargo::rustc-check-cfg=cfg({condition})");
        println!("cargo::rerun-if-env-changed={variable}");
        if let Ok(kernel) = env::var(variable) {
            println!("cargo::rerun-if-changed={kernel}");
            println!("cargo::rustc-env={variable}={kernel}");
            println!("cargo::rustc-cfg={condition}");
        }
    }
}
