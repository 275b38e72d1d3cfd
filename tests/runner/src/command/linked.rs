//! `--bind-libc`: which programs load the library, and which door their calls take.

use super::BUSYBOX;
use crate::compare::Verdict;
use crate::hostile::Context;

/// A dynamic program that makes some calls by its C library's names.
const DYNAMIC: &[&str] = &["/bin/cat", "/proc/self/maps"];
const LIBRARY: &str = "libtrapless-libc.so";

/// A copy that runs with its owner's rights, started by another user.
const SET_USER: &str = "cp /bin/cat /tmp/raised && chmod 4755 /tmp/raised && \
                        exec setpriv --reuid 1234 --clear-groups /tmp/raised /proc/self/maps";
/// The same without more rights than the user has.
const PLAIN_USER: &str = "exec setpriv --reuid 1234 --clear-groups /bin/cat /proc/self/maps";
/// A root in which the library is not.
const OTHER_ROOT: &str = "mkdir -p /tmp/r/lib64 /tmp/r/lib/x86_64-linux-gnu /tmp/r/proc && \
                          cp /lib64/ld-linux-x86-64.so.2 /tmp/r/lib64/ && \
                          cp /lib/x86_64-linux-gnu/libc.so.6 /tmp/r/lib/x86_64-linux-gnu/ && \
                          cp /bin/cat /etc/hostname /tmp/r/ && chroot /tmp/r /cat /hostname";

/// Looks at the maps of programs, and at the count of each door.
pub(super) fn linked(context: &Context) -> Result<Vec<Verdict>, String> {
    let mut verdicts = Vec::new();
    for (case, options, words, loads, links) in [
        ("dynamic", &["--bind-libc"][..], DYNAMIC, true, true),
        ("not-asked-for", &[], DYNAMIC, false, false),
        ("static", &["--bind-libc"], &[BUSYBOX, "cat", "/proc/self/maps"], false, false),
        ("child", &["--bind-libc"], &[BUSYBOX, "sh", "-c", "/bin/cat /proc/self/maps"], true, true),
        (
            "empty-environment",
            &["--bind-libc"],
            &["/usr/bin/env", "-i", "/bin/cat", "/proc/self/maps"],
            true,
            true,
        ),
        ("other-user", &["--bind-libc"], &["/bin/sh", "-c", PLAIN_USER], true, true),
        ("set-user-id", &["--bind-libc"], &["/bin/sh", "-c", SET_USER], false, true),
        ("other-root", &["--bind-libc"], &["/bin/sh", "-c", OTHER_ROOT], false, true),
    ] {
        let all: Vec<&str> =
            options.iter().chain(&["--user", "0:0", "--stats", "--"]).chain(words).copied().collect();
        let outcome = context.run(&all)?;
        let (maps, report) =
            (String::from_utf8_lossy(&outcome.stdout), String::from_utf8_lossy(&outcome.stderr));
        let through = report.lines().find(|line| line.contains(" through linked "));
        let count: Option<u64> = through.and_then(|line| line.split_whitespace().next()?.parse().ok());
        let is_right = maps.contains(LIBRARY) == loads
            && count.is_some_and(|count| (count > 0) == links)
            && !maps.is_empty()
            && !report.contains("preload");
        let got = if is_right { Ok(()) } else { Err(format!("{all:?}: {maps}{report}")) };
        verdicts.push(context.holds(case, &format!("loads: {loads}, links: {links}"), got));
    }
    Ok(verdicts)
}
