//! What must hold of the kernel's machine code, checked on the linked file.
//!
//! The kernel does not save a program's vector state on a system call, so no code of its own may
//! touch a vector, x87 or MMX register. The compiler is told so (soft-float); assembly, a dependency
//! or a changed flag could bring one in all the same, and a program's numbers would be silently lost.
//! Only the instructions that save or restore the whole state (`xsave`, `xrstor` and their like) may
//! stand there: no compiler makes one by itself, and switching threads is what they are for.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail, ensure};
use iced_x86::{CpuidFeature, Decoder, DecoderOptions, Instruction, InstructionInfoFactory, Mnemonic};
use object::elf::{ET_EXEC, PT_DYNAMIC, PT_INTERP, PT_TLS};
use object::read::elf::{ElfFile64, FileHeader, ProgramHeader};
use object::{Endianness, Object, ObjectSection, ObjectSymbol, SectionKind};
use rustc_demangle::demangle;

/// The instruction sets that share the x87 unit's registers.
const X87: [CpuidFeature; 5] = [
    CpuidFeature::FPU,
    CpuidFeature::FPU287,
    CpuidFeature::FPU387,
    CpuidFeature::FPU387SL_ONLY,
    CpuidFeature::MMX,
];

/// Checks the kernel's ELF; the error names every place that breaks a rule.
pub(crate) fn kernel(path: &Path) -> Result<()> {
    let bytes = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    let file = ElfFile64::<Endianness>::parse(bytes.as_slice())
        .with_context(|| format!("{} is no ELF file", path.display()))?;
    fixed_address(&file)?;
    let found = vector_instructions(&file)?;
    if !found.is_empty() {
        bail!("the kernel's text uses vector registers:\n  {}", found.join("\n  "));
    }
    eprintln!("xtask: {}: fixed address, no vector registers", path.display());
    Ok(())
}

/// The kernel runs where it was linked, with nothing to relocate and no thread-local storage.
fn fixed_address(file: &ElfFile64<'_, Endianness>) -> Result<()> {
    let (header, endian) = (file.elf_header(), file.endian());
    ensure!(header.e_type(endian) == ET_EXEC, "the kernel is not linked at a fixed address");
    for segment in file.elf_program_headers() {
        let kind = segment.p_type(endian);
        ensure!(![PT_DYNAMIC, PT_INTERP, PT_TLS].contains(&kind), "the kernel has a segment of kind {kind}");
    }
    Ok(())
}

/// Every instruction that reads or writes a vector, x87 or MMX register.
fn vector_instructions(file: &ElfFile64<'_, Endianness>) -> Result<Vec<String>> {
    let symbols: BTreeMap<u64, &str> = file
        .symbols()
        .filter(|symbol| symbol.is_definition())
        .filter_map(|symbol| Some((symbol.address(), symbol.name().ok()?)))
        .collect();
    let mut factory = InstructionInfoFactory::new();
    let mut found = Vec::new();
    for section in file.sections().filter(|section| section.kind() == SectionKind::Text) {
        let (start, bytes) = (section.address(), section.data()?);
        let end = start + bytes.len() as u64;
        // Decoding begins anew at every symbol: data between functions cannot hide what follows it.
        let mut places: Vec<u64> = symbols.range(start..end).map(|(address, _)| *address).collect();
        places.insert(0, start);
        places.push(end);
        for pair in places.windows(2) {
            let &[from, to] = pair else { continue };
            let name = symbols.get(&from).copied().unwrap_or("(no symbol)");
            let range = usize::try_from(from - start)?..usize::try_from(to - start)?;
            let code = bytes.get(range).context("a symbol lies outside its section")?;
            for instruction in Decoder::with_ip(64, code, from, DecoderOptions::NONE) {
                if touches_vector_state(&instruction, &mut factory) {
                    found.push(format!(
                        "{:#}+{:#x}: {:?}",
                        demangle(name),
                        instruction.ip() - from,
                        instruction.code()
                    ));
                }
            }
        }
    }
    Ok(found)
}

fn touches_vector_state(instruction: &Instruction, factory: &mut InstructionInfoFactory) -> bool {
    let named = factory.info(instruction).used_registers().iter().any(|used| {
        let register = used.register();
        register.is_vector_register() || register.is_mm() || register.is_st()
    });
    // Not every instruction's registers are in the decoder's tables: fld counts on a stack, ldmxcsr
    // has none.
    let state = matches!(
        instruction.mnemonic(),
        Mnemonic::Ldmxcsr | Mnemonic::Stmxcsr | Mnemonic::Vldmxcsr | Mnemonic::Vstmxcsr
    );
    let x87 = instruction.cpuid_features().iter().any(|feature| X87.contains(feature));
    (named || state || x87) && !instruction.is_save_restore_instruction()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn touches(bytes: &[u8]) -> bool {
        let instruction = Decoder::new(64, bytes, DecoderOptions::NONE).decode();
        assert_eq!(instruction.len(), bytes.len(), "one whole instruction: {:?}", instruction.code());
        touches_vector_state(&instruction, &mut InstructionInfoFactory::new())
    }

    #[test]
    fn vector_and_floating_point_instructions_are_seen() {
        let cases: [(&str, &[u8]); 8] = [
            ("movups xmm0, [rax]", &[0x0f, 0x10, 0x00]),
            ("vzeroupper", &[0xc5, 0xf8, 0x77]),
            ("vmovdqu64 zmm0, [rax]", &[0x62, 0xf1, 0xfe, 0x48, 0x6f, 0x00]),
            ("movq mm0, [rax]", &[0x0f, 0x6f, 0x00]),
            ("emms", &[0x0f, 0x77]),
            ("fld qword [rax]", &[0xdd, 0x00]),
            ("fninit", &[0xdb, 0xe3]),
            ("ldmxcsr [rax]", &[0x0f, 0xae, 0x10]),
        ];
        for (name, bytes) in cases {
            assert!(touches(bytes), "{name}");
        }
    }

    #[test]
    fn integer_and_whole_state_instructions_are_not() {
        let cases: [(&str, &[u8]); 7] = [
            ("mov rax, [rdi]", &[0x48, 0x8b, 0x07]),
            ("xsave64 [rax]", &[0x48, 0x0f, 0xae, 0x20]),
            ("fxrstor [rax]", &[0x0f, 0xae, 0x08]),
            ("rep movsb", &[0xf3, 0xa4]),
            ("mfence, of SSE2's time", &[0x0f, 0xae, 0xf0]),
            ("movnti [rax], ecx, of SSE2's time", &[0x0f, 0xc3, 0x08]),
            ("andn eax, ecx, edx, with AVX's encoding", &[0xc4, 0xe2, 0x70, 0xf2, 0xc2]),
        ];
        for (name, bytes) in cases {
            assert!(!touches(bytes), "{name}");
        }
    }
}
