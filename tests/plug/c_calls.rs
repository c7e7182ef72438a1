//! The `unsafe` of these tests, which the public API cannot do: C functions that no safe call leads
//! to while the driver lacks them, and a kernel filter.

/// Calls a C function that a test's driver may lack.
pub fn call_optional() -> i32 {
    // SAFETY: takes no argument, and touches nothing in the tests' libraries; in a real driver it
    // makes an object, which is leaked. The pointer is only looked at as a number.
    let made = unsafe { cassandra_cpp_sys::cass_ssl_new() };
    made as usize as i32
}

/// Makes a session's objects and lets their threads run into the end of the process.
pub fn connect_to_nobody() {
    use cassandra_cpp_sys as sys;
    // SAFETY: objects of the C API used in its order; none is freed, as is allowed.
    unsafe {
        let cluster = sys::cass_cluster_new();
        sys::cass_cluster_set_contact_points(cluster, c"127.0.0.1".as_ptr());
        sys::cass_cluster_set_port(cluster, 1);
        sys::cass_cluster_set_num_threads_io(cluster, 4);
        let future = sys::cass_session_connect(sys::cass_session_new(), cluster);
        sys::cass_future_wait(future);
        // A second one, whose connect is under way when the process ends.
        sys::cass_session_connect(sys::cass_session_new(), cluster);
    }
}

/// Forbids this process to make anonymous files in memory: the call fails with EPERM from here on.
pub fn forbid_memory_files() {
    let op = |code: u32, jt, jf, k| libc::sock_filter { code: code as u16, jt, jf, k };
    let (load, equal, give) = (
        libc::BPF_LD | libc::BPF_W | libc::BPF_ABS,
        libc::BPF_JMP | libc::BPF_JEQ | libc::BPF_K,
        libc::BPF_RET | libc::BPF_K,
    );
    let mut filter = [
        op(load, 0, 0, 0),
        op(equal, 0, 1, libc::SYS_memfd_create as u32),
        op(give, 0, 0, libc::SECCOMP_RET_ERRNO | libc::EPERM as u32),
        op(give, 0, 0, libc::SECCOMP_RET_ALLOW),
    ];
    let program = libc::sock_fprog { len: 4, filter: filter.as_mut_ptr() };
    // SAFETY: the kernel copies a valid program of four instructions.
    unsafe {
        assert_eq!(libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), 0);
        assert_eq!(
            libc::prctl(libc::PR_SET_SECCOMP, libc::SECCOMP_MODE_FILTER, &raw const program),
            0
        );
    }
}
