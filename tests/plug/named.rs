//! A library that is named, by the program or by the variable: it is used, or it is an error that
//! says why.

use crate::alone::alone;
use crate::libraries::{driver, folder, functions, library};
use async_cassandra::driver::{self, LoadError, LoadErrorKind, Source};
use async_cassandra::{ErrorKind, Session};
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

const VARIABLE: &str = "ASYNC_CASSANDRA_DRIVER";

/// Loading fails, leaves nothing loaded, and names the library and a way out.
fn refused(result: Result<&driver::Info, LoadError>, named: &Path) -> LoadErrorKind {
    let error = result.expect_err("this is no driver");
    assert!(driver::info().is_none(), "something was loaded instead");
    let text = error.to_string();
    assert!(text.contains(&*named.to_string_lossy()), "{text}");
    assert!(text.contains("Ways out"), "{text}");
    assert_eq!(error.tried().len(), 1, "a named library is the only place: {text}");
    println!("{text}");
    error.kind().clone()
}

#[test]
fn a_variable_that_names_no_file_is_an_error_and_no_fall_back() {
    let missing = Path::new("/nowhere/libcassandra.so.2");
    let name = "named::a_variable_that_names_no_file_is_an_error_and_no_fall_back";
    alone(
        name,
        |child| _ = child.env(VARIABLE, missing),
        || {
            assert_eq!(refused(driver::load(), missing), LoadErrorKind::NotFound);
            let error = driver::load().expect_err("the second time too");
            assert_eq!(error.tried()[0].place(), Some(&Source::Variable(missing.into())));
            // The program may still name another one.
            let info = driver::load_from(driver()).expect("the prepared driver loads");
            assert_eq!(info.source(), &Source::Path(driver()));
        },
    );
}

#[test]
fn a_connect_without_a_driver_is_an_error_that_says_what_was_tried() {
    let name = "named::a_connect_without_a_driver_is_an_error_that_says_what_was_tried";
    alone(
        name,
        |child| _ = child.env(VARIABLE, "/nowhere/driver.so"),
        || {
            let result =
                pollster::block_on(Session::builder().contact_points(["127.0.0.1"]).connect());
            let error = result.expect_err("there is no driver");
            let ErrorKind::NoDriver(why) = error.kind() else { panic!("{error:?}") };
            assert_eq!(why.kind(), &LoadErrorKind::NotFound);
            assert!(error.to_string().contains("/nowhere/driver.so"), "{error}");
            println!("{error}");
        },
    );
}

#[test]
fn a_bare_name_is_searched_by_the_systems_loader() {
    let name = "named::a_bare_name_is_searched_by_the_systems_loader";
    let set_up = |child: &mut std::process::Command| {
        child.env("LD_LIBRARY_PATH", driver().parent().expect("it lies in a folder"));
    };
    alone(name, set_up, || {
        let nothing = Path::new("libno-such-driver.so.9");
        assert_eq!(refused(driver::load_from(nothing), nothing), LoadErrorKind::NotFound);
        let info = driver::load_from("libcassandra.so.2").expect("the loader's path leads to it");
        assert_eq!(info.file(), Some(&*driver().canonicalize().expect("it is there")));
    });
}

#[test]
fn what_is_no_library_of_this_machine_is_refused() {
    let name = "named::what_is_no_library_of_this_machine_is_refused";
    alone(
        name,
        |_| {},
        || {
            let folder = folder(name);
            let whole = fs::read(driver()).expect("the prepared driver is there");
            let mut foreign = whole.clone();
            foreign[18] = 0xb7;
            let mut damaged = whole.clone();
            damaged[54] = 1;
            let broken: [(&str, &[u8]); 7] = [
            ("empty", b""),
            ("text", b"This is no library, however long the sentence that says so may have to be for it."),
            ("header-only", &whole[..64]),
            ("cut-in-headers", &whole[..100]),
            ("cut-in-half", &whole[..whole.len() / 2]),
            ("foreign", &foreign),
            ("damaged", &damaged),
        ];
            for (file, content) in broken {
                let path = folder.join(file);
                fs::write(&path, content).expect("the folder can be written");
                assert_eq!(refused(driver::load_from(&path), &path), LoadErrorKind::NotALibrary);
            }
            assert_eq!(refused(driver::load_from(&folder), &folder), LoadErrorKind::NotALibrary);
            let below_a_file = folder.join("text/libcassandra.so.2");
            assert_eq!(
                refused(driver::load_from(&below_a_file), &below_a_file),
                LoadErrorKind::NotFound
            );
        },
    );
}

#[test]
fn a_library_that_the_system_cannot_load_is_refused() {
    let name = "named::a_library_that_the_system_cannot_load_is_refused";
    alone(
        name,
        |_| {},
        || {
            let folder = folder(name);
            let needed = folder.join("libneeded-and-gone.so");
            library(&needed, &["needed"], &["-Wl,-soname,libneeded-and-gone.so"]);
            let path = folder.join("libdriver.so");
            let needed_path = needed.to_str().expect("the path is text");
            library(&path, &functions(true), &["-Wl,--no-as-needed", needed_path]);
            fs::remove_file(&needed).expect("it was made above");
            let error = driver::load_from(&path).expect_err("a library is missing");
            assert!(error.to_string().contains("libneeded-and-gone.so"), "{error}");
            assert_eq!(refused(Err(error), &path), LoadErrorKind::Refused);
            let program = std::env::current_exe().expect("this program has a file");
            assert_eq!(refused(driver::load_from(&program), &program), LoadErrorKind::Refused);
        },
    );
}

#[test]
fn a_library_without_the_core_functions_is_refused_with_their_names() {
    let name = "named::a_library_without_the_core_functions_is_refused_with_their_names";
    alone(
        name,
        |_| {},
        || {
            let folder = folder(name);
            let path = folder.join("libother.so");
            library(&path, &["cass_error_desc"], &[]);
            let core = functions(true);
            let all_but_one =
                core.iter().copied().filter(|name| *name != "cass_error_desc").collect();
            let kind = LoadErrorKind::MissingCore { functions: all_but_one };
            assert_eq!(refused(driver::load_from(&path), &path), kind);

            let path = folder.join("libnearly.so");
            let nearly: Vec<_> =
                core.iter().copied().filter(|name| *name != "cass_future_wait").collect();
            library(&path, &nearly, &[]);
            let kind = LoadErrorKind::MissingCore { functions: vec!["cass_future_wait"] };
            assert_eq!(refused(driver::load_from(&path), &path), kind);
        },
    );
}

#[test]
fn the_prepared_files_are_a_driver() {
    let name = "named::the_prepared_files_are_a_driver";
    alone(
        name,
        |child| _ = child.env(VARIABLE, driver()),
        || {
            let info = driver::load().expect("the prepared driver loads");
            assert_eq!(info.source(), &Source::Variable(driver()));
            assert!(info.has("cass_cluster_set_load_balance_rack_aware_n"));
            assert!(!info.has("cass_no_such_function"));
        },
    );
}

#[test]
fn the_prepared_files_carry_no_debug_information() {
    let whole = fs::read(driver()).expect("the prepared driver is there");
    assert!(whole.len() < 5_000_000, "{} bytes", whole.len());
    let has = |text: &[u8]| whole.windows(text.len()).any(|window| window == text);
    assert!(has(b".text\0") && !has(b".debug_info\0") && !has(b".symtab\0"));
}

#[test]
fn one_driver_is_loaded_and_another_one_is_an_error() {
    let name = "named::one_driver_is_loaded_and_another_one_is_an_error";
    alone(
        name,
        |_| {},
        || {
            let folder = folder(name);
            let path = folder.join("libcassandra.so.2.99.1");
            library(&path, &functions(false), &[]);
            let first = driver::load_from(&path).expect("all functions are there");
            assert_eq!(first.version(), Some("2.99.1"));
            assert_eq!(first.missing(), &[] as &[&str]);

            let link = folder.join("libcassandra.so.2");
            symlink(&path, &link).expect("the folder can be written");
            for again in [driver::load(), driver::load_from(&path), driver::load_from(&link)] {
                assert!(std::ptr::eq(again.expect("it is the same library"), first));
            }
            let other = driver();
            let error = driver::load_from(&other).expect_err("it is another library");
            let (loaded, asked) = (Source::Path(path), Source::Path(other));
            assert_eq!(error.kind(), &LoadErrorKind::AlreadyLoaded { loaded, asked });
            assert!(std::ptr::eq(driver::info().expect("the first stays"), first));
        },
    );
}

#[test]
fn the_embedded_driver_is_not_replaced_by_a_path() {
    let name = "named::the_embedded_driver_is_not_replaced_by_a_path";
    alone(
        name,
        |_| {},
        || {
            driver::load().expect("the embedded driver loads");
            let error =
                driver::load_from(PathBuf::from("/nowhere")).expect_err("another one is loaded");
            let expected = LoadErrorKind::AlreadyLoaded {
                loaded: Source::Embedded,
                asked: Source::Path("/nowhere".into()),
            };
            assert_eq!(error.kind(), &expected);
            println!("{error}");
        },
    );
}
