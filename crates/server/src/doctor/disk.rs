//! What kind of file system a database lies on: a write-ahead log needs shared memory and locks, which networks do not
//! give, and what lies in memory is gone with the power.

use std::path::Path;

use super::finding::{Finding, Rule};

pub(super) static RULES: &[&Rule] = &[&ON_NETWORK, &IN_MEMORY];

static ON_NETWORK: Rule = Rule::fault(
    "database_on_network",
    "database.url",
    "SQLite's file lies on a network file system, where it locks up or is damaged",
    "Put the file on a local disk, or use PostgreSQL",
);
static IN_MEMORY: Rule = Rule::fault(
    "database_in_memory",
    "database.url",
    "SQLite's file lies in memory, and everything is gone with the next restart of the machine",
    "Put the file on a disk",
);

/// Linux's numbers (statfs(2)), with their names.
#[cfg(target_os = "linux")]
const NETWORKS: &[(u64, &str)] = &[
    (0x6969, "NFS"),
    (0xff53_4d42, "CIFS"),
    (0xfe53_4d42, "SMB2"),
    (0x517b, "SMB"),
    (0x0102_1997, "9P"),
    (0x00c3_6400, "Ceph"),
    (0x5346_414f, "AFS"),
    (0x6b41_4653, "AFS"),
    (0x7461_636f, "OCFS2"),
    (0x0bd0_0bd0, "Lustre"),
    (0x564c, "NCP"),
];
#[cfg(target_os = "linux")]
const MEMORIES: &[(u64, &str)] = &[(0x0102_1994, "tmpfs"), (0x8584_58f6, "ramfs")];

/// What is wrong with the file system of a file that may not exist yet.
#[cfg(target_os = "linux")]
pub(super) fn look(file: &Path) -> Option<Finding> {
    let there = file.ancestors().find(|path| path.exists()).unwrap_or(Path::new("."));
    let kind = rustix::fs::statfs(there).ok()?.f_type;
    // The kernel's numbers have 32 bits; some of them are seen with their sign.
    judge(u64::try_from(kind & 0xffff_ffff).ok()?, file)
}

#[cfg(not(target_os = "linux"))]
pub(super) fn look(_file: &Path) -> Option<Finding> {
    None
}

#[cfg(target_os = "linux")]
fn judge(kind: u64, file: &Path) -> Option<Finding> {
    let named = |list: &[(u64, &'static str)]| list.iter().find(|(number, _)| *number == kind).map(|it| it.1);
    let seen = |name: &str| format!("{} lies on {name}", file.display());
    named(NETWORKS)
        .map(|name| ON_NETWORK.met(seen(name)))
        .or_else(|| named(MEMORIES).map(|name| IN_MEMORY.met(seen(name))))
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    fn named(kind: u64) -> Option<&'static str> {
        judge(kind, Path::new("x")).and_then(|finding| finding.rule).map(|rule| rule.name)
    }

    #[test]
    fn networks_and_memory_are_told_from_disks() {
        assert_eq!(named(0x6969), Some("database_on_network"));
        assert_eq!(named(0xff53_4d42), Some("database_on_network"));
        assert_eq!(named(0x0102_1994), Some("database_in_memory"));
        // ext4, XFS, Btrfs, ZFS, overlay.
        for disk in [0xef53, 0x5846_5342, 0x9123_683e, 0x2fc1_2fc1, 0x794c_7630] {
            assert_eq!(named(disk), None, "{disk:x}");
        }
    }
}
