import Nostos

/// The columns of JSON lines, by their members' names.
///
/// Most writers write the members of all objects in the same order: a name is first compared with
/// the one that follows its predecessor's, and with a few after that for members left out.
struct JSONColumns {
    private static let lookAhead = 4

    /// The names in the order in which they first came.
    private(set) var names: [String] = []
    private var bytes: [[UInt8]] = []
    private var places: [String: Int] = [:]
    /// The last row in which each column had a member.
    private var lastRows: [Int] = []
    private var row = 0
    private var next = 0
    /// The only names that are columns; nil: all are.
    private var only: Set<String>?

    /// Leaves out all members but those.
    mutating func takeOnly(_ names: Set<String>) { only = names }

    /// Adds a column, unless there is one of that name.
    mutating func add(_ name: String) {
        guard places[name] == nil else { return }
        places[name] = names.count
        names.append(name)
        bytes.append(Array(name.utf8))
        lastRows.append(0)
    }

    /// Forgets which members were seen.
    mutating func beginRow() {
        row += 1
        next = 0
    }

    /// The place of a member's column, which is added when it `learns`; nil for a member that is
    /// left out.
    mutating func place(
        of name: Span<UInt8>, learns: Bool
    ) throws(JSONScanner.Stop) -> Int? {
        guard let place = try find(name, learns) else { return nil }
        guard lastRows[place] < row else {
            throw .refused("found the member \(quoted(names[place])) twice, expected it once")
        }
        lastRows[place] = row
        next = place + 1
        return place
    }

    private mutating func find(
        _ name: Span<UInt8>, _ learns: Bool
    ) throws(JSONScanner.Stop) -> Int? {
        for place in next..<max(next, min(next + Self.lookAhead, bytes.count)) {
            let candidate = bytes[place]
            if candidate.span.elementsEqual(name) { return place }
        }
        var copy: [UInt8] = []
        copy.append(name)
        guard let text = String(validating: copy, as: UTF8.self) else {
            throw .refused("found a member's name that is not UTF-8, expected text")
        }
        if let place = places[text] { return place }
        if let only, !only.contains(text) { return nil }
        guard learns else { throw .refused(unknown(text)) }
        guard names.count < RowLimits.maxColumnCount else {
            throw .refused("found more than \(RowLimits.maxColumnCount) different members")
        }
        guard !text.isEmpty else { throw .refused("found a member without a name") }
        add(text)
        return names.count - 1
    }

    private func unknown(_ name: String) -> String {
        let near = nearestWord(to: name, among: names).map { "; did you mean \(quoted($0))?" } ?? ""
        return """
            found the new member \(quoted(name)), expected those of the first rows or of columns\
            \(near); say columns: {\(name): {}} if it is a field
            """
    }
}
