import SystemPackage

/// The place of a store's published tables.
///
/// A table is put there once, under the name of its version, and never changes afterwards. The
/// catalog decides which tables exist; the depot only keeps their bytes. ``LocalDepot`` keeps them
/// in the store's own directory.
protocol TableDepot: Sendable {
    /// Publishes the finished table at `file` under its name; the file is gone from its old place.
    ///
    /// The table and its name are durable when this returns. A table of that name is never
    /// replaced.
    func put(_ file: FilePath, as name: TableName) throws(CatalogError)

    /// Opens a table for reading.
    ///
    /// - Throws: ``TableError/io(file:operation:_:)`` where there is no such table; otherwise as
    ///   ``TableReader/init(opening:)``.
    func open(_ name: TableName) throws(TableError) -> TableReader

    /// Deletes tables that no reader holds, and returns the names that are gone now, among them
    /// those that were not there.
    ///
    /// The deletion is durable when this returns. With `evenIfHeld` it also deletes tables that
    /// readers hold; they read on undisturbed.
    func remove(_ names: [TableName], evenIfHeld: Bool) throws(CatalogError) -> [TableName]

    /// The names of all tables, in no order; other files are not among them.
    func list() throws(CatalogError) -> [TableName]
}
