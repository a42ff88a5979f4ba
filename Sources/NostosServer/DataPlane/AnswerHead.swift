import Nostos

/// The head of an answer: what it says, and the order in which it says it.
struct AnswerHead {
    /// How long an answer may be kept (RFC 9111).
    enum Caching {
        /// Not said: answers that are about no job.
        case unsaid
        /// To be asked again each time.
        case checked
        /// A year: the answer can never change.
        case immutable
    }

    var code: StaticString = "200"
    var reason: StaticString = "OK"
    var isProblem = false
    /// Whether the answer has no content by its status: 304.
    var isEmpty = false
    var version: ServedVersion?
    var isTagged = false
    var caching = Caching.unsaid
    var allow: StaticString?

    /// Appends the head, its empty line included.
    func append(size: Int, time: AnswerTime, isLast: Bool, to output: inout [UInt8]) {
        output.append(ascii: "HTTP/1.1 ")
        output.append(ascii: code)
        output.append(UInt8(ascii: " "))
        output.append(ascii: reason)
        output.append(ascii: "\r\n")
        output.append(contentsOf: time.dateLine)
        if !isEmpty {
            output.append(
                ascii: isProblem
                    ? "Content-Type: application/problem+json\r\nContent-Length: "
                    : "Content-Type: application/json\r\nContent-Length: ")
            JSONText.append(int64: Int64(size), to: &output)
            output.append(ascii: "\r\n")
        }
        if let version { append(version, at: time.seconds, to: &output) }
        switch caching {
        case .unsaid: break
        case .checked: output.append(ascii: "Cache-Control: no-cache\r\n")
        case .immutable:
            output.append(ascii: "Cache-Control: public, max-age=31536000, immutable\r\n")
        }
        if let allow {
            output.append(ascii: "Allow: ")
            output.append(ascii: allow)
            output.append(ascii: "\r\n")
        }
        output.append(ascii: isLast ? "Connection: close\r\n\r\n" : "\r\n")
    }

    private func append(_ version: ServedVersion, at seconds: Int64, to output: inout [UInt8]) {
        output.append(contentsOf: version.head)
        JSONText.append(int64: max(0, seconds - version.publishedAt), to: &output)
        output.append(ascii: "\r\n")
        guard isTagged else { return }
        output.append(ascii: "ETag: ")
        output.append(contentsOf: version.entityTag)
        output.append(ascii: "\r\n")
    }
}
