//! Tests of epoll over pipes and counters.

use alloc::sync::Arc;
use alloc::vec::Vec;

use abi::Errno;
use abi::io::EpollEvent;
use abi::raw::general::{EPOLLET, EPOLLHUP, EPOLLIN, EPOLLONESHOT, EPOLLOUT};

use super::Epoll;
use crate::fs::event_counter::EventCounter;
use crate::fs::transfer::{self, Place};
use crate::fs::{File, IoFlags, OpenFile, open_anonymous, pipe};
use crate::io::{Sink, Source};
use crate::testing::World;

fn open(file: Arc<dyn File>) -> Arc<OpenFile> {
    open_anonymous(file, "[test]", 2).unwrap()
}

fn look(epoll: &Epoll, limit: usize) -> Vec<(u32, u64)> {
    let mut found = Vec::new();
    let record = |_, event: EpollEvent| {
        found.push((event.events, event.data));
        Ok(())
    };
    epoll.wait(limit, Some(0), record).unwrap();
    found
}

fn put(world: &World, file: &OpenFile, bytes: &[u8]) {
    let mut source = Source::kernel(bytes);
    let written =
        transfer::write(&world.thread, file, &mut source, Place::Position, IoFlags::NONBLOCK).unwrap();
    assert_eq!(written, bytes.len());
}

fn get(file: &OpenFile, length: usize) -> usize {
    let mut bytes = alloc::vec![0; length];
    transfer::read(file, &mut Sink::kernel(&mut bytes), Place::Position, IoFlags::NONBLOCK).unwrap()
}

#[test]
fn level_triggered_reports_as_long_as_it_is_ready() {
    let world = World::new();
    let (reader, writer) = pipe::create(&world.thread, 0).unwrap();
    let epoll = Epoll::new();
    epoll.add(&reader, 3, EpollEvent::new(EPOLLIN, 7)).unwrap();
    assert_eq!(look(&epoll, 8), []);
    put(&world, &writer, b"ab");
    assert_eq!(look(&epoll, 8), [(EPOLLIN, 7)]);
    assert_eq!(look(&epoll, 8), [(EPOLLIN, 7)]);
    assert_eq!(get(&reader, 8), 2);
    assert_eq!(look(&epoll, 8), []);
    drop(writer);
    assert_eq!(look(&epoll, 8), [(EPOLLHUP, 7)]);
}

#[test]
fn edge_triggered_reports_once_an_event() {
    let world = World::new();
    let (reader, writer) = pipe::create(&world.thread, 0).unwrap();
    let epoll = Epoll::new();
    epoll.add(&reader, 3, EpollEvent::new(EPOLLIN | EPOLLET, 1)).unwrap();
    epoll.add(&writer, 4, EpollEvent::new(EPOLLOUT | EPOLLET, 2)).unwrap();
    assert_eq!(look(&epoll, 8), [(EPOLLOUT, 2)]);
    put(&world, &writer, b"a");
    assert_eq!(look(&epoll, 8), [(EPOLLIN, 1)]);
    assert_eq!(look(&epoll, 8), []);
    put(&world, &writer, b"b");
    assert_eq!(look(&epoll, 8), [(EPOLLIN, 1)]);
    assert_eq!(get(&reader, 1), 1);
    assert_eq!(look(&epoll, 8), []);
}

#[test]
fn one_shot_is_silent_until_it_is_armed_again() {
    let world = World::new();
    let counter = open(Arc::new(EventCounter::new(1, false)));
    let epoll = Epoll::new();
    epoll.add(&counter, 3, EpollEvent::new(EPOLLIN | EPOLLONESHOT, 1)).unwrap();
    assert_eq!(look(&epoll, 8), [(EPOLLIN, 1)]);
    put(&world, &counter, &1_u64.to_ne_bytes());
    assert_eq!(look(&epoll, 8), []);
    epoll.modify(&counter, 3, EpollEvent::new(EPOLLIN | EPOLLONESHOT, 2)).unwrap();
    assert_eq!(look(&epoll, 8), [(EPOLLIN, 2)]);
}

#[test]
fn gives_everybody_a_turn() {
    let _world = World::new();
    let files: Vec<_> = (0..3).map(|_| open(Arc::new(EventCounter::new(1, false)))).collect();
    let epoll = Epoll::new();
    for (fd, file) in (0..).zip(&files) {
        epoll.add(file, fd, EpollEvent::new(EPOLLIN, u64::from(fd.unsigned_abs()))).unwrap();
    }
    assert_eq!(look(&epoll, 2), [(EPOLLIN, 0), (EPOLLIN, 1)]);
    assert_eq!(look(&epoll, 2), [(EPOLLIN, 2), (EPOLLIN, 0)]);
}

#[test]
fn add_modify_and_remove_know_what_is_there() {
    let _world = World::new();
    let counter = open(Arc::new(EventCounter::new(1, false)));
    let epoll = Epoll::new();
    let event = EpollEvent::new(EPOLLIN, 0);
    assert_eq!(epoll.modify(&counter, 3, event), Err(Errno::ENOENT));
    assert_eq!(epoll.add(&counter, 3, event), Ok(()));
    assert_eq!(epoll.add(&counter, 3, event), Err(Errno::EEXIST));
    assert_eq!(epoll.add(&counter, 4, event), Ok(()));
    assert_eq!(epoll.remove(&counter, 3), Ok(()));
    assert_eq!(epoll.remove(&counter, 3), Err(Errno::ENOENT));
    assert_eq!(look(&epoll, 8).len(), 1);
}

#[test]
fn a_closed_file_is_forgotten() {
    let _world = World::new();
    let counter = open(Arc::new(EventCounter::new(1, false)));
    let epoll = Epoll::new();
    epoll.add(&counter, 3, EpollEvent::new(EPOLLIN, 0)).unwrap();
    drop(counter);
    assert!(epoll.items.lock().is_empty());
    assert_eq!(look(&epoll, 8), []);
}

#[test]
fn instances_watch_each_other_but_not_in_circles() {
    let world = World::new();
    let (inner, outer) = (Epoll::new(), Epoll::new());
    let (inner_file, outer_file) = (open(inner.clone()), open(outer.clone()));
    let counter = open(Arc::new(EventCounter::new(0, false)));
    let event = EpollEvent::new(EPOLLIN, 5);
    inner.add(&counter, 3, event).unwrap();
    outer.add(&inner_file, 4, event).unwrap();
    assert_eq!(inner.add(&outer_file, 5, event), Err(Errno::ELOOP));
    assert_eq!(look(&outer, 8), []);
    put(&world, &counter, &1_u64.to_ne_bytes());
    assert_eq!(look(&outer, 8), [(EPOLLIN, 5)]);
    assert_eq!(look(&inner, 8), [(EPOLLIN, 5)]);
    assert_eq!(get(&counter, 8), 8);
    assert_eq!(look(&outer, 8), []);
}

#[test]
fn waits_until_something_happens() {
    let world = World::new();
    let (reader, writer) = pipe::create(&world.thread, 0).unwrap();
    let epoll = Epoll::new();
    epoll.add(&reader, 3, EpollEvent::new(EPOLLIN, 7)).unwrap();
    world.when_waiting(move || drop(writer));
    let mut found = 0;
    let record = |_, event: EpollEvent| {
        found = event.events;
        Ok(())
    };
    assert_eq!(epoll.wait(1, None, record), Ok(1));
    assert_eq!(found, EPOLLHUP);
}
