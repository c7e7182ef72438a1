//! Cassandra's own tool for operators.
//!
//! It talks to a node over JMX, which our nodes do not offer: a node is asked to open it when the
//! first order comes, on a free port of its own address. The tool is among the jars and needs a
//! JVM, which takes about a second: of the node's Java, unless that is one of our own, which lacks a
//! module.

use std::process::{Command, Stdio};
use std::time::Duration;

use crate::attach;
use crate::error::{Error, Result};
use crate::java::{self, FOREIGN_OPTIONS};
use crate::launch::{self, Plan};
use crate::port::{self, Port};
use crate::process;

const MAIN_CLASS: &str = "org.apache.cassandra.tools.NodeTool";
/// What finds the node's JMX by its address.
const MODULE: &str = "jdk.naming.rmi";
/// Without a word on this, logback says everything.
const SILENCE: &str = "<configuration><root level=\"OFF\"/></configuration>\n";
const OPEN_TIMEOUT: Duration = Duration::from_secs(30);

/// Runs the tool on the node that is process `pid`; `jmx` is where that already listens.
pub(crate) fn run(
    plan: &Plan,
    pid: u32,
    jmx: &mut Option<Port>,
    arguments: &[&str],
) -> Result<String> {
    let failed = |output: String| Error::Nodetool { command: arguments.join(" "), output };
    let port = match jmx {
        Some(port) => port.number,
        None => {
            let opened = open(plan, pid).map_err(|e| failed(format!("asking for JMX: {e}")))?;
            jmx.insert(opened).number
        }
    };
    let java = java::with_module(&plan.supplies.java, MODULE).ok_or_else(|| {
        let of = plan.supplies.java.version;
        failed(format!("it needs a Java {of} or newer with module {MODULE}; any full one has it"))
    })?;
    let folder = plan.folder.path();
    let silence = folder.join("conf/logback-tools.xml");
    launch::write(&silence, SILENCE)?;
    let mut command = Command::new(&java.executable);
    command.args(plan.supplies.flags.iter().filter(|flag| flag.starts_with("--add-")));
    command.args(["-Xmx64m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-XX:-UsePerfData"]);
    // It keeps a history in the home folder.
    command.arg(launch::joined("-Duser.home=", folder.as_os_str()));
    command.arg(launch::joined("-Dlogback.configurationFile=", &launch::url(&silence)));
    command.arg("-cp").arg(plan.supplies.class_path()).arg(MAIN_CLASS);
    command.args(["-h", &plan.seat.address.to_string(), "-p", &port.to_string()]).args(arguments);
    command.current_dir(folder).stdin(Stdio::null());
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    for name in FOREIGN_OPTIONS {
        command.env_remove(name);
    }
    let output = process::spawn(command)
        .and_then(std::process::Child::wait_with_output)
        .map_err(|e| failed(e.to_string()))?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    if output.status.success() {
        return Ok(text(&output.stdout));
    }
    Err(failed(format!("{}{}", text(&output.stdout), text(&output.stderr))))
}

fn open(plan: &Plan, pid: u32) -> Result<Port> {
    let address = plan.seat.address;
    let port = port::claim_any(address)?;
    let command = format!(
        "ManagementAgent.start jmxremote.host={address} jmxremote.port={0} \
         jmxremote.rmi.port={0} jmxremote.authenticate=false jmxremote.ssl=false",
        port.number
    );
    attach::jcmd(pid, plan.folder.path(), &command, OPEN_TIMEOUT)
        .map_err(|e| Error::io("opening JMX", &e))?;
    Ok(port)
}
