//! Where the loader looks for a library (ld.so(8)); musl's looks in fewer places.

use std::path::{Path, PathBuf};

use super::world::World;

/// The configuration of glibc's loader.
const CONFIGURATION: &str = "/etc/ld.so.conf";
/// How deep configuration files may include others.
const INCLUDES_MAX: usize = 8;
/// Where libraries lie on any system, with Debian's own places first.
const DEFAULTS: [&str; 6] =
    ["/lib/x86_64-linux-gnu", "/usr/lib/x86_64-linux-gnu", "/lib64", "/usr/lib64", "/lib", "/usr/lib"];
/// The same for musl.
const MUSL_DEFAULTS: &str = "/lib:/usr/local/lib:/usr/lib";
const MUSL_CONFIGURATION: &str = "/etc/ld-musl-x86_64.path";
/// The names that musl's loader answers itself.
const MUSL_NAMES: [&str; 8] = ["c", "pthread", "rt", "m", "dl", "util", "xnet", "c.musl-x86_64"];

/// Which loader it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Glibc,
    Musl,
}

/// A program's loader.
pub(crate) struct Loader {
    pub(crate) kind: Kind,
    /// What comes before a library's own path, from the environment.
    environment: Vec<String>,
    /// What comes last.
    system: Vec<String>,
}

/// A file on the way to a library: the program, or a library that needs others.
pub(crate) struct Origin<'a> {
    /// The directory that `$ORIGIN` stands for.
    pub(crate) directory: &'a Path,
    pub(crate) inherited_path: Option<&'a str>,
    pub(crate) own_path: Option<&'a str>,
}

impl Loader {
    /// The loader of a program that asks for this interpreter.
    pub(crate) fn new(world: &World, interpreter: &str) -> Self {
        let name = Path::new(interpreter).file_name().unwrap_or_default();
        let is_musl = name.to_string_lossy().starts_with("ld-musl");
        let environment = std::env::var("LD_LIBRARY_PATH").unwrap_or_default();
        let environment = environment.split([':', ';']).filter(|path| !path.is_empty());
        let environment = environment.map(str::to_owned).collect();
        let (kind, system) = if is_musl {
            let text = read(world, Path::new(MUSL_CONFIGURATION)).unwrap_or_else(|| MUSL_DEFAULTS.to_owned());
            let paths = text.split([':', '\n']).filter(|path| !path.is_empty());
            (Kind::Musl, paths.map(str::to_owned).collect())
        } else {
            let mut paths = Vec::new();
            configured(world, Path::new(CONFIGURATION), 0, &mut paths);
            paths.extend(DEFAULTS.map(str::to_owned));
            (Kind::Glibc, paths)
        };
        Self { kind, environment, system }
    }

    /// Whether the loader itself is that library.
    pub(crate) fn is_itself(&self, name: &str) -> bool {
        let stem =
            name.strip_prefix("lib").and_then(|name| name.strip_suffix(".so").or(name.strip_suffix(".so.1")));
        self.kind == Kind::Musl && stem.is_some_and(|stem| MUSL_NAMES.contains(&stem))
    }

    /// The places of a library in the order in which they are tried. `chain` is who needs it, then who needs
    /// that, up to the program.
    pub(crate) fn places(&self, name: &str, chain: &[Origin<'_>]) -> Vec<PathBuf> {
        let Some(first) = chain.first() else { return Vec::new() };
        if name.contains('/') {
            return vec![expand(name, first.directory)];
        }
        let mut directories = Vec::new();
        let listed = |path: Option<&str>, origin: &Origin<'_>| -> Vec<PathBuf> {
            let parts = path.unwrap_or_default().split(':').filter(|part| !part.is_empty());
            parts.map(|part| expand(part, origin.directory)).collect()
        };
        let environment = self.environment.iter().map(|path| expand(path, first.directory));
        match self.kind {
            Kind::Glibc => {
                // Whoever has a path of the new kind has none of the old one, nor those of its own loaders.
                if first.own_path.is_none() {
                    for origin in chain.iter().filter(|origin| origin.own_path.is_none()) {
                        directories.extend(listed(origin.inherited_path, origin));
                    }
                }
                directories.extend(environment);
                directories.extend(listed(first.own_path, first));
            }
            Kind::Musl => {
                directories.extend(environment);
                for origin in chain {
                    directories.extend(listed(origin.own_path.or(origin.inherited_path), origin));
                }
            }
        }
        directories.extend(self.system.iter().map(PathBuf::from));
        let candidates = directories.iter().flat_map(|directory| self.variants(directory, name));
        candidates.collect()
    }

    /// A library of a directory, with those made for better processors first.
    fn variants(&self, directory: &Path, name: &str) -> Vec<PathBuf> {
        let levels: &[&str] = match self.kind {
            Kind::Glibc => levels(),
            Kind::Musl => &[],
        };
        let better = levels.iter().map(|level| directory.join("glibc-hwcaps").join(level).join(name));
        better.chain([directory.join(name)]).collect()
    }
}

/// The levels of the psABI that this processor has, the best first.
fn levels() -> &'static [&'static str] {
    const ALL: &[&str] = &["x86-64-v4", "x86-64-v3", "x86-64-v2"];
    let second = is_x86_feature_detected!("sse4.2") && is_x86_feature_detected!("popcnt");
    let third = second
        && is_x86_feature_detected!("avx2")
        && is_x86_feature_detected!("bmi2")
        && is_x86_feature_detected!("fma");
    let fourth = third && is_x86_feature_detected!("avx512vl") && is_x86_feature_detected!("avx512dq");
    let count = [second, third, fourth].iter().filter(|has| **has).count();
    ALL.get(ALL.len() - count..).unwrap_or_default()
}

/// Fills in what `$ORIGIN`, `$LIB` and `$PLATFORM` stand for.
fn expand(path: &str, origin: &Path) -> PathBuf {
    let mut text = path.to_owned();
    for (name, value) in
        [("ORIGIN", &*origin.to_string_lossy()), ("LIB", "lib/x86_64-linux-gnu"), ("PLATFORM", "x86_64")]
    {
        text = text.replace(&format!("${{{name}}}"), value).replace(&format!("${name}"), value);
    }
    PathBuf::from(text)
}

/// The directories of a configuration file and of those that it includes.
fn configured(world: &World, file: &Path, depth: usize, paths: &mut Vec<String>) {
    let Some(text) = read(world, file).filter(|_| depth < INCLUDES_MAX) else { return };
    for line in text.lines() {
        let line = line.split('#').next().unwrap_or_default().trim();
        let mut words = line.split_whitespace();
        match (words.next(), words.next()) {
            (Some("include"), Some(pattern)) => {
                let pattern = file.parent().unwrap_or(Path::new("/")).join(pattern);
                for file in world.glob(&pattern) {
                    configured(world, &file, depth + 1, paths);
                }
            }
            (Some("hwcap"), _) | (None, _) => {}
            _ => paths.extend(
                line.split([':', ',', ' ', '\t']).filter(|path| path.starts_with('/')).map(str::to_owned),
            ),
        }
    }
}

fn read(world: &World, file: &Path) -> Option<String> {
    Some(String::from_utf8_lossy(&world.read(file).ok()?.bytes).into_owned())
}

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};

    use super::{Kind, Loader, Origin, expand};

    fn program() -> Origin<'static> {
        Origin { directory: Path::new("/p"), inherited_path: Some("/old:$ORIGIN/lib"), own_path: None }
    }

    fn places(chain: &[Origin<'_>]) -> Vec<PathBuf> {
        let loader = Loader {
            kind: Kind::Glibc,
            environment: vec!["/env".to_owned()],
            system: vec!["/sys".to_owned()],
        };
        let places = loader.places("libx.so", chain).into_iter();
        places.filter(|place| !place.to_string_lossy().contains("hwcaps")).collect()
    }

    #[test]
    fn paths_come_in_the_order_of_the_manual() {
        let expected = ["/old/libx.so", "/p/lib/libx.so", "/env/libx.so", "/sys/libx.so"].map(PathBuf::from);
        assert_eq!(places(&[program()]), expected);
        let library =
            Origin { directory: Path::new("/l"), inherited_path: Some("/unused"), own_path: Some("/new") };
        let expected = ["/env/libx.so", "/new/libx.so", "/sys/libx.so"].map(PathBuf::from);
        assert_eq!(places(&[library, program()]), expected);
    }

    #[test]
    fn tokens_are_filled_in() {
        assert_eq!(expand("${ORIGIN}/../$LIB", Path::new("/a")), Path::new("/a/../lib/x86_64-linux-gnu"));
    }
}
