/// The codings that a content can be sent in (RFC 9110 §8.4.1).
enum ContentCoding {
    case gzip, zstd

    /// Shorter contents are sent as they are, in bytes.
    static let smallestSize = 1 << 10

    /// The name in `Content-Encoding`.
    var name: StaticString {
        switch self {
        case .gzip: "gzip"
        case .zstd: "zstd"
        }
    }

    /// The coding that a client prefers by its `Accept-Encoding` (RFC 9110 §12.5.3), or nil where
    /// it wants none; of equals zstd, which costs less.
    static func preferred(_ request: Request, _ bytes: Span<UInt8>) -> ContentCoding? {
        guard request.traits.contains(.acceptEncoding) else { return nil }
        var weights = CodingWeights()
        var lines = FieldLines(request, in: bytes)
        lines.forEachItem("accept-encoding") { item in
            weights.note(item)
            return true
        }
        return weights.preferred
    }
}

/// The weights of the codings that a client takes, item by item of its `Accept-Encoding`.
struct CodingWeights {
    private var gzip, zstd, identity, any: Int?

    init() {}

    /// Notes one item, such as `gzip;q=0.5`; what is no known coding changes nothing.
    mutating func note(_ item: Span<UInt8>) {
        let (name, weight) = Weight.split(item)
        if item.equals(lowercase: "gzip", in: name) || item.equals(lowercase: "x-gzip", in: name) {
            gzip = weight
        } else if item.equals(lowercase: "zstd", in: name) {
            zstd = weight
        } else if item.equals(lowercase: "identity", in: name) {
            identity = weight
        } else if item.equals("*", in: name) {
            any = weight
        }
    }

    /// The coding with the highest weight, or nil where the client wants none; of equals zstd, which
    /// costs less.
    var preferred: ContentCoding? {
        // `*` stands for gzip, which everybody reads.
        let gzip = gzip ?? any ?? 0
        let zstd = zstd ?? 0
        guard max(gzip, zstd) > 0, max(gzip, zstd) >= identity ?? 0 else { return nil }
        return zstd >= gzip ? .zstd : .gzip
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

    /// Appends what there is of the coded content after `piece`, all of it where that `isLast`.
    func append(_ piece: Span<UInt8>, isLast: Bool, to output: inout [UInt8]) {
        switch stream {
        case .gzip(let encoder): encoder.append(piece, isLast: isLast, to: &output)
        case .zstd(let encoder): encoder.append(piece, isLast: isLast, to: &output)
        }
    }

    /// The memory that it holds, in bytes.
    var heldSize: Int {
        switch stream {
        case .gzip: GzipEncoder.heldSize
        case .zstd(let encoder): encoder.heldSize
        }
    }
}
