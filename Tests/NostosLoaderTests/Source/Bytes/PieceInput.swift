@testable import NostosLoader

/// Bytes in the pieces that a test wants, and then the end or an error.
final class PieceInput: ByteInput {
    private var pieces: ArraySlice<[UInt8]>
    private let failure: ByteInputError?

    init(_ pieces: [[UInt8]], failure: ByteInputError? = nil) {
        self.pieces = pieces[...]
        self.failure = failure
    }

    /// The text in pieces of that size.
    convenience init(_ text: String, pieceSize: Int = .max) {
        self.init(Self.cut(Array(text.utf8), size: pieceSize))
    }

    func read(into bytes: inout [UInt8]) throws(ByteInputError) -> Bool {
        guard let piece = pieces.popFirst() else {
            if let failure { throw failure }
            return false
        }
        bytes += piece
        return true
    }

    static func cut(_ bytes: [UInt8], size: Int) -> [[UInt8]] {
        stride(from: 0, to: bytes.count, by: min(size, max(bytes.count, 1))).map {
            Array(bytes[$0..<min(bytes.count, $0 + min(size, bytes.count))])
        }
    }
}

/// The input and every way to cut it in two, and single bytes.
func allCuts(_ bytes: [UInt8]) -> [[[UInt8]]] {
    [[bytes].filter { !$0.isEmpty }, PieceInput.cut(bytes, size: 1)]
        + bytes.indices.dropFirst().map { [Array(bytes[..<$0]), Array(bytes[$0...])] }
}
