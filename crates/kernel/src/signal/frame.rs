//! Going to a handler and coming back: the frame on the program's stack.

use abi::Errno;
use abi::siginfo::SigInfo;
use abi::signal::{SA_ONSTACK, SA_RESTORER, SA_SIGINFO, SIGSEGV, SS_AUTODISARM, SigAction, SignalStack};
use arch::RegisterFrame;
use arch::signal_frame::{self, Details, INFO_OFFSET, LEGACY_SIZE, Places, RED_ZONE, SignalFrame};
use arch::xstate::{self, StandardState};

use super::{send, stack};
use crate::syscalls::{Current, Outcome};
use crate::task::Thread;
use crate::user::{self, UserPtr};

/// Writes the frame of a handler and lets the program go on in the handler.
///
/// # Errors
/// `EFAULT` when the program's stack cannot hold the frame, `ENOMEM` without memory.
pub(super) fn build(
    thread: &Thread,
    frame: &mut RegisterFrame,
    info: &SigInfo,
    action: &SigAction,
) -> Result<(), Errno> {
    // On this architecture Linux takes no handler without a restorer.
    if action.flags & SA_RESTORER == 0 {
        return Err(Errno::EFAULT);
    }
    let (details, places) = plan(thread, frame, action)?;
    write_state(places.state)?;
    let contents = SignalFrame::new(frame, &details, places.state);
    UserPtr::new(places.frame).write(&contents)?;
    if action.flags & SA_SIGINFO != 0 {
        UserPtr::new(places.frame.wrapping_add(INFO_OFFSET)).write(info)?;
    }
    xstate::reset().ok_or(Errno::ENOMEM)?;
    signal_frame::enter_handler(frame, action.handler, info.si_signo.unsigned_abs().into(), places);
    Ok(())
}

/// What goes into the frame, and where it goes.
fn plan(thread: &Thread, frame: &RegisterFrame, action: &SigAction) -> Result<(Details, Places), Errno> {
    let own = thread.signals.lock();
    let interrupted = frame.stack_pointer();
    let mut stack_pointer = interrupted.wrapping_sub(RED_ZONE);
    let on_stack = stack::is_on(&own.stack, interrupted);
    let enters = action.flags & SA_ONSTACK != 0 && stack::state(&own.stack, stack_pointer) == 0;
    if enters {
        stack_pointer = own.stack.ss_sp.wrapping_add(own.stack.ss_size);
    }
    let places = Places::below(stack_pointer).ok_or(Errno::EFAULT)?;
    // A frame that runs over the end of the alternate stack would write over somebody's data.
    if (on_stack || enters) && !stack::contains(&own.stack, places.frame) {
        return Err(Errno::EFAULT);
    }
    let details = Details {
        restorer: action.restorer,
        stack: own.stack,
        mask: own.saved_mask.unwrap_or(own.mask),
        trap_number: own.trap.number,
        error_code: own.trap.error_code,
        fault_address: own.trap.address,
    };
    Ok((details, places))
}

/// Copies the processor's vector state to the program.
fn write_state(address: u64) -> Result<(), Errno> {
    let mut state = StandardState::new().ok_or(Errno::ENOMEM)?;
    state.save();
    let bytes = state.bytes();
    let magic = signal_frame::describe_state(bytes);
    let end = address.wrapping_add(bytes.len() as u64);
    write_whole(address, bytes)?;
    write_whole(end, &magic)
}

fn write_whole(address: u64, bytes: &[u8]) -> Result<(), Errno> {
    if user::write_bytes(address, bytes)? == bytes.len() { Ok(()) } else { Err(Errno::EFAULT) }
}

fn read_whole(address: u64, bytes: &mut [u8]) -> Result<(), Errno> {
    if user::read_bytes(address, bytes)? == bytes.len() { Ok(()) } else { Err(Errno::EFAULT) }
}

/// rt_sigreturn(2): puts back what the frame says, which the handler may have changed. A frame that makes
/// no sense is a `SIGSEGV`.
pub fn rt_sigreturn(current: &Current<'_>) -> Outcome {
    let place = UserPtr::<SignalFrame>::new(signal_frame::frame_to_return_from(&current.registers()));
    let returned = place.read().and_then(|contents| put_back(current, &contents));
    if returned.is_err() {
        send::force(current, SigInfo::kernel(SIGSEGV), false);
        let mut registers = current.registers();
        registers.set_result(0);
        current.set_registers(registers);
    }
    Outcome::Replaced
}

fn put_back(current: &Current<'_>, contents: &SignalFrame) -> Result<(), Errno> {
    let context = &contents.context;
    current.set_signal_mask(context.mask);
    // A handler may have left a call half done; nobody goes on with it.
    drop(current.take_restart());
    let registers = context.registers.to_frame(&current.registers());
    current.set_registers(registers);
    restore_state(context.registers.fpstate)?;
    // As Linux: a bad description of the alternate stack changes nothing.
    let _ = stack::set(current, &context.stack, registers.stack_pointer());
    Ok(())
}

/// Loads the vector state of a frame; without one, that in which programs start.
fn restore_state(address: u64) -> Result<(), Errno> {
    if address == 0 {
        return xstate::reset().ok_or(Errno::ENOMEM);
    }
    let mut state = StandardState::new().ok_or(Errno::ENOMEM)?;
    let mut magic = [0; 4];
    {
        let bytes = state.bytes();
        let end = address.wrapping_add(bytes.len() as u64);
        let (legacy, rest) = bytes.split_at_mut_checked(LEGACY_SIZE).ok_or(Errno::EFAULT)?;
        read_whole(address, legacy)?;
        if signal_frame::has_extended_state(legacy) {
            read_whole(address.wrapping_add(LEGACY_SIZE as u64), rest)?;
            read_whole(end, &mut magic)?;
        }
        signal_frame::complete_state(bytes, magic);
        if !signal_frame::is_valid_state(bytes) {
            return Err(Errno::EFAULT);
        }
    }
    state.restore_untrusted();
    Ok(())
}

/// What a handler's entry does to the thread, once its frame is there.
pub(super) fn entered(thread: &Thread, action: &SigAction, info: &SigInfo) {
    let mask = {
        let mut own = thread.signals.lock();
        // The frame holds the mask to go back to.
        own.saved_mask = None;
        if own.stack.ss_flags & SS_AUTODISARM != 0 {
            own.stack = SignalStack::NONE;
        }
        own.mask
    };
    thread.set_signal_mask(super::deliver::mask_in_handler(mask, action, info));
}
