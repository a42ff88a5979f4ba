import Nostos

/// An answer whose content takes several turns to build, and is then sent piece by piece.
///
/// Sending begins after the whole content is built, so that an answer is complete or an error.
final class PendingAnswer {
    private(set) var head: AnswerHead
    let route: RouteName
    /// Whether the connection is closed after the answer.
    let isLast: Bool
    /// Whether the content is sent; otherwise only its size.
    let hasBody: Bool
    /// The content still to be made; nil when all of it is made.
    private(set) var content: LongContent?
    /// The time of the request by the loop's clock.
    var begunAt: Int64 = 0
    /// The request's entry for the log, if it is logged.
    var line: LoggedRequest?
    /// The content's size so far, in bytes.
    private(set) var size = 0
    private var pieces: [[UInt8]] = []
    private var sentCount = 0
    private var piecesSize = 0
    private var encoder: ContentEncoder?

    init(
        _ content: LongContent, _ head: AnswerHead, _ route: RouteName, isLast: Bool, hasBody: Bool
    ) {
        (self.content, self.head, self.route) = (content, head, route)
        (self.isLast, self.hasBody) = (isLast, hasBody)
        // One step alone is above the size from which contents are encoded.
        encoder = head.coding.map { ContentEncoder($0) }
        self.head.isCoded = encoder != nil
    }

    /// The bytes that it holds: those made and not sent, and those of the request.
    var heldSize: Int { piecesSize + (content?.heldSize ?? 0) + (encoder?.heldSize ?? 0) }

    /// Adds a part of the content; `isWhole` says that it was the last.
    func add(_ piece: Span<UInt8>, isWhole: Bool = false) {
        guard let encoder else { return keep(piece) }
        var coded: [UInt8] = []
        encoder.append(piece, isLast: isWhole, to: &coded)
        keep(coded.span)
        if isWhole { self.encoder = nil }
    }

    private func keep(_ piece: Span<UInt8>) {
        size += piece.count
        guard hasBody else { return }
        piecesSize += piece.count
        var copy: [UInt8] = []
        copy.reserveCapacity(piece.count)
        copy.append(piece)
        pieces.append(copy)
    }

    /// Discards the content so far.
    func removeAll() {
        (pieces, sentCount, piecesSize, encoder) = ([], 0, 0, nil)
    }

    /// Ends the building and releases the version, which must not stay open for as long as the
    /// client reads.
    func end() {
        content = nil
        head.version = nil
    }

    /// Appends the next piece; false when none is left.
    func appendPiece(to output: inout [UInt8]) -> Bool {
        guard sentCount < pieces.count else { return false }
        var piece: [UInt8] = []
        swap(&piece, &pieces[sentCount])
        sentCount += 1
        piecesSize -= piece.count
        output.append(piece.span)
        return true
    }
}

/// The rest of an answer.
enum AnswerRest {
    /// Lines after the head, as long as there are rows.
    case rows(RowStream)
    /// The whole answer, which must still be built.
    case pending(PendingAnswer)

    /// The bytes that it holds.
    var heldSize: Int {
        switch self {
        case .rows(let rows): rows.heldSize
        case .pending(let answer): answer.heldSize
        }
    }
}
