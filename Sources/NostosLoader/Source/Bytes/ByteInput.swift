import Nostos
import SystemPackage

/// Bytes that come one piece after another: of a file, out of a program, decompressed.
///
/// Used by one thread at a time.
protocol ByteInput: AnyObject {
    /// Appends the next piece, at most ``ByteInputs/pieceSize`` bytes.
    ///
    /// - Returns: false at the end, which is then a good one; nothing was appended.
    func read(into bytes: inout [UInt8]) throws(ByteInputError) -> Bool
}

/// The operations that all inputs have in common.
enum ByteInputs {
    /// The most bytes of one piece.
    static let pieceSize = 256 << 10
}

/// The reason for which an input does not return its bytes.
enum ByteInputError: Error, Equatable {
    /// Compressed bytes that are damaged or cut off, at that offset of the file.
    case damaged(offset: Int, reason: String)
    /// The program or the file broke off; its last output and its end.
    case brokeOff(String)
    /// The program failed by its own fault; its last output and its end.
    case failed(String)
}

extension [UInt8] {
    /// Appends what the system reads from a descriptor in one call, at most a piece.
    ///
    /// - Returns: how many bytes; 0 at the end.
    mutating func append(from file: FileDescriptor) throws(Errno) -> Int {
        try append(from: file, atMost: ByteInputs.pieceSize)
    }
}
