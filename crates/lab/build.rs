//! Takes a packed site into the program, where `cargo xtask dist` names one; else none.

use std::path::PathBuf;

fn main() {
    println!("cargo::rerun-if-env-changed=ROUNDTRIP_BUNDLE");
    let out = PathBuf::from(std::env::var_os("OUT_DIR").expect("cargo names a folder")).join("site.bundle");
    match std::env::var_os("ROUNDTRIP_BUNDLE") {
        Some(bundle) => {
            println!("cargo::rerun-if-changed={}", PathBuf::from(&bundle).display());
            std::fs::copy(&bundle, &out).expect("the packed site can be read");
        }
        None => std::fs::write(&out, b"").expect("cargo's folder can be written"),
    }
}
