/// A document's text with what the parser must not act on replaced, one scalar by one scalar, so
/// that every line and column stays.
///
/// Yams expands aliases while it composes, and hashes every key: a few hundred bytes of aliases in
/// aliases keep it busy for hours. So each `*` becomes a private-use scalar that the text does not
/// have. Where it could only have started an alias, a plain scalar now starts with the stand-in,
/// which no plain scalar could do with `*`;
///
/// Likewise Yams stops at the first repeated key. The key's first letter then becomes a stand-in of
/// its own, which makes it unique, and the reader finds the repetition and everything else.
struct StandIns {
    /// The most repeated keys that are worked around; one more ends the reading.
    static let maxRepeatedKeys = 16
    /// The most text, in scalars, that is composed again for repeated keys.
    static let maxRepeatedSize = 1 << 21

    /// The stand-in for `*`.
    let alias: Unicode.Scalar
    private var free: [Unicode.Scalar]
    private var originals: [Unicode.Scalar: Unicode.Scalar]
    private var scalars: [Unicode.Scalar]

    /// The text's scalars with stand-ins; nil when the text uses the whole private-use area.
    init?(_ text: [Unicode.Scalar]) {
        let used = Set(text.lazy.map(\.value).filter { (0xE000...0xF8FF).contains($0) })
        var free: [Unicode.Scalar] = []
        for value: UInt32 in 0xE000...0xF8FF where !used.contains(value) {
            if let scalar = Unicode.Scalar(value) { free.append(scalar) }
            if free.count > Self.maxRepeatedKeys { break }
        }
        guard let alias = free.popLast() else { return nil }
        self.alias = alias
        self.free = free
        originals = [alias: "*"]
        scalars = text.map { $0 == "*" ? alias : $0 }
    }

    /// The text to compose.
    var text: String {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars)
        return String(view)
    }

    /// Makes the key that starts at that offset unique; false where that cannot be done.
    mutating func replaceKey(at offset: Int) -> Bool {
        var offset = offset
        if offset < scalars.count, scalars[offset] == "\"" || scalars[offset] == "'" { offset += 1 }
        guard offset < scalars.count, scalars[offset].isWord,
            (originals.count + 1) * scalars.count <= Self.maxRepeatedSize,
            let standIn = free.popLast()
        else { return false }
        originals[standIn] = scalars[offset]
        scalars[offset] = standIn
        return true
    }

    /// The text as it was written.
    func restore(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: { originals[$0] != nil }) else { return text }
        var view = String.UnicodeScalarView()
        for scalar in text.unicodeScalars { view.append(originals[scalar] ?? scalar) }
        return String(view)
    }
}
