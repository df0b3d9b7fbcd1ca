//! `trials.parquet`: the rows of `trials.csv` in columns.
//!
//! Texts are UTF-8 strings, counts 64-bit integers, values 64-bit floats; where a design
//! moved no input the value is null. Compressed with Snappy.

use std::sync::Arc;

use ::parquet::basic::{Compression, LogicalType, Repetition, Type as Physical};
use ::parquet::column::writer::ColumnWriterImpl;
use ::parquet::data_type::{ByteArray, ByteArrayType, DataType, DoubleType, Int64Type};
use ::parquet::errors::ParquetError;
use ::parquet::file::properties::WriterProperties;
use ::parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use ::parquet::schema::types::{Type, TypePtr};

use super::trials::{ABOUT, Row, each_row, input_columns, outcome_columns};
use super::view::View;

/// Rows that are kept in memory before they are written.
const GROUP: usize = 65_536;

/// The file.
pub(super) fn trials_parquet(view: &View<'_>) -> Result<Vec<u8>, ParquetError> {
    let properties = WriterProperties::builder().set_compression(Compression::SNAPPY).build();
    let mut file = Vec::new();
    let mut writer = SerializedFileWriter::new(&mut file, schema(view)?, Arc::new(properties))?;
    let mut columns = Columns::new(view);
    let mut written = Ok(());
    each_row(view, |row| {
        if written.is_ok() {
            columns.add(row);
            if columns.rows() == GROUP {
                written = flush(&mut writer, &mut columns);
            }
        }
    });
    written?;
    if columns.rows() > 0 {
        flush(&mut writer, &mut columns)?;
    }
    writer.close()?;
    Ok(file)
}

fn schema(view: &View<'_>) -> Result<TypePtr, ParquetError> {
    let column = |name: &str, physical: Physical, repetition: Repetition| {
        let text = (physical == Physical::BYTE_ARRAY).then_some(LogicalType::String);
        let builder = Type::primitive_type_builder(name, physical);
        builder.with_repetition(repetition).with_logical_type(text).build().map(Arc::new)
    };
    let [analysis, alternative, inputs, place, chance] = ABOUT;
    let mut fields = Vec::new();
    for name in [analysis, alternative, inputs] {
        fields.push(column(name, Physical::BYTE_ARRAY, Repetition::REQUIRED)?);
    }
    fields.push(column(place, Physical::INT64, Repetition::OPTIONAL)?);
    fields.push(column(chance, Physical::INT64, Repetition::REQUIRED)?);
    for name in input_columns(view) {
        fields.push(column(&name, Physical::DOUBLE, Repetition::OPTIONAL)?);
    }
    for name in outcome_columns(view) {
        fields.push(column(&name, Physical::DOUBLE, Repetition::REQUIRED)?);
    }
    Type::group_type_builder("trial").with_fields(fields).build().map(Arc::new)
}

/// Values that may be missing: those there are, and where they are.
#[derive(Default)]
struct Optional<T> {
    values: Vec<T>,
    levels: Vec<i16>,
}

impl<T> Optional<T> {
    fn add(&mut self, value: Option<T>) {
        self.levels.push(i16::from(value.is_some()));
        self.values.extend(value);
    }
}

/// Rows in columns.
struct Columns {
    texts: [Vec<ByteArray>; 3],
    place: Optional<i64>,
    chance: Vec<i64>,
    inputs: Vec<Optional<f64>>,
    outcomes: Vec<Vec<f64>>,
}

impl Columns {
    fn new(view: &View<'_>) -> Self {
        Self {
            texts: Default::default(),
            place: Optional::default(),
            chance: Vec::new(),
            inputs: view.study.inputs.iter().map(|_| Optional::default()).collect(),
            outcomes: vec![Vec::new(); view.study.outcomes.len()],
        }
    }

    fn add(&mut self, row: &Row<'_>) {
        for (column, text) in self.texts.iter_mut().zip([row.analysis, row.alternative, row.inputs]) {
            column.push(text.into());
        }
        // Addresses are numbers of replications: far below 2^63; the bits are kept anyway.
        self.place.add(row.place.map(u64::cast_signed));
        self.chance.push(row.chance.cast_signed());
        for (column, value) in self.inputs.iter_mut().zip(&row.values) {
            column.add(*value);
        }
        for (column, value) in self.outcomes.iter_mut().zip(row.outcomes) {
            column.push(*value);
        }
    }

    fn rows(&self) -> usize {
        self.chance.len()
    }
}

/// Writes what is kept as one group of rows and forgets it.
fn flush(writer: &mut SerializedFileWriter<&mut Vec<u8>>, columns: &mut Columns) -> Result<(), ParquetError> {
    let empty = Columns {
        texts: Default::default(),
        place: Optional::default(),
        chance: Vec::new(),
        inputs: columns.inputs.iter().map(|_| Optional::default()).collect(),
        outcomes: vec![Vec::new(); columns.outcomes.len()],
    };
    let columns = std::mem::replace(columns, empty);
    let mut group = writer.next_row_group()?;
    for texts in &columns.texts {
        write::<ByteArrayType>(&mut group, texts, None)?;
    }
    write::<Int64Type>(&mut group, &columns.place.values, Some(&columns.place.levels))?;
    write::<Int64Type>(&mut group, &columns.chance, None)?;
    for input in &columns.inputs {
        write::<DoubleType>(&mut group, &input.values, Some(&input.levels))?;
    }
    for outcome in &columns.outcomes {
        write::<DoubleType>(&mut group, outcome, None)?;
    }
    group.close()?;
    Ok(())
}

fn write<T: DataType>(
    group: &mut SerializedRowGroupWriter<'_, &mut Vec<u8>>,
    values: &[T::T],
    levels: Option<&[i16]>,
) -> Result<(), ParquetError> {
    let mut column = group
        .next_column()?
        .ok_or_else(|| ParquetError::General("the schema has fewer columns than a row".to_owned()))?;
    let typed: &mut ColumnWriterImpl<'_, T> = column.typed::<T>();
    typed.write_batch(values, levels, None)?;
    column.close()
}

#[cfg(all(test, feature = "cli"))]
mod tests {
    use std::io::Write as _;

    use ::parquet::file::reader::{FileReader as _, SerializedFileReader};
    use ::parquet::record::RowAccessor as _;

    use super::*;
    use crate::report::money::Typography;
    use crate::report::study::fixture::fixture;
    use crate::report::study::trials::trials_csv;

    #[test]
    fn what_is_read_back_is_what_the_csv_says() {
        let (study, findings, meta) = fixture();
        let view = View { study: &study, findings: &findings, meta: &meta, typography: Typography::Plain };
        let mut file = tempfile::tempfile().expect("a temporary file");
        file.write_all(&trials_parquet(&view).expect("it is encoded")).expect("it is written");
        let reader = SerializedFileReader::new(file).expect("it is a Parquet file");
        let csv = trials_csv(&view);
        let mut csv = csv::ReaderBuilder::new().from_reader(csv.as_slice());
        let header = csv.headers().expect("there is a header").clone();
        let names: Vec<String> = reader
            .metadata()
            .file_metadata()
            .schema_descr()
            .columns()
            .iter()
            .map(|column| column.name().to_owned())
            .collect();
        assert_eq!(names, header.iter().collect::<Vec<_>>());
        let rows: Vec<_> =
            reader.get_row_iter(None).expect("it has rows").map(|row| row.expect("it can be read")).collect();
        let lines: Vec<_> = csv.records().map(|line| line.expect("it is well formed")).collect();
        assert_eq!(rows.len(), lines.len());
        for (row, line) in rows.iter().zip(&lines) {
            for text in 0..3 {
                assert_eq!(row.get_string(text).expect("a text"), &line[text]);
            }
            assert_eq!(row.get_long(3).ok().map_or(String::new(), |place| place.to_string()), line[3]);
            assert_eq!(row.get_long(4).expect("a count").to_string(), line[4]);
            for column in 5..line.len() {
                // A number of the CSV is read back to the same bits.
                assert_eq!(row.get_double(column).ok(), line[column].parse().ok(), "{}", &header[column]);
            }
        }
    }
}
