//! The registry and the room for stubs, as data.

use alloc::sync::Arc;
use alloc::vec::Vec;

use rewrite::{Form, Patch, Plan, Text, plan};

use super::Sites;
use super::registry::Area;
use super::room::find;

/// `syscall; cmp $-4095,%rax; ret`.
const CODE: [u8; 9] = [0x0f, 0x05, 0x48, 0x3d, 0x01, 0xf0, 0xff, 0xff, 0xc3];
const AREA: core::ops::Range<u64> = 0x100_0000..0x101_0000;

fn plan_at(site: u64) -> Plan {
    plan(site, &Text { address: site, bytes: &CODE }, None).expect("it can be patched")
}

fn with_area() -> Sites {
    let mut sites = Sites::default();
    sites.areas.insert(AREA.start, Area { end: AREA.end, fresh: AREA.start });
    sites
}

/// Enters a patch as if it had been written.
fn add(sites: &mut Sites, site: u64) -> Option<Arc<Patch>> {
    let plan = plan_at(site);
    let (patch, _) = plan.patch(find(sites, plan.reach())?, 0)?;
    let patch = Arc::new(patch);
    sites.stubs.insert(patch.stub().start, Arc::clone(&patch));
    sites.patches.insert(site, Arc::clone(&patch));
    let area = sites.areas.get_mut(&AREA.start)?;
    area.fresh = area.fresh.max(patch.stub().end);
    Some(patch)
}

#[test]
fn patches_are_found_by_both_of_their_places() {
    let mut sites = with_area();
    let patch = add(&mut sites, 0x40_1000).unwrap();
    assert_eq!(patch.form(), Form::Over);
    assert!(sites.is_live(&patch));
    for address in 0x40_1000..0x40_1008 {
        assert_eq!(sites.patch_at(address), Some(&patch));
    }
    assert_eq!(sites.patch_at(0x40_0fff), None);
    assert_eq!(sites.patch_at(0x40_1008), None);
    assert_eq!(sites.stub_at(patch.stub().start), Some(&patch));
    assert_eq!(sites.stub_at(patch.stub().end), None);
}

#[test]
fn a_range_concerns_what_shares_a_byte_with_it() {
    let mut sites = with_area();
    let patch = add(&mut sites, 0x40_1ffe).unwrap();
    for range in [0x40_1000..0x40_2000, 0x40_2000..0x40_3000, AREA.start - 1..AREA.start + 1, 0..u64::MAX] {
        assert!(!sites.is_unconcerned(&range), "{range:x?}");
    }
    assert_eq!(sites.patches_in(&(0x40_2000..0x40_3000)), [Arc::clone(&patch)]);
    for range in [0x40_0000..0x40_1000, 0x40_3000..0x40_4000, AREA.end..AREA.end + 4096] {
        assert!(sites.is_unconcerned(&range), "{range:x?}");
    }
}

#[test]
fn stubs_never_overlap_and_gaps_are_used_in_the_end() {
    let mut sites = with_area();
    let mut site = 0x40_0000;
    while add(&mut sites, site).is_some() {
        site += 0x11;
    }
    let stubs: Vec<_> = sites.stubs.values().map(|patch| patch.stub()).collect();
    assert!(stubs.len() > 500, "{} stubs in an area", stubs.len());
    assert!(stubs.windows(2).all(|pair| pair[0].end <= pair[1].start));
    assert!(stubs.iter().all(|stub| AREA.start <= stub.start && stub.end <= AREA.end));
    let (first, gone) = sites.stubs.first_key_value().map(|(&start, patch)| (start, patch.site())).unwrap();
    sites.stubs.remove(&first);
    sites.patches.remove(&gone);
    assert!(add(&mut sites, gone).is_some(), "the place of a stub that is gone");
}

#[test]
fn a_stub_whose_memory_went_away_is_still_known() {
    let mut sites = with_area();
    let patch = add(&mut sites, 0x40_1000).unwrap();
    sites.stubs.clear();
    sites.patches.clear();
    sites.remember_gone(Arc::clone(&patch));
    assert_eq!(sites.stub_at(patch.stub().start + 3), Some(&patch));
    assert!(!sites.is_live(&patch));
}
