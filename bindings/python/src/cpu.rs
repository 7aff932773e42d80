//! What the processor can do beyond the base line: for reports of faults. The library itself asks for none of it.

/// The words of what is there, such as `avx2 popcnt`.
pub(crate) fn flags() -> String {
    #[cfg(target_arch = "x86_64")]
    let found = [
        ("sse4.2", is_x86_feature_detected!("sse4.2")),
        ("popcnt", is_x86_feature_detected!("popcnt")),
        ("avx", is_x86_feature_detected!("avx")),
        ("avx2", is_x86_feature_detected!("avx2")),
        ("bmi2", is_x86_feature_detected!("bmi2")),
        ("fma", is_x86_feature_detected!("fma")),
        ("avx512f", is_x86_feature_detected!("avx512f")),
    ];
    #[cfg(not(target_arch = "x86_64"))]
    let found: [(&str, bool); 0] = [];
    let words: Vec<&str> = found.into_iter().filter(|(_, there)| *there).map(|(word, _)| word).collect();
    words.join(" ")
}
