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
        let query = bytes.extracting(request.query)
        let parameters = try QueryParameters(
            query, allowed: .record, "The query may have fields=a,b and int64=string.")
        let choice = try Self.choice(parameters, query, of: version, in: job)
        self.key.quotesIntegers = parameters.quotesIntegers
        try self.key.read(segment: bytes.extracting(key), schema: version.table.info.schema.key)
        head.caching = selector.isFixed ? .immutable : .checked
        head.tag = .record
        if !request.ifNoneMatch.isEmpty,
            version.matches(bytes.extracting(request.ifNoneMatch), .record)
        {
            return becomeNotModified()
        }
        body.append(ascii: "{\"key\":")
        body.append(contentsOf: self.key.json)
        body.append(contentsOf: version.member)
        body.append(ascii: ",\"values\":")
        guard try get(from: version, choice) else {
            job.lookups.missing += 1
            begin(.keyNotFound)
            let name = self.key.json
            ProblemKind.keyNotFound.open(
                detail: "The version has no such key.", name: name.span, to: &body)
            body.append(UInt8(ascii: "}"))
            if selector.isFixed { head.caching = .immutable }
            return
        }
        job.lookups.found += 1
        body.append(contentsOf: choice.absentFields)
        body.append(UInt8(ascii: "}"))
    }

    /// Makes the answer 304: the table is not read.
    mutating func becomeNotModified() {
        (head.code, head.reason, head.isEmpty) = ("304", "Not Modified", true)
    }

    /// Appends the values of the key; false when there is none.
    private mutating func get(
        from version: ServedVersion, _ choice: FieldChoice
    ) throws(Problem) -> Bool {
        let encoded = key.encoded
        do throws(TableError) {
            guard key.quotesIntegers else {
                return try version.table.get(encoded.span, choice.selection, into: &body)
            }
            values.removeAll(keepingCapacity: true)
            guard try version.table.get(encoded.span, choice.selection, into: &values) else {
                return false
            }
        } catch {
            throw unreadable(error)
        }
        let values = values
        IntegerQuoting.append(values.span, marks: choice.holdsIntegers, to: &body)
        return true
    }

    /// The job of that name; what goes wrong from here on still shows its current version.
    mutating func find(_ name: Span<UInt8>) throws(Problem) -> ServedJob {
        guard let job = jobs?.job(name) else {
            throw Problem(.jobNotFound, "The store has no job of this name.", name: name)
        }
        head.version = job.current
        return job
    }

    static func selector(_ text: Span<UInt8>) throws(Problem) -> VersionSelector {
        guard let selector = VersionSelector(text) else {
            throw Problem(
                .versionNotFound, "A version is a number, current, previous or candidate.",
                name: text)
        }
        return selector
    }

    /// The fields that a query asks for: `fields=a,b`, or all.
    static func choice(
        _ parameters: QueryParameters, _ query: Span<UInt8>, of version: ServedVersion,
        in job: ServedJob
    ) throws(Problem) -> FieldChoice {
        let range = parameters[.fields]
        let source = query.extracting(range ?? 0..<0)
        if let range, range.isEmpty {
            return try FieldChoice(names: [""], version: version, job: job)
        }
        if let known = version.knownChoice(of: source) { return known }
        let names = range == nil ? nil : try FieldChoice.names(list: source)
        return try version.choice(of: names, in: job, from: source)
    }
}
