//! The entries: for each function of the C driver one symbol that jumps through a slot of a table.
//!
//! The declarations of cassandra-cpp-sys bind to these symbols, and the loader fills the table. A
//! call costs one indirect jump, as through a PLT. Each slot starts at a trap that prints the
//! function's name and aborts, written in assembly too, so that it needs nothing that might not be
//! set up. All symbols are hidden: neither another library of the process nor the driver itself can
//! bind to them.

use crate::target::Target;
use std::{fmt::Write, fs, path::Path};

/// One line of `vendor/functions.txt`.
pub struct Function {
    name: String,
    core: bool,
}

impl Function {
    pub fn name(&self) -> &str {
        &self.name
    }

    pub fn is_core(&self) -> bool {
        self.core
    }
}

/// Reads the list, which must be sorted.
pub fn functions() -> Vec<Function> {
    let list = fs::read_to_string("vendor/functions.txt")
        .expect("vendor/functions.txt is part of the package");
    let lines = list.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    let functions: Vec<_> = lines
        .map(|line| {
            let (name, mark) = line.split_once(' ').unwrap_or((line, ""));
            assert!(mark.is_empty() || mark == "core", "vendor/functions.txt: what is `{mark}`?");
            Function { name: name.to_owned(), core: mark == "core" }
        })
        .collect();
    assert!(
        functions.windows(2).all(|pair| pair[0].name < pair[1].name),
        "vendor/functions.txt is not sorted"
    );
    functions
}

/// Writes `functions.rs`: the names in the order of the table, which of them are core, and for a
/// driver that is linked, which of them it lacks.
pub fn write_names(functions: &[Function], missing: &[usize], out: &Path) {
    let mut text = format!("static NAMES: [&std::ffi::CStr; {}] = [\n", functions.len());
    for function in functions {
        add(&mut text, format_args!("    c\"{}\",\n", function.name));
    }
    let count = functions.len();
    text.push_str("];\n#[cfg(not(async_cassandra_linked))]\n");
    add(&mut text, format_args!("static CORE: [bool; {count}] = [\n"));
    for function in functions {
        add(&mut text, format_args!("    {},\n", function.core));
    }
    text.push_str("];\n#[cfg(async_cassandra_linked)]\n");
    add(&mut text, format_args!("static MISSING: [usize; {}] = {missing:?};\n", missing.len()));
    fs::write(out.join("functions.rs"), text).expect("OUT_DIR can be written");
}

/// Writes the entries, traps and table as assembly, and links them into the crate.
pub fn assemble(functions: &[Function], target: &Target, out: &Path) {
    let machine = if target.is_x86_64() { &X86_64 } else { &AARCH64 };
    let source = out.join("entries.s");
    fs::write(&source, assembly(functions, machine)).expect("OUT_DIR can be written");
    cc::Build::new().file(&source).compile("async_cassandra_entries");
}

/// The instructions that differ between machines.
struct Machine {
    /// Jumps through the slot at byte offset `@`.
    entry: &'static str,
    /// Leaves the address and length of the name number `#` for the common trap, and goes there.
    trap: &'static str,
    /// Writes the name and a sentence to standard error, then aborts.
    common: &'static str,
}

const X86_64: Machine = Machine {
    entry: "  jmp *async_cassandra_entries+@(%rip)\n",
    trap: "
  leaq .Lname#(%rip), %r12
  movl $.Lend# - .Lname#, %r13d
  jmp .Ltrap
",
    // A function starts with the stack pointer 8 off a multiple of 16; nothing here returns.
    common: "
  subq $8, %rsp
  movl $2, %edi
  leaq .Lbefore(%rip), %rsi
  movl $.Lbefore_end - .Lbefore, %edx
  call write@PLT
  movl $2, %edi
  movq %r12, %rsi
  movl %r13d, %edx
  call write@PLT
  movl $2, %edi
  leaq .Lafter(%rip), %rsi
  movl $.Lafter_end - .Lafter, %edx
  call write@PLT
  call abort@PLT
",
};

const AARCH64: Machine = Machine {
    // `hint 34` is `bti c`: a landing place for indirect calls where the processor asks for one.
    entry: "  hint 34
  adrp x16, async_cassandra_entries+@
  ldr x16, [x16, :lo12:async_cassandra_entries+@]
  br x16
",
    trap: "
  hint 34
  adrp x19, .Lname#
  add x19, x19, :lo12:.Lname#
  mov x20, .Lend# - .Lname#
  b .Ltrap
",
    common: "
  mov x0, 2
  adrp x1, .Lbefore
  add x1, x1, :lo12:.Lbefore
  mov x2, .Lbefore_end - .Lbefore
  bl write
  mov x0, 2
  mov x1, x19
  mov x2, x20
  bl write
  mov x0, 2
  adrp x1, .Lafter
  add x1, x1, :lo12:.Lafter
  mov x2, .Lafter_end - .Lafter
  bl write
  bl abort
",
};

/// What the trap writes before and after the name.
const BEFORE: &str = "async-cassandra: ";
const AFTER: &str = " was called, but no C driver is loaded or the loaded one lacks it\\n";

fn assembly(functions: &[Function], machine: &Machine) -> String {
    // The texts come first: aarch64's assembler wants their lengths known where they are used.
    let mut text = format!(
        "  .section .rodata
.Lbefore:
  .ascii \"{BEFORE}\"
.Lbefore_end:
.Lafter:
  .ascii \"{AFTER}\"
.Lafter_end:
"
    );
    for (number, Function { name, .. }) in functions.iter().enumerate() {
        add(&mut text, format_args!(".Lname{number}:\n  .ascii \"{name}\"\n.Lend{number}:\n"));
    }
    add(&mut text, format_args!("  .text\n  .p2align 4\n.Ltrap:{}", machine.common));
    for number in 0..functions.len() {
        let code = machine.trap.replace('#', &number.to_string());
        add(&mut text, format_args!(".Ltrap{number}:{code}"));
    }
    for (number, Function { name, .. }) in functions.iter().enumerate() {
        add(&mut text, format_args!("  .p2align 4\n{}{name}:\n", hidden(name, "function")));
        text.push_str(&machine.entry.replace('@', &(number * 8).to_string()));
        add(&mut text, format_args!("  .size {name}, .-{name}\n"));
    }
    let table = "async_cassandra_entries";
    add(&mut text, format_args!("  .data\n  .p2align 6\n{}{table}:\n", hidden(table, "object")));
    for number in 0..functions.len() {
        add(&mut text, format_args!("  .quad .Ltrap{number}\n"));
    }
    add(&mut text, format_args!("  .size {table}, .-{table}\n"));
    text.push_str("  .section .note.GNU-stack,\"\",%progbits\n");
    text
}

/// Declares a symbol that other files of the program see and other libraries do not.
fn hidden(name: &str, kind: &str) -> String {
    format!("  .globl {name}\n  .hidden {name}\n  .type {name},%{kind}\n")
}

fn add(text: &mut String, more: std::fmt::Arguments<'_>) {
    text.write_fmt(more).expect("a string takes all");
}
