//! Labels that keep clear of each other, and texts that fit their room.

use super::style::{Canvas, Ink};

/// Moves `wanted` places apart until any two are at least `gap` from each other
/// and all lie within `room`, moving the whole as little as possible: places that
/// collide become a block around their mean, blocks that collide become one (the
/// pool-adjacent-violators rule). Answers in the order given. When the room is too
/// small for all, they are spread over it evenly.
pub(crate) fn spread(wanted: &[f64], gap: f64, room: (f64, f64)) -> Vec<f64> {
    struct Block {
        /// Mean of the places that its members want for its first member.
        first: f64,
        members: usize,
    }
    let mut order: Vec<usize> = (0..wanted.len()).collect();
    order.sort_by(|a, b| wanted[*a].total_cmp(&wanted[*b]).then(a.cmp(b)));
    let most = (wanted.len().max(2) - 1) as f64;
    let gap = gap.min((room.1 - room.0) / most);
    let clamp = |first: f64, members: usize| first.min(room.1 - (members - 1) as f64 * gap).max(room.0);
    let mut blocks: Vec<Block> = Vec::new();
    for place in &order {
        let mut block = Block { first: clamp(wanted[*place], 1), members: 1 };
        while let Some(above) = blocks.last() {
            if above.first + above.members as f64 * gap <= block.first {
                break;
            }
            let members = above.members + block.members;
            let shifted = block.first - above.members as f64 * gap;
            let first =
                (above.first * above.members as f64 + shifted * block.members as f64) / members as f64;
            block = Block { first: clamp(first, members), members };
            blocks.pop();
        }
        blocks.push(block);
    }
    let mut places = vec![0.0; wanted.len()];
    let spread = blocks
        .iter()
        .flat_map(|block| (0..block.members).map(move |member| block.first + member as f64 * gap));
    for (place, index) in spread.zip(order) {
        places[index] = place;
    }
    places
}

/// The first of `texts` that fits into `width`; if none does, the last one cut at
/// its end with an ellipsis.
pub(crate) fn fit(canvas: &Canvas<'_>, texts: &[&str], width: f64, ink: Ink) -> String {
    if let Some(text) = texts.iter().find(|text| canvas.text_width(text, ink) <= width) {
        return (*text).to_owned();
    }
    let mut text = texts.last().copied().unwrap_or_default().to_owned();
    while !text.is_empty() {
        text.pop();
        let cut = format!("{}…", text.trim_end());
        if canvas.text_width(&cut, ink) <= width {
            return cut;
        }
    }
    text
}

/// A name within a sentence: in quotes when it has a comma of its own.
pub(crate) fn quoted(name: &str) -> String {
    if name.contains(',') { format!("“{name}”") } else { name.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_that_have_room_stay_where_they_are() {
        assert_eq!(spread(&[50.0, 10.0, 90.0], 20.0, (0.0, 100.0)), [50.0, 10.0, 90.0]);
    }

    #[test]
    fn labels_that_collide_move_apart_around_their_mean() {
        assert_eq!(spread(&[50.0, 52.0], 20.0, (0.0, 100.0)), [41.0, 61.0]);
    }

    #[test]
    fn any_labels_end_apart_and_within_their_room() {
        for shift in 0..40 {
            let wanted: Vec<f64> = (0..6).map(|label| f64::from(label * label * shift % 37) * 3.0).collect();
            let placed = spread(&wanted, 15.0, (0.0, 100.0));
            let mut sorted = placed.clone();
            sorted.sort_by(f64::total_cmp);
            // Means of blocks are rounded to the last bit.
            assert!(sorted.windows(2).all(|pair| pair[1] - pair[0] > 15.0 - 1e-9), "{wanted:?} {placed:?}");
            assert!(sorted[0] >= 0.0 && sorted[5] <= 100.0 + 1e-9, "{wanted:?} {placed:?}");
        }
    }

    #[test]
    fn too_many_labels_are_spread_evenly() {
        assert_eq!(spread(&[1.0, 2.0, 3.0], 80.0, (0.0, 100.0)), [0.0, 50.0, 100.0]);
    }
}
