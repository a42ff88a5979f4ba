import Nostos

extension Responder {
    /// Answers one record: `{"key":1001,"version":12,"values":{"language":"en"}}`.
    mutating func answerRecord(
        _ request: Request, _ bytes: Span<UInt8>, job: Range<Int>, version: Range<Int>?,
        key: Range<Int>
    ) throws(Problem) {
        let job = try find(bytes.extracting(job))
        var selector = VersionReference.current
        let text = bytes.extracting(version ?? 0..<0)
        if version != nil { selector = try VersionReference(asked: text) }
        let version = try job.version(selector, text: text)
        head.version = version
        let choice = try readQuery(bytes.extracting(request.query), of: version, in: job)
        head.caching = selector.isFixed ? .immutable : .checked
        let segment = bytes.extracting(key)
        let isFound: Bool
        if version.hasInt64Key, !self.key.quotesIntegers,
            case .success(let number) = DecimalInteger.parse(segment)
        {
            if isNotModified(request, bytes, version) { return becomeNotModified(.record) }
            isFound = try appendRecord(of: number, segment, from: version, choice)
        } else {
            try self.key.read(segment: segment, schema: version.table.info.schema.key)
            if isNotModified(request, bytes, version) { return becomeNotModified(.record) }
            isFound = try appendRecord(from: version, choice)
        }
        guard isFound else {
            version.lookups.missing += 1
            return try becomeMissing(segment, version)
        }
        head.tag = .record
        version.lookups.found += 1
        if !choice.absentFields.isEmpty { body.append(contentsOf: choice.absentFields) }
        body.append(UInt8(ascii: "}"))
        if request.traits.contains(.ifMatch) || !request.ifNoneMatch.isEmpty {
            if try checkConditions(request, bytes, version, .record) { becomeNotModified(.record) }
            return
        }
        guard request.likeness > 0, request.method == .get, !request.isHTTP10, crossOrigin == nil,
            version.hasInt64Key, !self.key.quotesIntegers, choice.absentFields.isEmpty
        else { return }
        note(
            KnownRecord(
                likeness: request.likeness, job: job, version: version, choice: choice,
                caching: head.caching))
    }

    /// The fields that a query asks for; notes how integers are shown.
    @inline(__always)
    private mutating func readQuery(
        _ query: Span<UInt8>, of version: ServedVersion, in job: ServedJob
    ) throws(Problem) -> FieldChoice {
        if let known = version.choice(ofQuery: query) {
            key.quotesIntegers = false
            return known
        }
        let choice: FieldChoice
        if let text = QueryText.canonical(query) {
            choice = try readNewQuery(text.span, of: version, in: job)
        } else {
            choice = try readNewQuery(query, of: version, in: job)
        }
        if !key.quotesIntegers { version.note(choice, ofQuery: query) }
        return choice
    }

    private mutating func readNewQuery(
        _ query: Span<UInt8>, of version: ServedVersion, in job: ServedJob
    ) throws(Problem) -> FieldChoice {
        let parameters = try QueryParameters(
            query, allowed: .record, "The query may have fields=a,b and int64=string.")
        key.quotesIntegers = parameters.quotesIntegers
        return try Self.choice(parameters, query, of: version, in: job)
    }

    /// Turns the answer into a 404 that names the key.
    private mutating func becomeMissing(
        _ segment: Span<UInt8>, _ version: ServedVersion
    ) throws(Problem) {
        try key.read(segment: segment, schema: version.table.info.schema.key)
        begin(.keyNotFound)
        let name = key.json
        ProblemKind.keyNotFound.open(
            detail: "The version has no such key.", name: name.span, to: &body)
        body.append(UInt8(ascii: "}"))
    }

    /// Turns the answer into 304 without reading the table.
    mutating func becomeNotModified(_ tag: ServedVersion.Tag) {
        (head.code, head.reason, head.isEmpty) = ("304", "Not Modified", true)
        head.tag = tag
    }

    /// Appends key, version and values for a key that is one integer, whose digits are also its
    /// JSON; false if there is no such key.
    @inline(__always)
    private mutating func appendRecord(
        of number: Int64, _ digits: Span<UInt8>, from version: ServedVersion,
        _ choice: FieldChoice
    ) throws(Problem) -> Bool {
        body.append(ascii: "{\"key\":")
        body.append(digits)
        body.append(contentsOf: version.memberBeforeValues)
        do throws(TableError) {
            return try version.table.get(number, choice.selection, into: &body)
        } catch {
            throw unreadable(error)
        }
    }

    /// Appends key, version and values for the parsed key; false if there is no such key.
    private mutating func appendRecord(
        from version: ServedVersion, _ choice: FieldChoice
    ) throws(Problem) -> Bool {
        body.append(ascii: "{\"key\":")
        body.append(contentsOf: key.json)
        body.append(contentsOf: version.memberBeforeValues)
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

    /// The job of that name.
    ///
    /// Later problems of the request still show its current version.
    mutating func find(_ name: Span<UInt8>) throws(Problem) -> ServedJob {
        guard let job = jobs?.job(name), reaches(job) else {
            var problem = Problem(.jobNotFound, "The store has no job of this name.", name: name)
            // A name must not reveal a job to a token that may not see it.
            if token?.reach.isAll ?? true { problem.suggestion = jobs?.suggestion(for: name) }
            throw problem
        }
        head.version = job.current
        return job
    }

    /// Whether the request's token is for the job.
    private func reaches(_ job: ServedJob) -> Bool { token?.reach.includes(job.name) ?? true }

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
        let names =
            range == nil
            ? nil : try FieldChoice.names(list: source, isField: { job.hasField($0) })
        return try version.choice(of: names, in: job, from: source)
    }
}
