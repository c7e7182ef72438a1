//! From requests to answers. A prepared one-row select costs a look into the list of plans, a copy of some
//! forty bytes, and two patches; nothing is allocated.

use std::collections::HashMap;

use crate::codec::error::{self, PROTOCOL, UNPREPARED};
use crate::codec::frame::{self, CUSTOM_PAYLOAD, Header, VERSION, opcode};
use crate::codec::read::{Parameters, Reader};
use crate::codec::write;
use crate::out::Out;
use crate::plan::{self, Action, Plan, Planner};
use crate::rows::{Columns, ManyRows, ROWS};

/// The body of a RESULT that has nothing.
const VOID: [u8; 4] = [0, 0, 0, 1];

/// How many statements of QUERY are remembered. Those with values in their texts are all different.
const REMEMBERED: usize = 1024;

/// Answers requests.
#[derive(Debug)]
pub struct Answers {
    planner: Planner,
    plans: Vec<Plan>,
    by_text: HashMap<String, usize>,
    fault: Option<Fault>,
    /// How many requests were answered.
    pub answered: u64,
}

/// An error that is answered now and then, evenly, with no chance in it: runs are alike.
#[derive(Debug)]
struct Fault {
    body: Vec<u8>,
    percent: f64,
    due: f64,
}

impl Fault {
    fn is_due(&mut self) -> bool {
        self.due += self.percent;
        let is_due = self.due >= 100.0;
        if is_due {
            self.due -= 100.0;
        }
        is_due
    }
}

impl Answers {
    /// Answers by what `planner` says; `error` is an error's code, and of how many percent of the results it
    /// takes the place. What clients ask when they connect has no errors.
    pub fn new(planner: Planner, error: Option<(i32, f64)>) -> Answers {
        let fault = error.map(|(code, percent)| Fault {
            body: error::body(code, "as was asked for", &[]),
            percent,
            due: 0.0,
        });
        Answers { planner, plans: Vec::new(), by_text: HashMap::new(), fault, answered: 0 }
    }

    /// Appends the answer to a request.
    #[inline]
    pub fn answer(&mut self, header: Header, body: &[u8], out: &mut Out) {
        self.answered += 1;
        if self.try_answer(header, body, out).is_none() {
            let what = match header.version {
                VERSION => "the request is not understood",
                // By these words older clients know that they have to try another version.
                _ => "Invalid or unsupported protocol version; supported versions are (4/v4)",
            };
            put(out, header.stream, opcode::ERROR, &error::body(PROTOCOL, what, &[]));
        }
    }

    fn try_answer(&mut self, header: Header, body: &[u8], out: &mut Out) -> Option<()> {
        if header.version != VERSION || header.flags & frame::COMPRESSED != 0 {
            return None;
        }
        let mut reader = Reader(body);
        if header.flags & CUSTOM_PAYLOAD != 0 {
            reader.skip_bytes_map()?;
        }
        let stream = header.stream;
        match header.opcode {
            opcode::EXECUTE => {
                let id = reader.short_bytes()?;
                let parameters = Parameters::read(&mut reader)?;
                let known = plan::place(id).and_then(|at| self.plans.get(at));
                let Some(plan) = known.filter(|plan| plan.id == id) else {
                    let body = error::body(UNPREPARED, "no such prepared statement", id);
                    put(out, stream, opcode::ERROR, &body);
                    return Some(());
                };
                act(&plan.action, &mut self.fault, stream, &parameters, out);
            }
            opcode::QUERY => {
                let text = reader.long_string()?;
                let parameters = Parameters::read(&mut reader)?;
                self.query(text, stream, &parameters, out);
            }
            opcode::PREPARE => {
                let text = reader.long_string()?;
                match self.remember(text) {
                    Ok(at) => put(out, stream, opcode::RESULT, &self.plans[at].prepared),
                    Err(body) => put(out, stream, opcode::ERROR, &body),
                }
            }
            opcode::BATCH => {
                act(&Action::Void, &mut self.fault, stream, &Parameters::default(), out)
            }
            opcode::OPTIONS => {
                let mut body = Vec::new();
                let options: [(&str, &[&str]); 2] =
                    [("CQL_VERSION", &["3.4.4"]), ("COMPRESSION", &[])];
                write::string_multimap(&mut body, &options);
                put(out, stream, opcode::SUPPORTED, &body);
            }
            opcode::STARTUP | opcode::REGISTER => put(out, stream, opcode::READY, &[]),
            _ => return None,
        }
        Some(())
    }

    fn query(&mut self, text: &str, stream: [u8; 2], parameters: &Parameters<'_>, out: &mut Out) {
        let once;
        let plan = if self.by_text.contains_key(text) || self.plans.len() < REMEMBERED {
            self.remember(text).map(|at| &self.plans[at])
        } else {
            once = self.planner.plan(text, 0);
            once.as_ref().map_err(Vec::clone)
        };
        match plan {
            Ok(plan) => act(&plan.action, &mut self.fault, stream, parameters, out),
            Err(body) => put(out, stream, opcode::ERROR, &body),
        }
    }

    /// The place of a statement's plan, which is made if it is not there.
    fn remember(&mut self, text: &str) -> Result<usize, Vec<u8>> {
        if let Some(&at) = self.by_text.get(text) {
            return Ok(at);
        }
        let at = self.plans.len();
        self.plans.push(self.planner.plan(text, at)?);
        self.by_text.insert(text.into(), at);
        Ok(at)
    }
}

/// Appends what executing a statement answers.
#[inline]
fn act(
    action: &Action,
    fault: &mut Option<Fault>,
    stream: [u8; 2],
    parameters: &Parameters<'_>,
    out: &mut Out,
) {
    if let (Some(fault), Action::Void | Action::Row(_) | Action::Many { .. }) = (fault, action)
        && fault.is_due()
    {
        return put(out, stream, opcode::ERROR, &fault.body);
    }
    match action {
        Action::Void => put(out, stream, opcode::RESULT, &VOID),
        Action::Row(row) => row.answer(stream, parameters, out),
        Action::Many { columns, rows } => page(columns, rows, stream, parameters, out),
        Action::Table(rows) => put(out, stream, opcode::RESULT, &rows.body(parameters)),
        Action::Fixed(body) => put(out, stream, opcode::RESULT, body),
    }
}

/// Appends a page. Its paging state is the number of the next page's first row.
fn page(
    columns: &Columns,
    rows: &ManyRows,
    stream: [u8; 2],
    parameters: &Parameters<'_>,
    out: &mut Out,
) {
    let start = parameters.paging_state.and_then(|state| state.try_into().ok());
    let start = start.map_or(0, |state| u64::from_be_bytes(state) as usize);
    let size = parameters.page_size.filter(|size| *size > 0).map(|size| size as usize);
    let page = rows.page(start, size);
    let before = out.own.len();
    out.own.extend_from_slice(&[0; frame::HEADER]);
    write::int(&mut out.own, ROWS);
    let next = page.next.map(|next| (next as u64).to_be_bytes());
    columns.write_metadata(&mut out.own, parameters.skip_metadata, next.as_ref().map(|n| &n[..]));
    write::int(&mut out.own, page.count as i32);
    let length = out.own.len() - before - frame::HEADER + page.range.len();
    out.own[before..before + frame::HEADER].copy_from_slice(&frame::answer(
        stream,
        opcode::RESULT,
        length,
    ));
    out.share(page.bytes, page.range);
}

#[inline]
fn put(out: &mut Out, stream: [u8; 2], opcode: u8, body: &[u8]) {
    out.own.extend_from_slice(&frame::answer(stream, opcode, body.len()));
    out.own.extend_from_slice(body);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::ID;

    const SELECT: &str = "SELECT id, v FROM lab.kv WHERE id = ?";

    fn answers(error: Option<(i32, f64)>) -> Answers {
        Answers::new(Planner::new(([127, 0, 0, 1], 9042).into(), 5), error)
    }

    /// The header's opcode and the body of the answer to a request on stream 0x0102.
    fn ask(answers: &mut Answers, version: u8, opcode: u8, body: &[u8]) -> (u8, Vec<u8>) {
        let mut out = Out::default();
        let header = Header { version, flags: 0, stream: [1, 2], opcode, length: body.len() };
        answers.answer(header, body, &mut out);
        let mut bytes = Vec::new();
        out.write_to(&mut bytes).unwrap();
        let answer = Header::read(&bytes).unwrap();
        assert_eq!((answer.version, answer.stream), (0x84, [1, 2]));
        assert_eq!(answer.length, bytes.len() - frame::HEADER);
        (answer.opcode, bytes.split_off(frame::HEADER))
    }

    fn prepare(answers: &mut Answers, text: &str) -> (Vec<u8>, Vec<u8>) {
        let mut body = Vec::new();
        write::int(&mut body, text.len() as i32);
        body.extend_from_slice(text.as_bytes());
        let (opcode, body) = ask(answers, 4, opcode::PREPARE, &body);
        assert_eq!(opcode, opcode::RESULT);
        assert_eq!(body[..6], [0, 0, 0, 4, 0, 16]);
        (body[6..6 + ID].to_vec(), body[6 + ID..].to_vec())
    }

    /// EXECUTE, at LOCAL_ONE, with these flags and what they call for.
    fn execute(answers: &mut Answers, id: &[u8], flags: u8, rest: &[u8]) -> (u8, Vec<u8>) {
        let mut body = Vec::new();
        write::short_bytes(&mut body, id);
        body.extend_from_slice(&[0, 0x0A, flags]);
        body.extend_from_slice(rest);
        ask(answers, 4, opcode::EXECUTE, &body)
    }

    #[test]
    fn other_versions_are_refused_in_this_one() {
        for version in [3, 5, 0x41, 0x42] {
            let (opcode, body) = ask(&mut answers(None), version, opcode::STARTUP, &[]);
            assert_eq!((opcode, &body[..4]), (opcode::ERROR, &[0, 0, 0, 0x0A][..]));
            let words = String::from_utf8_lossy(&body[6..]).into_owned();
            assert!(words.starts_with("Invalid or unsupported protocol version"), "{words}");
        }
    }

    #[test]
    fn a_prepared_select_tells_its_key_and_its_columns() {
        let mut answers = answers(None);
        let (id, rest) = prepare(&mut answers, SELECT);
        #[rustfmt::skip]
        assert_eq!(rest, [
            0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0,
            0, 3, b'l', b'a', b'b', 0, 2, b'k', b'v', 0, 2, b'i', b'd', 0, 2,
            0, 0, 0, 1, 0, 0, 0, 2,
            0, 3, b'l', b'a', b'b', 0, 2, b'k', b'v', 0, 2, b'i', b'd', 0, 2, 0, 1, b'v', 0, 0x0D,
        ]);
        assert_eq!(prepare(&mut answers, SELECT).0, id);
        assert_ne!(prepare(&mut answers, &SELECT.to_lowercase()).0, id);
    }

    #[test]
    fn an_executed_select_has_the_key_of_the_request() {
        let mut answers = answers(None);
        let (id, _) = prepare(&mut answers, SELECT);
        let value = [0, 1, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0x2A];
        let (opcode, body) = execute(&mut answers, &id, 0x03, &value);
        assert_eq!(opcode, opcode::RESULT);
        #[rustfmt::skip]
        assert_eq!(body, [
            &[0, 0, 0, 2, 0, 0, 0, 4, 0, 0, 0, 2, 0, 0, 0, 1][..],
            &[0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0x2A],
            &[0, 0, 0, 16], b"0123456789abcdef",
        ].concat());
        let (_, with_metadata) = execute(&mut answers, &id, 0x01, &value);
        assert_eq!(with_metadata[..12], [0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2]);
        assert_eq!(with_metadata[with_metadata.len() - 32..], body[body.len() - 32..]);
    }

    #[test]
    fn a_page_ends_where_the_rows_do() {
        let mut answers = answers(None);
        let (id, _) = prepare(&mut answers, "SELECT id FROM lab.big");
        let (_, first) = execute(&mut answers, &id, 0x06, &[0, 0, 0, 3]);
        assert_eq!(first[4..12], [0, 0, 0, 6, 0, 0, 0, 1]);
        assert_eq!(first[12..28], [0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 3]);
        assert_eq!(first.len(), 28 + 3 * 12);
        let rest = [&[0, 0, 0, 3][..], &first[12..24]].concat();
        let (_, last) = execute(&mut answers, &id, 0x0E, &rest);
        assert_eq!(last[4..16], [0, 0, 0, 4, 0, 0, 0, 1, 0, 0, 0, 2]);
        assert_eq!(last[last.len() - 8..], [0, 0, 0, 0, 0, 0, 0, 4]);
    }

    #[test]
    fn an_unknown_id_is_told_back() {
        let mut answers = answers(None);
        let (mut id, _) = prepare(&mut answers, SELECT);
        id[0] ^= 1;
        let (opcode, body) = execute(&mut answers, &id, 0, &[]);
        assert_eq!((opcode, &body[..4]), (opcode::ERROR, &[0, 0, 0x25, 0][..]));
        assert_eq!(body[body.len() - ID..], id);
    }

    #[test]
    fn every_other_statement_can_be_prepared_and_is_answered_with_nothing() {
        let mut answers = answers(None);
        let (id, rest) = prepare(&mut answers, "DELETE FROM other.thing");
        assert_eq!(rest, [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0, 0]);
        assert_eq!(execute(&mut answers, &id, 0, &[]), (opcode::RESULT, VOID.to_vec()));
    }

    #[test]
    fn errors_are_spread_evenly_and_spare_the_tables_of_the_system() {
        let mut answers = answers(Some((0x1001, 25.0)));
        let (id, _) = prepare(&mut answers, "INSERT INTO lab.kv (id, v) VALUES (1, 'x')");
        let opcodes: Vec<_> = (0..8).map(|_| execute(&mut answers, &id, 0, &[]).0).collect();
        assert_eq!(opcodes, [8, 8, 8, 0, 8, 8, 8, 0]);
        let (id, _) = prepare(&mut answers, "SELECT * FROM system.peers");
        assert!((0..8).all(|_| execute(&mut answers, &id, 0, &[]).0 == opcode::RESULT));
    }
}
