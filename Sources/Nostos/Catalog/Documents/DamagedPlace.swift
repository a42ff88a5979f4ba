/// Damaged pages that follow each other in one part of a table, as one line.
struct DamagedPlace: CustomStringConvertible {
    private let error: TableError
    private let offset: Int
    private var count = 1

    /// The places, in the order of the file.
    static func all(in damages: [TableError]) -> [DamagedPlace] {
        var places: [DamagedPlace] = []
        for damage in damages {
            guard case .corrupt(_, let part, let offset, _) = damage else { continue }
            if let last = places.last, last.isContinued(by: part, offset) {
                places[places.count - 1].count += 1
            } else {
                places.append(DamagedPlace(error: damage, offset: offset))
            }
        }
        return places
    }

    private init(error: TableError, offset: Int) {
        (self.error, self.offset) = (error, offset)
    }

    private func isContinued(by part: TablePart, _ offset: Int) -> Bool {
        guard case .corrupt(_, part, _, _) = error else { return false }
        return offset == self.offset + count * TableReader.pageSize
    }

    /// The first page's error, and how far the damage goes.
    var description: String {
        count == 1
            ? "\(error)"
            : "\(error); and the \(count - 1) pages after it, up to "
                + String(offset + count * TableReader.pageSize)
    }
}
