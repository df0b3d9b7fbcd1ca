//! Thrift's compact protocol: what Parquet describes itself in.

use super::Unreadable::{self, Damaged};

/// Structures within structures: Parquet's own go five deep.
const DEEPEST: usize = 16;

const SHORT: Unreadable = Damaged("a description that is cut short");

/// A value, whatever it describes.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    Whole(i64),
    Bytes(Vec<u8>),
    List(Vec<Self>),
    Structure(Vec<(i64, Self)>),
    /// Something that nothing here asks for.
    Other,
}

impl Value {
    /// A field of a structure.
    pub(super) fn field(&self, number: i64) -> Option<&Self> {
        let Self::Structure(fields) = self else { return None };
        fields.iter().find(|(known, _)| *known == number).map(|(_, value)| value)
    }

    /// A whole number.
    pub(super) fn whole(&self, number: i64) -> Option<i64> {
        match self.field(number) {
            Some(Self::Whole(value)) => Some(*value),
            _ => None,
        }
    }

    /// A text.
    pub(super) fn text(&self, number: i64) -> Option<String> {
        match self.field(number) {
            Some(Self::Bytes(bytes)) => Some(String::from_utf8_lossy(bytes).into_owned()),
            _ => None,
        }
    }

    /// The entries of a list; none when there is no such list.
    pub(super) fn list(&self, number: i64) -> &[Self] {
        match self.field(number) {
            Some(Self::List(entries)) => entries,
            _ => &[],
        }
    }
}

/// Reads values from bytes.
pub(super) struct Thrift<'a> {
    bytes: &'a [u8],
    at: usize,
    depth: usize,
}

impl<'a> Thrift<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0, depth: 0 }
    }

    /// How many bytes have been read.
    pub(super) fn position(&self) -> usize {
        self.at
    }

    fn byte(&mut self) -> Result<u8, Unreadable> {
        let byte = self.bytes.get(self.at).copied().ok_or(SHORT)?;
        self.at += 1;
        Ok(byte)
    }

    fn varint(&mut self) -> Result<u64, Unreadable> {
        let mut value = 0_u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok(value);
            }
        }
        Err(Damaged("a number that does not end"))
    }

    fn zigzag(&mut self) -> Result<i64, Unreadable> {
        let value = self.varint()?;
        Ok((value >> 1) as i64 ^ -((value & 1) as i64))
    }

    fn length(&mut self) -> Result<usize, Unreadable> {
        // Every entry takes at least a byte.
        let length = usize::try_from(self.varint()?).map_err(|_| SHORT)?;
        if length <= self.bytes.len() - self.at { Ok(length) } else { Err(SHORT) }
    }

    /// A structure, to its end.
    pub(super) fn structure(&mut self) -> Result<Value, Unreadable> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(Damaged("a description that is too deep"));
        }
        let mut fields = Vec::new();
        let mut number = 0_i64;
        loop {
            let head = self.byte()?;
            if head == 0 {
                self.depth -= 1;
                return Ok(Value::Structure(fields));
            }
            let step = head >> 4;
            number = if step > 0 { number.saturating_add(step.into()) } else { self.zigzag()? };
            let value = match head & 0x0f {
                1 => Value::Whole(1),
                2 => Value::Whole(0),
                kind => self.value(kind)?,
            };
            fields.push((number, value));
        }
    }

    fn value(&mut self, kind: u8) -> Result<Value, Unreadable> {
        match kind {
            1..=3 => Ok(Value::Whole(self.byte()?.into())),
            4..=6 => Ok(Value::Whole(self.zigzag()?)),
            7 => {
                self.at = self.at.checked_add(8).filter(|at| *at <= self.bytes.len()).ok_or(SHORT)?;
                Ok(Value::Other)
            }
            8 => {
                let length = self.length()?;
                let bytes = self.bytes[self.at..self.at + length].to_vec();
                self.at += length;
                Ok(Value::Bytes(bytes))
            }
            9 | 10 => {
                let head = self.byte()?;
                let kind = head & 0x0f;
                let length = match head >> 4 {
                    15 => self.length()?,
                    short => short.into(),
                };
                (0..length).map(|_| self.value(kind)).collect::<Result<_, _>>().map(Value::List)
            }
            12 => self.structure(),
            _ => Err(Damaged("a description of no known type")),
        }
    }
}
