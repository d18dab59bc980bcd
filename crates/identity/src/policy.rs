//! Rules as plain data: what the configuration decides for every door alike.

/// The rules of this installation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// Shortest new password, in code points (`[password] min_length`).
    pub min_password_length: usize,
    /// Doors that cannot ask for a new password ([`crate::Surface::asks_for_new_password`]) refuse a user who must change it
    /// (`[password] must_change_blocks`).
    pub must_change_blocks: bool,
    /// Whether there is password login at all (`[password] sign_in`).
    pub password_sign_in: bool,
    /// Failures of one account in a row before waits begin (`[limits] account_failures_free`).
    pub account_failures_free: u32,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            min_password_length: 8,
            must_change_blocks: false,
            password_sign_in: true,
            account_failures_free: 5,
        }
    }
}
