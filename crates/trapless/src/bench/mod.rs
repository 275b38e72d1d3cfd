//! `trapless bench`: what calls cost on the reader's own machine, beside its Linux, in the same run.
//!
//! One program measures, on both sides. It waits for its turn on standard input, so that a batch here and
//! a batch there follow each other and see the same machine; the medians of many turns are compared.
//!
//! | module | subject |
//! |---|---|
//! | `side` | the measuring program on one side, and what it is asked |
//! | `startup` | what a whole run costs, from start to end |
//! | `table` | the result as text and as JSON |
//! | `plot` | the result as a picture |

mod plot;
mod side;
mod startup;
mod table;

use std::process::ExitCode;

use anyhow::{Context, Result, bail};

use self::side::{Program, Side};
use crate::failure;
use crate::options::BenchOptions;

/// What one operation costs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Cost {
    pub(crate) nanoseconds: f64,
    /// Of the time stamp counter; none where only the time is known.
    pub(crate) cycles: Option<f64>,
}

/// What can be measured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Operation {
    pub(crate) name: String,
    pub(crate) group: String,
    pub(crate) title: String,
}

/// One operation, measured on both sides.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) operation: Operation,
    pub(crate) linux: Cost,
    pub(crate) trapless: Cost,
}

impl Row {
    /// How many times Linux's time it takes here.
    pub(crate) fn ratio(&self) -> f64 {
        self.trapless.nanoseconds / self.linux.nanoseconds
    }
}

/// Measures, prints and draws.
pub(crate) fn run(options: &BenchOptions) -> Result<ExitCode> {
    let program = Program::write()?;
    let (mut linux, mut trapless) = (Side::on_linux(&program)?, Side::in_world(&program)?);
    let mut operations = linux.operations()?;
    operations.push(startup::operation());
    let chosen = choose(operations, &options.names)?;
    let mut rows = Vec::new();
    for operation in chosen {
        let pairs: Result<Vec<_>> = (0..options.rounds)
            .map(|_| {
                if operation.name == startup::NAME {
                    return startup::measure(&program);
                }
                Ok((linux.measure(&operation.name)?, trapless.measure(&operation.name)?))
            })
            .collect();
        match pairs.with_context(|| operation.title.clone()) {
            Ok(pairs) => rows.push(row(operation, &pairs)?),
            // What one operation lacks does not spoil the others.
            Err(error) => failure::warn(&error),
        }
    }
    linux.end()?;
    trapless.end()?;
    if let Some(path) = &options.svg {
        std::fs::write(path, plot::draw(&rows)?).with_context(|| format!("--svg {}", path.display()))?;
    }
    Ok(failure::print(&if options.json { table::json(&rows)? } else { table::text(&rows) }))
}

/// The operations that are asked for by name or group, or all.
fn choose(operations: Vec<Operation>, names: &[String]) -> Result<Vec<Operation>> {
    let fits = |operation: &Operation, name: &String| operation.name == *name || operation.group == *name;
    if let Some(name) = names.iter().find(|name| !operations.iter().any(|known| fits(known, name))) {
        let known: Vec<_> = operations.iter().map(|operation| operation.name.as_str()).collect();
        bail!("nothing to measure is called '{name}': there are {}", known.join(", "));
    }
    let wanted = |operation: &Operation| names.is_empty() || names.iter().any(|name| fits(operation, name));
    Ok(operations.into_iter().filter(wanted).collect())
}

fn row(operation: Operation, pairs: &[(Cost, Cost)]) -> Result<Row> {
    let linux = median(pairs.iter().map(|pair| pair.0)).context("nothing was measured")?;
    let trapless = median(pairs.iter().map(|pair| pair.1)).context("nothing was measured")?;
    Ok(Row { operation, linux, trapless })
}

/// The cost in the middle, by time.
fn median(costs: impl Iterator<Item = Cost>) -> Option<Cost> {
    let mut costs: Vec<Cost> = costs.collect();
    costs.sort_by(|one, other| one.nanoseconds.total_cmp(&other.nanoseconds));
    costs.get(costs.len() / 2).copied()
}

#[cfg(test)]
mod tests {
    use super::{Cost, Operation, Row, choose, median, plot, table};

    pub(super) fn rows() -> Vec<Row> {
        let cost = |nanoseconds, cycles| Cost { nanoseconds, cycles };
        vec![
            Row {
                operation: operation("site", "doors", "null call"),
                linux: cost(120.0, Some(300.0)),
                trapless: cost(6.0, Some(15.0)),
            },
            Row {
                operation: operation("startup", "processes", "start & end"),
                linux: cost(1e6, None),
                trapless: cost(5e6, None),
            },
        ]
    }

    fn operation(name: &str, group: &str, title: &str) -> Operation {
        Operation { name: name.into(), group: group.into(), title: title.into() }
    }

    #[test]
    fn the_middle_is_by_time() {
        let costs = [5.0, 1.0, 9.0].map(|nanoseconds| Cost { nanoseconds, cycles: None });
        assert_eq!(median(costs.into_iter()).unwrap().nanoseconds, 5.0);
        assert_eq!(median(std::iter::empty()), None);
    }

    #[test]
    fn operations_are_chosen_by_name_or_group() {
        let all = || vec![operation("a", "x", ""), operation("b", "x", ""), operation("c", "y", "")];
        let names = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect::<Vec<_>>();
        assert_eq!(choose(all(), &[]).unwrap().len(), 3);
        assert_eq!(choose(all(), &names(&["x"])).unwrap().len(), 2);
        assert_eq!(choose(all(), &names(&["c", "a"])).unwrap().len(), 2);
        assert!(choose(all(), &names(&["d"])).unwrap_err().to_string().contains("a, b, c"));
    }

    #[test]
    fn the_table_says_times_cycles_and_ratios() {
        let text = table::text(&rows());
        assert!(text.contains("null call"), "{text}");
        assert!(text.contains("0.05"), "{text}");
        let json: serde_json::Value = serde_json::from_str(&table::json(&rows()).unwrap()).unwrap();
        assert_eq!(json["rows"][0]["trapless"]["cycles"], 15.0);
        assert_eq!(json["rows"][1]["linux"]["cycles"], serde_json::Value::Null);
        assert_eq!(json["rows"][1]["ratio"], 5.0);
    }

    #[test]
    fn the_plot_names_every_row_and_follows_the_readers_colours() {
        let svg = plot::draw(&rows()).unwrap();
        assert!(svg.contains("null call") && svg.contains("start &amp; end"), "{svg}");
        assert!(svg.contains("prefers-color-scheme: dark"), "{svg}");
    }
}
