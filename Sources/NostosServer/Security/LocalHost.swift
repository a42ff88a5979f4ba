import Nostos

/// Host names that can only mean this machine or its own network.
///
/// A page of another site can point its own name at a server on this machine and then read all that
/// local callers may read (DNS rebinding). A server without tokens therefore answers only to names
/// that nobody can register: `localhost` and names below it, loopback addresses, names without a
/// dot, and names below `internal`, which ICANN keeps for private networks.
enum LocalHost {
    /// Whether an authority such as `localhost:7480` (RFC 3986 §3.2) has such a name.
    ///
    /// An empty authority, which no browser sends, counts as local.
    static func isLocal(_ authority: Span<UInt8>) -> Bool {
        guard var host = host(of: authority) else { return false }
        guard !host.isEmpty else { return true }
        if authority[host.lowerBound] == UInt8(ascii: "[") { return isLoopback6(authority, host) }
        if host.count > 1, authority[host.upperBound - 1] == UInt8(ascii: ".") {
            host = host.lowerBound..<host.upperBound - 1
        }
        for index in host where !isNameByte(authority[index]) { return false }
        let dot = UInt8(ascii: ".")
        guard authority.end(at: dot, in: host) < host.upperBound else { return true }
        if isLoopback4(authority, host) { return true }
        var start = host.upperBound
        while start > host.lowerBound, authority[start - 1] != dot { start -= 1 }
        let last = start..<host.upperBound
        return authority.equals(lowercase: "localhost", in: last)
            || authority.equals(lowercase: "internal", in: last)
    }

    /// Whether a text has such a name.
    static func isLocal(_ authority: String) -> Bool { isLocal(Array(authority.utf8).span) }

    /// The part before the port; nil where what follows it is no port.
    private static func host(of authority: Span<UInt8>) -> Range<Int>? {
        var end = 0
        if authority.count > 0, authority[0] == UInt8(ascii: "[") {
            end = authority.end(at: UInt8(ascii: "]"), in: 0..<authority.count) + 1
            guard end <= authority.count else { return nil }
        } else {
            end = authority.end(at: UInt8(ascii: ":"), in: 0..<authority.count)
        }
        guard end < authority.count else { return 0..<end }
        guard authority[end] == UInt8(ascii: ":") else { return nil }
        for index in end + 1..<authority.count {
            guard (0x30...0x39).contains(authority[index]) else { return nil }
        }
        return 0..<end
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"),
            UInt8(ascii: "."):
            true
        default: false
        }
    }

    private static func isLoopback6(_ text: Span<UInt8>, _ host: Range<Int>) -> Bool {
        text.equals("[::1]", in: host) || text.equals("[0:0:0:0:0:0:0:1]", in: host)
    }

    /// Whether it is 127.0.0.0/8 in dotted form.
    private static func isLoopback4(_ text: Span<UInt8>, _ host: Range<Int>) -> Bool {
        var start = host.lowerBound
        var parts = 0
        while start <= host.upperBound {
            let end = text.end(at: UInt8(ascii: "."), in: start..<host.upperBound)
            guard (1...3).contains(end - start) else { return false }
            var number = 0
            for index in start..<end {
                let digit = Int(text[index]) - 0x30
                guard (0...9).contains(digit) else { return false }
                number = number * 10 + digit
            }
            guard number <= 255, parts > 0 || number == 127 else { return false }
            parts += 1
            start = end + 1
        }
        return parts == 4
    }
}
