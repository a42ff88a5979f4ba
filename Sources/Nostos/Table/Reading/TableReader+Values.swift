extension TableReader {
    /// The selection of these fields for typed reading, or of all in schema order.
    ///
    /// A name asked for twice stands once, where it was first. O(names × fields).
    public func selectValues(_ names: [String]? = nil) -> ValueSelection {
        ValueSelection(
            names: names ?? info.schema.fields.map(\.name), schema: info.schema, decoding: decoding)
    }

    /// Visits the selected fields of one record.
    ///
    /// Any thread may call this at any time.
    ///
    /// - Parameters:
    ///   - key: the encoded key.
    ///   - selection: made by ``selectValues(_:)`` of this table.
    ///   - visitor: gets the values.
    /// - Returns: false when there is no such key; nothing was visited.
    /// - Throws: ``TableError/corrupt(file:part:offset:detail:)``; what the visitor holds is then
    ///   void.
    /// - Complexity: O(log rows) and the record's size.
    public func visit<Visitor: ValueVisitor>(
        _ key: Span<UInt8>, _ selection: ValueSelection, with visitor: inout Visitor
    ) throws(TableError) -> Bool {
        let row: RowPlace?
        do throws(Damage) {
            row = try believed { table throws(Damage) in try table.find(key) }
        } catch {
            throw corrupt(error)
        }
        guard let row else { return false }
        var (scratch, buffer) = (ValueScratch(), EncodedRecord())
        try visit(row, selection, with: &visitor, &scratch, &buffer)
        return true
    }

    /// Visits a row that was found here.
    ///
    /// Values that were visited cannot be taken back. So a table of which a page was lost is read
    /// into `buffer` first; and where a page is lost meanwhile, reading ends with an error.
    func visit<Visitor: ValueVisitor>(
        _ row: RowPlace, _ selection: ValueSelection, with visitor: inout Visitor,
        _ scratch: inout ValueScratch, _ buffer: inout EncodedRecord
    ) throws(TableError) {
        precondition(
            selection.selection.program.belongs(to: mapping), "a selection of another table")
        guard isWhole else {
            try readCarefully(row, selection, &scratch, &buffer)
            EncodedValue.visit(record: buffer.bytes.span, with: &visitor)
            return
        }
        do throws(Damage) {
            try walk(row, selection, with: &visitor, &scratch)
            if isWhole { return }
        } catch {
            if isWhole { throw corrupt(error) }
        }
        // The error of the row itself, if it has one; else that of the page that was lost.
        try readCarefully(row, selection, &scratch, &buffer)
        let error = Damage(lostIn: 0..<mapping.size, mapping)
        throw Self.corrupt(file, footer, error.offset, error.detail)
    }

    private func readCarefully(
        _ row: RowPlace, _ selection: ValueSelection, _ scratch: inout ValueScratch,
        _ buffer: inout EncodedRecord
    ) throws(TableError) {
        do throws(Damage) {
            try carefully { twin throws(Damage) in
                buffer.removeAll()
                try twin.prepareOnce()
                try twin.verifyPages(row.offset..<row.offset + row.size)
                try twin.walk(row, selection, with: &buffer, &scratch)
            }
        } catch {
            throw corrupt(error)
        }
    }

    @inline(__always)
    private func walk<Visitor: ValueVisitor>(
        _ row: RowPlace, _ selection: ValueSelection, with visitor: inout Visitor,
        _ scratch: inout ValueScratch
    ) throws(Damage) {
        let columns = selection.columns
        var walk = try ValueWalk(row, selection.selection.program.view)
        try walk.run(columns.span, with: &visitor, &scratch)
        // The view is addresses in the memory of the program.
        withExtendedLifetime(selection) {}
    }

    /// Appends the selected fields of a row that was found here as a JSON object.
    @inline(__always)
    func appendJSON(
        _ selection: FieldSelection, of row: RowPlace, into output: inout [UInt8]
    ) throws(TableError) {
        let start = output.count
        do throws(Damage) {
            try append(selection, of: row, to: &output)
            if isWhole { return }
        } catch {
            if isWhole { throw corrupt(error) }
        }
        do throws(Damage) {
            try carefully { twin throws(Damage) in
                output.removeLast(output.count - start)
                try twin.prepareOnce()
                try twin.verifyPages(row.offset..<row.offset + row.size)
                try twin.append(selection, of: row, to: &output)
            }
        } catch {
            output.removeLast(output.count - start)
            throw corrupt(error)
        }
    }

    /// The result of `body` for this table; once a page was lost, for its careful twin.
    func believed<T>(_ body: (TableReader) throws(Damage) -> T) throws(Damage) -> T {
        do throws(Damage) {
            let result = try body(self)
            if isWhole { return result }
        } catch {
            if isWhole { throw error }
        }
        return try carefully(body)
    }
}
