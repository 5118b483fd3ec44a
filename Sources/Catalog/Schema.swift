/// The tables of the catalog.
///
/// Numbers stand for packs and bundles, so that a chunk's row costs little more than its name. The bundles of a pack
/// have consecutive numbers. `contents` repeats each bundle's chunks in order (name, then size as four bytes, the
/// lowest first): for reading a pack's record back and for removing a segment without a walk over all chunks.
/// `complete_snapshots` names those of which every chunk was listed when they were made; `removals` counts how often a
/// segment was taken out, which empties it.
/// `swept_packs` are those that garbage collection has swept in the generations up to the one row of `generations`, which
/// has the digest of the last plan, too.
/// `pages` and `page_sets` are the files cache: sealed pages of trees, and by set of files what was saved last. The layer
/// above seals both; the higher its number, the later a set was noted. `page_totals` is one row that counts the pages, and
/// those that were left when pages were swept out last.
/// A pack that two segments list has two rows and two sets of bundles, so that each can be removed for itself.
enum Schema {
    /// Written to `PRAGMA application_id`: "PaFS".
    static let applicationID = 0x5061_4653

    /// The tables, as SQLite keeps their text in `sqlite_schema`: a file with any other is not ours.
    static let tables = [
        "CREATE TABLE repository (id BLOB NOT NULL)",
        "CREATE TABLE segments (number INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE)",
        """
        CREATE TABLE packs (number INTEGER PRIMARY KEY, segment INTEGER NOT NULL, id BLOB NOT NULL, \
        kind INTEGER NOT NULL, first_bundle INTEGER NOT NULL, bundles INTEGER NOT NULL, chunks INTEGER NOT NULL, \
        chunk_bytes INTEGER NOT NULL, stored_bytes INTEGER NOT NULL)
        """,
        "CREATE INDEX packs_by_id ON packs (id, number)",
        "CREATE INDEX packs_by_segment ON packs (segment)",
        """
        CREATE TABLE sessions (pack INTEGER NOT NULL, number INTEGER NOT NULL, sealed BLOB NOT NULL, \
        PRIMARY KEY (pack, number)) WITHOUT ROWID
        """,
        """
        CREATE TABLE bundles (number INTEGER PRIMARY KEY, pack INTEGER NOT NULL, start INTEGER NOT NULL, \
        stored_bytes INTEGER NOT NULL, plaintext_bytes INTEGER NOT NULL, session INTEGER NOT NULL)
        """,
        "CREATE TABLE contents (bundle INTEGER PRIMARY KEY, chunks BLOB NOT NULL)",
        """
        CREATE TABLE chunks (id BLOB NOT NULL, bundle INTEGER NOT NULL, position INTEGER NOT NULL, \
        bytes INTEGER NOT NULL, PRIMARY KEY (id, bundle, position)) WITHOUT ROWID
        """,
        "CREATE TABLE snapshots (id BLOB NOT NULL PRIMARY KEY, manifest BLOB NOT NULL)",
        "CREATE TABLE removals (count INTEGER NOT NULL)",
        "CREATE TABLE complete_snapshots (id BLOB NOT NULL PRIMARY KEY) WITHOUT ROWID",
        "CREATE TABLE swept_packs (id BLOB NOT NULL PRIMARY KEY) WITHOUT ROWID",
        "CREATE TABLE generations (swept INTEGER NOT NULL, plan BLOB NOT NULL)",
        "CREATE TABLE pages (number INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, sealed BLOB NOT NULL)",
        "CREATE TABLE page_sets (number INTEGER PRIMARY KEY, name BLOB NOT NULL UNIQUE, sealed BLOB NOT NULL)",
        "CREATE TABLE page_totals (pages INTEGER NOT NULL, bytes INTEGER NOT NULL, live INTEGER NOT NULL)",
    ]
}
