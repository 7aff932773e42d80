//! Gives the shared library its name for the dynamic linker and keeps it loaded once it is.
use std::env::var;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    if var("CARGO_CFG_TARGET_OS").as_deref() != Ok("linux") {
        return;
    }
    // The number is that of the ABI: the major version, or 0.minor while there is no promise yet.
    let part = |name: &str| var(name).unwrap_or_default();
    let abi = match part("CARGO_PKG_VERSION_MAJOR").as_str() {
        "0" => format!("0.{}", part("CARGO_PKG_VERSION_MINOR")),
        major => major.to_owned(),
    };
    println!("cargo::rustc-cdylib-link-arg=-Wl,-soname,libclientela.so.{abi}");
    // The standard library leaves destructors of thread-local values behind; unloaded code must not be called by them.
    println!("cargo::rustc-cdylib-link-arg=-Wl,-z,nodelete");
}
