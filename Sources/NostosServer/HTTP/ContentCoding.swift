/// The codings that a content can be sent in (RFC 9110 §8.4.1).
enum ContentCoding {
    case gzip, zstd

    /// The size below which contents are sent uncoded, in bytes.
    static let smallestSize = 1 << 10

    /// The name in `Content-Encoding`.
    var name: StaticString {
        switch self {
        case .gzip: "gzip"
        case .zstd: "zstd"
        }
    }
}

/// Encodes one content, piece by piece.
final class ContentEncoder {
    private enum Stream {
        case gzip(GzipEncoder)
        case zstd(ZstdEncoder)
    }

    private let stream: Stream

    init(_ coding: ContentCoding) {
        switch coding {
        case .gzip: stream = .gzip(GzipEncoder())
        case .zstd: stream = .zstd(ZstdEncoder())
        }
    }

    /// Appends the coded bytes that are ready after `piece`; all that are left where it `isLast`.
    func append(_ piece: Span<UInt8>, isLast: Bool, to output: inout [UInt8]) {
        switch stream {
        case .gzip(let encoder): encoder.append(piece, isLast: isLast, to: &output)
        case .zstd(let encoder): encoder.append(piece, isLast: isLast, to: &output)
        }
    }

    /// The encoder's memory, in bytes.
    var heldSize: Int {
        switch stream {
        case .gzip: GzipEncoder.heldSize
        case .zstd(let encoder): encoder.heldSize
        }
    }
}
