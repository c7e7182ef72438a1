//! How nodes end: with their program, whatever happens to it.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::child::Program;
use crate::scratch::{Scratch, processes_with, runs};
use crate::{own_node, wait_until};

/// The folder of a node, from the path of its log.
fn folder(log: &str) -> PathBuf {
    Path::new(log).parent().unwrap().parent().unwrap().to_owned()
}

fn hear_node(program: &mut Program) -> (u32, PathBuf) {
    let pid = program.hear().parse().unwrap();
    let folder = folder(&program.hear());
    assert!(runs(pid), "the node runs as long as its program");
    assert!(folder.is_dir());
    (pid, folder)
}

#[test]
fn a_program_that_is_killed_takes_its_node_along() {
    let _guard = own_node();
    let mut program = Program::start("start and stay", "killed", |_| {});
    let (node, folder) = hear_node(&mut program);
    program.kill();
    wait_until("the node is gone", || !runs(node));
    wait_until("its folder is gone", || !folder.exists());
}

#[test]
fn a_paused_node_dies_with_its_program_too() {
    let _guard = own_node();
    let mut program = Program::start("start, pause and stay", "paused", |_| {});
    let (node, folder) = hear_node(&mut program);
    program.kill();
    wait_until("the node is gone", || !runs(node));
    wait_until("its folder is gone", || !folder.exists());
}

#[test]
fn so_does_a_node_that_was_restarted() {
    let _guard = own_node();
    let mut program = Program::start("start, restart and stay", "restarted", |_| {});
    let (node, folder) = hear_node(&mut program);
    program.kill();
    wait_until("the node is gone", || !runs(node));
    wait_until("its folder is gone", || !folder.exists());
}

#[test]
fn the_folder_of_a_node_that_was_killed_before_goes_with_the_program() {
    let _guard = own_node();
    let mut program = Program::start("start, kill and stay", "killed before", |_| {});
    let node = program.hear().parse().unwrap();
    let folder = folder(&program.hear());
    assert!(!runs(node) && folder.is_dir(), "it could be restarted");
    program.kill();
    wait_until("its folder is gone", || !folder.exists());
}

#[test]
fn a_program_that_is_killed_during_the_start_takes_its_node_along() {
    let _guard = own_node();
    let marker = format!("during-the-start-{}", std::process::id());
    let mut program = Program::start("say starting and stay", &marker, |_| {});
    assert_eq!(program.hear(), "starting");
    let java = || processes_with(&format!("-Dtest.marker={marker}"));
    wait_until("java has been started", || !java().is_empty());
    program.kill();
    wait_until("java is gone", || java().is_empty());
}

#[test]
fn ctrl_c_takes_the_node_along() {
    let _guard = own_node();
    let mut program = Program::start("start and stay", "interrupted", |_| {});
    let (node, folder) = hear_node(&mut program);
    // As a terminal does: to the whole group of the program.
    let group = format!("-{}", program.id());
    assert!(Command::new("kill").args(["-INT", "--", &group]).status().unwrap().success());
    program.wait();
    wait_until("the node is gone", || !runs(node));
    wait_until("its folder is gone", || !folder.exists());
}

#[test]
fn a_shared_node_ends_with_a_program_that_returns() {
    let _guard = own_node();
    let mut program = Program::start("share and return", "shared", |_| {});
    let node: u32 = program.hear().parse().unwrap();
    let folder = folder(&program.hear());
    program.wait();
    wait_until("the node is gone", || !runs(node));
    wait_until("its folder is gone", || !folder.exists());
}

#[test]
fn what_even_the_janitor_left_is_removed_by_the_next_start() {
    let _guard = own_node();
    let scratch = Scratch::new();
    let temporary = scratch.folder("tmp");
    let in_scratch = |command: &mut Command| {
        command.env("TMPDIR", &temporary);
    };
    let mut program = Program::start("start and stay", "no janitor", in_scratch);
    let (node, folder) = hear_node(&mut program);
    let janitors = processes_with("embedded-cassandra-janitor");
    let path = folder.to_str().unwrap().to_owned();
    let janitor = *janitors
        .iter()
        .find(|&&janitor| processes_with(&path).contains(&janitor))
        .expect("the node has a janitor");
    let killed = Command::new("kill").args(["-KILL", &janitor.to_string()]).status().unwrap();
    assert!(killed.success());
    program.kill();
    wait_until("the node is gone", || !runs(node));
    assert!(folder.is_dir(), "nobody is left to remove it");
    let mut next = Program::start("start", "after", in_scratch);
    assert!(next.hear().starts_with("started"));
    assert!(!folder.exists());
}
