//! What can go wrong with a demonstration.

use clientela::model::ValueError;

/// The result of every step.
pub type Result<T, E = DemoError> = std::result::Result<T, E>;

/// What went wrong.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// The library refused something.
    #[error("{} ({})", .0, .0.code())]
    Crm(#[from] clientela::Error),
    /// A value of the drawn network is not acceptable.
    #[error(transparent)]
    Value(#[from] ValueError),
    /// A file cannot be read or written.
    #[error("{what}: {source}")]
    Io {
        /// The file.
        what: String,
        /// What the system says.
        #[source]
        source: std::io::Error,
    },
    /// Something that should be there is not.
    #[error("{0}")]
    Missing(String),
}

impl DemoError {
    /// An error of the system about a file.
    pub(crate) fn io(path: &std::path::Path) -> impl FnOnce(std::io::Error) -> Self {
        let what = path.display().to_string();
        move |source| Self::Io { what, source }
    }
}
