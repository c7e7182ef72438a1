use cassandra_cpp_sys::*;
fn main() {
    let t = std::time::Instant::now();
    let info = async_cassandra::driver::load();
    eprintln!("{:?}", t.elapsed());
    match info { Ok(i) => println!("{i}\n{:?}", i.missing()), Err(e) => { println!("{e}\n{e:?}"); std::process::exit(1) } }
    let port: i32 = std::env::args().nth(1).map_or(19042, |a| a.parse().unwrap());
    unsafe {
        let c = cass_cluster_new();
        cass_cluster_set_contact_points(c, c"127.0.0.1".as_ptr());
        cass_cluster_set_port(c, port);
        cass_cluster_set_protocol_version(c, 4);
        let s = cass_session_new();
        let f = cass_session_connect(s, c);
        println!("{:?}", cass_future_error_code(f));
        let st = cass_statement_new(c"SELECT release_version FROM system.local".as_ptr(), 0);
        let r = cass_session_execute(s, st);
        println!("{:?}", cass_future_error_code(r));
        let ssl = cass_ssl_new(); println!("{ssl:p}"); cass_ssl_free(ssl);
    }
}
