//! The body of an ERROR.

use super::write;

/// The message is not of this protocol, or of another version of it.
pub const PROTOCOL: i32 = 0x000A;
/// The statement refers to what is not there.
pub const INVALID: i32 = 0x2200;
/// The id is of no statement prepared here.
pub const UNPREPARED: i32 = 0x2500;

/// `LOCAL_ONE`, which errors of replicas name as the level that was asked for.
const LOCAL_ONE: usize = 0x0A;

/// The body of an ERROR, with what belongs to its code: `id` is for [`UNPREPARED`].
pub fn body(code: i32, message: &str, id: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    write::int(&mut out, code);
    write::string(&mut out, message);
    let two = |out: &mut Vec<u8>, first, second| {
        write::short(out, LOCAL_ONE);
        write::int(out, first);
        write::int(out, second);
    };
    match code {
        // Of one required, none is alive.
        0x1000 => two(&mut out, 1, 0),
        // None answered, one was required; what comes then says what was written, or whether data came.
        0x1100 => {
            two(&mut out, 0, 1);
            write::string(&mut out, "SIMPLE");
        }
        0x1200 => {
            two(&mut out, 0, 1);
            out.push(0);
        }
        // The same, and one failed.
        0x1300 => {
            two(&mut out, 0, 1);
            write::int(&mut out, 1);
            out.push(0);
        }
        0x1500 => {
            two(&mut out, 0, 1);
            write::int(&mut out, 1);
            write::string(&mut out, "SIMPLE");
        }
        UNPREPARED => write::short_bytes(&mut out, id),
        _ => {}
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_code_has_what_belongs_to_it() {
        assert_eq!(body(0x1001, "m", b""), [0, 0, 0x10, 0x01, 0, 1, b'm']);
        assert_eq!(body(UNPREPARED, "", b"id"), [0, 0, 0x25, 0, 0, 0, 0, 2, b'i', b'd']);
        assert_eq!(body(0x1000, "", b""), [0, 0, 0x10, 0, 0, 0, 0, 0x0A, 0, 0, 0, 1, 0, 0, 0, 0]);
        assert_eq!(
            body(0x1200, "", b""),
            [0, 0, 0x12, 0, 0, 0, 0, 0x0A, 0, 0, 0, 0, 0, 0, 0, 1, 0]
        );
    }
}
