//! The session against the fake driver: every test under each order of completion and each runtime.
//!
//! A test's name is `personality::runtime::test`. Those that bring several runtimes are
//! `personality::across_runtimes::test`, those that poll by hand `personality::polled_by_hand::test`
//! and `personality::ahead_of_polls::test`;
//! what has no runtime in it is `courier::…`, `log::…`, `lost::…` or `spans::…`.

#[path = "../harness/mod.rs"]
mod harness;

mod across;
mod ahead;
mod answers;
mod batches;
#[path = "../../crates/callback-bridge/tests/support/mod.rs"]
#[allow(dead_code, reason = "what panics is wanted here, and no more")]
mod bombs;
mod by_hand;
mod cache;
mod callers;
mod cell;
mod closing;
mod connecting;
mod context;
mod courier;
mod dropping;
mod errors;
mod gathered;
mod limits;
mod log;
mod many;
mod metrics;
mod requests;
mod settings;
mod spans;
mod storm;
mod streams;
mod tasks;
mod transactions;
mod wakers;

use cell::Cell;

/// The tests of one cell, a personality under a runtime.
macro_rules! tests {
    ($personality:ident $runtime:ident) => {
        use super::*;
        const HERE: Cell = Cell::new(stringify!($personality), stringify!($runtime));

        #[test]
        fn connects_and_closes() {
            HERE.shared(connecting::connects_and_closes)
        }
        #[test]
        fn refused_connects() {
            HERE.alone(connecting::refused)
        }
        #[test]
        fn connects_dropped_half_way() {
            HERE.alone(connecting::dropped_half_way)
        }
        #[test]
        fn connects_dropped_unpolled() {
            HERE.alone(connecting::dropped_unpolled)
        }

        #[test]
        fn void_results() {
            HERE.shared(requests::void)
        }
        #[test]
        fn rows_borrow_from_their_page() {
            HERE.shared(requests::rows_borrow)
        }
        #[test]
        fn prepared_and_bound() {
            HERE.shared(requests::prepared)
        }
        #[test]
        fn prepared_once_by_text() {
            HERE.alone(requests::cached)
        }
        #[test]
        fn one_prepare_for_many_callers() {
            HERE.alone(cache::one_prepare)
        }
        #[test]
        fn prepares_of_dropped_callers() {
            HERE.alone(cache::dropped_callers)
        }
        #[test]
        fn prepares_of_callers_that_were_woken() {
            HERE.alone(cache::woken_callers)
        }
        #[test]
        fn prepares_with_bad_wakers() {
            HERE.alone(cache::bad_wakers)
        }
        #[test]
        fn prepares_that_fail() {
            HERE.alone(cache::errors)
        }
        #[test]
        fn prepares_in_line() {
            HERE.alone(cache::in_line)
        }
        #[test]
        fn prepares_too_late() {
            HERE.alone(cache::late_callers)
        }
        #[test]
        fn prepares_and_close() {
            HERE.alone(cache::closed)
        }
        #[test]
        fn prepares_from_many_threads() {
            HERE.alone(cache::storm)
        }
        #[test]
        fn statements_that_go() {
            HERE.alone(cache::evictions)
        }

        #[test]
        fn rows_of_one_statement() {
            HERE.shared(many::all_rows)
        }
        #[test]
        fn rows_at_a_time() {
            HERE.alone(many::at_a_time)
        }
        #[test]
        fn rows_in_line() {
            HERE.alone(many::in_line)
        }
        #[test]
        fn rows_that_fail() {
            HERE.alone(many::errors)
        }
        #[test]
        fn rows_too_late() {
            HERE.alone(many::late)
        }
        #[test]
        fn rows_dropped() {
            HERE.alone(many::dropped)
        }
        #[test]
        fn rows_answered_one_by_one() {
            HERE.alone(many::wakes)
        }

        #[test]
        fn many_at_once() {
            HERE.shared(requests::many_at_once)
        }
        #[test]
        fn one_after_the_other() {
            HERE.shared(requests::one_after_the_other)
        }
        #[test]
        fn so_many_rows() {
            HERE.shared(requests::so_many_rows)
        }
        #[test]
        fn by_reference_twice() {
            HERE.shared(requests::by_reference)
        }
        #[test]
        fn a_full_queue() {
            HERE.alone(requests::full_queue)
        }

        #[test]
        fn figures() {
            HERE.shared(metrics::figures)
        }
        #[test]
        fn figures_in_flight() {
            HERE.alone(metrics::in_flight)
        }
        #[test]
        fn batches_of_all_kinds() {
            HERE.shared(batches::mixed)
        }
        #[test]
        fn batches_prepare_first() {
            HERE.alone(batches::prepares_first)
        }
        #[test]
        fn batches_refused() {
            HERE.alone(batches::refused)
        }
        #[test]
        fn batches_too_large() {
            HERE.alone(batches::too_large)
        }
        #[test]
        fn batches_after_by_reference() {
            HERE.shared(batches::after_by_reference)
        }
        #[test]
        fn batches_that_fail() {
            HERE.shared(batches::errors)
        }
        #[test]
        fn batches_dropped() {
            HERE.alone(batches::dropped)
        }
        #[test]
        fn batches_in_line() {
            HERE.alone(batches::in_line)
        }
        #[test]
        fn batches_too_late() {
            HERE.alone(batches::late)
        }
        #[test]
        fn batches_and_close() {
            HERE.alone(batches::closed)
        }
        #[test]
        fn batches_and_their_dropped_session() {
            HERE.alone(batches::session_dropped)
        }

        #[test]
        fn transactions() {
            HERE.shared(transactions::outcomes)
        }
        #[test]
        fn transactions_are_never_idempotent() {
            HERE.shared(transactions::never_idempotent)
        }

        #[test]
        fn tracing_ids() {
            HERE.shared(answers::tracing_ids)
        }
        #[test]
        fn payloads_both_ways() {
            HERE.shared(answers::payloads)
        }
        #[test]
        fn payloads_of_a_protocol_without() {
            HERE.shared(answers::no_payloads)
        }
        #[test]
        fn payloads_are_shared() {
            HERE.alone(answers::shared_payload)
        }
        #[test]
        fn coordinators_unknown() {
            HERE.shared(answers::coordinator)
        }
        #[test]
        fn statements_that_have_died() {
            HERE.alone(answers::dead_statements)
        }

        #[test]
        fn streams_over_pages() {
            HERE.shared(streams::over_pages)
        }
        #[test]
        fn streams_over_empty_pages() {
            HERE.alone(streams::over_empty_pages)
        }
        #[test]
        fn paging_states() {
            HERE.shared(streams::paging_states)
        }
        #[test]
        fn streams_that_fail() {
            HERE.shared(streams::failing)
        }
        #[test]
        fn streams_dropped_in_a_page() {
            HERE.alone(streams::dropped_in_a_page)
        }
        #[test]
        fn streams_dropped_while_fetching() {
            HERE.alone(streams::dropped_while_fetching)
        }
        #[test]
        fn streams_with_progress() {
            HERE.shared(streams::with_progress)
        }
        #[test]
        fn streams_resumed() {
            HERE.shared(streams::resumed)
        }
        #[test]
        fn streams_retried() {
            HERE.shared(streams::retried)
        }
        #[test]
        fn streams_that_lend() {
            HERE.shared(streams::lent)
        }
        #[test]
        fn streams_cancelled_at_each_next() {
            HERE.shared(streams::cancelled_at_each_next)
        }
        #[test]
        fn streams_in_little_memory() {
            HERE.alone(ahead::memory)
        }
        #[test]
        fn streams_with_late_pages() {
            HERE.alone(streams::late_pages)
        }
        #[test]
        fn streams_that_take_too_long() {
            HERE.alone(streams::late_streams)
        }
        #[test]
        fn pages_in_any_order() {
            HERE.shared(streams::pages_in_any_order)
        }

        #[test]
        fn server_errors() {
            HERE.shared(errors::server)
        }
        #[test]
        fn driver_errors() {
            HERE.shared(errors::driver)
        }
        #[test]
        fn other_errors() {
            HERE.shared(errors::others)
        }
        #[test]
        fn syntax_errors() {
            HERE.shared(errors::syntax)
        }
        #[test]
        fn errors_leave_nothing() {
            HERE.alone(errors::leave_nothing)
        }

        #[test]
        fn close_lets_requests_finish() {
            HERE.alone(closing::requests_finish)
        }
        #[test]
        fn close_twice() {
            HERE.shared(closing::twice)
        }
        #[test]
        fn close_from_two_tasks() {
            HERE.alone(closing::from_two_tasks)
        }
        #[test]
        fn close_while_others_submit() {
            HERE.alone(closing::while_others_submit)
        }
        #[test]
        fn close_dropped_after_its_start() {
            HERE.alone(closing::dropped)
        }
        #[test]
        fn close_in_time_or_not() {
            HERE.alone(closing::deadline)
        }
        #[test]
        fn close_of_what_never_ends() {
            HERE.alone_leaving(closing::NEVER, closing::never_in_flight)
        }
        #[test]
        fn nothing_after_close() {
            HERE.shared(closing::use_after)
        }

        #[test]
        fn all_that_waits_with_a_completion_queue() {
            HERE.shared(gathered::all_that_waits)
        }
        #[test]
        fn failures_close_nothing() {
            HERE.shared(context::failures_close_nothing)
        }
        #[test]
        fn sessions_end_alone() {
            HERE.alone(context::sessions_end_alone)
        }

        #[test]
        fn session_dropped_in_flight() {
            HERE.alone(dropping::session_in_flight)
        }
        #[test]
        fn requests_keep_their_session() {
            HERE.alone(dropping::requests_keep_their_session)
        }
        #[test]
        fn requests_dropped_unpolled() {
            HERE.alone(dropping::unpolled)
        }
        #[test]
        fn requests_dropped_in_flight() {
            HERE.alone(dropping::in_flight)
        }
        #[test]
        fn requests_dropped_as_they_are_answered() {
            HERE.alone(dropping::as_answered)
        }
        #[test]
        fn requests_dropped_when_done() {
            HERE.alone(dropping::done)
        }
        #[test]
        fn prepares_dropped_in_flight() {
            HERE.alone(dropping::prepares)
        }
        #[test]
        fn last_handle_dropped_by_a_wake() {
            HERE.alone(dropping::by_a_wake)
        }

        #[test]
        fn everything_dropped_in_any_order() {
            HERE.alone(storm::any_order)
        }
        #[test]
        fn last_handle_in_a_waker() {
            HERE.alone(storm::last_handle_in_a_waker)
        }
        #[test]
        fn connects_dropped_at_any_moment() {
            HERE.alone(storm::connects_dropped_at_any_moment)
        }

        #[test]
        fn more_than_the_queue_holds() {
            HERE.alone(limits::more_than_the_queue_holds)
        }
        #[test]
        fn no_full_queue() {
            HERE.alone(limits::no_full_queue)
        }
        #[test]
        fn first_come_first_served() {
            HERE.alone(limits::first_come_first_served)
        }
        #[test]
        fn a_turn_not_taken_goes_on() {
            HERE.alone(limits::a_turn_not_taken_goes_on)
        }
        #[test]
        fn everything_needs_a_place() {
            HERE.alone(limits::everything_needs_a_place)
        }
        #[test]
        fn refused_rather_than_late() {
            HERE.alone(limits::refused_rather_than_late)
        }
        #[test]
        fn close_sends_the_line_away() {
            HERE.alone(limits::close_sends_the_line_away)
        }
        #[test]
        fn deadlines() {
            HERE.alone_leaving(limits::NEVER, limits::deadlines)
        }

        #[test]
        fn wakers_that_panic() {
            HERE.alone(wakers::panicking)
        }
        #[test]
        fn the_last_waker_counts() {
            HERE.alone(wakers::the_last_counts)
        }
    };
}

/// The tests of a personality that bring runtimes of their own.
macro_rules! across {
    ($personality:ident) => {
        use super::*;
        const HERE: Cell = Cell::new(stringify!($personality), "futures_executor");

        #[test]
        fn two_runtimes_share_a_session() {
            HERE.alone(across::two_share)
        }
        #[test]
        fn futures_move_between_runtimes() {
            HERE.alone(across::moved)
        }
        #[test]
        fn callers_of_one_prepare() {
            HERE.alone(across::shared_prepare)
        }
        #[test]
        fn the_last_runtime_is_woken() {
            HERE.alone(across::moved_while_held)
        }
        #[test]
        fn a_runtime_ends_at_work() {
            HERE.alone(across::ended_at_work)
        }
        #[test]
        fn a_runtime_ends_with_requests_in_flight() {
            HERE.alone(across::ended_in_flight)
        }
    };
}

/// The tests of a personality that poll by hand: no runtime changes what they see.
macro_rules! by_hand {
    ($personality:ident) => {
        use super::*;
        const HERE: Cell = Cell::new(stringify!($personality), "pollster");

        #[test]
        fn deaf_requests() {
            HERE.alone(by_hand::deaf_requests)
        }
        #[test]
        fn a_full_queue() {
            HERE.alone(by_hand::full)
        }
        #[test]
        fn requests_that_come_back_after_all() {
            HERE.alone(by_hand::come_back)
        }
        #[test]
        fn a_close_on_its_way() {
            HERE.alone(by_hand::close_on_its_way)
        }
        #[test]
        fn answered_one_by_one() {
            HERE.alone(by_hand::answered_one_by_one)
        }
        #[test]
        fn batches_without_room() {
            HERE.alone(batches::no_room)
        }
        #[test]
        fn rows_and_what_they_allocate() {
            HERE.alone(many::allocations)
        }
        #[test]
        fn polled_inside_wake() {
            HERE.alone(by_hand::polled_inside_wake)
        }
        #[test]
        fn two_wakers_in_turn() {
            HERE.alone(by_hand::two_wakers_in_turn)
        }
        #[test]
        fn bad_wakers() {
            HERE.alone(by_hand::bad_wakers)
        }
        #[test]
        fn session_dropped_in_a_callback() {
            HERE.alone(by_hand::session_dropped_in_a_callback)
        }
        #[test]
        fn damaged_pages() {
            HERE.alone(by_hand::damaged_pages)
        }
        #[test]
        fn last_page_fails() {
            HERE.alone(by_hand::last_page_fails)
        }
        #[test]
        fn every_code() {
            HERE.alone(by_hand::every_code)
        }
        #[test]
        fn no_use_of_the_unconnected() {
            HERE.alone(by_hand::no_use_of_the_unconnected)
        }
        #[test]
        fn deaf_connect() {
            HERE.alone_leaving(by_hand::DEAF, by_hand::deaf_connect)
        }
        #[test]
        fn deaf_close() {
            HERE.alone_leaving(by_hand::DEAF, by_hand::deaf_close)
        }
        #[test]
        fn never() {
            HERE.alone_leaving(by_hand::NEVER, by_hand::never)
        }
    };
}

/// The tests of pages that are asked for ahead: no runtime changes what they see.
macro_rules! pages_ahead {
    ($personality:ident) => {
        use super::*;
        const HERE: Cell = Cell::new(stringify!($personality), "futures_executor");

        #[test]
        fn pages_are_asked_for_unpolled() {
            HERE.alone(ahead::unpolled)
        }
        #[test]
        fn pages_of_a_large_table() {
            HERE.alone(ahead::large_table)
        }
        #[test]
        fn many_pages_dropped() {
            HERE.alone(ahead::many_dropped)
        }
        #[test]
        fn pages_let_others_first() {
            HERE.alone(ahead::others_first)
        }
        #[test]
        fn pages_and_close() {
            HERE.alone(ahead::closed)
        }
        #[test]
        fn pages_dropped_with_their_session() {
            HERE.alone(ahead::dropped_with_its_session)
        }
        #[test]
        fn pages_that_fail_on_the_spot() {
            HERE.alone(ahead::failed_on_the_spot)
        }
        #[test]
        fn streams_dropped_at_any_moment() {
            HERE.alone(streams::dropped_at_any_moment)
        }
        #[test]
        fn empty_pages_without_end() {
            HERE.alone(streams::empty_without_end)
        }
    };
}

macro_rules! under {
    ($($personality:ident)*) => { $(mod $personality {
        use super::*;
        mod polled_by_hand { by_hand!($personality); }
        mod ahead_of_polls { pages_ahead!($personality); }
        mod across_runtimes { across!($personality); }
        mod tokio_multi_thread { tests!($personality tokio_multi_thread); }
        mod tokio_current_thread { tests!($personality tokio_current_thread); }
        mod async_std { tests!($personality async_std); }
        mod smol { tests!($personality smol); }
        mod futures_executor { tests!($personality futures_executor); }
        mod pollster { tests!($personality pollster); }
        mod inline_on_wake { tests!($personality inline_on_wake); }
        mod driver_threads { tests!($personality driver_threads); }
    })* };
}

/// What C is told, which no order of completion and no runtime changes.
mod told {
    use super::*;

    const HERE: Cell = Cell::new("late", "pollster");

    #[test]
    fn nothing_that_was_not_set() {
        HERE.alone(settings::defaults)
    }
    #[test]
    fn every_setting_of_a_session() {
        HERE.alone(settings::of_session)
    }
    #[test]
    fn every_setting_of_a_profile() {
        HERE.alone(settings::of_profile)
    }
    #[test]
    fn options_of_requests() {
        HERE.alone(settings::of_requests)
    }
    #[test]
    fn what_is_refused_is_told_at_once() {
        HERE.alone(settings::refused)
    }
}

/// What C never answers, in any order of completion.
mod lost {
    use super::*;

    #[test]
    fn speculation_has_a_deadline() {
        Cell::new("late", "pollster").alone_leaving(by_hand::LOST, by_hand::speculation)
    }
}

/// What has no runtime in it.
mod storms {
    use super::*;

    #[test]
    fn a_million_requests_dropped_late() {
        Cell::new("late", "pollster").alone(storm::million)
    }
    #[test]
    fn a_million_requests_dropped_unset() {
        Cell::new("unset", "pollster").alone(storm::million)
    }
    #[test]
    fn a_million_requests_dropped_inline() {
        Cell::new("inline", "pollster").alone(storm::million)
    }
}

under!(inline late unset locked bursts threads);
