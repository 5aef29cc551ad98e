//! What the test binaries share.

use std::path::PathBuf;

/// Holds `actual` against the golden file `tests/golden/<name>`; `UPDATE_EXPECT=1` rewrites the file.
pub fn golden(name: &str, actual: &str) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("golden").join(name);
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).expect("a folder for the golden files");
    }
    expect_test::expect_file![path].assert_eq(actual);
}
