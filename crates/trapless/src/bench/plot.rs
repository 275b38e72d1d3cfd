//! The result as a picture: a pair of bars for each operation, on a logarithmic axis.

use anyhow::{Context, Result, anyhow};
use plotters::coord::ranged1d::SegmentValue;
use plotters::prelude::{
    ChartBuilder, Color, EmptyElement, IntoDrawingArea, IntoLogRange, IntoSegmentedCoord, RGBColor,
    Rectangle, SVGBackend, SeriesLabelPosition, Text,
};
use plotters::style::{IntoFont, TextStyle};

use super::Row;
use super::table::time;

const WIDTH: u32 = 1000;
const ROW: u32 = 26;
/// Above and below the rows: the legend, and the axis.
const AROUND: u32 = 90;
const NAMES: u32 = 300;

/// Text and lines; a reader who prefers dark gets [`ON_DARK`] in their place.
const INK: RGBColor = RGBColor(31, 35, 40);
const FAINT: RGBColor = RGBColor(208, 215, 222);
/// Bars, readable on white and on black.
const LINUX: RGBColor = RGBColor(217, 119, 6);
const TRAPLESS: RGBColor = RGBColor(47, 129, 247);

/// Attributes are weaker than any style, so this changes the colours that stand in the elements.
const ON_DARK: &str = "<style>@media (prefers-color-scheme: dark) {\
 [fill=\"#1F2328\"] { fill: #e6edf3 } [stroke=\"#1F2328\"] { stroke: #e6edf3 }\
 [stroke=\"#D0D7DE\"] { stroke: #30363d } }</style>";

/// Draws it as SVG.
pub(super) fn draw(rows: &[Row]) -> Result<String> {
    let count = u32::try_from(rows.len()).context("too many rows")?;
    let mut svg = String::new();
    bars(&mut svg, rows, count * ROW + AROUND).map_err(|error| anyhow!("cannot draw: {error}"))?;
    let inside = svg.find("<svg").and_then(|start| Some(start + svg.get(start..)?.find('>')? + 1));
    svg.insert_str(inside.context("cannot draw: no picture")?, ON_DARK);
    Ok(svg)
}

fn bars(svg: &mut String, rows: &[Row], height: u32) -> Result<(), Box<dyn std::error::Error>> {
    let font = || TextStyle::from(("sans-serif", 16).into_font()).color(&INK);
    let area = SVGBackend::with_string(svg, (WIDTH, height)).into_drawing_area();
    let all = || rows.iter().flat_map(|row| [row.linux.nanoseconds, row.trapless.nanoseconds]);
    // Whole powers of ten around everything.
    let power = |value: f64| 10_f64.powf(value);
    let least = power(all().fold(1.0, f64::min).max(0.1).log10().floor());
    let most = power(all().fold(10.0, f64::max).log10().ceil());
    // The first row stands at the top.
    let upward = |index: usize| rows.len() - 1 - index;
    let mut chart = ChartBuilder::on(&area)
        .margin_top(10)
        .margin_right(80)
        .x_label_area_size(40)
        .y_label_area_size(NAMES)
        .build_cartesian_2d((least..most).log_scale(), (0..rows.len().max(1)).into_segmented())?;
    chart
        .configure_mesh()
        .disable_y_mesh()
        .light_line_style(plotters::style::TRANSPARENT)
        .bold_line_style(FAINT)
        .axis_style(INK)
        .label_style(font())
        .x_label_formatter(&|value| time(*value))
        .y_labels(rows.len())
        .y_label_formatter(&|place| match place {
            SegmentValue::CenterOf(index) => rows
                .len()
                .checked_sub(index + 1)
                .and_then(|index| rows.get(index))
                .map_or_else(String::new, |row| row.operation.title.clone()),
            _ => String::new(),
        })
        .draw()?;
    let half = ROW / 2;
    for (name, colour, above, below) in [("Linux", LINUX, 3, half), ("Trapless", TRAPLESS, half, 3)] {
        chart
            .draw_series(rows.iter().enumerate().map(|(index, row)| {
                let cost = if colour == LINUX { row.linux } else { row.trapless };
                let place = upward(index);
                let ends = [
                    (least, SegmentValue::Exact(place)),
                    (cost.nanoseconds.max(least), SegmentValue::Exact(place + 1)),
                ];
                let mut bar = Rectangle::new(ends, colour.filled());
                bar.set_margin(above, below, 0, 0);
                bar
            }))?
            .label(name)
            .legend(move |(x, y)| Rectangle::new([(x, y - 5), (x + 12, y + 5)], colour.filled()));
    }
    chart.draw_series(rows.iter().enumerate().map(|(index, row)| {
        let right =
            (row.linux.nanoseconds.max(row.trapless.nanoseconds), SegmentValue::CenterOf(upward(index)));
        EmptyElement::at(right) + Text::new(format!("{:.2}×", row.ratio()), (5, -6), font())
    }))?;
    chart.configure_series_labels().position(SeriesLabelPosition::LowerRight).label_font(font()).draw()?;
    area.present()?;
    Ok(())
}
