//! What the network is made of, before any of it is stored: drawn from a seed, the same each time.

pub(crate) mod customers;
pub(crate) mod deals;
pub(crate) mod land;
pub(crate) mod makes;
pub(crate) mod numbers;
pub(crate) mod staff;
pub(crate) mod tables;

/// A text in small ASCII letters and hyphens, for e-mail domains and logins.
pub(crate) fn slug(text: &str) -> String {
    let mut slug = String::with_capacity(text.len());
    for letter in text.to_lowercase().chars() {
        match letter {
            'à' | 'á' | 'â' => slug.push('a'),
            'ä' => slug.push_str("ae"),
            'è' | 'é' | 'ê' => slug.push('e'),
            'ö' => slug.push_str("oe"),
            'ü' => slug.push_str("ue"),
            'ß' => slug.push_str("ss"),
            'ç' => slug.push('c'),
            'î' | 'ì' => slug.push('i'),
            letter if letter.is_ascii_alphanumeric() => slug.push(letter),
            _ if slug.ends_with('-') || slug.is_empty() => {}
            _ => slug.push('-'),
        }
    }
    slug.trim_end_matches('-').to_owned()
}
