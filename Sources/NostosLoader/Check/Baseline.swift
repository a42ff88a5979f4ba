import Nostos

/// The version that is served while a new one is checked: what `row_count`, `changed` and `schema`
/// compare with.
struct Baseline {
    /// Its number.
    let version: Int
    /// The number of its keys, by the catalog.
    let rowCount: Int
    /// Its table, or why that cannot be opened.
    let table: Result<TableReader, TableError>

    /// The current version of the job; nil before the first.
    init?(of job: String, in catalog: Catalog) throws(CatalogError) {
        guard let current = try catalog.job(job)?.current else { return nil }
        version = current.number
        rowCount = current.rowCount
        do throws(TableError) {
            table = .success(try catalog.openTable(job: job, version: current.number))
        } catch {
            table = .failure(error)
        }
    }

    init(version: Int, table: TableReader) {
        self.version = version
        rowCount = table.info.rowCount
        self.table = .success(table)
    }
}
