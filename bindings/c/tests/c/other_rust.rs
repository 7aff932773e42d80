//! Another Rust library of the host, linked as an archive beside ours: it brings the standard library a second time.
#[unsafe(no_mangle)]
pub extern "C" fn other_rust(number: i32) -> i32 {
    // Unwinds without the hook, which would print.
    let add = || if number < 0 { std::panic::resume_unwind(Box::new(())) } else { number + 1 };
    std::panic::catch_unwind(add).unwrap_or(-1)
}
