import Synchronization

// Reading on after a page of a table could not be read, or its file was changed; see
// `GuardedRegion` and docs/data-plane.md, "A damaged page".
//
// A page that was verified may read as zeros later, and the rows of a lookup are not checked again.
// So every answer is followed by one question, whether all of the mapping could be read so far. If
// not, the answer is thrown away, and found again by the table's careful twin: it believes no page
// because it was good once, but looks each one up among the lost ones, and its answer counts if no
// other page was lost meanwhile. Lost pages are errors, all others answer as before.
extension TableReader {
    /// Whether answers read up to now can be believed.
    @inline(__always)
    var isWhole: Bool { mapping.isWhole }

    /// Does `body` with the careful twin until no page was lost meanwhile.
    ///
    /// Ends: a page is lost once, and with the seventeenth all of them are.
    @inline(never)
    func carefully<T>(_ body: (TableReader) throws(Damage) -> T) throws(Damage) -> T {
        let twin = carefulTwin()
        while true {
            let before = mapping.guarded.lossCount
            let result: Result<T, Damage>
            do throws(Damage) { result = .success(try body(twin)) } catch {
                result = .failure(error)
            }
            guard mapping.guarded.lossCount == before else { continue }
            // A file that was cut short after the answer fails the next attempt.
            if case .success = result, !mapping.hasItsEnd { continue }
            return try result.get()
        }
    }

    private func carefulTwin() -> TableReader {
        twin.withLock { twin in
            if let twin { return twin }
            let made = TableReader(carefulTwinOf: self)
            twin = made
            return made
        }
    }

    /// Verifies every page again before it is used next: the file was written to.
    ///
    /// A thread that verifies a page at this moment may still remember it as good, so the caller
    /// calls this once more a little later.
    func distrust() {
        verifier.forgetAll()
        isPrepared.store(false, ordering: .releasing)
    }
}

extension TableReader {
    /// Appends the record of a key, if there is one.
    @inline(__always)
    func lookUp(
        _ key: Span<UInt8>, _ selection: FieldSelection, into output: inout [UInt8]
    ) throws(Damage) -> Bool {
        guard let row = try find(key) else { return false }
        try append(selection, of: row, to: &output)
        return true
    }

    @inline(never)
    func getCarefully(
        _ key: Span<UInt8>, _ selection: FieldSelection, into output: inout [UInt8]
    ) throws(TableError) -> Bool {
        let start = output.count
        do throws(Damage) {
            return try carefully { twin throws(Damage) in
                output.removeLast(output.count - start)
                return try twin.lookUp(key, selection, into: &output)
            }
        } catch {
            output.removeLast(output.count - start)
            throw corrupt(error)
        }
    }
}
