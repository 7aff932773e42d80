//! Postal codes by country, in a small language of patterns.
//!
//! `n` is a digit, `a` a letter, `x` either, `i` a letter of the second half of a British code (not C, I, K,
//! M, O, V); any other sign stands for itself. A blank or hyphen may be missing or the other one in what is
//! read; it is written as it stands here. A prefix is what people put before the code in letters from
//! abroad; it is not part of it.

/// Patterns of one country.
pub(super) struct Row {
    pub(super) country: &'static str,
    /// Old distinguishing sign put before the code besides the two letters of the country.
    pub(super) sign: &'static str,
    pub(super) patterns: &'static [&'static str],
}

const fn row(country: &'static str, sign: &'static str, patterns: &'static [&'static str]) -> Row {
    Row { country, sign, patterns }
}

const BRITISH: &[&str] = &[
    "an nii",
    "ann nii",
    "aan nii",
    "aann nii",
    "ana nii",
    "aana nii",
    "GIR 0AA",
    "BFPO n",
    "BFPO nn",
    "BFPO nnn",
    "BFPO nnnn",
];

/// All countries with patterns, in the order of their codes.
pub(super) static TABLE: &[Row] = &[
    row("AD", "AND", &["ADnnn"]),
    row("AL", "AL", &["nnnn"]),
    row("AT", "A", &["nnnn"]),
    row("AX", "AX", &["22nnn"]),
    row("BA", "BIH", &["nnnnn"]),
    row("BE", "B", &["nnnn"]),
    row("BG", "BG", &["nnnn"]),
    row("BY", "BY", &["nnnnnn"]),
    row("CA", "CDN", &["ana nan"]),
    row("CH", "CH", &["nnnn"]),
    row("CY", "CY", &["nnnn"]),
    row("CZ", "CZ", &["nnn nn"]),
    row("DE", "D", &["nnnnn"]),
    row("DK", "DK", &["nnnn"]),
    row("EE", "EST", &["nnnnn"]),
    row("ES", "E", &["nnnnn"]),
    row("FI", "FIN", &["nnnnn"]),
    row("FO", "FO", &["nnn"]),
    row("FR", "F", &["nnnnn"]),
    row("GB", "UK", BRITISH),
    row("GG", "GBG", &["GYn nii", "GYnn nii"]),
    row("GI", "GBZ", &["GX11 1AA"]),
    row("GL", "GL", &["39nn"]),
    row("GR", "EL", &["nnn nn"]),
    row("HR", "HR", &["nnnnn"]),
    row("HU", "H", &["nnnn"]),
    row("IE", "IRL", &["ann xxxx", "D6W xxxx"]),
    row("IM", "GBM", &["IMn nii", "IMnn nii"]),
    row("IS", "IS", &["nnn"]),
    row("IT", "I", &["nnnnn"]),
    row("JE", "GBJ", &["JEn nii", "JEnn nii"]),
    row("LI", "FL", &["94nn"]),
    row("LT", "LT", &["nnnnn"]),
    row("LU", "L", &["nnnn"]),
    row("LV", "LV", &["LV-nnnn"]),
    row("MC", "MC", &["980nn"]),
    row("MD", "MD", &["nnnn"]),
    row("ME", "MNE", &["8nnnn"]),
    row("MK", "NMK", &["nnnn"]),
    row("MT", "M", &["aaa nnnn", "aaa nnn", "aaa nn"]),
    row("NL", "NL", &["nnnn aa"]),
    row("NO", "N", &["nnnn"]),
    row("PL", "PL", &["nn-nnn"]),
    row("PT", "P", &["nnnn-nnn"]),
    row("RO", "RO", &["nnnnnn"]),
    row("RS", "SRB", &["nnnnn", "nnnnnn"]),
    row("RU", "RUS", &["nnnnnn"]),
    row("SE", "S", &["nnn nn"]),
    row("SI", "SLO", &["nnnn"]),
    row("SK", "SK", &["nnn nn"]),
    row("SM", "RSM", &["4789n"]),
    row("TR", "TR", &["nnnnn"]),
    row("UA", "UA", &["nnnnn"]),
    row("US", "USA", &["nnnnn", "nnnnn-nnnn"]),
    row("VA", "V", &["00120"]),
    row("XK", "RKS", &["nnnnn"]),
];
