use crate::Result;
pub enum Form { Short, Whole }
impl std::str::FromStr for Form { type Err = crate::Error; fn from_str(s: &str) -> Result<Self> { Ok(if s == "short" { Self::Short } else { Self::Whole }) } }
pub fn run(_form: Form, _rest: &[String]) -> Result<()> { Ok(()) }
