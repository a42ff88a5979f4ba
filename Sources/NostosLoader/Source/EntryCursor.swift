/// A cursor that makes entries of plain rows itself, without a ``Row`` between.
protocol EntryCursor: RowCursor {
    /// Appends the entries of the next rows, up to the first one that is not plain or not at hand.
    ///
    /// The entries are those that ``PlainRows/append(_:ends:to:)`` makes of the rows. It
    /// never waits and never fails: all that is not plain, be it the end, is for
    /// ``RowCursor/next(into:)``.
    ///
    /// - Parameters:
    ///   - plain: what plain rows are like.
    ///   - limit: the most rows to take.
    ///   - output: gets the entries.
    /// - Returns: the number of rows taken; 0 does not mean the end.
    func appendEntries(of plain: PlainRows, limit: Int, to output: inout [UInt8]) -> Int
}
