/// The proof that no row was lost on its way from the sources into a version's table: what was
/// counted at each step, kept with the run.
public struct Completeness: Codable, Sendable, Hashable {
    /// The counts of one generator's rows, by their fate.
    public struct Generator: Codable, Sendable, Hashable {
        /// Its name in messages.
        public let name: String
        /// Rows that the source handed over.
        public let rowsRead: Int
        /// Rows that came out of the sort, whatever became of them.
        public let rowsMerged: Int
        /// Of those: rows that lost against another of their key, by `on_duplicate`.
        public let rowsRepeated: Int
        /// Of those: rows whose key is not in the table, by `join: first`.
        public let rowsUnjoined: Int

        /// The counts of one generator.
        public init(
            name: String, rowsRead: Int, rowsMerged: Int, rowsRepeated: Int = 0,
            rowsUnjoined: Int = 0
        ) {
            (self.name, self.rowsRead, self.rowsMerged) = (name, rowsRead, rowsMerged)
            (self.rowsRepeated, self.rowsUnjoined) = (rowsRepeated, rowsUnjoined)
        }

        private enum CodingKeys: String, CodingKey {
            case name
            case rowsRead = "rows_read"
            case rowsMerged = "rows_merged"
            case rowsRepeated = "rows_repeated"
            case rowsUnjoined = "rows_unjoined"
        }
    }

    /// One for each generator that has rows, in the job's order.
    public let generators: [Generator]
    /// Records that the merge made.
    public let keysMerged: Int
    /// Records that the table's writer took.
    public var keysWritten: Int
    /// Records that were read back from the finished file, every checksum included.
    public var keysReadBack: Int

    /// The counts until the merge; nothing is written yet.
    public init(generators: [Generator], keysMerged: Int) {
        (self.generators, self.keysMerged) = (generators, keysMerged)
        (keysWritten, keysReadBack) = (0, 0)
    }

    /// The first step between which counts differ, or nil where nothing is missing.
    public var gap: String? {
        for generator in generators where generator.rowsRead != generator.rowsMerged {
            return "\(generator.name): \(generator.rowsRead) rows read, \(generator.rowsMerged)"
                + " merged"
        }
        if keysMerged != keysWritten { return "\(keysMerged) keys merged, \(keysWritten) written" }
        if keysWritten != keysReadBack {
            return "\(keysWritten) keys written, \(keysReadBack) read back"
        }
        return nil
    }

    private enum CodingKeys: String, CodingKey {
        case generators
        case keysMerged = "keys_merged"
        case keysWritten = "keys_written"
        case keysReadBack = "keys_read_back"
    }
}
