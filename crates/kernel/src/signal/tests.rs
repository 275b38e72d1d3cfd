//! Queues, masks and who is told.

use alloc::vec::Vec;

use abi::Errno;
use abi::resource::{Resource, Rlimit};
use abi::siginfo::{SI_KERNEL, SI_QUEUE, SI_USER, SigInfo, SigInfoLayout};
use abi::signal::{
    SA_RESTART, SIG_IGN, SIGALRM, SIGCHLD, SIGCONT, SIGHUP, SIGKILL, SIGRTMIN, SIGSEGV, SIGSTOP, SIGTERM,
    SIGTSTP, SIGUSR1, SIGUSR2, SigAction, Signal, SignalSet,
};

use arch::RegisterFrame;

use super::interval::{self, IntervalClock, Setting};
use super::syscalls::timers::alarm;
use super::{
    PendingQueue, QueueSlot, TrapState, force_fault, has_deliverable, send_to_process, send_to_thread,
    take_signal, with_mask,
};
use super::{deliver, restart, send};
use crate::machine::monotonic;
use crate::testing::World;
use crate::time::timers;

fn kill(signal: Signal) -> SigInfo {
    SigInfo::kill(signal, SI_USER, 7, 8)
}

fn queued(signal: Signal, value: u64) -> SigInfo {
    SigInfo::queue(signal, SI_QUEUE, 7, 8, value)
}

fn ignore(world: &World, signal: Signal) {
    let action = SigAction { handler: SIG_IGN, ..SigAction::default() };
    world.thread.process().signals.lock().handlers.replace(signal, action);
}

#[test]
fn queue_gives_faults_first_then_numbers_then_age() {
    let mut queue = PendingQueue::new();
    for info in [queued(SIGRTMIN, 1), kill(SIGTERM), queued(SIGRTMIN, 2), kill(SIGSEGV), kill(SIGHUP)] {
        let signal = info.signal().unwrap();
        assert!(queue.push(signal, info, QueueSlot::take(1000, 10)));
    }
    assert_eq!(QueueSlot::count(1000), 5);
    let order: Vec<_> = core::iter::from_fn(|| queue.take(SignalSet::EMPTY))
        .map(|info| (info.si_signo, info.value()))
        .collect();
    assert_eq!(order, [(11, 0), (1, 0), (15, 0), (32, 1), (32, 2)]);
    assert_eq!(QueueSlot::count(1000), 0);
    assert!(queue.set().is_empty());
}

#[test]
fn signal_without_information_comes_from_nobody() {
    let mut queue = PendingQueue::new();
    assert!(!queue.push(SIGUSR1, kill(SIGUSR1), None));
    assert_eq!(queue.take(SignalSet::of(&[SIGUSR1])), None);
    assert_eq!(queue.take(SignalSet::EMPTY), Some(SigInfo::kill(SIGUSR1, SI_USER, 0, 0)));
}

#[test]
fn timer_overruns_are_counted_in_the_pending_signal() {
    let mut queue = PendingQueue::new();
    queue.push(SIGUSR1, SigInfo::timer(SIGUSR1, 3, 0, 9), QueueSlot::take(1001, 1));
    assert!(queue.count_overrun(SIGUSR1, 3, 2));
    assert!(!queue.count_overrun(SIGUSR1, 4, 2));
    let info = queue.take(SignalSet::EMPTY).unwrap();
    assert_eq!(
        (info.layout(), info.timer_id(), info.overrun(), info.value()),
        (SigInfoLayout::Timer, 3, 2, 9)
    );
}

#[test]
fn old_signals_merge_and_realtime_ones_queue_up_to_the_limit() {
    let world = World::of_user(501);
    world.thread.set_signal_mask(SignalSet::ALL);
    world.thread.process().set_limits(|limits| limits.set(Resource::PendingSignals, Rlimit::new(2, 2)));
    for _ in 0..3 {
        send_to_process(world.thread.process(), kill(SIGUSR1)).unwrap();
    }
    assert_eq!(QueueSlot::count(501), 1);
    send_to_thread(&world.thread, queued(SIGRTMIN, 1)).unwrap();
    assert_eq!(send_to_thread(&world.thread, queued(SIGRTMIN, 2)), Err(Errno::EAGAIN));
    assert_eq!(send_to_thread(&world.thread, kill(SIGRTMIN)), Ok(()));
    assert!(!has_deliverable(&world.thread) && !world.thread.has_pending_signal());
    world.thread.set_signal_mask(SignalSet::of(&[SIGUSR1]));
    assert!(has_deliverable(&world.thread) && world.thread.has_pending_signal());
    let wanted = SignalSet::of(&[SIGRTMIN]);
    assert_eq!(take_signal(&world.thread, wanted).map(|info| info.value()), Some(1));
    assert_eq!(take_signal(&world.thread, wanted), None);
}

#[test]
fn ignored_signals_vanish_unless_blocked() {
    let world = World::of_user(502);
    ignore(&world, SIGUSR1);
    let process = world.thread.process();
    send_to_process(process, kill(SIGUSR1)).unwrap();
    send_to_process(process, kill(SIGCHLD)).unwrap();
    assert!(process.signals.lock().pending().is_empty());
    world.thread.set_signal_mask(SignalSet::ALL);
    send_to_process(process, kill(SIGUSR1)).unwrap();
    assert_eq!(process.signals.lock().pending(), SignalSet::of(&[SIGUSR1]));
    assert!(!world.thread.signal_mask().contains(SIGKILL));
}

#[test]
fn a_stop_that_was_taken_gives_way_to_what_came_after() {
    let world = World::new();
    let process = world.thread.process();
    for (after, stops) in [(None, true), (Some(SIGCONT), false), (Some(SIGKILL), false)] {
        send_to_process(process, kill(SIGSTOP)).unwrap();
        let taken = send::dequeue(&world.thread, SignalSet::EMPTY);
        assert_eq!(taken.and_then(|info| info.signal()), Some(SIGSTOP));
        if let Some(signal) = after {
            send_to_process(process, kill(signal)).unwrap();
        }
        deliver::stop(process, SIGSTOP);
        assert_eq!(process.signals.lock().stopped(), stops.then_some(SIGSTOP), "{after:?}");
        process.signals.lock().stopped = None;
        while send::dequeue(&world.thread, SignalSet::EMPTY).is_some() {}
    }
}

#[test]
fn stop_and_continue_cancel_each_other() {
    let world = World::of_user(503);
    world.thread.set_signal_mask(SignalSet::ALL);
    let process = world.thread.process();
    send_to_process(process, kill(SIGTSTP)).unwrap();
    send_to_thread(&world.thread, kill(SIGSTOP)).unwrap();
    send_to_process(process, kill(SIGCONT)).unwrap();
    assert_eq!(process.signals.lock().pending(), SignalSet::of(&[SIGCONT]));
    assert!(world.thread.signals.lock().pending().is_empty());
    send_to_process(process, kill(SIGTSTP)).unwrap();
    assert_eq!(process.signals.lock().pending(), SignalSet::of(&[SIGTSTP]));
}

#[test]
fn fault_cannot_be_blocked_or_ignored() {
    let world = World::of_user(504);
    ignore(&world, SIGSEGV);
    world.thread.set_signal_mask(SignalSet::ALL);
    let trap = TrapState { number: 14, error_code: 6, address: 0x10 };
    force_fault(&world.thread, SigInfo::fault(SIGSEGV, 1, 0x10), trap);
    assert!(has_deliverable(&world.thread));
    let shared = world.thread.process().signals.lock();
    assert_eq!(shared.handlers.get(SIGSEGV).handler, 0);
    assert_eq!(world.thread.signals.lock().trap, trap);
}

#[test]
fn mask_of_one_call_stays_for_the_signal_that_ended_it() {
    let world = World::of_user(505);
    let thread = &world.thread;
    let (mask, other) = (SignalSet::of(&[SIGUSR1]), SignalSet::of(&[SIGUSR2]));
    thread.set_signal_mask(mask);
    let inside = with_mask(thread, Some(other), || Ok(thread.signal_mask()));
    assert_eq!((inside, thread.signal_mask()), (Ok(other), mask));
    assert_eq!(
        with_mask::<()>(thread, Some(other), || Err(Errno::ERESTARTNOHAND)),
        Err(Errno::ERESTARTNOHAND)
    );
    assert_eq!(thread.signal_mask(), other);
    assert!(thread.has_pending_signal());
    thread.restore_saved_mask();
    assert_eq!(thread.signal_mask(), mask);
}

#[test]
fn real_timer_goes_on_when_its_signal_is_taken() {
    let world = World::of_user(506);
    let (thread, process) = (&world.thread, world.thread.process());
    thread.set_signal_mask(SignalSet::ALL);
    let setting = Setting { value: 10_000_000, interval: 20_000_000 };
    assert_eq!(interval::set(process, IntervalClock::Real, setting), Setting::default());
    world.advance(5_000_000);
    assert_eq!(interval::get(process, IntervalClock::Real).value, 5_000_000);
    world.advance(5_000_000);
    timers::expire(monotonic());
    assert_eq!(process.signals.lock().pending(), SignalSet::of(&[SIGALRM]));
    assert_eq!(interval::get(process, IntervalClock::Real).value, 0);
    world.advance(25_000_000);
    let info = take_signal(thread, SignalSet::ALL).unwrap();
    assert_eq!((info.si_code, info.pid()), (SI_KERNEL, 0));
    // In step with its first expiry: 10, 30, 50 ms; it is now 35.
    assert_eq!(interval::get(process, IntervalClock::Real).value, 15_000_000);
    interval::set(process, IntervalClock::Real, Setting::default());
    world.advance(100_000_000);
    timers::expire(monotonic());
    assert!(process.signals.lock().pending().is_empty());
}

#[test]
fn alarm_rounds_what_is_left() {
    let mut world = World::of_user(507);
    let current = world.current();
    assert_eq!(alarm(&current, 10), 0);
    assert_eq!(alarm(&current, 1), 10);
    let process = current.process();
    interval::set(process, IntervalClock::Real, Setting { value: 1, interval: 0 });
    assert_eq!(alarm(&current, 0), 1);
    assert_eq!(alarm(&current, 0), 0);
}

#[test]
fn interrupted_call_starts_again_or_fails() {
    let after = |error: Errno, flags: Option<u64>| {
        let mut frame = RegisterFrame { orig_rax: 7, rip: 0x1002, ..RegisterFrame::default() };
        frame.set_result(error.to_register());
        match flags {
            Some(flags) => restart::before_handler(&mut frame, flags),
            None => restart::without_handler(&mut frame),
        }
        (frame.rip, Errno::from_register(frame.rax))
    };
    let (again, failed) = ((0x1000, Ok(7)), (0x1002, Err(Errno::EINTR)));
    assert_eq!(after(Errno::ERESTARTSYS, Some(0)), failed);
    assert_eq!(after(Errno::ERESTARTSYS, Some(SA_RESTART)), again);
    assert_eq!(after(Errno::ERESTARTNOINTR, Some(0)), again);
    assert_eq!(after(Errno::ERESTARTNOHAND, Some(SA_RESTART)), failed);
    assert_eq!(after(Errno::ERESTART_RESTARTBLOCK, Some(SA_RESTART)), failed);
    assert_eq!(after(Errno::ERESTARTSYS, None), again);
    assert_eq!(after(Errno::ERESTARTNOHAND, None), again);
    assert_eq!(after(Errno::ERESTART_RESTARTBLOCK, None), (0x1000, Ok(219)));
    assert_eq!(after(Errno::EAGAIN, None), (0x1002, Err(Errno::EAGAIN)));
}
