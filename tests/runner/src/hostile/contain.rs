//! The walls: nothing that a program does changes the host, unless a volume says so.

use std::collections::BTreeMap;
use std::os::unix::fs::{MetadataExt, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::Context;
use crate::compare::Verdict;
use crate::process::{End, PATIENCE, number};
use crate::side::{Fresh, PATH};

const BUSYBOX: &str = "/bin/busybox";

/// A small root: busybox, a password file, some data; outside of it a secret.
struct World {
    directory: Fresh,
}

impl World {
    fn new() -> Result<Self, String> {
        let directory = Fresh::new()?;
        let world = Self { directory };
        let root = world.root();
        let make = || -> std::io::Result<()> {
            for name in ["bin", "etc", "data/deep", "tmp"] {
                std::fs::create_dir_all(root.join(name))?;
            }
            std::fs::create_dir_all(world.volume().join("sub"))?;
            std::fs::copy(BUSYBOX, root.join("bin/busybox"))?;
            std::fs::write(root.join("etc/passwd"), "root:x:0:0:root:/:/bin/sh\n")?;
            std::fs::write(root.join("data/deep/file"), "inside\n")?;
            std::fs::write(world.volume().join("sub/file"), "in the volume\n")?;
            std::fs::write(world.secret(), "secret\n")?;
            symlink(world.secret(), root.join("absolute"))?;
            symlink("../secret", root.join("relative"))?;
            symlink("../../../../../../../../../../etc/hostname", root.join("far"))?;
            symlink(world.secret(), world.volume().join("absolute"))?;
            symlink("../secret", world.volume().join("relative"))?;
            symlink("..", root.join("up"))
        };
        make().map_err(|error| format!("the test's root: {error}"))?;
        Ok(world)
    }

    fn root(&self) -> PathBuf {
        self.directory.path().join("root")
    }

    fn volume(&self) -> PathBuf {
        self.directory.path().join("volume")
    }

    fn secret(&self) -> PathBuf {
        self.directory.path().join("secret")
    }

    /// Everything on the host's side: names, modes, times, contents.
    fn picture(&self) -> Result<BTreeMap<PathBuf, String>, String> {
        let mut picture = BTreeMap::new();
        look(self.directory.path(), &mut picture).map_err(|error| error.to_string())?;
        Ok(picture)
    }

    /// Runs busybox in this root with these options.
    fn busybox(&self, context: &Context, options: &[&str], words: &[&str]) -> Result<(End, String), String> {
        let root = self.root().display().to_string();
        let mut all = vec!["--root", root.as_str()];
        all.extend(options);
        all.extend(["--", BUSYBOX]);
        all.extend(words);
        let outcome = context.run(&all)?;
        let text = [outcome.stdout, outcome.stderr].concat();
        Ok((outcome.end, String::from_utf8_lossy(&text).into_owned()))
    }
}

fn look(directory: &Path, picture: &mut BTreeMap<PathBuf, String>) -> std::io::Result<()> {
    for entry in std::fs::read_dir(directory)? {
        let path = entry?.path();
        let meta = path.symlink_metadata()?;
        let content = if meta.is_file() { std::fs::read(&path)?.len() } else { 0 };
        let line = format!(
            "{:o} {}:{} {} {}.{} {content}",
            meta.mode(),
            meta.uid(),
            meta.gid(),
            meta.size(),
            meta.mtime(),
            meta.mtime_nsec()
        );
        if meta.is_dir() {
            look(&path, picture)?;
        }
        picture.insert(path, line);
    }
    Ok(())
}

fn same(before: &BTreeMap<PathBuf, String>, after: &BTreeMap<PathBuf, String>) -> Result<(), String> {
    for (path, line) in before {
        match after.get(path) {
            Some(now) if now == line => {}
            Some(now) => return Err(format!("{} changed: {line} to {now}", path.display())),
            None => return Err(format!("{} is gone", path.display())),
        }
    }
    match after.keys().find(|path| !before.contains_key(*path)) {
        Some(path) => Err(format!("{} is new", path.display())),
        None => Ok(()),
    }
}

/// What would ruin a system ruins nothing on the host, and is seen inside.
pub(super) fn root(context: &Context) -> Result<Vec<Verdict>, String> {
    let deeds: [(&str, &[&str]); 9] = [
        ("remove-everything", &["rm", "-rf", "/"]),
        ("remove-a-tree", &["rm", "-rf", "/data", "/etc"]),
        ("overwrite", &["dd", "if=/dev/zero", "of=/etc/passwd", "bs=100", "count=1"]),
        ("append", &["sh", "-c", "echo evil >> /etc/passwd"]),
        ("truncate", &["truncate", "-s", "0", "/etc/passwd"]),
        ("rename", &["mv", "/etc", "/cte"]),
        ("modes", &["chmod", "-R", "777", "/data"]),
        ("owners", &["chown", "-R", "5:5", "/data"]),
        ("times", &["touch", "-d", "2001-01-01 00:00:00", "/etc/passwd"]),
    ];
    let world = World::new()?;
    let before = world.picture()?;
    let mut verdicts = Vec::new();
    for (name, words) in deeds {
        let (end, text) = world.busybox(context, &[], words)?;
        let mut result = same(&before, &world.picture()?);
        // Whether it worked inside is for the file system's tests; a failure of the launcher is for this one.
        if end == End::Status(super::OURS) || matches!(end, End::TimedOut(_)) {
            result = Err(format!("{end}: {}", text.trim_end()));
        }
        verdicts.push(context.holds(name, "the host is untouched", result));
    }
    let seen = world.busybox(
        context,
        &[],
        &["sh", "-c", "echo new > /etc/passwd; read line < /etc/passwd; cd /data; echo * $line"],
    )?;
    let expected = (End::Status(0), "deep new\n".to_string());
    let result = if seen == expected { Ok(()) } else { Err(format!("{}: {}", seen.0, seen.1)) };
    verdicts.push(context.holds("changes-are-possible-inside", "writes succeed in the world", result));
    verdicts.push(context.holds(
        "untouched-at-the-end",
        "the host is untouched",
        same(&before, &world.picture()?),
    ));
    Ok(verdicts)
}

/// Neither `..` nor a link leads out of the root or of a volume.
pub(super) fn escape(context: &Context) -> Result<Vec<Verdict>, String> {
    let world = World::new()?;
    let volume = format!("{}:/volume", world.volume().display());
    let secret = world.secret().display().to_string();
    let mut verdicts = Vec::new();
    for (name, path) in [
        ("absolute-link", "/absolute"),
        ("relative-link", "/relative"),
        ("far-link", "/far"),
        ("dot-dot", "/../secret"),
        ("many-dot-dots", "/data/../../../../../../../../../secret"),
        ("link-to-parent", "/up/secret"),
        ("links-to-parent", "/up/up/up/secret"),
        ("volume-absolute-link", "/volume/absolute"),
        ("volume-relative-link", "/volume/relative"),
        ("volume-dot-dot", "/volume/../../secret"),
        ("host-path", secret.as_str()),
        ("process-root", "/proc/self/root/../secret"),
        ("process-directory", "/proc/self/cwd/../secret"),
        ("process-one", "/proc/1/root/../secret"),
    ] {
        let (end, text) = world.busybox(context, &["--volume", &volume], &["cat", path])?;
        let refused = end == End::Status(1) && text.contains("No such file");
        let result = if refused { Ok(()) } else { Err(format!("{end}: {}", text.trim_end())) };
        verdicts.push(context.holds(name, "No such file or directory", result));
    }
    let before = world.picture()?;
    for (name, path) in [
        ("write-through-a-link", "/relative"),
        ("write-above", "/../written"),
        ("write-through-a-volume-link", "/volume/relative"),
    ] {
        let script = format!("echo written > {path}");
        let (end, text) = world.busybox(context, &["--volume", &volume], &["sh", "-c", &script])?;
        let result = same(&before, &world.picture()?).map_err(|what| format!("{end}: {what} {text}"));
        verdicts.push(context.holds(name, "nothing is written on the host", result));
    }
    Ok(verdicts)
}

/// Volumes: written through when they may be, and only there.
pub(super) fn volume(context: &Context) -> Result<Vec<Verdict>, String> {
    let world = World::new()?;
    let read_only = format!("{}:/volume:ro", world.volume().display());
    let writable = format!("{}:/volume", world.volume().display());
    let before = world.picture()?;
    let mut verdicts = Vec::new();
    let attempts: [(&str, &[&str]); 6] = [
        ("read-only-write", &["dd", "if=/dev/zero", "of=/volume/sub/file", "bs=1", "count=1"]),
        ("read-only-create", &["touch", "/volume/new"]),
        ("read-only-remove", &["rm", "-r", "/volume/sub"]),
        ("read-only-rename", &["mv", "/volume/sub", "/volume/bus"]),
        ("read-only-mode", &["chmod", "777", "/volume/sub/file"]),
        ("read-only-mkdir", &["mkdir", "/volume/new"]),
    ];
    for (name, words) in attempts {
        let (end, text) = world.busybox(context, &["--volume", &read_only], words)?;
        let refused = end == End::Status(1) && text.contains("Read-only file system");
        let result = if refused { Ok(()) } else { Err(format!("{end}: {}", text.trim_end())) };
        verdicts.push(context.holds(name, "Read-only file system", result));
    }
    verdicts.push(context.holds(
        "read-only-untouched",
        "the host is untouched",
        same(&before, &world.picture()?),
    ));
    let script = "echo more >> /volume/sub/file; echo new > /volume/new";
    let (end, text) = world.busybox(context, &["--volume", &writable], &["sh", "-c", script])?;
    let content = |name: &str| std::fs::read_to_string(world.volume().join(name)).unwrap_or_default();
    let written = content("sub/file") == "in the volume\nmore\n" && content("new") == "new\n";
    let result = if written { Ok(()) } else { Err(format!("{end}: {}", text.trim_end())) };
    verdicts.push(context.holds("writable-is-written", "both files are written on the host", result));
    Ok(verdicts)
}

/// The process ids of a process and of all below it.
fn family(pid: u32) -> Vec<u32> {
    let mut parents = Vec::new();
    for entry in std::fs::read_dir("/proc").into_iter().flatten().flatten() {
        let Some(child) = entry.file_name().to_str().and_then(|name| name.parse::<u32>().ok()) else {
            continue;
        };
        let stat = std::fs::read_to_string(entry.path().join("stat")).unwrap_or_default();
        let parent = stat.rsplit(") ").next().and_then(|rest| rest.split(' ').nth(1)?.parse::<u32>().ok());
        parents.extend(parent.map(|parent| (child, parent)));
    }
    let mut all = vec![pid];
    let mut index = 0;
    while let Some(parent) = all.get(index).copied() {
        all.extend(parents.iter().filter(|(_, p)| *p == parent).map(|(child, _)| *child));
        index += 1;
    }
    all
}

/// Those of the processes that still live; a zombie holds nothing.
fn alive(pids: &[u32]) -> Vec<u32> {
    let lives = |pid: &&u32| {
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        !stat.is_empty() && !stat.contains(") Z ")
    };
    pids.iter().filter(lives).copied().collect()
}

/// Starts a world that sleeps, and waits until it has settled.
fn sleeper(context: &Context) -> Result<(std::process::Child, Vec<u32>), String> {
    let mut child = Command::new(context.launcher)
        .args(["run", "--", BUSYBOX, "sh", "-c", "echo up; exec /bin/busybox sleep 600"])
        .env_clear()
        .env("PATH", PATH)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| error.to_string())?;
    let mut first = [0; 3];
    let mut stdout = child.stdout.take().ok_or("no output to read")?;
    let began = std::io::Read::read_exact(&mut stdout, &mut first).is_ok();
    std::thread::sleep(Duration::from_millis(300));
    let pids = family(child.id());
    if began { Ok((child, pids)) } else { end(child, &pids).and(Err("the world did not begin".into())) }
}

/// Ends what is left of a world.
fn end(mut child: std::process::Child, pids: &[u32]) -> Result<(), String> {
    for pid in alive(pids) {
        kill_one(pid)?;
    }
    child.wait().map(drop).map_err(|error| error.to_string())
}

fn kill_one(pid: u32) -> Result<(), String> {
    Command::new("kill").args(["-9", &pid.to_string()]).output().map(drop).map_err(|error| error.to_string())
}

/// After `kill -9` of any of its processes nothing of a world is left.
pub(super) fn kill(context: &Context) -> Result<Vec<Verdict>, String> {
    let mut verdicts = Vec::new();
    let (child, pids) = sleeper(context)?;
    let count = pids.len();
    end(child, &pids)?;
    for victim in 0..count {
        let (mut child, pids) = sleeper(context)?;
        if let Some(pid) = pids.get(victim) {
            kill_one(*pid)?;
        }
        let started = Instant::now();
        while started.elapsed() < PATIENCE {
            // The launcher is our child, and a zombie until it is waited for.
            if alive(&pids).is_empty() {
                break;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        let left = alive(&pids);
        let mut result = if left.is_empty() { Ok(()) } else { Err(format!("{left:?} of {pids:?} live on")) };
        if left.is_empty() && victim > 0 {
            let status = child.wait().map_err(|error| error.to_string())?;
            if number(status) != super::OURS {
                result = Err(format!("the launcher ended with status {}", number(status)));
            }
        }
        let name = if victim == 0 { "launcher".to_string() } else { format!("process-{victim}") };
        verdicts.push(context.holds(&name, "no process is left, and the launcher says 125", result));
        end(child, &pids)?;
    }
    Ok(verdicts)
}

/// A world that does nothing takes at most 24 MB, all host processes together.
pub(super) fn memory(context: &Context) -> Result<Vec<Verdict>, String> {
    let (child, pids) = sleeper(context)?;
    let mut total = 0;
    for pid in &pids {
        let text = std::fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("Pss:"));
        total += line.and_then(|rest| rest.split_whitespace().next()?.parse::<u64>().ok()).unwrap_or(0);
    }
    end(child, &pids)?;
    let result =
        if total <= 24 << 10 { Ok(()) } else { Err(format!("{total} kB in {} processes", pids.len())) };
    Ok(vec![context.holds("at-rest", "at most 24 MB", result)])
}
