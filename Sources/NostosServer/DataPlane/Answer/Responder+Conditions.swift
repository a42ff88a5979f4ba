/// The conditions of a GET (RFC 9110 §13.2.2): `If-Match` and `If-None-Match`.
extension Responder {
    /// Makes the answer 304 if the client has it already, as far as that is known before a table is
    /// read; false otherwise.
    @inline(__always)
    mutating func isNotModified(
        _ request: Request, _ bytes: Span<UInt8>, _ version: ServedVersion
    ) -> Bool {
        guard !request.ifNoneMatch.isEmpty, !request.traits.contains(.ifMatch) else { return false }
        return hasSeen(request, bytes, version, .record)
    }

    /// Whether `If-None-Match` names the version's answer.
    func hasSeen(
        _ request: Request, _ bytes: Span<UInt8>, _ version: ServedVersion, _ tag: ServedVersion.Tag
    ) -> Bool {
        guard request.traits.contains(.severalIfNoneMatch) else {
            return version.matches(bytes.extracting(request.ifNoneMatch), tag, head.coding)
        }
        var lines = FieldLines(request, in: bytes)
        while let value = lines.next("if-none-match") {
            if version.matches(lines.text(value), tag, head.coding) { return true }
        }
        return false
    }

    /// Checks the conditions of an answer that exists: `*` stands for any.
    ///
    /// - Returns: whether the answer is 304.
    /// - Throws: 412 where `If-Match` names another answer.
    mutating func checkConditions(
        _ request: Request, _ bytes: Span<UInt8>, _ version: ServedVersion, _ tag: ServedVersion.Tag
    ) throws(Problem) -> Bool {
        if request.traits.contains(.ifMatch) {
            guard isExpected(request, bytes, version, tag) else {
                throw Problem(
                    .preconditionFailed, "No tag of the If-Match field is that of the answer.")
            }
            if hasSeen(request, bytes, version, tag) { return true }
        }
        guard !request.ifNoneMatch.isEmpty else { return false }
        var lines = FieldLines(request, in: bytes)
        while let value = lines.next("if-none-match") {
            if lines.text(value).equals("*", in: 0..<value.count) { return true }
        }
        return false
    }

    private func isExpected(
        _ request: Request, _ bytes: Span<UInt8>, _ version: ServedVersion, _ tag: ServedVersion.Tag
    ) -> Bool {
        var lines = FieldLines(request, in: bytes)
        while let value = lines.next("if-match") {
            let text = lines.text(value)
            if text.equals("*", in: 0..<text.count)
                || version.matches(text, tag, head.coding, isStrong: true)
            {
                return true
            }
        }
        return false
    }
}
