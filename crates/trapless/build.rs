//! Tells the launcher what to carry inside: the kernels that `TRAPLESS_KERNEL` and `TRAPLESS_VM_KERNEL`
//! name, the program that `trapless bench` measures with, `TRAPLESS_MEASURE`, and the library that
//! `--bind-libc` has programs load, `TRAPLESS_BINDING`.
//!
//! `cargo xtask` builds them and sets the variables. Without it the launcher compiles all the
//! same, so that plain `cargo check` and `cargo test` work, and says at run time what it lacks.

use std::env;

/// For each file: the variable that names it, and what is set when it is carried.
const CARRIED: [(&str, &str); 4] = [
    ("TRAPLESS_KERNEL", "kernel_inside"),
    ("TRAPLESS_VM_KERNEL", "vm_kernel_inside"),
    ("TRAPLESS_MEASURE", "measure_inside"),
    ("TRAPLESS_BINDING", "binding_inside"),
];

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    for (variable, condition) in CARRIED {
        println!("cargo::rustc-check-cfg=cfg({condition})");
        println!("cargo::rerun-if-env-changed={variable}");
        if let Ok(file) = env::var(variable) {
            println!("cargo::rerun-if-changed={file}");
            println!("cargo::rustc-env={variable}={file}");
            println!("cargo::rustc-cfg={condition}");
        }
    }
}
