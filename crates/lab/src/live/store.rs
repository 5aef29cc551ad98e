//! The database: one SQLite file, or one in memory, with the tables of `schema.sql`.
//!
//! A transaction that was committed must outlive the machine's power. With a write-ahead log SQLite promises that only where
//! `synchronous` is `FULL`: then it waits for the disk at each commit (sqlite.org, "PRAGMA synchronous" and
//! "Write-Ahead Logging" 2.2, as read in November 2026); on macOS, `fullfsync` makes the disk itself write what it holds.
//! What was set is read back, and nothing starts where SQLite did not take it.

use super::limits::Limits;
use super::place::{self, Place};
use anyhow::{Context, Result, ensure};
use rusqlite::{Connection, OpenFlags};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

const SCHEMA: &str = include_str!("schema.sql");

/// What SQLite's header says of a file of ours ("RTRP"), and which tables it has.
const APPLICATION: i32 = 0x5254_5250;
const VERSION: i32 = 1;

/// An open database. It lasts as long as this does.
#[derive(Debug)]
pub struct Store {
    /// Which store this is. The numbers of its notifications mean nothing to another one.
    pub id: String,
    /// What SQLite says of itself.
    pub settings: Settings,
    path: PathBuf,
    lock: Duration,
    _taken: Option<File>,
}

/// What SQLite says of itself, read back after it was set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// `wal`, or `memory`.
    pub journal_mode: String,
    /// 0 is OFF, 1 NORMAL, 2 FULL, 3 EXTRA.
    pub synchronous: i64,
    /// Are references checked?
    pub foreign_keys: bool,
}

impl Settings {
    /// Does a commit wait for the disk?
    pub fn durable(&self) -> bool {
        self.journal_mode == "wal" && self.synchronous == 2 && self.foreign_keys
    }

    fn read(database: &Connection) -> rusqlite::Result<Self> {
        Ok(Settings {
            journal_mode: database.pragma_query_value(None, "journal_mode", |row| row.get(0))?,
            synchronous: database.pragma_query_value(None, "synchronous", |row| row.get(0))?,
            foreign_keys: database.pragma_query_value(None, "foreign_keys", |row| row.get(0))?,
        })
    }
}

impl Store {
    /// Opens the store, or makes it, and hands out the one connection that writes.
    pub fn open(place: &Place, limits: &Limits) -> Result<(Self, Connection)> {
        let (path, taken) = match place {
            Place::Memory => (in_memory(), None),
            Place::Folder(folder) => {
                let taken = place::take(folder)?;
                (place::private_file(folder)?, Some(taken))
            }
        };
        let writer = connect(&path, limits.lock).and_then(|database| set_up(&database, place).map(|()| database));
        let writer = writer.with_context(|| format!("cannot use {}", path.display()))?;
        let settings = Settings::read(&writer)?;
        ensure!(
            *place == Place::Memory || settings.durable(),
            "{}: SQLite does not keep what it commits: {settings:?}",
            path.display()
        );
        let id = writer.query_row("SELECT id FROM store", [], |row| row.get(0))?;
        Ok((Store { id, settings, path, lock: limits.lock, _taken: taken }, writer))
    }

    /// One more connection, which cannot write. In a file it sees the last commit and never waits for the writer.
    pub fn reader(&self) -> Result<Connection> {
        let database = connect(&self.path, self.lock)?;
        database.pragma_update(None, "query_only", true)?;
        Ok(database)
    }
}

/// A database that the connections of this process share by its name (SQLite's `memdb`), and no other store has.
fn in_memory() -> PathBuf {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    PathBuf::from(format!("file:/roundtrip-{}?vfs=memdb", COUNT.fetch_add(1, Ordering::Relaxed)))
}

fn connect(path: &Path, lock: Duration) -> Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    // Only what we made up ourselves is read as a URI: a folder may have a `?` in its name.
    let flags = if path.starts_with("file:") { flags | OpenFlags::SQLITE_OPEN_URI } else { flags };
    let database = Connection::open_with_flags(path, flags)?;
    database.busy_timeout(lock)?;
    database.set_prepared_statement_cache_capacity(64);
    database.pragma_update(None, "foreign_keys", true)?;
    database.pragma_update(None, "synchronous", "FULL")?;
    database.pragma_update(None, "fullfsync", true)?;
    Ok(database)
}

/// Sets how it writes; makes the tables where there are none; takes no file that is not ours.
fn set_up(database: &Connection, place: &Place) -> Result<()> {
    let mark = |name| database.pragma_query_value(None, name, |row| row.get::<_, i32>(0));
    let tables: i64 = database.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    if tables > 0 {
        ensure!(mark("application_id")? == APPLICATION, "it is no store of Roundtrip's");
        ensure!(mark("user_version")? == VERSION, "it is from another version of Roundtrip; move it away");
    }
    if let Place::Folder(_) = place {
        database.pragma_update_and_check(None, "journal_mode", "wal", |_| Ok(()))?;
        // What the log has grown to in a rush is given back.
        database.pragma_update_and_check(None, "journal_size_limit", 16 << 20, |_| Ok(()))?;
    }
    if tables == 0 {
        let marks = format!("PRAGMA application_id = {APPLICATION}; PRAGMA user_version = {VERSION};");
        database.execute_batch(&["BEGIN IMMEDIATE;", SCHEMA, &marks, "COMMIT;"].concat())?;
    }
    database.execute("DELETE FROM sessions WHERE expires_at <= unixepoch()", [])?;
    database.execute("DELETE FROM idempotency_keys WHERE kept_at <= unixepoch() - 86400", [])?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::live::tests::Folder;

    fn refused(database: &Connection, statement: &str) -> String {
        database.execute(statement, []).unwrap_err().to_string()
    }

    #[test]
    fn a_commit_waits_for_the_disk() {
        let folder = Folder::new("durable");
        let (store, writer) = Store::open(&folder.place(), &Limits::USUAL).unwrap();
        let asked = Settings { journal_mode: "wal".into(), synchronous: 2, foreign_keys: true };
        assert_eq!((&store.settings, store.settings.durable()), (&asked, true));
        assert_eq!(Settings::read(&writer).unwrap(), asked);
        assert_eq!(Settings::read(&store.reader().unwrap()).unwrap(), asked);
        writer.pragma_update(None, "synchronous", "NORMAL").unwrap();
        assert!(!Settings::read(&writer).unwrap().durable(), "NORMAL is noticed");
    }

    #[cfg(unix)]
    #[test]
    fn nobody_else_reads_it_even_in_an_open_folder() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = Folder::new("private");
        std::fs::create_dir_all(&folder.0).unwrap();
        std::fs::set_permissions(&folder.0, std::fs::Permissions::from_mode(0o755)).unwrap();
        let (_store, writer) = Store::open(&folder.place(), &Limits::USUAL).unwrap();
        writer.execute("DELETE FROM likes", []).unwrap();
        for name in ["live.db", "live.db-wal", "live.db-shm"] {
            let mode = std::fs::metadata(folder.0.join(name)).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600, "{name}");
        }
    }

    #[test]
    fn the_schema_takes_one_like_of_people_and_posts_that_are_there() {
        for place in [Place::Memory, Folder::new("schema").place()] {
            let (store, writer) = Store::open(&place, &Limits::USUAL).unwrap();
            writer.execute("INSERT INTO likes VALUES (1, 2)", []).unwrap();
            assert!(refused(&writer, "INSERT INTO likes VALUES (1, 2)").contains("UNIQUE constraint failed"));
            assert!(refused(&writer, "INSERT INTO likes VALUES (1, 99)").contains("FOREIGN KEY constraint failed"));
            assert!(refused(&writer, "INSERT INTO likes VALUES (99, 1)").contains("FOREIGN KEY constraint failed"));
            assert!(refused(&writer, "INSERT INTO likes VALUES ('Ada', 1)").contains("cannot store TEXT"));
            assert!(refused(&writer, "DELETE FROM posts WHERE id = 2").contains("FOREIGN KEY constraint failed"));
            let reader = store.reader().unwrap();
            assert_eq!(reader.query_row("SELECT count(*) FROM likes", [], |row| row.get(0)), Ok(3));
            assert!(refused(&reader, "DELETE FROM likes").contains("readonly"));
        }
    }

    #[test]
    fn a_store_is_found_again_and_a_strange_file_is_left_alone() {
        let folder = Folder::new("again");
        let open = || Store::open(&folder.place(), &Limits::USUAL).map(|(store, _)| store.id);
        let id = open().unwrap();
        assert_eq!((id.len(), open().unwrap()), (8, id), "the same store");
        let (_, memory) = Store::open(&Place::Memory, &Limits::USUAL).unwrap();
        assert_eq!(memory.query_row("SELECT count(*) FROM users", [], |row| row.get(0)), Ok(3), "a store of its own");

        let path = place::file(&folder.0);
        Connection::open(&path).unwrap().pragma_update(None, "user_version", 2).unwrap();
        assert!(format!("{:#}", open().unwrap_err()).contains("another version"));
        std::fs::remove_file(&path).unwrap();
        Connection::open(&path).unwrap().execute_batch("CREATE TABLE mine (x)").unwrap();
        assert!(format!("{:#}", open().unwrap_err()).contains("no store of Roundtrip's"));
        std::fs::write(&path, "this is no database, and long enough to be looked at".repeat(20)).unwrap();
        assert!(format!("{:#}", open().unwrap_err()).contains("not a database"));
    }
}
