//! The node's `cassandra.yaml`: what every node gets, what the crate decides, what the user adds.
//!
//! The user's text replaces settings by their top-level key, whole: nothing is merged inside a
//! setting. Only the outermost shape is looked at here; Cassandra itself refuses keys and values
//! that it does not know, and the error of the failed start shows its words.

use std::net::Ipv4Addr;
use std::path::Path;

use crate::error::{Error, Result};
use crate::release::Line;

const EXTRA: &str = "extra_yaml";

/// A small node that starts fast and does not mind large messages.
const DEFAULTS: &[(&str, &str)] = &[
    ("cluster_name", "embedded"),
    ("partitioner", "org.apache.cassandra.dht.Murmur3Partitioner"),
    ("endpoint_snitch", "GossipingPropertyFileSnitch"),
    ("num_tokens", "1"),
    // What is acknowledged survives the death of the process. Periodic sync would not do: what was
    // written since its last mark, up to 100 ms ago, is in the file and is not replayed.
    ("commitlog_sync", "batch"),
    ("commitlog_segment_size", "8MiB"),
    ("memtable_heap_space", "64MiB"),
    ("memtable_offheap_space", "64MiB"),
    ("concurrent_reads", "8"),
    ("concurrent_writes", "8"),
    ("native_transport_max_threads", "16"),
    ("concurrent_compactors", "1"),
    ("memtable_flush_writers", "1"),
    ("auto_snapshot", "false"),
    ("hinted_handoff_enabled", "false"),
    ("user_defined_functions_enabled", "true"),
    ("materialized_views_enabled", "true"),
    // By default fractions of the heap: with a small one the server would stop reading its sockets
    // at a few megabytes in flight.
    ("native_transport_max_request_data_in_flight", "256MiB"),
    ("native_transport_max_request_data_in_flight_per_ip", "256MiB"),
];

/// What a node with passwords gets besides. Nothing is cached, so tests see what they change.
const AUTH: &[(&str, &str)] = &[
    ("authenticator", "PasswordAuthenticator"),
    ("authorizer", "CassandraAuthorizer"),
    ("role_manager", "CassandraRoleManager"),
    ("roles_validity", "0ms"),
    ("permissions_validity", "0ms"),
    ("credentials_validity", "0ms"),
];

/// What 4.0 calls some of the above, and how it writes their values.
const OLD: &[(&str, &str, &str)] = &[
    ("commitlog_segment_size", "commitlog_segment_size_in_mb", "8"),
    ("memtable_heap_space", "memtable_heap_space_in_mb", "64"),
    ("memtable_offheap_space", "memtable_offheap_space_in_mb", "64"),
    ("user_defined_functions_enabled", "enable_user_defined_functions", "true"),
    ("materialized_views_enabled", "enable_materialized_views", "true"),
    (
        "native_transport_max_request_data_in_flight",
        "native_transport_max_concurrent_requests_in_bytes",
        "268435456",
    ),
    (
        "native_transport_max_request_data_in_flight_per_ip",
        "native_transport_max_concurrent_requests_in_bytes_per_ip",
        "268435456",
    ),
    ("roles_validity", "roles_validity_in_ms", "0"),
    ("permissions_validity", "permissions_validity_in_ms", "0"),
    ("credentials_validity", "credentials_validity_in_ms", "0"),
];

pub(crate) const CLIENT_ENCRYPTION: &str = "client_encryption_options";

/// Settings that the crate decides, with what to use instead.
const OURS: &[(&str, &str)] = &[
    ("listen_address", "use Builder::address"),
    ("listen_interface", "use Builder::address"),
    ("rpc_address", "use Builder::address"),
    ("rpc_interface", "use Builder::address"),
    ("native_transport_port", "use Builder::port"),
    ("storage_port", "it is chosen for each node"),
    ("seed_provider", "the nodes that are started together are the seeds"),
    ("start_native_transport", "a node that does not answer cannot become ready"),
    ("data_file_directories", "use Builder::data_dir"),
    ("local_system_data_file_directory", "use Builder::data_dir"),
    ("commitlog_directory", "use Builder::data_dir"),
    ("hints_directory", "use Builder::data_dir"),
    ("saved_caches_directory", "use Builder::data_dir"),
    ("cdc_raw_directory", "use Builder::data_dir"),
];

/// What differs from node to node.
pub(crate) struct Endpoint {
    pub(crate) address: Ipv4Addr,
    pub(crate) native_port: u16,
    /// The same for all nodes of a cluster.
    pub(crate) storage_port: u16,
    pub(crate) seeds: Vec<Ipv4Addr>,
    pub(crate) token: i64,
    /// Whether the node gets its share of the data from the others before it is one of them.
    pub(crate) bootstrap: bool,
}

/// What the builder was told, beside addresses.
pub(crate) struct Settings<'a> {
    pub(crate) line: Line,
    pub(crate) auth: bool,
    pub(crate) tls: Option<ClientEncryption<'a>>,
    /// Has passed [`check`].
    pub(crate) extra: &'a str,
}

/// TLS for clients, with keys and certificates as PEM files.
pub(crate) struct ClientEncryption<'a> {
    pub(crate) keystore: &'a Path,
    pub(crate) truststore: &'a Path,
    pub(crate) require_client_certificates: bool,
    pub(crate) optional: bool,
}

impl ClientEncryption<'_> {
    fn render(&self) -> String {
        let Self { keystore, truststore, require_client_certificates, optional } = self;
        format!(
            "{CLIENT_ENCRYPTION}:\n  \
               enabled: true\n  \
               optional: {optional}\n  \
               require_client_auth: {require_client_certificates}\n  \
               ssl_context_factory:\n    \
                 class_name: org.apache.cassandra.security.PEMBasedSslContextFactory\n  \
               keystore: {}\n  \
               truststore: {}\n  \
               accepted_protocols: [TLSv1.2, TLSv1.3]\n",
            quoted(keystore),
            quoted(truststore)
        )
    }
}

/// A path between single quotes, where YAML knows one escape only.
fn quoted(path: &Path) -> String {
    format!("'{}'", path.display().to_string().replace('\'', "''"))
}

/// The text of the file.
pub(crate) fn render(endpoint: &Endpoint, settings: &Settings<'_>) -> String {
    let Endpoint { address, native_port, storage_port, seeds, token, bootstrap } = endpoint;
    let seeds: Vec<_> = seeds.iter().map(|seed| format!("{seed}:{storage_port}")).collect();
    let Settings { line, auth, tls, extra } = settings;
    let auth = if *auth { AUTH } else { &[] };
    let mut text = String::new();
    for (name, value) in DEFAULTS.iter().chain(auth) {
        let old = OLD.iter().find(|(new, ..)| new == name);
        let (name, value) = match old {
            // Later versions read the old names too, and not both.
            Some((_, old, _)) if has(extra, old) => continue,
            Some((_, old, value)) if *line == Line::V4_0 => (old, value),
            _ => (name, value),
        };
        if has(extra, name) {
            continue;
        }
        text.push_str(&format!("{name}: {value}\n"));
    }
    text.push_str(&format!(
        "listen_address: {address}\n\
         rpc_address: {address}\n\
         native_transport_port: {native_port}\n\
         storage_port: {storage_port}\n\
         seed_provider:\n\
         - class_name: org.apache.cassandra.locator.SimpleSeedProvider\n  \
           parameters: [{{seeds: \"{}\"}}]\n",
        seeds.join(",")
    ));
    // Several tokens a node are Cassandra's to choose.
    if !has(extra, "initial_token") && !has(extra, "num_tokens") {
        text.push_str(&format!("initial_token: \"{token}\"\n"));
    }
    if !has(extra, "auto_bootstrap") {
        text.push_str(&format!("auto_bootstrap: {bootstrap}\n"));
    }
    if let Some(tls) = tls {
        text.push_str(&tls.render());
    }
    text.push_str(extra);
    text.push('\n');
    text
}

/// Whether `extra` has a setting of this name.
pub(crate) fn has(extra: &str, name: &str) -> bool {
    extra.lines().any(|line| key(line) == Some(name))
}

/// Refuses what cannot work.
pub(crate) fn check(extra: &str) -> Result<()> {
    let mut keys = Vec::new();
    for line in extra.lines() {
        if let Some(name) = key(line) {
            if let Some((_, instead)) = OURS.iter().find(|(ours, _)| *ours == name) {
                let reason = format!("`{name}` is decided by this crate: {instead}");
                return Err(Error::setting(EXTRA, reason));
            }
            if keys.contains(&name) {
                return Err(Error::setting(EXTRA, format!("`{name}` is there twice")));
            }
            keys.push(name);
        } else if !continues(line) || (keys.is_empty() && !is_blank(line)) {
            let reason = format!("this line is not a `key: value` of cassandra.yaml: {line:?}");
            return Err(Error::setting(EXTRA, reason));
        }
    }
    check_tls(extra)
}

/// A node whose TLS this crate did not set up is asked without TLS.
fn check_tls(extra: &str) -> Result<()> {
    let mut block = String::new();
    let mut inside = false;
    for line in extra.lines() {
        inside = key(line).map_or(inside, |name| name == CLIENT_ENCRYPTION);
        if inside {
            block.extend(line.chars().filter(|c| !c.is_whitespace()));
            block.push(',');
        }
    }
    if block.contains("enabled:true") && !block.contains("optional:true") {
        let reason = "client_encryption_options needs `optional: true`, for the crate asks such a \
                      node without TLS; Builder::tls (feature `tls`) does not need it";
        return Err(Error::setting(EXTRA, reason));
    }
    Ok(())
}

/// The key that a line begins, if it begins one.
fn key(line: &str) -> Option<&str> {
    let (name, rest) = line.split_once(':')?;
    let name = name.trim_end();
    let plain = name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    let ended = rest.is_empty() || rest.starts_with([' ', '\t']);
    (plain && ended && !name.is_empty()).then_some(name)
}

fn is_blank(line: &str) -> bool {
    line.trim().is_empty() || line.starts_with('#')
}

/// Whether a line belongs to the setting above it: indented, or an item of a list.
fn continues(line: &str) -> bool {
    is_blank(line) || line.starts_with(' ') || line.starts_with("- ") || line == "-"
}

#[cfg(test)]
mod tests {
    use super::*;

    fn endpoint() -> Endpoint {
        Endpoint {
            address: Ipv4Addr::LOCALHOST,
            native_port: 19042,
            storage_port: 17000,
            seeds: vec![[127, 0, 0, 1].into(), [127, 0, 0, 2].into()],
            token: -5,
            bootstrap: false,
        }
    }

    fn rendered(auth: bool, extra: &str) -> String {
        render(&endpoint(), &Settings { line: Line::V5_0, auth, tls: None, extra })
    }

    fn reason(extra: &str) -> String {
        check(extra).unwrap_err().to_string()
    }

    #[test]
    fn an_extra_key_replaces_the_default() {
        let extra = "concurrent_reads: 2\nauthenticator:\n  class_name: AllowAllAuthenticator\n";
        check(extra).unwrap();
        let text = rendered(false, extra);
        assert_eq!(text.matches("concurrent_reads").count(), 1);
        assert!(text.contains("concurrent_reads: 2\n"));
        assert!(text.contains("concurrent_writes: 8\n"));
        assert!(text.contains("  class_name: AllowAllAuthenticator\n"));
    }

    #[test]
    fn passwords_are_asked_for_and_a_part_can_be_replaced() {
        assert!(!rendered(false, "").contains("authenticator"));
        let text = rendered(true, "authorizer: AllowAllAuthorizer\n");
        assert!(text.contains("authenticator: PasswordAuthenticator\n"));
        assert_eq!(text.matches("authorizer: ").count(), 1);
    }

    #[test]
    fn a_node_has_its_token_unless_there_are_several() {
        let text = rendered(false, "");
        assert!(text.contains("initial_token: \"-5\"\n"), "{text}");
        assert!(text.contains("seeds: \"127.0.0.1:17000,127.0.0.2:17000\""), "{text}");
        assert!(!rendered(false, "num_tokens: 16\n").contains("initial_token"));
    }

    #[test]
    fn the_oldest_line_gets_the_old_names() {
        let settings = Settings { line: Line::V4_0, auth: true, tls: None, extra: "" };
        let text = render(&endpoint(), &settings);
        for (new, old, value) in OLD {
            assert!(text.contains(&format!("\n{old}: {value}\n")), "{old}");
            assert!(!text.contains(&format!("\n{new}: ")), "{new}");
        }
        let text = rendered(false, "enable_materialized_views: false\n");
        assert!(!text.contains("materialized_views_enabled"), "both would be refused");
    }

    #[test]
    fn paths_are_quoted() {
        assert_eq!(quoted(Path::new("/a b/it's: #1")), "'/a b/it''s: #1'");
    }

    #[test]
    fn lists_comments_and_nothing_pass() {
        check("").unwrap();
        check("# nothing\n\nseeds_of_doubt:\n- a\n- b\n").unwrap();
    }

    #[test]
    fn what_the_crate_decides_is_refused_with_the_way_out() {
        assert!(reason("storage_port: 7000").contains("chosen for each node"));
        assert!(reason("a: 1\ndata_file_directories: [/x]").contains("Builder::data_dir"));
    }

    #[test]
    fn what_is_no_mapping_is_refused() {
        assert!(reason("{concurrent_reads: 2}").contains("not a `key: value`"));
        assert!(reason("  concurrent_reads: 2").contains("not a `key: value`"));
        assert!(reason("concurrent_reads:2").contains("not a `key: value`"));
        assert!(reason("a: 1\na: 2").contains("twice"));
    }

    #[test]
    fn tls_must_leave_the_plain_way_open() {
        let strict = "client_encryption_options:\n  enabled: true\n  keystore: k.pem\n";
        assert!(reason(strict).contains("optional: true"));
        check(&strict.replace("enabled: true", "enabled: true\n  optional: true")).unwrap();
        check("client_encryption_options: {enabled: true, optional: true}").unwrap();
        check("client_encryption_options: {enabled: false}\nother: {enabled: true}").unwrap();
    }
}
