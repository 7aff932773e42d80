//! Another Rust library of the host, linked as an archive beside ours: it brings the standard library a second time.
#[unsafe(no_mangle)]
pub extern "C" fn other_rust(number: i32) -> i32 {
    std::panic::catch_unwind(|| if number < 0 { panic!("a fault of the other library") } else { number + 1 }).unwrap_or(-1)
}
