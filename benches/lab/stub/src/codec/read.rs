//! What requests consist of. Reading costs a bounds check each and copies nothing; `None` says that the
//! body ends too soon.

/// What is left of a request's body.
#[derive(Clone, Copy, Debug)]
pub struct Reader<'a>(pub &'a [u8]);

impl<'a> Reader<'a> {
    /// The next `length` bytes.
    #[inline]
    pub fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(taken)
    }

    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (taken, rest) = self.0.split_first_chunk::<N>()?;
        self.0 = rest;
        Some(*taken)
    }

    /// A byte.
    #[inline]
    pub fn byte(&mut self) -> Option<u8> {
        self.array::<1>().map(|[byte]| byte)
    }

    /// A `short`: 16 bits without a sign.
    #[inline]
    pub fn short(&mut self) -> Option<u16> {
        self.array().map(u16::from_be_bytes)
    }

    /// An `int`: 32 bits with a sign.
    #[inline]
    pub fn int(&mut self) -> Option<i32> {
        self.array().map(i32::from_be_bytes)
    }

    /// A `string`.
    pub fn string(&mut self) -> Option<&'a str> {
        let length = self.short()?;
        std::str::from_utf8(self.take(length.into())?).ok()
    }

    /// A `long string`.
    pub fn long_string(&mut self) -> Option<&'a str> {
        let length = usize::try_from(self.int()?).ok()?;
        std::str::from_utf8(self.take(length)?).ok()
    }

    /// `short bytes`.
    #[inline]
    pub fn short_bytes(&mut self) -> Option<&'a [u8]> {
        let length = self.short()?;
        self.take(length.into())
    }

    /// `bytes`, or a `value`: the inner `None` is null, and not set.
    #[inline]
    pub fn bytes(&mut self) -> Option<Option<&'a [u8]>> {
        match usize::try_from(self.int()?) {
            Ok(length) => self.take(length).map(Some),
            Err(_) => Some(None),
        }
    }

    /// Passes over a `bytes map`.
    pub fn skip_bytes_map(&mut self) -> Option<()> {
        for _ in 0..self.short()? {
            self.string()?;
            self.bytes()?;
        }
        Some(())
    }
}

/// What comes with a statement, as far as an answer depends on it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Parameters<'a> {
    count: u16,
    named: bool,
    values: &'a [u8],
    /// The answer may leave out what its columns are.
    pub skip_metadata: bool,
    /// How many rows the answer may have, where the request says so.
    pub page_size: Option<i32>,
    /// Where to go on.
    pub paging_state: Option<&'a [u8]>,
}

const VALUES: u8 = 0x01;
const SKIP_METADATA: u8 = 0x02;
const PAGE_SIZE: u8 = 0x04;
const PAGING_STATE: u8 = 0x08;
const NAMED: u8 = 0x40;

impl<'a> Parameters<'a> {
    /// Reads the parameters of QUERY and EXECUTE. What follows the paging state is not looked at.
    pub fn read(reader: &mut Reader<'a>) -> Option<Parameters<'a>> {
        let _consistency = reader.short()?;
        let flags = reader.byte()?;
        let mut parameters = Parameters {
            skip_metadata: flags & SKIP_METADATA != 0,
            named: flags & NAMED != 0,
            ..Parameters::default()
        };
        if flags & VALUES != 0 {
            parameters.count = reader.short()?;
            let start = reader.0;
            for _ in 0..parameters.count {
                if parameters.named {
                    reader.string()?;
                }
                reader.bytes()?;
            }
            parameters.values = &start[..start.len() - reader.0.len()];
        }
        if flags & PAGE_SIZE != 0 {
            parameters.page_size = Some(reader.int()?);
        }
        if flags & PAGING_STATE != 0 {
            parameters.paging_state = reader.bytes()?;
        }
        Some(parameters)
    }

    /// The value at `index`, where there is one and it is not null. Costs a step for each before it.
    pub fn value(&self, index: usize) -> Option<&'a [u8]> {
        if index >= self.count.into() {
            return None;
        }
        let mut reader = Reader(self.values);
        for at in 0.. {
            if self.named {
                reader.string()?;
            }
            let value = reader.bytes()?;
            if at == index {
                return value;
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parameters_of_a_page_are_read() {
        #[rustfmt::skip]
        let bytes = [
            0x00, 0x06, // LOCAL_QUORUM
            0x2F, // values, skip metadata, page size, paging state, timestamp
            0x00, 0x02, // two values
            0x00, 0x00, 0x00, 0x08, 0, 0, 0, 0, 0, 0, 0, 7,
            0xFF, 0xFF, 0xFF, 0xFF, // null
            0x00, 0x00, 0x13, 0x88, // 5000 rows
            0x00, 0x00, 0x00, 0x01, 0xAB,
            0, 0, 0, 0, 0, 0, 0, 1, // the timestamp
        ];
        let parameters = Parameters::read(&mut Reader(&bytes)).unwrap();
        assert!(parameters.skip_metadata);
        assert_eq!(parameters.page_size, Some(5000));
        assert_eq!(parameters.paging_state, Some(&[0xAB][..]));
        assert_eq!(parameters.value(0), Some(&7_i64.to_be_bytes()[..]));
        assert_eq!(parameters.value(1), None);
        assert_eq!(parameters.value(2), None);
    }

    #[test]
    fn values_may_have_names() {
        #[rustfmt::skip]
        let bytes = [
            0x00, 0x01, 0x41, 0x00, 0x02,
            0x00, 0x02, b'i', b'd', 0x00, 0x00, 0x00, 0x01, 0x05,
            0x00, 0x01, b'v', 0x00, 0x00, 0x00, 0x01, b'x',
        ];
        let parameters = Parameters::read(&mut Reader(&bytes)).unwrap();
        assert_eq!(parameters.value(0), Some(&[5][..]));
        assert_eq!(parameters.value(1), Some(&b"x"[..]));
    }

    #[test]
    fn a_body_that_ends_too_soon_is_refused() {
        let bytes = [0x00, 0x01, 0x01, 0x00, 0x01, 0x00, 0x00, 0x00, 0x08, 0x00];
        assert!(Parameters::read(&mut Reader(&bytes)).is_none());
        assert!(Reader(&[0x00, 0x00, 0x00, 0x02, b'a']).long_string().is_none());
    }
}
