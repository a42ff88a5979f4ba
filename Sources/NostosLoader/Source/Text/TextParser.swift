/// The requirements on a parser of texts besides rows.
protocol TextParser: RowParser {
    /// Whether values are text in the first place, and not JSON.
    static var isPlainText: Bool { get }
    /// The columns' names, as far as they are known.
    var columnNames: [String] { get }
    /// See ``RowParser/line``; set to read again from an earlier line.
    var line: Int { get set }
    /// The line on which the last row began.
    var lastLine: Int { get }

    /// Takes the first row, which was just read, for the names of the columns; of plain text only.
    mutating func takeHeader(in bytes: Span<UInt8>, _ contract: TextContract) throws(RowError)

    /// Begins the sample; a parser that learns its columns from the rows learns those that the
    /// contract takes.
    mutating func beginSample(_ contract: TextContract)

    /// Ends the sample: the columns are those seen and those of the contract, and no others will
    /// come.
    ///
    /// - Parameters:
    ///   - contract: the job's statements.
    ///   - isEmpty: whether there was no row: then the index columns are taken from the contract.
    /// - Throws: what the contract names and the text does not have.
    mutating func fixColumns(_ contract: TextContract, isEmpty: Bool) throws(RowError)
}
