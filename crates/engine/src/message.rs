//! What travels. Each message prints as an engineer would recognise it.

/// A message on its way. (Being written.)
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Message {}
