//! The entries: for each function of the C driver one symbol that jumps through a slot of a table.
//!
//! The declarations of cassandra-cpp-sys bind to these symbols, and the loader fills the table. A call costs one
//! indirect jump, as through a PLT. Each slot starts at a trap that prints the function's name and aborts, written in
//! assembly too, so that it needs nothing that might not be set up. All symbols are hidden: neither another library of
//! the process nor the driver itself can bind to them.

use crate::target::Target;
use std::{fmt::Write, fs, path::Path};

/// One line of `vendor/functions.txt`.
pub struct Function {
    name: String,
    core: bool,
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

/// Writes `functions.rs`: the names in the order of the table, and which of them are core.
pub fn write_names(functions: &[Function], out: &Path) {
    let mut text = format!("static NAMES: [&std::ffi::CStr; {}] = [\n", functions.len());
    for function in functions {
        writeln!(text, "    c\"{}\",", function.name).expect("writing to a string");
    }
    writeln!(
        text,
        "];\n#[cfg(not(async_cassandra_linked))]\nstatic CORE: [bool; {}] = [",
        functions.len()
    )
    .expect("writing to a string");
    for function in functions {
        writeln!(text, "    {},", function.core).expect("writing to a string");
    }
    text.push_str("];\n");
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
    trap: "  leaq .Lname#(%rip), %r12\n  movl $.Lend# - .Lname#, %r13d\n  jmp .Ltrap\n",
    // The stack pointer is off by 8 from a multiple of 16 at any function's start; nothing here returns.
    common: "  subq $8, %rsp
  movl $2, %edi\n  leaq .Lbefore(%rip), %rsi\n  movl $.Lbefore_end - .Lbefore, %edx\n  call write@PLT
  movl $2, %edi\n  movq %r12, %rsi\n  movl %r13d, %edx\n  call write@PLT
  movl $2, %edi\n  leaq .Lafter(%rip), %rsi\n  movl $.Lafter_end - .Lafter, %edx\n  call write@PLT
  call abort@PLT\n",
};

const AARCH64: Machine = Machine {
    // `hint 34` is `bti c`: a landing place for indirect calls where the processor asks for one.
    entry: "  hint 34\n  adrp x16, async_cassandra_entries+@
  ldr x16, [x16, :lo12:async_cassandra_entries+@]\n  br x16\n",
    trap: "  hint 34\n  adrp x19, .Lname#\n  add x19, x19, :lo12:.Lname#\n  mov x20, .Lend# - .Lname#\n  b .Ltrap\n",
    common: "  mov x0, 2\n  adrp x1, .Lbefore\n  add x1, x1, :lo12:.Lbefore\n  mov x2, .Lbefore_end - .Lbefore\n  bl write
  mov x0, 2\n  mov x1, x19\n  mov x2, x20\n  bl write
  mov x0, 2\n  adrp x1, .Lafter\n  add x1, x1, :lo12:.Lafter\n  mov x2, .Lafter_end - .Lafter\n  bl write
  bl abort\n",
};

fn assembly(functions: &[Function], machine: &Machine) -> String {
    // The trap's texts come first: aarch64's assembler wants the lengths known where they are used.
    let mut text = String::from("  .section .rodata\n");
    text.push_str(".Lbefore:\n  .ascii \"async-cassandra: \"\n.Lbefore_end:\n.Lafter:\n");
    text.push_str("  .ascii \" was called, but no C driver is loaded or the loaded one lacks it\\n\"\n.Lafter_end:\n");
    for (number, Function { name, .. }) in functions.iter().enumerate() {
        writeln!(text, ".Lname{number}:\n  .ascii \"{name}\"\n.Lend{number}:")
            .expect("writing to a string");
    }
    writeln!(text, "  .text\n  .p2align 4\n.Ltrap:\n{}", machine.common)
        .expect("writing to a string");
    for number in 0..functions.len() {
        let code = machine.trap.replace('#', &number.to_string());
        write!(text, ".Ltrap{number}:\n{code}").expect("writing to a string");
    }
    for (number, Function { name, .. }) in functions.iter().enumerate() {
        let code = machine.entry.replace('@', &(number * 8).to_string());
        write!(
            text,
            "  .globl {name}\n  .hidden {name}\n  .type {name},%function\n  .p2align 4\n{name}:\n{code}  .size {name}, .-{name}\n"
        )
        .expect("writing to a string");
    }
    let table = "async_cassandra_entries";
    let bytes = functions.len() * 8;
    writeln!(
        text,
        "  .data\n  .globl {table}\n  .hidden {table}\n  .type {table},%object\n  .size {table}, {bytes}\n  .p2align 6\n{table}:"
    )
    .expect("writing to a string");
    for number in 0..functions.len() {
        writeln!(text, "  .quad .Ltrap{number}").expect("writing to a string");
    }
    text.push_str("  .section .note.GNU-stack,\"\",%progbits\n");
    text
}
