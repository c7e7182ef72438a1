use crate::Result;
pub mod servers;
pub enum Form { Short, Whole }
impl std::str::FromStr for Form { type Err = crate::Error; fn from_str(s: &str) -> Result<Self> { Ok(if s == "short" { Self::Short } else { Self::Whole }) } }
pub fn run(_form: Form, _rest: &[String]) -> Result<()> { Ok(()) }

/// Starts a node that clients can be tried against by hand, until standard input ends.
pub fn serve() -> Result<()> {
    let server = servers::Server::cassandra()?;
    println!("listening {}", server.address());
    std::io::copy(&mut std::io::stdin().lock(), &mut std::io::sink())?;
    Ok(())
}
