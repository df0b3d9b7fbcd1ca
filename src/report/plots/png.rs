//! PNG: the SVG, rasterised at twice its size with the fonts that we ship.

use std::sync::{Arc, LazyLock};

use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{Options, Tree, fontdb};

use super::PlotError;
use super::style::{BOLD, REGULAR};

/// Pixels of the picture for each pixel of the page.
const SCALE: f32 = 2.0;

/// The two fonts and no other: what is drawn must not depend on the machine.
static FONTS: LazyLock<Arc<fontdb::Database>> = LazyLock::new(|| {
    let mut fonts = fontdb::Database::new();
    fonts.load_font_data(REGULAR.to_vec());
    fonts.load_font_data(BOLD.to_vec());
    Arc::new(fonts)
});

/// The picture of `svg`.
pub(crate) fn rasterise(svg: &str) -> Result<Vec<u8>, PlotError> {
    let options = Options { fontdb: Arc::clone(&FONTS), ..Options::default() };
    let tree = Tree::from_str(svg, &options)?;
    let size = tree.size().to_int_size().scale_by(SCALE).ok_or(PlotError::Malformed)?;
    let mut picture = Pixmap::new(size.width(), size.height()).ok_or(PlotError::Malformed)?;
    resvg::render(&tree, Transform::from_scale(SCALE, SCALE), &mut picture.as_mut());
    encode(&picture).map_err(|error| PlotError::Png(error.to_string()))
}

/// Every plot is drawn on paper, so nothing shows through and three channels are
/// enough. The fast compression is a quarter of the time for twice the size; the
/// library's own encoder offers no choice.
fn encode(picture: &Pixmap) -> Result<Vec<u8>, png::EncodingError> {
    let pixels = picture.data().as_chunks::<4>().0;
    let mut colours = vec![0; pixels.len() * 3];
    for (colour, [red, green, blue, _]) in colours.as_chunks_mut::<3>().0.iter_mut().zip(pixels) {
        *colour = [*red, *green, *blue];
    }
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, picture.width(), picture.height());
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_compression(png::Compression::Fast);
    // Most lines repeat the one above; to try every filter takes longer.
    encoder.set_filter(png::Filter::Up);
    encoder.write_header()?.write_image_data(&colours)?;
    Ok(file)
}
