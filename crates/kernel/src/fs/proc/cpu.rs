//! /proc/cpuinfo.

use super::text::{Text, put};
use crate::machine::machine;

/// Feature bits of CPUID leaf 1 and 7 by Linux's names: leaf, register (A to D as 0 to 3), bit, name.
#[cfg(target_arch = "x86_64")]
const FEATURES: [(u32, usize, u32, &str); 60] = [
    (1, 3, 0, "fpu"),
    (1, 3, 1, "vme"),
    (1, 3, 2, "de"),
    (1, 3, 3, "pse"),
    (1, 3, 4, "tsc"),
    (1, 3, 5, "msr"),
    (1, 3, 6, "pae"),
    (1, 3, 7, "mce"),
    (1, 3, 8, "cx8"),
    (1, 3, 9, "apic"),
    (1, 3, 11, "sep"),
    (1, 3, 12, "mtrr"),
    (1, 3, 13, "pge"),
    (1, 3, 14, "mca"),
    (1, 3, 15, "cmov"),
    (1, 3, 16, "pat"),
    (1, 3, 17, "pse36"),
    (1, 3, 19, "clflush"),
    (1, 3, 23, "mmx"),
    (1, 3, 24, "fxsr"),
    (1, 3, 25, "sse"),
    (1, 3, 26, "sse2"),
    (1, 3, 28, "ht"),
    (0x8000_0001, 3, 11, "syscall"),
    (0x8000_0001, 3, 20, "nx"),
    (0x8000_0001, 3, 26, "pdpe1gb"),
    (0x8000_0001, 3, 27, "rdtscp"),
    (0x8000_0001, 3, 29, "lm"),
    (1, 2, 0, "pni"),
    (1, 2, 1, "pclmulqdq"),
    (1, 2, 9, "ssse3"),
    (1, 2, 12, "fma"),
    (1, 2, 13, "cx16"),
    (1, 2, 19, "sse4_1"),
    (1, 2, 20, "sse4_2"),
    (1, 2, 22, "movbe"),
    (1, 2, 23, "popcnt"),
    (1, 2, 25, "aes"),
    (1, 2, 26, "xsave"),
    (1, 2, 28, "avx"),
    (1, 2, 29, "f16c"),
    (1, 2, 30, "rdrand"),
    (1, 2, 31, "hypervisor"),
    (0x8000_0001, 2, 0, "lahf_lm"),
    (0x8000_0001, 2, 5, "abm"),
    (0x8000_0001, 2, 6, "sse4a"),
    (0x8000_0001, 2, 8, "3dnowprefetch"),
    (7, 1, 0, "fsgsbase"),
    (7, 1, 3, "bmi1"),
    (7, 1, 5, "avx2"),
    (7, 1, 8, "bmi2"),
    (7, 1, 9, "erms"),
    (7, 1, 16, "avx512f"),
    (7, 1, 17, "avx512dq"),
    (7, 1, 18, "rdseed"),
    (7, 1, 19, "adx"),
    (7, 1, 29, "sha_ni"),
    (7, 1, 30, "avx512bw"),
    (7, 1, 31, "avx512vl"),
    (7, 2, 9, "vaes"),
];

/// One leaf of CPUID as registers A to D.
#[cfg(target_arch = "x86_64")]
fn leaf(number: u32) -> [u32; 4] {
    let leaf = core::arch::x86_64::__cpuid_count(number, 0);
    [leaf.eax, leaf.ebx, leaf.ecx, leaf.edx]
}

#[cfg(target_arch = "x86_64")]
fn words(words: &[u32], text: &mut Text) {
    for word in words {
        for byte in word.to_le_bytes() {
            if byte != 0 {
                text.bytes(&[byte]);
            }
        }
    }
}

/// /proc/cpuinfo, with what CPUID says.
#[cfg(target_arch = "x86_64")]
pub(super) fn information(text: &mut Text) {
    let [highest, first, third, second] = leaf(0);
    let [signature, ..] = leaf(1);
    let [highest_extended, ..] = leaf(0x8000_0000);
    let base_family = (signature >> 8) & 15;
    let family = base_family + if base_family == 15 { (signature >> 20) & 255 } else { 0 };
    let extended_model = if base_family >= 6 { (signature >> 16) & 15 } else { 0 };
    let model = (extended_model << 4) | ((signature >> 4) & 15);
    let count = machine().cpu_count();
    for cpu in 0..count {
        put!(text, "processor\t: {cpu}\nvendor_id\t: ");
        words(&[first, second, third], text);
        put!(text, "\ncpu family\t: {family}\nmodel\t\t: {model}\nmodel name\t: ");
        for number in (0x8000_0002..=0x8000_0004).filter(|&number| number <= highest_extended) {
            words(&leaf(number), text);
        }
        put!(text, "\nstepping\t: {}\n", signature & 15);
        put!(text, "physical id\t: 0\nsiblings\t: {count}\ncore id\t\t: {cpu}\ncpu cores\t: {count}\n");
        put!(text, "apicid\t\t: {cpu}\ninitial apicid\t: {cpu}\nfpu\t\t: yes\nfpu_exception\t: yes\n");
        put!(text, "cpuid level\t: {highest}\nwp\t\t: yes\nflags\t\t:");
        for (number, register, bit, name) in FEATURES {
            let known = number < 0x8000_0000 && number <= highest
                || (0x8000_0000..=highest_extended).contains(&number);
            if known && leaf(number).get(register).is_some_and(|value| value >> bit & 1 != 0) {
                put!(text, " {name}");
            }
        }
        text.bytes(b"\nbugs\t\t:\nclflush size\t: 64\ncache_alignment\t: 64\n");
        text.bytes(b"address sizes\t: 46 bits physical, 48 bits virtual\npower management:\n\n");
    }
}

/// /proc/cpuinfo.
#[cfg(target_arch = "aarch64")]
pub(super) fn information(text: &mut Text) {
    for cpu in 0..machine().cpu_count() {
        put!(text, "processor\t: {cpu}\nFeatures\t: fp asimd\nCPU architecture: 8\n\n");
    }
}
