//! The command line: `--name value`, each with a default.

use crate::Result;
use std::fs::File;
use std::path::PathBuf;
use std::str::FromStr;

/// The options of a program.
#[derive(Debug)]
pub struct Arguments {
    given: Vec<(String, String)>,
    known: Vec<&'static str>,
}

impl Arguments {
    /// What this program was started with.
    ///
    /// # Errors
    /// When an option has no value.
    pub fn read() -> Result<Self> {
        Self::from_words(std::env::args().skip(1))
    }

    fn from_words(words: impl Iterator<Item = String>) -> Result<Self> {
        let (mut given, mut words) = (Vec::new(), words);
        while let Some(word) = words.next() {
            let name = word.strip_prefix("--").ok_or_else(|| format!("{word} is not an option"))?.to_owned();
            let value = words.next().ok_or_else(|| format!("{word} needs a value after it"))?;
            given.push((name, value));
        }
        Ok(Self { given, known: Vec::new() })
    }

    /// The value of an option, or its default.
    ///
    /// # Errors
    /// When the value cannot be read.
    pub fn option<T: FromStr>(&mut self, name: &'static str, default: T) -> Result<T> {
        self.known.push(name);
        let value = self.given.iter().rev().find(|(given, _)| given == name);
        value.map_or(Ok(default), |(_, value)| {
            value.parse().map_err(|_| format!("--{name} {value} cannot be read").into())
        })
    }

    /// Refuses options nobody asked for.
    ///
    /// # Errors
    /// Names the first unknown option and those that exist.
    pub fn finish(self) -> Result<()> {
        match self.given.iter().find(|(name, _)| !self.known.contains(&name.as_str())) {
            None => Ok(()),
            Some((name, _)) => {
                Err(format!("there is no option --{name}, only --{}", self.known.join(", --")).into())
            }
        }
    }
}

/// Where the programs keep what they make: on the disk of the build, since a memory file system would make every commit free.
#[must_use]
pub fn workshop() -> PathBuf {
    let target = std::env::var_os("CARGO_TARGET_DIR").map(PathBuf::from);
    target.unwrap_or_else(|| PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../target"))).join("benches")
}

/// Waits until no other program measures here, and keeps others waiting until the result is dropped: two at once would use the
/// same files, and measure each other.
///
/// # Errors
/// What the file system says.
pub fn alone() -> Result<File> {
    let folder = workshop();
    std::fs::create_dir_all(&folder)?;
    let file = File::create(folder.join("in-use"))?;
    file.lock()?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_have_values_and_names_that_are_known() {
        let read = |words: &[&str]| Arguments::from_words(words.iter().map(|word| (*word).to_owned()));
        let mut arguments = read(&["--rows", "5"]).unwrap();
        assert_eq!(arguments.option("rows", 1).unwrap(), 5);
        assert_eq!(arguments.option("rounds", 3).unwrap(), 3);
        arguments.finish().unwrap();
        let mut unknown = read(&["--row", "5"]).unwrap();
        unknown.option("rows", 1).unwrap();
        let problem = unknown.finish().unwrap_err().to_string();
        assert_eq!(problem, "there is no option --row, only --rows");
        assert!(read(&["--rows"]).is_err() && read(&["rows"]).is_err());
        assert!(read(&["--rows", "many"]).unwrap().option("rows", 1).is_err());
    }
}
