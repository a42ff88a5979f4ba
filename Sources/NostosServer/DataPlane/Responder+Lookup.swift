import Nostos

extension Responder {
    /// Answers such as `{"key":1001,"version":12,"values":{"language":"en"}}`.
    mutating func answerRecord(
        _ request: Request, _ bytes: Span<UInt8>, job: Range<Int>, version: Range<Int>?,
        key: Range<Int>
    ) throws(Problem) {
        let job = try find(bytes.extracting(job))
        var selector = VersionSelector.current
        let text = bytes.extracting(version ?? 0..<0)
        if version != nil { selector = try Self.selector(text) }
        let version = try job.version(selector, text: text)
        head.version = version
        let choice = try version.choice(of: bytes.extracting(request.query), in: job) {
            query throws(Problem) in try FieldChoice.names(query: query)
        }
        let schema = version.table.info.schema.key
        try self.key.read(segment: bytes.extracting(key), schema: schema)
        head.caching = selector.isFixed ? .immutable : .checked
        head.isTagged = true
        guard !version.matches(bytes.extracting(request.ifNoneMatch)) else {
            (head.code, head.reason, head.isEmpty) = ("304", "Not Modified", true)
            return
        }
        body.append(ascii: "{\"key\":")
        body.append(contentsOf: self.key.json)
        body.append(contentsOf: version.member)
        body.append(ascii: ",\"values\":")
        guard try get(from: version, choice) else {
            begin(.keyNotFound)
            let name = self.key.json
            ProblemKind.keyNotFound.open(
                detail: "The version has no such key.", name: name.span, to: &body)
            body.append(UInt8(ascii: "}"))
            if selector.isFixed { head.caching = .immutable }
            return
        }
        body.append(contentsOf: choice.absentFields)
        body.append(UInt8(ascii: "}"))
    }

    /// Answers such as `{"job":"a","version":12,"results":[{"key":1,"found":true,"values":{…}}]}`.
    mutating func answerLookup(
        _ request: Request, _ bytes: Span<UInt8>, job: Range<Int>
    ) throws(Problem) {
        let job = try find(bytes.extracting(job))
        guard request.query.isEmpty else {
            throw Problem(
                .badRequest, "A lookup has no query.", name: bytes.extracting(request.query))
        }
        let content = bytes.extracting(request.body)
        let lookup = try LookupBody(parsing: content)
        let version = try job.version(lookup.version, text: lookup.versionText.span)
        head.version = version
        head.caching = lookup.version.isFixed ? .immutable : .checked
        let fields = content.extracting(lookup.fields ?? 0..<0)
        let choice = try version.choice(of: fields, in: job) { source throws(Problem) in
            source.isEmpty ? nil : try FieldChoice.names(json: source)
        }
        body.append(ascii: "{\"job\":")
        let name = job.name
        JSONText.append(string: name.span, to: &body)
        body.append(contentsOf: version.member)
        body.append(contentsOf: choice.absentFields)
        body.append(ascii: ",\"results\":[")
        var reader = JSONReader(content, at: lookup.keysStart)
        let schema = version.table.info.schema.key
        for index in 0..<lookup.keyCount {
            if index > 0 {
                _ = reader.take(UInt8(ascii: ","))
                body.append(UInt8(ascii: ","))
            }
            try key.read(&reader, schema: schema)
            try appendResult(of: version, choice)
            guard body.count <= Self.maxLookupSize || lookup.keyCount == 1 else {
                throw Problem(
                    .tooManyKeys, "The answer is above 16 MiB: ask for fewer keys or fields.")
            }
        }
        body.append(ascii: "]}")
    }

    private mutating func appendResult(
        of version: ServedVersion, _ choice: FieldChoice
    ) throws(Problem) {
        body.append(ascii: "{\"key\":")
        body.append(contentsOf: key.json)
        let middle = body.count
        body.append(ascii: ",\"found\":true,\"values\":")
        if try get(from: version, choice) {
            body.append(UInt8(ascii: "}"))
        } else {
            body.removeLast(body.count - middle)
            body.append(ascii: ",\"found\":false}")
        }
    }

    /// Appends the values of the key; false when there is none.
    private mutating func get(
        from version: ServedVersion, _ choice: FieldChoice
    ) throws(Problem) -> Bool {
        let encoded = key.encoded
        do throws(TableError) {
            return try version.table.get(encoded.span, choice.selection, into: &body)
        } catch {
            tableError = error
            throw Problem(.notReady, "The table cannot be read at this place.")
        }
    }

    /// The job of that name; what goes wrong from here on still shows its current version.
    private mutating func find(_ name: Span<UInt8>) throws(Problem) -> ServedJob {
        guard let job = jobs?.job(name) else {
            throw Problem(.jobNotFound, "The store has no job of this name.", name: name)
        }
        head.version = job.current
        return job
    }

    private static func selector(_ text: Span<UInt8>) throws(Problem) -> VersionSelector {
        guard let selector = VersionSelector(text) else {
            throw Problem(
                .versionNotFound, "A version is a number, current, previous or candidate.",
                name: text)
        }
        return selector
    }
}
