/// The form of times and durations in documents, which people and programs read: times are RFC 3339
/// texts in UTC, durations are numbers of seconds in members whose names end in `_seconds`.
///
/// The catalog's own files keep microseconds since 1970. Decoding accepts both forms.
public enum DocumentForm {
    private static let key = CodingUserInfoKey(rawValue: "nostos.document")

    /// The `userInfo` of an encoder that writes documents.
    public static var userInfo: [CodingUserInfoKey: any Sendable] {
        key.map { [$0: true] } ?? [:]
    }

    /// Whether the encoder writes a document, and not a file of the catalog.
    static func isUsed(by encoder: any Encoder) -> Bool {
        key.flatMap { encoder.userInfo[$0] } != nil
    }
}

extension Encoder {
    /// Whether times are written as RFC 3339 texts and durations as seconds.
    var writesDocument: Bool { DocumentForm.isUsed(by: self) }
}

extension KeyedEncodingContainer {
    /// Writes a point in time, given in microseconds since 1970; nil writes nothing.
    mutating func encode(time: Int64?, forKey key: Key, asText: Bool) throws {
        guard let time else { return }
        if asText {
            try encode(Timestamp.text(Timestamp.clamped(time)), forKey: key)
        } else {
            try encode(time, forKey: key)
        }
    }

    /// Writes a duration, given in microseconds, as seconds; nil writes nothing.
    mutating func encode(seconds microseconds: Int64?, forKey key: Key) throws {
        guard let microseconds else { return }
        try encode(Double(microseconds) / 1e6, forKey: key)
    }
}

extension KeyedDecodingContainer {
    /// Reads a point in time in either form, in microseconds since 1970; nil where it is missing.
    func timeIfPresent(forKey key: Key) throws -> Int64? {
        guard contains(key), try !decodeNil(forKey: key) else { return nil }
        return try time(forKey: key)
    }

    /// Reads a point in time in either form, in microseconds since 1970.
    func time(forKey key: Key) throws -> Int64 {
        if let time = try? decode(Int64.self, forKey: key) { return time }
        let text = try decode(String.self, forKey: key)
        guard let time = Timestamp.microseconds(ofText: text) else {
            throw DecodingError.dataCorruptedError(
                forKey: key, in: self, debugDescription: "expected an RFC 3339 time in UTC")
        }
        return time
    }

    /// Reads a duration in microseconds: `micro` holds such, else `seconds` holds seconds.
    func durationIfPresent(micro: Key, seconds: Key) throws -> Int64? {
        if let time = try decodeIfPresent(Int64.self, forKey: micro) { return time }
        guard let seconds = try decodeIfPresent(Double.self, forKey: seconds) else { return nil }
        let microseconds = (seconds * 1e6).rounded()
        guard abs(microseconds) <= Double(JobState.maxDropDelay) else { return nil }
        return Int64(microseconds)
    }
}

extension Timestamp {
    /// The point in time of a text such as ``text(_:)`` writes, in microseconds since 1970: an
    /// RFC 3339 time in UTC with at most six digits of a second's fraction; nil for other texts.
    public static func microseconds(ofText text: String) -> Int64? {
        let bytes = Array(text.utf8)
        guard (20...27).contains(bytes.count), bytes.last == UInt8(ascii: "Z"),
            bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-"),
            bytes[10] == UInt8(ascii: "T"), bytes[13] == UInt8(ascii: ":"),
            bytes[16] == UInt8(ascii: ":"),
            let year = digits(bytes[0..<4]), let month = digits(bytes[5..<7]),
            let dayOfMonth = digits(bytes[8..<10]), let hour = digits(bytes[11..<13]),
            let minute = digits(bytes[14..<16]), let second = digits(bytes[17..<19]),
            hour < 24, minute < 60, second < 60,
            let day = day(year: year, month: month, day: dayOfMonth)
        else { return nil }
        var fraction = 0
        if bytes.count > 20 {
            let places = bytes[20..<(bytes.count - 1)]
            guard bytes[19] == UInt8(ascii: "."), !places.isEmpty, let value = digits(places) else {
                return nil
            }
            fraction = (places.count..<6).reduce(value) { value, _ in value * 10 }
        }
        let seconds = Int64((hour * 60 + minute) * 60 + second)
        return day * microsecondsPerDay + seconds * 1_000_000 + Int64(fraction)
    }

    private static func digits(_ bytes: ArraySlice<UInt8>) -> Int? {
        var value = 0
        for byte in bytes {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
            value = value * 10 + Int(byte - UInt8(ascii: "0"))
        }
        return value
    }
}
