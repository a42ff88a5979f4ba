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

    /// What the content is.
    enum Media {
        case json, problem, lines, metrics

        fileprivate var text: StaticString {
            switch self {
            case .json: "Content-Type: application/json\r\n"
            case .problem: "Content-Type: application/problem+json\r\n"
            case .lines: "Content-Type: application/x-ndjson\r\n"
            case .metrics: "Content-Type: text/plain; version=0.0.4; charset=utf-8\r\n"
            }
        }
    }

    var code: StaticString = "200"
    var reason: StaticString = "OK"
    var media = Media.json
    /// Whether the answer has no content by its status: 304.
    var isEmpty = false
    /// Whether the content comes in chunks, and its size is not known yet.
    var isChunked = false
    /// Whether another `Accept` would have got another answer.
    var varies = false
    var version: ServedVersion?
    /// The tag of the answer's form, where it has one.
    var tag: ServedVersion.Tag?
    var caching = Caching.unsaid
    var allow: StaticString?
    /// Whether the client is asked for a token.
    var asksForToken = false
    /// Names of absent fields, where the content has no place for them.
    var absentFields: [String] = []

    /// Whether this is the head of nearly all answers: a record that is there.
    private var isUsual: Bool {
        tag == .record && media == .json && !isEmpty && !varies && !isChunked && version != nil
    }

    /// Appends the head, its empty line included.
    ///
    /// What changes from second to second only is kept by the version.
    @inline(__always)
    func append(size: Int, time: AnswerTime, isLast: Bool, to output: inout [UInt8]) {
        if isUsual {
            appendUsual(time, to: &output)
            JSONText.append(int64: Int64(size), to: &output)
            output.append(ascii: isLast ? "\r\nConnection: close\r\n\r\n" : "\r\n\r\n")
        } else {
            appendRest(size, time, isLast, to: &output)
        }
    }

    /// Appends the head of a record that is there, up to the content's size.
    @inline(__always)
    func appendUsual(_ time: AnswerTime, to output: inout [UInt8]) {
        version?.appendUsualHead(caching, time, to: &output) { head in
            appendLines(time, to: &head)
            head.append(ascii: "Content-Length: ")
        }
    }

    @inline(never)
    private func appendRest(
        _ size: Int, _ time: AnswerTime, _ isLast: Bool, to output: inout [UInt8]
    ) {
        appendLines(time, to: &output)
        if isChunked {
            output.append(ascii: "Transfer-Encoding: chunked\r\n")
        } else if !isEmpty {
            output.append(ascii: "Content-Length: ")
            JSONText.append(int64: Int64(size), to: &output)
            output.append(ascii: "\r\n")
        }
        output.append(ascii: isLast ? "Connection: close\r\n\r\n" : "\r\n")
    }

    /// Appends all lines but those of the content's size and of the connection.
    private func appendLines(_ time: AnswerTime, to output: inout [UInt8]) {
        output.append(ascii: "HTTP/1.1 ")
        output.append(ascii: code)
        output.append(UInt8(ascii: " "))
        output.append(ascii: reason)
        output.append(ascii: "\r\n")
        output.append(contentsOf: time.dateLine)
        if !isEmpty { output.append(ascii: media.text) }
        if let version { append(version, at: time.seconds, to: &output) }
        switch caching {
        case .unsaid: break
        case .checked: output.append(ascii: "Cache-Control: no-cache\r\n")
        case .immutable:
            output.append(ascii: "Cache-Control: public, max-age=31536000, immutable\r\n")
        }
        if asksForToken {
            output.append(ascii: "WWW-Authenticate: Bearer realm=\"nostos\"\r\n")
        }
        if varies { output.append(ascii: "Vary: Accept\r\n") }
        if let allow {
            output.append(ascii: "Allow: ")
            output.append(ascii: allow)
            output.append(ascii: "\r\n")
        }
        if !absentFields.isEmpty { appendAbsentFields(to: &output) }
    }

    private func append(_ version: ServedVersion, at seconds: Int64, to output: inout [UInt8]) {
        output.append(contentsOf: version.head)
        JSONText.append(int64: max(0, seconds - version.publishedAt), to: &output)
        output.append(ascii: "\r\n")
        guard let tag else { return }
        output.append(ascii: "ETag: ")
        output.append(contentsOf: version.text(of: tag))
        output.append(ascii: "\r\n")
    }

    /// Percent-encodes the names: they may be any text.
    private func appendAbsentFields(to output: inout [UInt8]) {
        output.append(ascii: "Nostos-Absent-Fields: ")
        for (index, name) in absentFields.enumerated() {
            if index > 0 { output.append(UInt8(ascii: ",")) }
            PercentDecoding.encode(name, to: &output)
        }
        output.append(ascii: "\r\n")
    }
}
