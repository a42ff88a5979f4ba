import Nostos

/// The head of an answer: its fields and their order.
struct AnswerHead {
    /// The time for which an answer may be cached (RFC 9111).
    enum Caching {
        /// Never: health, and errors that may end at any moment.
        case never
        /// Only with a new request each time.
        case checked
        /// For a year: the answer can never change.
        case immutable
    }

    /// The fields of the request by which the answer was chosen.
    struct Choice: OptionSet {
        let rawValue: UInt8
        static let accept = Choice(rawValue: 1)
        static let acceptEncoding = Choice(rawValue: 2)
        static let origin = Choice(rawValue: 4)
    }

    /// The media type of the content.
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
    /// Whether the content is sent in chunks because its size is not known yet.
    var isChunked = false
    /// Whether the content ends with the connection: HTTP/1.0 has no chunks.
    var endsWithConnection = false
    /// The fields of the request that could have made it another answer.
    var varies: Choice = []
    /// The coding that the client accepts, which is a part of the tag; and whether the content has
    /// it.
    var coding: ContentCoding?
    var isCoded = false
    var version: ServedVersion?
    /// The tag of the answer's form, where it has one.
    var tag: ServedVersion.Tag?
    var caching = Caching.never
    /// Whether no shared cache may keep the answer: it needed a token.
    var isPrivate = false
    /// Whether a client of HTTP/1.0 asked to keep the connection.
    var keepsHTTP10 = false
    /// Lines for pages of other origins, see ``CrossOrigin``.
    var originLines: [UInt8] = []
    var allow: StaticString?
    /// Whether the answer says that the server accepts uncoded contents only.
    var refusesCodings = false
    /// Whether the client is asked for a token.
    var asksForToken = false
    /// The names of absent fields, for contents that have no member for them.
    var absentFields: [String] = []

    /// Whether this is the head of nearly all answers: a record that was found.
    private var isUsual: Bool {
        tag == .record && media == .json && !isEmpty && varies.isEmpty && !isChunked
            && version != nil && !keepsHTTP10
    }

    /// Appends the head and its empty line.
    ///
    /// The version caches the lines that change only from second to second.
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

    /// Appends the head of a record that was found, up to the content's size.
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
        } else if !isEmpty, !endsWithConnection {
            output.append(ascii: "Content-Length: ")
            JSONText.append(int64: Int64(size), to: &output)
            output.append(ascii: "\r\n")
        }
        if isLast {
            output.append(ascii: "Connection: close\r\n")
        } else if keepsHTTP10 {
            output.append(ascii: "Connection: keep-alive\r\nKeep-Alive: timeout=75\r\n")
        }
        output.append(ascii: "\r\n")
    }

    /// Appends all lines but those about the content's size and the connection.
    private func appendLines(_ time: AnswerTime, to output: inout [UInt8]) {
        output.append(ascii: "HTTP/1.1 ")
        output.append(ascii: code)
        output.append(UInt8(ascii: " "))
        output.append(ascii: reason)
        output.append(ascii: "\r\n")
        output.append(contentsOf: time.dateLine)
        if !isEmpty { output.append(ascii: media.text) }
        if isCoded, let coding {
            output.append(ascii: "Content-Encoding: ")
            output.append(ascii: coding.name)
            output.append(ascii: "\r\n")
        }
        if let version { append(version, at: time.seconds, to: &output) }
        output.append(ascii: cacheControl)
        if asksForToken {
            output.append(ascii: "WWW-Authenticate: Bearer realm=\"nostos\"\r\n")
        }
        if refusesCodings { output.append(ascii: "Accept-Encoding: identity\r\n") }
        if !varies.isEmpty { appendVary(to: &output) }
        output.append(contentsOf: originLines)
        if let allow {
            output.append(ascii: "Allow: ")
            output.append(ascii: allow)
            output.append(ascii: "\r\n")
        }
        if !absentFields.isEmpty { appendAbsentFields(to: &output) }
    }

    private var cacheControl: StaticString {
        switch (caching, isPrivate) {
        case (.never, _): "Cache-Control: no-store\r\n"
        case (.checked, false): "Cache-Control: no-cache\r\n"
        case (.checked, true): "Cache-Control: private, no-cache\r\n"
        case (.immutable, false): "Cache-Control: public, max-age=31536000, immutable\r\n"
        case (.immutable, true): "Cache-Control: private, max-age=31536000, immutable\r\n"
        }
    }

    private func appendVary(to output: inout [UInt8]) {
        let names: [(Choice, StaticString)] = [
            (.accept, "Accept"), (.acceptEncoding, "Accept-Encoding"), (.origin, "Origin"),
        ]
        output.append(ascii: "Vary: ")
        var isFirst = true
        for (choice, name) in names where varies.contains(choice) {
            if !isFirst { output.append(ascii: ", ") }
            output.append(ascii: name)
            isFirst = false
        }
        output.append(ascii: "\r\n")
    }

    private func append(_ version: ServedVersion, at seconds: Int64, to output: inout [UInt8]) {
        output.append(contentsOf: version.head)
        JSONText.append(int64: max(0, seconds - version.publishedAt), to: &output)
        output.append(ascii: "\r\n")
        guard let tag else { return }
        output.append(ascii: "ETag: ")
        output.append(contentsOf: version.text(of: tag, coding))
        output.append(ascii: "\r\n")
    }

    /// Appends the names percent-encoded, because they may be any text.
    private func appendAbsentFields(to output: inout [UInt8]) {
        output.append(ascii: "Nostos-Absent-Fields: ")
        for (index, name) in absentFields.enumerated() {
            if index > 0 { output.append(UInt8(ascii: ",")) }
            PercentDecoding.encode(name, to: &output)
        }
        output.append(ascii: "\r\n")
    }
}
