//! Colours, sizes and the canvas on which every plot is drawn.
//!
//! Plotters draws at whole pixels, so everything is drawn four times as large and
//! the SVG's width and height say the true size: lines fall on quarters of a
//! pixel. Axes and labels are drawn by the plots themselves, because a label
//! beside a line needs to know where the other labels are.

use std::sync::OnceLock;

use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{FontStyle, RGBColor, register_font};

use super::PlotError;

/// Width of every plot, in pixels of its page.
pub(crate) const WIDTH: f64 = 900.0;
/// How much larger the canvas is than the plot.
const CANVAS: f64 = 4.0;
/// Plotters writes a font's size divided by this.
const PLOTTERS_FONT: f64 = 1.24;
/// Plotters measures a font whose ascent and descent together have the size it is
/// asked for; Inter's are this much larger than its em (1984 + 494 over 2048).
const LINE_HEIGHT: f64 = 1.21;
/// The stack that the SVG names; the first is the font we ship.
const FONTS: &str = "Inter, Helvetica, Arial, sans-serif";
/// The part of the font's size by which a line of text reaches above its
/// baseline, as plotters' SVG writes it for text that hangs from its top.
const ASCENT: f64 = 0.76;

/// Inter Regular, a subset of it: SIL Open Font License 1.1, `fonts/OFL.txt`.
pub(crate) const REGULAR: &[u8] = include_bytes!("fonts/Inter-Regular.ttf");
/// Inter Bold, a subset of it.
pub(crate) const BOLD: &[u8] = include_bytes!("fonts/Inter-Bold.ttf");

/// Text and axes.
pub(crate) const INK: RGBColor = RGBColor(0x22, 0x26, 0x2B);
/// Subtitles, units, ticks.
pub(crate) const GREY: RGBColor = RGBColor(0x5F, 0x66, 0x70);
/// Grid lines.
pub(crate) const GRID: RGBColor = RGBColor(0xE3, 0xE6, 0xEA);
/// What lies behind everything.
pub(crate) const PAPER: RGBColor = RGBColor(0xFF, 0xFF, 0xFF);
/// Text on a light area, whatever lies behind the plot.
pub(crate) const ON_LIGHT: RGBColor = RGBColor(0x1F, 0x22, 0x26);
/// Text on a dark area.
pub(crate) const ON_DARK: RGBColor = RGBColor(0xFE, 0xFE, 0xFE);
/// Freezes, and what else is to be seen without being looked at.
pub(crate) const SHADE: RGBColor = RGBColor(0xEE, 0xF0, 0xF3);
/// Ends of contracts, broken limits, failures.
pub(crate) const ALARM: RGBColor = RGBColor(0xB3, 0x26, 0x1E);

/// Lines and labels of strategies. After Okabe and Ito, whose hues stay apart for
/// the colour-blind, darkened until each has a contrast of at least 4.5 to 1 on
/// white, so that a label can have its line's colour. The first is for the
/// strategy that the others are compared with.
const LINES: [RGBColor; 9] = [
    RGBColor(0x3C, 0x41, 0x48),
    RGBColor(0x00, 0x6C, 0xAE),
    RGBColor(0xB8, 0x4B, 0x00),
    RGBColor(0x00, 0x7A, 0x5A),
    RGBColor(0xA3, 0x3F, 0x7F),
    RGBColor(0x8A, 0x62, 0x00),
    RGBColor(0x5A, 0x4F, 0xC0),
    RGBColor(0x0A, 0x7A, 0x8A),
    RGBColor(0x7A, 0x52, 0x30),
];

/// Areas and bars: lighter, in an order in which neighbours differ in lightness
/// as well as in hue, so that they stay apart in print too.
const AREAS: [RGBColor; 12] = [
    RGBColor(0x2F, 0x6D, 0xA8),
    RGBColor(0x9C, 0xC6, 0xE8),
    RGBColor(0x1B, 0x86, 0x6B),
    RGBColor(0xF2, 0xA3, 0x5E),
    RGBColor(0x8A, 0x8F, 0x98),
    RGBColor(0xC9, 0xB5, 0xE3),
    RGBColor(0xF0, 0xD4, 0x6A),
    RGBColor(0x7A, 0x4E, 0x9E),
    RGBColor(0xB8, 0x4B, 0x35),
    RGBColor(0xE8, 0xA8, 0xB8),
    RGBColor(0x5A, 0x3E, 0x36),
    RGBColor(0xA8, 0xD5, 0xBA),
];

/// The colour of strategy number `place`, in the order of the file.
pub(crate) fn line_colour(place: usize) -> RGBColor {
    LINES[place % LINES.len()]
}

/// The colour of site or category number `place`.
pub(crate) fn area_colour(place: usize) -> RGBColor {
    AREAS[place % AREAS.len()]
}

/// Whether text on `colour` must be white to be read: its relative luminance
/// (WCAG 2.1) is below the value at which white and ink are read equally well.
pub(crate) fn is_dark(colour: RGBColor) -> bool {
    let linear = |channel: u8| {
        let share = f64::from(channel) / 255.0;
        if share <= 0.04045 { share / 12.92 } else { libm::pow((share + 0.055) / 1.055, 2.4) }
    };
    0.2126 * linear(colour.0) + 0.7152 * linear(colour.1) + 0.0722 * linear(colour.2) < 0.2
}

/// How heavy a text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Weight {
    /// Text.
    Regular,
    /// Titles, names.
    Bold,
}

/// Which end of a text its place is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Anchor {
    /// Its start.
    Start,
    /// Its middle.
    Middle,
    /// Its end.
    End,
}

/// How a text looks.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ink {
    /// Size in pixels.
    pub size: f64,
    /// Weight.
    pub weight: Weight,
    /// Colour.
    pub colour: RGBColor,
    /// Which end is at its place.
    pub anchor: Anchor,
}

impl Ink {
    /// Regular text of a size and colour, from its start.
    pub const fn new(size: f64, colour: RGBColor) -> Self {
        Self { size, weight: Weight::Regular, colour, anchor: Anchor::Start }
    }

    /// The same in bold.
    pub const fn bold(self) -> Self {
        Self { weight: Weight::Bold, ..self }
    }

    /// The same, held at another end.
    pub const fn at(self, anchor: Anchor) -> Self {
        Self { anchor, ..self }
    }
}

/// A rectangle in pixels of the page.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Frame {
    /// Its left edge.
    pub left: f64,
    /// Its upper edge.
    pub top: f64,
    /// Its right edge.
    pub right: f64,
    /// Its lower edge.
    pub bottom: f64,
}

/// What a plot says of itself.
pub(crate) struct Caption<'t> {
    /// The finding, or the question.
    pub title: &'t str,
    /// The unit, and what a band is.
    pub subtitle: &'t str,
    /// For those who cannot see it.
    pub description: &'t str,
}

type Area<'a> = DrawingArea<SVGBackend<'a>, plotters::coord::Shift>;

/// Draws a plot of a height, under its title, and returns it as SVG.
pub(crate) fn draw(
    height: f64,
    caption: &Caption<'_>,
    plot: impl FnOnce(&Canvas<'_>) -> Result<(), PlotError>,
) -> Result<String, PlotError> {
    register_fonts()?;
    let size = ((WIDTH * CANVAS) as u32, (height * CANVAS) as u32);
    let mut svg = String::with_capacity(64 * 1024);
    {
        let area = SVGBackend::with_string(&mut svg, size).into_drawing_area();
        area.fill(&PAPER).map_err(PlotError::drawing)?;
        let canvas = Canvas { area };
        canvas.text((24.0, 34.0), caption.title, Ink::new(19.0, INK).bold())?;
        canvas.text((24.0, 55.0), caption.subtitle, Ink::new(13.0, GREY))?;
        plot(&canvas)?;
        canvas.area.present().map_err(PlotError::drawing)?;
    }
    // The opacity of an element makes whoever rasterises it draw it on a layer of
    // its own, as large as the picture; only fills are ever translucent here.
    let svg = svg.replace(" opacity=\"1\"", "").replace(" opacity=", " fill-opacity=");
    let (open, rest) = svg.split_once('>').ok_or(PlotError::Malformed)?;
    debug_assert!(open.starts_with("<svg "), "plotters begins with the root element: {open}");
    Ok(format!(
        "<svg width=\"{WIDTH}\" height=\"{height}\" viewBox=\"0 0 {} {}\" xmlns=\"http://www.w3.org/2000/svg\" \
         role=\"img\">\n<title>{}</title>\n<desc>{}</desc>{rest}",
        size.0,
        size.1,
        escape(caption.title),
        escape(caption.description),
    ))
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// Tells plotters of the fonts, once.
fn register_fonts() -> Result<(), PlotError> {
    static DONE: OnceLock<bool> = OnceLock::new();
    let done = *DONE.get_or_init(|| {
        register_font(FONTS, FontStyle::Normal, REGULAR).is_ok()
            && register_font(FONTS, FontStyle::Bold, BOLD).is_ok()
    });
    if done { Ok(()) } else { Err(PlotError::Font) }
}

/// Where a plot draws, in pixels of the page, from the upper left corner.
pub(crate) struct Canvas<'a> {
    area: Area<'a>,
}

fn scaled((x, y): (f64, f64)) -> (i32, i32) {
    ((x * CANVAS + 0.5).floor() as i32, (y * CANVAS + 0.5).floor() as i32)
}

impl Canvas<'_> {
    /// Writes `text` with its baseline at `place`.
    pub fn text(&self, place: (f64, f64), text: &str, ink: Ink) -> Result<(), PlotError> {
        let hanging = (place.0, place.1 - ASCENT * ink.size);
        let horizontal = match ink.anchor {
            Anchor::Start => HPos::Left,
            Anchor::Middle => HPos::Center,
            Anchor::End => HPos::Right,
        };
        let style = font(ink).color(&ink.colour).pos(Pos::new(horizontal, VPos::Top));
        self.area.draw(&Text::new(text, scaled(hanging), style)).map_err(PlotError::drawing)
    }

    /// The width of `text`, as the font that we ship sets it.
    pub fn text_width(&self, text: &str, ink: Ink) -> f64 {
        measured(text, ink)
    }

    /// A line through `points`.
    pub fn line(&self, points: &[(f64, f64)], width: f64, colour: RGBColor) -> Result<(), PlotError> {
        let path =
            PathElement::new(points.iter().copied().map(scaled).collect::<Vec<_>>(), stroke(width, colour));
        self.area.draw(&path).map_err(PlotError::drawing)
    }

    /// A dashed straight line.
    pub fn dashed(&self, from: (f64, f64), to: (f64, f64), colour: RGBColor) -> Result<(), PlotError> {
        const DASH: f64 = 4.0;
        let (dx, dy) = (to.0 - from.0, to.1 - from.1);
        let length = libm::hypot(dx, dy);
        let dashes = (length / (2.0 * DASH)).ceil() as usize;
        for dash in 0..dashes {
            let start = dash as f64 * 2.0 * DASH;
            let end = (start + DASH).min(length);
            let point = |along: f64| (from.0 + dx * along / length, from.1 + dy * along / length);
            self.line(&[point(start), point(end)], 1.25, colour)?;
        }
        Ok(())
    }

    /// A filled shape; `opacity` from 0 to 1.
    pub fn polygon(&self, points: &[(f64, f64)], colour: RGBColor, opacity: f64) -> Result<(), PlotError> {
        let corners = points.iter().copied().map(scaled).collect::<Vec<_>>();
        self.area.draw(&Polygon::new(corners, colour.mix(opacity).filled())).map_err(PlotError::drawing)
    }

    /// A filled rectangle.
    pub fn rectangle(&self, frame: Frame, colour: RGBColor, opacity: f64) -> Result<(), PlotError> {
        let corners = [scaled((frame.left, frame.top)), scaled((frame.right, frame.bottom))];
        self.area.draw(&Rectangle::new(corners, colour.mix(opacity).filled())).map_err(PlotError::drawing)
    }

    /// A filled disc.
    pub fn disc(&self, centre: (f64, f64), radius: f64, colour: RGBColor) -> Result<(), PlotError> {
        let disc = Circle::new(scaled(centre), (radius * CANVAS) as i32, colour.filled());
        self.area.draw(&disc).map_err(PlotError::drawing)
    }
}

/// The width of `text` in pixels, as the font that we ship sets it; a guess where the
/// font cannot be read.
pub(crate) fn width_of(text: &str, ink: Ink) -> f64 {
    match register_fonts() {
        Ok(()) => measured(text, ink),
        Err(_) => guessed(text, ink),
    }
}

fn measured(text: &str, ink: Ink) -> f64 {
    // Measured at four times its size, so that rounding to whole pixels does not add up.
    let font = FontDesc::from((FONTS, ink.size * CANVAS * LINE_HEIGHT)).style(style_of(ink.weight));
    font.box_size(text).map_or_else(|_| guessed(text, ink), |(width, _)| f64::from(width) / CANVAS)
}

fn guessed(text: &str, ink: Ink) -> f64 {
    text.len() as f64 * ink.size * 0.55
}

fn style_of(weight: Weight) -> FontStyle {
    match weight {
        Weight::Regular => FontStyle::Normal,
        Weight::Bold => FontStyle::Bold,
    }
}

fn font(ink: Ink) -> TextStyle<'static> {
    FontDesc::from((FONTS, ink.size * CANVAS * PLOTTERS_FONT)).style(style_of(ink.weight)).into()
}

fn stroke(width: f64, colour: RGBColor) -> ShapeStyle {
    colour.stroke_width((width * CANVAS + 0.5) as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contrast_on_white(colour: RGBColor) -> f64 {
        let linear = |channel: u8| {
            let share = f64::from(channel) / 255.0;
            if share <= 0.04045 { share / 12.92 } else { libm::pow((share + 0.055) / 1.055, 2.4) }
        };
        let luminance = 0.2126 * linear(colour.0) + 0.7152 * linear(colour.1) + 0.0722 * linear(colour.2);
        1.05 / (luminance + 0.05)
    }

    #[test]
    fn a_label_in_the_colour_of_its_line_can_be_read_on_white() {
        for colour in LINES.iter().chain([&INK, &GREY, &ALARM]) {
            let contrast = contrast_on_white(*colour);
            assert!(contrast >= 4.5, "{colour:?} has a contrast of {contrast:.2}");
        }
    }

    #[test]
    fn a_plot_says_its_true_size_and_describes_itself() {
        let caption = Caption { title: "R&D", subtitle: "EUR", description: "a line" };
        let svg = draw(100.0, &caption, |canvas| canvas.line(&[(0.0, 0.0), (10.0, 10.0)], 1.0, INK))
            .expect("it is drawn");
        assert!(svg.starts_with("<svg width=\"900\" height=\"100\" viewBox=\"0 0 3600 400\" "), "{svg}");
        assert!(svg.contains("<title>R&amp;D</title>") && svg.contains("<desc>a line</desc>"));
        assert!(svg.contains("font-family=\"Inter, Helvetica, Arial, sans-serif\""));
        assert!(svg.trim_end().ends_with("</svg>"));
    }
}
