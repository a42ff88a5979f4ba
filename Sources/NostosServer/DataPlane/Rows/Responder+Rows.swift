import Nostos

/// The rows that are asked for.
private struct RowsRequest {
    let job: ServedJob
    let version: ServedVersion
    /// Whether the version is named by its number or by a cursor, so that the answer never changes.
    let isFixed: Bool
    /// The key with which a cursor goes on.
    let first: [UInt8]?
}

extension Responder {
    /// Answers a page, or gives the lines that follow the head.
    ///
    /// A stream has no limit but the one that it is given.
    mutating func answerRows(
        _ request: Request, _ bytes: Span<UInt8>, job: Range<Int>, version: Range<Int>?
    ) throws(Problem) -> RowStream? {
        let job = try find(bytes.extracting(job))
        let version = bytes.extracting(version ?? 0..<0)
        let query = bytes.extracting(request.query)
        if let text = QueryText.canonical(query) {
            return try answerRows(request, bytes, job, version, query: text.span)
        }
        return try answerRows(request, bytes, job, version, query: query)
    }

    private mutating func answerRows(
        _ request: Request, _ bytes: Span<UInt8>, _ job: ServedJob, _ version: Span<UInt8>,
        query: Span<UInt8>
    ) throws(Problem) -> RowStream? {
        let parameters = try QueryParameters(
            query, allowed: .rows,
            "The query may have prefix, from, to, limit, cursor, fields=a,b and int64=string.")
        let selector =
            version.isEmpty ? VersionReference.current : try VersionReference(asked: version)
        guard let range = parameters[.cursor] else {
            let served = try job.version(selector, text: version)
            return try answer(
                RowsRequest(job: job, version: served, isFixed: selector.isFixed, first: nil),
                parameters, query, request, bytes)
        }
        let text = query.extracting(range)
        let cursor = try Self.cursor(text, of: job, at: selector)
        let number = Array("\(cursor.version)".utf8)
        let served = try job.version(.number(cursor.version), text: number.span)
        guard served.digest == cursor.digest else {
            throw Problem(.versionGone, "The cursor's version is no more.", name: number.span)
        }
        guard served.table.info.schema.key.decode(cursor.key.span) != nil else {
            throw Self.badCursor(text)
        }
        let whole = try cursor.query(with: parameters, of: query)
        return try answer(
            RowsRequest(job: job, version: served, isFixed: true, first: cursor.key),
            try QueryParameters(whole.span, allowed: .page, "The cursor is damaged."), whole.span,
            request, bytes)
    }

    private static func cursor(
        _ text: Span<UInt8>, of job: ServedJob, at selector: VersionReference
    ) throws(Problem) -> PageCursor {
        guard let cursor = PageCursor(text) else { throw badCursor(text) }
        guard cursor.job == PageCursor.mark(of: job.name) else {
            throw Problem(.badRequest, "The cursor is of another job.", name: "cursor")
        }
        if case .number(let number) = selector, number != cursor.version {
            throw Problem(.badRequest, "The cursor is of another version.", name: "cursor")
        }
        return cursor
    }

    private static func badCursor(_ text: Span<UInt8>) -> Problem {
        Problem(.badRequest, "The cursor is none that a page of this server gave.", name: text)
    }

    private mutating func answer(
        _ rows: RowsRequest, _ parameters: QueryParameters, _ query: Span<UInt8>,
        _ request: Request, _ bytes: Span<UInt8>
    ) throws(Problem) -> RowStream? {
        let version = rows.version
        head.version = version
        let isStream = MediaRange.prefersLines(request, bytes)
        let choice = try Self.choice(parameters, query, of: version, in: rows.job)
        let stretch = try stretch(parameters, query, version, rows.first)
        let limit = try Self.limit(parameters, query, isStream: isStream)
        head.varies = [.accept, .acceptEncoding]
        head.caching = rows.isFixed ? .immutable : .checked
        head.coding = ContentCoding.preferred(request, bytes)
        let tag = isStream ? ServedVersion.Tag.lines : .page
        if !request.ifNoneMatch.isEmpty || request.traits.contains(.ifMatch) {
            var isKnown = try checkConditions(request, bytes, version, tag)
            if !isKnown, !request.ifNoneMatch.isEmpty {
                isKnown = hasSeen(request, bytes, version, tag)
            }
            if isKnown {
                becomeNotModified(tag)
                return nil
            }
        }
        head.tag = tag
        let page: PageContent
        do throws(TableError) {
            let stream = try RowStream(
                version, choice, stretch, limit: limit, quotesIntegers: parameters.quotesIntegers)
            guard !isStream else { return begin(stream, request, choice) }
            page = PageContent(stream, limit: limit, rows.job, version, choice)
        } catch {
            throw unreadable(error)
        }
        page.query = parameters.carried(of: query)
        try make(.page(page))
        return nil
    }

    /// Makes the head that of lines: in chunks, or up to the end of the connection with HTTP/1.0.
    private mutating func begin(
        _ stream: RowStream, _ request: Request, _ choice: FieldChoice
    ) -> RowStream {
        head.media = .lines
        (head.isChunked, head.endsWithConnection) = (!request.isHTTP10, request.isHTTP10)
        head.isCoded = head.coding != nil
        head.absentFields = choice.absent
        stream.isChunked = !request.isHTTP10
        // Nobody gets the lines of a HEAD.
        if request.method != .head { stream.encode(head.coding) }
        return stream
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

/// The media range of the `Accept` fields (RFC 9110 §12.5.1), as far as there is a choice.
enum MediaRange {
    /// Whether lines are preferred to a page.
    ///
    /// They are where `application/x-ndjson` is named, and with no lower weight than JSON; who
    /// names both alike gets a page.
    static func prefersLines(_ request: Request, _ bytes: Span<UInt8>) -> Bool {
        guard request.traits.contains(.accept) else { return false }
        var lines = 0
        // The weight of JSON, by how closely it is named: as itself, as `application/*`, as `*/*`.
        var json: (exact: Int?, kind: Int?, any: Int?)
        var fields = FieldLines(request, in: bytes)
        fields.forEachItem("accept") { item in
            let (name, weight) = Weight.split(item)
            if item.equals(lowercaseType: "application/x-ndjson", in: name) {
                lines = weight
            } else if item.equals(lowercaseType: "application/json", in: name) {
                json.exact = weight
            } else if item.equals(lowercaseType: "application/*", in: name) {
                json.kind = weight
            } else if item.equals("*/*", in: name) {
                json.any = weight
            }
            return true
        }
        if let exact = json.exact { return lines > exact }
        return lines > 0 && lines >= json.kind ?? json.any ?? 0
    }
}

extension Span<UInt8> {
    /// Whether a media type is `text`, letter case aside.
    fileprivate func equals(lowercaseType text: StaticString, in range: Range<Int>) -> Bool {
        guard range.count == text.utf8CodeUnitCount else { return false }
        for index in range {
            let byte = self[index]
            let isUpper = (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
            let wanted = text.byte(at: index - range.lowerBound)
            guard (isUpper ? byte | 0x20 : byte) == wanted else { return false }
        }
        return true
    }
}
