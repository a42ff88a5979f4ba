import SystemPackage

extension Catalog {
    /// Opens the published table of a version, whatever its state is.
    ///
    /// - Throws: ``TableError/io(file:operation:_:)`` where there is no such table, and where no
    ///   job can have the name; otherwise as ``TableReader/init(opening:)``.
    /// - Complexity: as ``TableReader/init(opening:)``: the rows are not read.
    public func openTable(job: String, version: Int) throws(TableError) -> TableReader {
        // An invalid name must not become a path.
        guard JobName.isValid(job) else {
            throw .io(file: layout.tables, operation: "open", .noSuchFileOrDirectory)
        }
        return try depot.open(TableName(job: job, number: version))
    }

    /// Opens the table of a version that may be read.
    ///
    /// - Throws: ``CatalogError/goneVersion(job:version:)`` where the version was dropped or has no
    ///   table; otherwise ``TableError``, as ``openTable(job:version:)``.
    public func openTable(job: String, _ version: VersionRecord) throws -> TableReader {
        guard version.isReadable else {
            throw CatalogError.goneVersion(job: job, version: version.number)
        }
        return try openTable(job: job, version: version.number)
    }
}
