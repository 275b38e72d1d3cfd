//! System calls about signals.

pub mod actions;
pub mod sending;
pub mod timers;
pub mod waiting;
