//! Apache Parquet, as much of it as traces need: flat tables of numbers and texts.
//!
//! Written here because the crates that read Parquet bring a C library for Zstandard,
//! in which OpenDC's files are compressed. What is read: format version 1 and 2 pages,
//! plain and dictionary encoding, required columns and optional ones without nulls,
//! uncompressed, Snappy and Zstandard. Anything else is refused by its name. After
//! <https://github.com/apache/parquet-format>.

mod levels;
mod thrift;

use std::io::Read as _;
use std::sync::Arc;

use thrift::{Thrift, Value};

/// Rows of a table: more are a sign of damage.
const MOST_ROWS: usize = 1 << 28;
/// Bytes of a page once it is unpacked: writers make pages of about a mebibyte.
const LARGEST_PAGE: usize = 1 << 28;

/// What is wrong with a file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Unreadable {
    /// It does not begin and end as the format has it.
    #[error("this is no Parquet file, or it is cut short")]
    NotParquet,
    /// Something in it contradicts itself.
    #[error("the file is damaged: {0}")]
    Damaged(&'static str),
    /// Something that is not read here.
    #[error("{0} is not read by this program")]
    NotRead(String),
}

use Unreadable::{Damaged, NotParquet, NotRead};

/// The values of a column.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Column {
    /// Whole numbers of 32 or 64 bits.
    Whole(Vec<i64>),
    /// Floating-point numbers of 32 or 64 bits.
    Real(Vec<f64>),
    /// Texts.
    Text(Vec<Arc<str>>),
}

impl Column {
    fn len(&self) -> usize {
        match self {
            Self::Whole(values) => values.len(),
            Self::Real(values) => values.len(),
            Self::Text(values) => values.len(),
        }
    }

    /// Appends the values of `other` at `places`.
    fn take(&mut self, other: &Self, places: &[u32]) -> Result<(), Unreadable> {
        fn pick<T: Clone>(into: &mut Vec<T>, from: &[T], places: &[u32]) -> Result<(), Unreadable> {
            for place in places {
                let value = from.get(*place as usize).ok_or(Damaged("a place beyond the dictionary"))?;
                into.push(value.clone());
            }
            Ok(())
        }
        match (self, other) {
            (Self::Whole(into), Self::Whole(from)) => pick(into, from, places),
            (Self::Real(into), Self::Real(from)) => pick(into, from, places),
            (Self::Text(into), Self::Text(from)) => pick(into, from, places),
            _ => Err(Damaged("a dictionary of another type")),
        }
    }
}

/// A table: its columns by name, in the order of the file.
#[derive(Clone, Debug)]
pub(super) struct Table {
    pub columns: Vec<(String, Column)>,
}

/// Whether a file begins as Parquet does.
pub(super) fn is_parquet(bytes: &[u8]) -> bool {
    bytes.starts_with(b"PAR1")
}

/// A column of the schema.
struct Described {
    name: String,
    kind: i64,
    is_optional: bool,
}

/// Reads every column of a table.
///
/// # Errors
/// If the file is damaged, or uses what is not read here.
pub(super) fn read(bytes: &[u8]) -> Result<Table, Unreadable> {
    let end = bytes.len().checked_sub(8).filter(|end| *end >= 4).ok_or(NotParquet)?;
    if !is_parquet(bytes) || &bytes[end + 4..] != b"PAR1" {
        return Err(NotParquet);
    }
    let length = u32::from_le_bytes(bytes[end..end + 4].try_into().expect("four bytes")) as usize;
    let start = end.checked_sub(length).ok_or(NotParquet)?;
    let footer = Thrift::new(&bytes[start..end]).structure()?;
    let described = schema(&footer)?;
    let mut columns: Vec<(String, Column)> = Vec::new();
    for (place, column) in described.iter().enumerate() {
        let mut values = empty(column)?;
        for group in footer.list(4) {
            let chunk = group.list(1).get(place).ok_or(Damaged("a row group lacks a column"))?;
            let metadata = chunk.field(3).ok_or(Damaged("a column without its description"))?;
            read_chunk(bytes, metadata, column, &mut values)?;
        }
        columns.push((column.name.clone(), values));
    }
    let rows = columns.first().map_or(0, |(_, values)| values.len());
    if columns.iter().any(|(_, values)| values.len() != rows) {
        return Err(Damaged("columns of different lengths"));
    }
    Ok(Table { columns })
}

/// The columns of a flat schema: its root, then one entry a column.
fn schema(footer: &Value) -> Result<Vec<Described>, Unreadable> {
    let elements = footer.list(2);
    let (root, columns) = elements.split_first().ok_or(Damaged("no schema"))?;
    if root.whole(5) != i64::try_from(columns.len()).ok() {
        return Err(NotRead("a table with columns within columns".to_owned()));
    }
    let mut described = Vec::new();
    for element in columns {
        let name = element.text(4).ok_or(Damaged("a column without a name"))?;
        let kind = element.whole(1);
        let is_repeated = element.whole(3) == Some(2);
        let Some(kind) = kind.filter(|_| !is_repeated) else {
            return Err(NotRead(format!("the column `{name}`, which has lists,")));
        };
        described.push(Described { name, kind, is_optional: element.whole(3) == Some(1) });
    }
    Ok(described)
}

fn empty(column: &Described) -> Result<Column, Unreadable> {
    match column.kind {
        1 | 2 => Ok(Column::Whole(Vec::new())),
        4 | 5 => Ok(Column::Real(Vec::new())),
        6 => Ok(Column::Text(Vec::new())),
        other => Err(NotRead(format!("the type number {other} of the column `{}`", column.name))),
    }
}

/// Reads the pages of one column of one row group.
fn read_chunk(
    bytes: &[u8],
    metadata: &Value,
    column: &Described,
    into: &mut Column,
) -> Result<(), Unreadable> {
    let whole = |field| metadata.whole(field).and_then(|value| usize::try_from(value).ok());
    let wanted = whole(5).filter(|count| *count <= MOST_ROWS).ok_or(Damaged("a number of values"))?;
    let codec = metadata.whole(4).unwrap_or(0);
    let data = whole(9).ok_or(Damaged("a column without a place"))?;
    let mut at = whole(11).filter(|dictionary| (4..data).contains(dictionary)).unwrap_or(data);
    let mut dictionary: Option<Column> = None;
    let before = into.len();
    while into.len() - before < wanted {
        let mut reader = Thrift::new(bytes.get(at..).ok_or(Damaged("a page beyond the end"))?);
        let header = reader.structure()?;
        let size = |field| header.whole(field).and_then(|value| usize::try_from(value).ok());
        let (unpacked, packed) = (size(2).unwrap_or(0), size(3).ok_or(Damaged("a page without a size"))?);
        let start = at + reader.position();
        let page = start.checked_add(packed).and_then(|end| bytes.get(start..end));
        let page = page.ok_or(Damaged("a page beyond the end"))?;
        at = start + packed;
        let page = Page { bytes: page, unpacked, codec };
        match (header.whole(1), header.field(5), header.field(7), header.field(8)) {
            (Some(2), _, Some(described), _) => {
                let count = values_of(described)?;
                let mut values = empty(column)?;
                plain(&page.unpack(0)?, column.kind, count, &mut values)?;
                dictionary = Some(values);
            }
            (Some(0), Some(described), ..) => {
                let count = values_of(described)?.min(wanted - (into.len() - before));
                let content = page.unpack(0)?;
                let mut rest = content.as_slice();
                if column.is_optional {
                    rest = levels::without_nulls_v1(rest, count)?;
                }
                data_page(rest, described.whole(2), count, column, dictionary.as_ref(), into)?;
            }
            (Some(3), _, _, Some(described)) => {
                let count = values_of(described)?.min(wanted - (into.len() - before));
                if described.whole(2).unwrap_or(0) != 0 {
                    return Err(NotRead("an empty value".to_owned()));
                }
                let of_levels = |field| described.whole(field).and_then(|size| usize::try_from(size).ok());
                let levels = of_levels(5).unwrap_or(0).saturating_add(of_levels(6).unwrap_or(0));
                let content = page.unpack(levels)?;
                data_page(&content, described.whole(4), count, column, dictionary.as_ref(), into)?;
            }
            // Indices say nothing that is needed.
            (Some(1), ..) => {}
            _ => return Err(Damaged("a page of no known kind")),
        }
    }
    Ok(())
}

fn values_of(described: &Value) -> Result<usize, Unreadable> {
    let count = described.whole(1).and_then(|count| usize::try_from(count).ok());
    count.filter(|count| (1..=MOST_ROWS).contains(count)).ok_or(Damaged("a page of no values"))
}

fn data_page(
    content: &[u8],
    encoding: Option<i64>,
    count: usize,
    column: &Described,
    dictionary: Option<&Column>,
    into: &mut Column,
) -> Result<(), Unreadable> {
    match encoding {
        Some(0) => plain(content, column.kind, count, into),
        Some(2 | 8) => {
            let (width, rest) = content.split_first().ok_or(Damaged("an empty page"))?;
            let places = levels::hybrid(rest, (*width).into(), count)?;
            into.take(dictionary.ok_or(Damaged("a page before its dictionary"))?, &places)
        }
        other => Err(NotRead(format!(
            "the encoding number {} of the column `{}`",
            other.unwrap_or(-1),
            column.name
        ))),
    }
}

/// The content of a page.
struct Page<'a> {
    bytes: &'a [u8],
    unpacked: usize,
    codec: i64,
}

impl Page<'_> {
    /// The content after `levels` bytes that are never packed.
    fn unpack(&self, levels: usize) -> Result<Vec<u8>, Unreadable> {
        let packed = self.bytes.get(levels..).ok_or(Damaged("levels beyond their page"))?;
        let size = self.unpacked.saturating_sub(levels);
        if size > LARGEST_PAGE {
            return Err(Damaged("a page larger than any"));
        }
        let broken = Damaged("a page that cannot be unpacked");
        let content = match self.codec {
            0 => packed.to_vec(),
            1 => {
                if snap::raw::decompress_len(packed).ok() != Some(size) {
                    return Err(broken);
                }
                snap::raw::Decoder::new().decompress_vec(packed).map_err(|_| broken.clone())?
            }
            6 => {
                let mut content = Vec::new();
                let decoder = ruzstd::decoding::StreamingDecoder::new(packed).map_err(|_| broken.clone())?;
                decoder.take(size as u64 + 1).read_to_end(&mut content).map_err(|_| broken.clone())?;
                content
            }
            other => {
                const NAMES: [&str; 8] =
                    ["none", "Snappy", "gzip", "LZO", "Brotli", "LZ4", "Zstandard", "raw LZ4"];
                let name = usize::try_from(other).ok().and_then(|other| NAMES.get(other));
                return Err(NotRead(format!("compression by {}", name.unwrap_or(&"an unknown codec"))));
            }
        };
        if content.len() == size { Ok(content) } else { Err(broken) }
    }
}

/// Values one after the other, little-endian; texts after their lengths.
fn plain(content: &[u8], kind: i64, count: usize, into: &mut Column) -> Result<(), Unreadable> {
    const SHORT: Unreadable = Damaged("a page with fewer values than it says");
    fn fixed<const N: usize>(
        content: &[u8],
        count: usize,
    ) -> Result<impl Iterator<Item = [u8; N]>, Unreadable> {
        let (values, _) = content.as_chunks::<N>();
        if values.len() < count { Err(SHORT) } else { Ok(values.iter().take(count).copied()) }
    }
    match (into, kind) {
        (Column::Whole(into), 1) => {
            into.extend(fixed::<4>(content, count)?.map(|bytes| i64::from(i32::from_le_bytes(bytes))));
        }
        (Column::Whole(into), 2) => into.extend(fixed::<8>(content, count)?.map(i64::from_le_bytes)),
        (Column::Real(into), 4) => {
            into.extend(fixed::<4>(content, count)?.map(|bytes| f64::from(f32::from_le_bytes(bytes))));
        }
        (Column::Real(into), 5) => into.extend(fixed::<8>(content, count)?.map(f64::from_le_bytes)),
        (Column::Text(into), 6) => {
            let mut rest = content;
            for _ in 0..count {
                let (length, after) = rest.split_first_chunk::<4>().ok_or(SHORT)?;
                let (text, after) =
                    after.split_at_checked(u32::from_le_bytes(*length) as usize).ok_or(SHORT)?;
                into.push(String::from_utf8_lossy(text).into());
                rest = after;
            }
        }
        _ => return Err(Damaged("a column of two types")),
    }
    Ok(())
}
