import Nostos

/// The limits of a page of rows.
enum PageLimit {
    /// The number of rows of a page unless the caller says.
    static let usualCount = 100
    static let maxCount = 1000
    /// The size in bytes after which a page ends with the current row; its cursor continues there.
    static let maxSize = 1 << 20
}

/// A page such as `{"job":"a","version":12,"rows":[{"key":1,"values":{…}}],"next":null}`, which is
/// built step by step.
///
/// `next` is the cursor of the next page, and null after the last row.
final class PageContent {
    let job: ServedJob
    private let version: ServedVersion
    private let choice: FieldChoice
    private let rows: RowStream
    private let limit: Int
    /// The parameters that the next page has too.
    var query: [UInt8] = []
    private var hasMore = false
    private var size = 0

    init(
        _ rows: RowStream, limit: Int, _ job: ServedJob, _ version: ServedVersion,
        _ choice: FieldChoice
    ) {
        (self.rows, self.limit) = (rows, limit)
        (self.job, self.version, self.choice) = (job, version, choice)
    }

    /// Builds and appends one step; false if it was the last.
    func append(to output: inout [UInt8]) throws(ContentFault) -> Bool {
        do throws(TableError) {
            let start = output.count
            if size == 0 { try begin(&output) }
            while hasMore, rows.rowCount < limit {
                let stepSize = output.count - start
                guard size + stepSize <= PageLimit.maxSize else { break }
                guard stepSize < LongContent.stepSize else {
                    size += stepSize
                    return true
                }
                if rows.rowCount > 0 { output.append(UInt8(ascii: ",")) }
                try rows.appendRow(to: &output)
                hasMore = try rows.next()
            }
            end(&output)
            return false
        } catch {
            throw .damaged(error, request: nil)
        }
    }

    private func begin(_ output: inout [UInt8]) throws(TableError) {
        output.append(ascii: "{\"job\":")
        let name = job.name
        JSONText.append(string: name.span, to: &output)
        output.append(contentsOf: version.member)
        output.append(contentsOf: choice.absentFields)
        output.append(ascii: ",\"rows\":[")
        hasMore = try rows.next()
    }

    private func end(_ output: inout [UInt8]) {
        version.lookups.found += UInt64(rows.rowCount)
        output.append(ascii: "],\"next\":")
        guard hasMore else { return output.append(ascii: "null}") }
        output.append(UInt8(ascii: "\""))
        let cursor = PageCursor(
            version: version.number, digest: version.digest, job: job.name, key: rows.key,
            query: query)
        cursor.append(to: &output)
        output.append(ascii: "\"}")
    }
}
