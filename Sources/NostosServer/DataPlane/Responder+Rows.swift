import Nostos

extension Responder {
    /// Answers a page, or gives the lines that follow the head.
    ///
    /// A stream has no limit but the one that it is given.
    mutating func answerRows(
        _ request: Request, _ bytes: Span<UInt8>, job: Range<Int>
    ) throws(Problem) -> RowStream? {
        let job = try find(bytes.extracting(job))
        let query = bytes.extracting(request.query)
        let parameters = try QueryParameters(
            query, allowed: .rows,
            "The query may have prefix, from, to, limit, cursor, fields=a,b and int64=string.")
        let (version, first) = try place(parameters, query, in: job)
        head.version = version
        let isStream = MediaRange.acceptsLines(bytes.extracting(request.accept))
        guard !isStream || !request.isHTTP10 else {
            throw Problem(.badRequest, "Lines of any number need chunks, so HTTP/1.1.")
        }
        let choice = try Self.choice(parameters, query, of: version, in: job)
        let stretch = try stretch(parameters, query, version, first)
        let limit = try Self.limit(parameters, query, isStream: isStream)
        head.varies = true
        head.caching = first == nil ? .checked : .immutable
        head.tag = isStream ? .lines : .page
        if !request.ifNoneMatch.isEmpty,
            version.matches(
                bytes.extracting(request.ifNoneMatch), isStream ? .lines : .page)
        {
            becomeNotModified()
            return nil
        }
        let page: PageContent
        do throws(TableError) {
            let rows = try RowStream(
                version, choice, stretch, limit: limit, quotesIntegers: parameters.quotesIntegers)
            guard !isStream else {
                head.media = .lines
                head.isChunked = true
                head.absentFields = choice.absent
                return rows
            }
            page = PageContent(rows, limit: limit, job, version, choice)
        } catch {
            throw unreadable(error)
        }
        try make(.page(page))
        return nil
    }

    /// The version that is asked for, and the key that the cursor begins with, if there is one.
    private func place(
        _ parameters: QueryParameters, _ query: Span<UInt8>, in job: ServedJob
    ) throws(Problem) -> (ServedVersion, [UInt8]?) {
        guard let range = parameters[.cursor] else {
            return (try job.version(.current, text: query.extracting(0..<0)), nil)
        }
        let text = query.extracting(range)
        guard let cursor = PageCursor(text) else {
            throw Problem(
                .badRequest, "The cursor is none that a page of this server gave.", name: text)
        }
        let number = Array("\(cursor.version)".utf8)
        let version = try job.version(.number(cursor.version), text: number.span)
        guard version.digest == cursor.digest else {
            throw Problem(.versionGone, "The cursor's version is no more.", name: number.span)
        }
        guard version.table.info.schema.key.decode(cursor.key.span) != nil else {
            throw Problem(
                .badRequest, "The cursor is none that a page of this server gave.", name: text)
        }
        return (version, cursor.key)
    }

    private mutating func stretch(
        _ parameters: QueryParameters, _ query: Span<UInt8>, _ version: ServedVersion,
        _ first: [UInt8]?
    ) throws(Problem) -> KeyStretch {
        let schema = version.table.info.schema.key
        key.quotesIntegers = false
        var stretch = KeyStretch()
        if let range = parameters[.prefix], !range.isEmpty {
            try key.read(prefix: query.extracting(range), schema: schema)
            stretch.prefix = key.encoded
        }
        if let range = parameters[.from] {
            try key.read(bound: query.extracting(range), schema: schema)
            stretch.start = key.encoded
        }
        if let range = parameters[.to] {
            try key.read(bound: query.extracting(range), schema: schema)
            stretch.end = key.encoded
        }
        if let first, stretch.start.span.precedes(first.span) { stretch.start = first }
        return stretch
    }

    private static func limit(
        _ parameters: QueryParameters, _ query: Span<UInt8>, isStream: Bool
    ) throws(Problem) -> Int {
        guard let range = parameters[.limit] else { return isStream ? .max : PageLimit.usualCount }
        guard case .success(let number) = DecimalInteger.parse(query.extracting(range)), number > 0,
            isStream || number <= PageLimit.maxCount
        else {
            throw Problem(
                .badRequest,
                isStream
                    ? "The limit is a number from 1." : "The limit is a number from 1 to 1000.",
                name: query.extracting(range))
        }
        return Int(number)
    }
}

/// What an `Accept` field says (RFC 9110 §12.5.1), as far as there is a choice.
enum MediaRange {
    /// Whether lines are asked for: `application/x-ndjson`, unless with a weight of 0.
    static func acceptsLines(_ field: Span<UInt8>) -> Bool {
        var start = 0
        while start < field.count {
            let end = field.end(at: UInt8(ascii: ","), in: start..<field.count)
            let type = field.trimmed(start..<field.end(at: UInt8(ascii: ";"), in: start..<end))
            if field.equals(lowercase: "application/x-ndjson", in: type) {
                return !isRefused(field, type.upperBound..<end)
            }
            start = end + 1
        }
        return false
    }

    /// Whether the parameters have a weight of 0: `q=0`, `q=0.0` and so on.
    private static func isRefused(_ field: Span<UInt8>, _ range: Range<Int>) -> Bool {
        var start = range.lowerBound
        while start < range.upperBound {
            let end = field.end(at: UInt8(ascii: ";"), in: start..<range.upperBound)
            let part = field.trimmed(start..<end)
            if field.starts(with: "q=0", at: part.lowerBound) {
                return part.dropFirst(2).allSatisfy { "0.".utf8.contains(field[$0]) }
            }
            start = end + 1
        }
        return false
    }
}
