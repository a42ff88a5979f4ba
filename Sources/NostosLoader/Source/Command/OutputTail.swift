import Nostos

/// The end of a program's standard error, for a message.
///
/// Secrets are masked before anything is dropped: the rest of one that was cut in two could not be
/// distinguished from other text.
struct OutputTail {
    /// The least number of bytes that are kept.
    private static let maxSize = 16 << 10
    private static let maxLines = 20
    private static let maxLineCount = 400

    private let mask: SecretMask
    private var bytes: [UInt8] = []
    private var isCut = false

    /// An empty tail, whose text will not show those secrets.
    init(_ mask: SecretMask) { self.mask = mask }

    /// Takes the next piece; only the end of all pieces stays.
    mutating func append(_ piece: Span<UInt8>) {
        bytes.append(piece)
        // Twice the size at most, so that pieces of one byte are not moved one by one.
        if bytes.count > 2 * Self.maxSize { drop() }
    }

    private mutating func drop() {
        // The beginning of a character stays as it is until the rest has come.
        let pending = bytes.suffix(3).reversed().prefix { $0 >= 0x80 }.count
        let whole = bytes.dropLast(pending)
        let masked = Array(mask.mask(String(decoding: whole, as: UTF8.self)).utf8)
        bytes = masked.suffix(Self.maxSize) + bytes.suffix(pending)
        isCut = true
    }

    /// The last lines, two spaces before each, without controls; nil when there was no output.
    ///
    /// A progress bar draws its line again and again with CR: its last state is what counts.
    var text: String? {
        let lines = mask.mask(String(decoding: bytes, as: UTF8.self))
            .split(whereSeparator: \.isNewline)
            .map { $0.split(separator: "\r").last ?? "" }
            .filter { !$0.allSatisfy(\.isWhitespace) }
        guard !lines.isEmpty else { return nil }
        let shown = lines.suffix(Self.maxLines).map {
            "  " + String($0).printable(maxCount: Self.maxLineCount)
        }
        let isAll = !isCut && lines.count <= Self.maxLines
        return ((isAll ? [] : ["  …"]) + shown).joined(separator: "\n")
    }
}

extension String {
    /// The text on one line, controls escaped, cut to that many characters.
    func printable(maxCount: Int) -> String {
        var shown = ""
        for scalar in unicodeScalars.prefix(maxCount) {
            let isControl =
                scalar.properties.generalCategory == .control && scalar != "\t"
            shown += isControl ? "\\u{\(String(scalar.value, radix: 16))}" : String(scalar)
        }
        return unicodeScalars.count > maxCount ? shown + "…" : shown
    }
}
