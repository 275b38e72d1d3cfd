//! Vector and floating-point state (Intel SDM volume 1, chapter 13).
//!
//! The kernel is built without vector registers, so a program's state stays in the processor while the
//! kernel runs for it; it moves only when threads switch and when a signal frame shows it.

use alloc::alloc::{alloc_zeroed, dealloc};
use core::alloc::Layout;
use core::arch::asm;
use core::arch::x86_64::{__cpuid_count, _xgetbv};
use core::ptr::NonNull;
use core::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};

/// The first bytes of every area: the FXSAVE image and the header.
pub const HEADER_END: usize = 576;
/// Where the header (XSTATE_BV, XCOMP_BV) begins.
pub const HEADER: usize = 512;
const MXCSR: usize = 24;
const MXCSR_RESET: u32 = 0x1f80;
const FCW_RESET: u16 = 0x037f;
/// The bit of XCOMP_BV that says "compacted".
const COMPACTED: u64 = 1 << 63;
/// x87, SSE, AVX, AVX-512 (three) and PKRU. Tiles (AMX) need a permission that is not given.
const SUPPORTED: u64 = 0b10_1110_0111;

static FEATURES: AtomicU64 = AtomicU64::new(0b11);
static STANDARD_SIZE: AtomicUsize = AtomicUsize::new(HEADER_END);
/// Bytes of the area of a thread that does not run.
static KEPT_SIZE: AtomicUsize = AtomicUsize::new(HEADER_END);
/// Whether that area is compacted; emulated processors often have no XSAVEC.
static IS_COMPACT: AtomicBool = AtomicBool::new(false);

/// Asks the processor what state it has; must run before the first program.
///
/// # Errors
/// When the processor has no XSAVE or no FSGSBASE; the text names what is missing.
pub fn initialize() -> Result<(), &'static str> {
    const OSXSAVE: u32 = 1 << 27;
    const XSAVEC: u32 = 1 << 1;
    const FSGSBASE: u32 = 1;
    if __cpuid_count(1, 0).ecx & OSXSAVE == 0 {
        return Err("the processor has no XSAVE");
    }
    let is_compact = __cpuid_count(0xd, 1).eax & XSAVEC != 0;
    if __cpuid_count(7, 0).ebx & FSGSBASE == 0 {
        return Err("the processor has no FSGSBASE");
    }
    // SAFETY: OSXSAVE says that XGETBV is there.
    let features = unsafe { _xgetbv(0) } & SUPPORTED;
    let mut standard = HEADER_END;
    let mut compact = HEADER_END;
    for component in (2..63).filter(|component| features & (1 << component) != 0) {
        let leaf = __cpuid_count(0xd, component);
        standard = standard.max((leaf.ebx + leaf.eax) as usize);
        if leaf.ecx & 0b10 != 0 {
            compact = compact.next_multiple_of(64);
        }
        compact += leaf.eax as usize;
    }
    FEATURES.store(features, Ordering::Relaxed);
    STANDARD_SIZE.store(standard, Ordering::Relaxed);
    KEPT_SIZE.store(if is_compact { compact } else { standard }, Ordering::Relaxed);
    IS_COMPACT.store(is_compact, Ordering::Relaxed);
    Ok(())
}

/// The state components that programs have (XCR0 without those that need a permission).
#[must_use]
pub fn features() -> u64 {
    FEATURES.load(Ordering::Relaxed)
}

/// Bytes of an area in the standard format, the one that signal frames hold.
#[must_use]
pub fn standard_size() -> usize {
    STANDARD_SIZE.load(Ordering::Relaxed)
}

/// Memory for one state area, aligned to 64 bytes.
#[derive(Debug)]
struct Area {
    memory: NonNull<u8>,
    size: usize,
}

impl Area {
    fn new(size: usize) -> Option<Self> {
        // SAFETY: the size is at least that of the header.
        let memory = unsafe { alloc_zeroed(Self::layout(size)?) };
        Some(Self { memory: NonNull::new(memory)?, size })
    }

    fn layout(size: usize) -> Option<Layout> {
        Layout::from_size_align(size, 64).ok()
    }

    fn bytes(&mut self) -> &mut [u8] {
        // SAFETY: the area is `size` initialized (zeroed) bytes that `self` owns.
        unsafe { core::slice::from_raw_parts_mut(self.memory.as_ptr(), self.size) }
    }
}

impl Drop for Area {
    fn drop(&mut self) {
        if let Some(layout) = Self::layout(self.size) {
            // SAFETY: the area was allocated with this layout.
            unsafe { dealloc(self.memory.as_ptr(), layout) };
        }
    }
}

// SAFETY: the area is plain owned memory.
unsafe impl Send for Area {}

/// A thread's extended state while the thread does not run, in the compacted format where there is one.
#[derive(Debug)]
pub struct ExtendedState(Area);

impl ExtendedState {
    /// The state in which a program starts. `None` when there is no memory.
    #[must_use]
    pub fn new() -> Option<Self> {
        let mut area = Area::new(KEPT_SIZE.load(Ordering::Relaxed))?;
        let is_compact = IS_COMPACT.load(Ordering::Relaxed);
        set_initial(area.bytes(), if is_compact { COMPACTED | features() } else { 0 });
        Some(Self(area))
    }

    /// A copy of the processor's present state.
    #[must_use]
    pub fn of_processor() -> Option<Self> {
        let mut state = Self::new()?;
        state.save();
        Some(state)
    }

    /// Stores the processor's state.
    pub fn save(&mut self) {
        let area = self.0.memory.as_ptr();
        if !IS_COMPACT.load(Ordering::Relaxed) {
            // SAFETY: the area is aligned and has the standard format's size.
            return unsafe { store_standard(area) };
        }
        let features = features();
        // SAFETY: the area is aligned and as large as CPUID says that `features` need.
        unsafe {
            asm!("xsavec64 [{}]", in(reg) area, in("eax") (features & 0xffff_ffff) as u32,
                in("edx") (features >> 32) as u32, options(nostack, preserves_flags));
        }
    }

    /// Loads the processor's state.
    pub fn restore(&mut self) {
        // SAFETY: the area was written by `new` or `save`, so its header is valid.
        unsafe { load(self.0.memory.as_ptr()) };
    }
}

/// An extended state in the standard format, on its way to or from a signal frame.
#[derive(Debug)]
pub struct StandardState(Area);

impl StandardState {
    /// An area in the initial state. `None` when there is no memory.
    #[must_use]
    pub fn new() -> Option<Self> {
        let mut area = Area::new(standard_size())?;
        set_initial(area.bytes(), 0);
        Some(Self(area))
    }

    /// The bytes, [`standard_size`] of them.
    pub fn bytes(&mut self) -> &mut [u8] {
        self.0.bytes()
    }

    /// Stores the processor's state.
    pub fn save(&mut self) {
        // SAFETY: the area is aligned and has the standard format's size.
        unsafe { store_standard(self.0.memory.as_ptr()) };
    }

    fn word(&mut self, offset: usize) -> u32 {
        let word = self.0.bytes().get(offset..).and_then(<[u8]>::first_chunk);
        word.copied().map_or(0, u32::from_le_bytes)
    }

    /// The errors of the x87 unit that are not masked, as its status word has them.
    pub fn x87_errors(&mut self) -> u32 {
        let words = self.word(0);
        let (control, status) = (words & 0xffff, words >> 16);
        status & !control & 0x3f
    }

    /// The errors of vector arithmetic that are not masked, as MXCSR has them.
    pub fn simd_errors(&mut self) -> u32 {
        let control = self.word(MXCSR);
        control & !(control >> 7) & 0x3f
    }

    /// Loads the processor's state from bytes that a program may have written: what the processor would
    /// refuse (unknown components, reserved bits) is cleared first.
    pub fn restore_untrusted(&mut self) {
        let features = features();
        let bytes = self.0.bytes();
        if let Some(header) = bytes.get_mut(HEADER..HEADER_END)
            && let Some((present, reserved)) = header.split_first_chunk_mut::<8>()
        {
            *present = (u64::from_le_bytes(*present) & features).to_le_bytes();
            reserved.fill(0);
        }
        if let Some(mxcsr) = bytes.get_mut(MXCSR..MXCSR + 4).and_then(<[u8]>::first_chunk_mut::<4>) {
            *mxcsr = (u32::from_le_bytes(*mxcsr) & 0xffff).to_le_bytes();
        }
        // SAFETY: the header names only components that exist, its reserved bytes and those of MXCSR
        // are zero: the conditions of XRSTOR's standard form.
        unsafe { load(self.0.memory.as_ptr()) };
    }
}

/// Puts the processor's state back to that in which a program starts.
pub fn reset() -> Option<()> {
    ExtendedState::new()?.restore();
    Some(())
}

/// Loads the state that a host signal frame holds (standard format, written by the host's kernel).
///
/// # Safety
/// `area` must point to such an area, aligned to 64 bytes.
pub unsafe fn restore_from_host(area: *const u8) {
    // SAFETY: the caller says so.
    unsafe { load(area) };
}

fn set_initial(bytes: &mut [u8], compaction: u64) {
    let mut put = |offset: usize, value: &[u8]| {
        if let Some(target) = bytes.get_mut(offset..offset + value.len()) {
            target.copy_from_slice(value);
        }
    };
    put(0, &FCW_RESET.to_le_bytes());
    put(MXCSR, &MXCSR_RESET.to_le_bytes());
    put(HEADER + 8, &compaction.to_le_bytes());
}

/// # Safety
/// `area` must have [`standard_size`] bytes, aligned to 64.
unsafe fn store_standard(area: *mut u8) {
    let features = features();
    // SAFETY: the caller says that the area is large enough.
    unsafe {
        asm!("xsave64 [{}]", in(reg) area, in("eax") (features & 0xffff_ffff) as u32,
            in("edx") (features >> 32) as u32, options(nostack, preserves_flags));
    }
}

/// # Safety
/// `area` must be an XSAVE area with a valid header, aligned to 64 bytes.
unsafe fn load(area: *const u8) {
    let features = features();
    // SAFETY: the caller says that the area is valid.
    unsafe {
        asm!("xrstor64 [{}]", in(reg) area, in("eax") (features & 0xffff_ffff) as u32,
            in("edx") (features >> 32) as u32, options(nostack, preserves_flags, readonly));
    }
}
