import Nostos

/// The time in the form that answers show.
///
/// The transport makes a new one every second.
struct AnswerTime: Sendable {
    /// Seconds since 1970.
    let seconds: Int64
    /// The whole `Date` line, in the form of RFC 9110 §5.6.7: `Date: Sun, 06 Nov 1994 08:49:37
    /// GMT`.
    let dateLine: [UInt8]

    init(seconds: Int64) {
        self.seconds = seconds
        let text = Array(Timestamp.text(seconds * 1_000_000).utf8)
        // 1970-01-01 was a Thursday; days before it count down.
        let day = Int((seconds / 86_400 % 7 + 7 + 4) % 7)
        let month = Int(text[5] - UInt8(ascii: "0")) * 10 + Int(text[6] - UInt8(ascii: "0"))
        var line = Array("Date: \(Self.days[day]), ".utf8)
        line += text[8..<10] + Array(" \(Self.months[month - 1]) ".utf8) + text[0..<4]
        line += Array(" ".utf8) + text[11..<19] + Array(" GMT\r\n".utf8)
        dateLine = line
    }

    /// The line's value.
    var text: String { String(decoding: dateLine.dropFirst(6).dropLast(2), as: UTF8.self) }

    private static let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
}
