//! The page with figure 12, which real attempts light (docs/sandbox.md): where the drawing simplifies.

/// An arrow by the boxes at its ends, and what is to be said of it.
pub type Correction = ((&'static str, &'static str), &'static str);

/// Where the drawing simplifies.
pub const CORRECTIONS: [Correction; 2] = [
    (
        ("Allowed", "FS"),
        "The drawing simplifies: what browsers deny is access without asking. A page may read a file that you pick or drop on \
         it, and has a private store of files of its own that never shows up among your documents.",
    ),
    (
        ("Full", "FSAccess"),
        "The drawing simplifies: a server’s code has no “full access”. It may do what its user account may, which ought to be \
         little.",
    ),
];
