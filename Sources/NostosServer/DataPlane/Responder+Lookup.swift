import Nostos

extension Responder {
    /// Answers such as `{"job":"a","version":12,"results":[{"key":1,"found":true,"values":{…}}]}`.
    mutating func answerLookup(
        _ request: Request, _ bytes: Span<UInt8>, job: Range<Int>
    ) throws(Problem) {
        let job = try find(bytes.extracting(job))
        try readLookupQuery(bytes.extracting(request.query))
        let content = bytes.extracting(request.body)
        let lookup = try LookupBody(parsing: content)
        head.version = try append(lookup, of: content, job)
        head.caching = lookup.version.isFixed ? .immutable : .checked
    }

    /// Answers `{"responses":[…]}` with what each lookup alone would get.
    ///
    /// One lookup that goes wrong fails all of them: an answer is whole or an error.
    mutating func answerLookups(_ request: Request, _ bytes: Span<UInt8>) throws(Problem) {
        try readLookupQuery(bytes.extracting(request.query))
        let content = bytes.extracting(request.body)
        let lookups = try LookupBody.requests(parsing: content)
        head.caching = .checked
        body.append(ascii: "{\"responses\":[")
        for (index, lookup) in lookups.enumerated() {
            if index > 0 { body.append(UInt8(ascii: ",")) }
            do throws(Problem) {
                let name = lookup.job
                let job = try find(name.span)
                _ = try append(lookup, of: content, job)
            } catch {
                var problem = error
                problem.request = index
                // Of several jobs none is the one whose version the head could show.
                head.version = nil
                throw problem
            }
        }
        head.version = nil
        body.append(ascii: "]}")
    }

    private mutating func readLookupQuery(_ query: Span<UInt8>) throws(Problem) {
        let parameters = try QueryParameters(
            query, allowed: .lookup, "The query may have int64=string and nothing else.")
        key.quotesIntegers = parameters.quotesIntegers
    }

    /// Appends the answer to one lookup; gives the version that it is from.
    private mutating func append(
        _ lookup: LookupBody, of content: Span<UInt8>, _ job: ServedJob
    ) throws(Problem) -> ServedVersion {
        let version = try job.version(lookup.version, text: lookup.versionText.span)
        head.version = version
        let choice = try Self.choice(lookup, content, of: version, in: job)
        try readKeys(lookup, content, version.table.info.schema.key)
        values.removeAll(keepingCapacity: true)
        let found = try getBatch(from: version, choice, keyCount: lookup.keyCount)
        job.lookups.found += UInt64(found)
        job.lookups.missing += UInt64(lookup.keyCount - found)

        body.append(ascii: "{\"job\":")
        let name = job.name
        JSONText.append(string: name.span, to: &body)
        body.append(contentsOf: version.member)
        body.append(contentsOf: choice.absentFields)
        body.append(ascii: ",\"results\":[")
        appendResults(choice)
        body.append(ascii: "]}")
        guard body.count <= Self.maxLookupSize || lookup.keyCount == 1 else {
            throw Self.tooLarge
        }
        return version
    }

    private mutating func readKeys(
        _ lookup: LookupBody, _ content: Span<UInt8>, _ schema: KeySchema
    ) throws(Problem) {
        batch.removeAll()
        keyTexts.removeAll(keepingCapacity: true)
        keyEnds.removeAll(keepingCapacity: true)
        var reader = JSONReader(content, at: lookup.keysStart)
        for index in 0..<lookup.keyCount {
            if index > 0 { _ = reader.take(UInt8(ascii: ",")) }
            try key.read(&reader, schema: schema)
            let encoded = key.encoded
            batch.append(encoded.span)
            keyTexts.append(contentsOf: key.json)
            keyEnds.append(keyTexts.count)
        }
    }

    /// Puts the values of the batch's keys behind one another; gives how many keys there are.
    private mutating func getBatch(
        from version: ServedVersion, _ choice: FieldChoice, keyCount: Int
    ) throws(Problem) -> Int {
        let room = max(0, Self.maxLookupSize - body.count)
        let found: Int
        do throws(TableError) {
            found = try version.table.get(&batch, choice.selection, into: &values, upTo: room)
        } catch {
            throw unreadable(error)
        }
        guard batch.answerCount == keyCount else { throw Self.tooLarge }
        return found
    }

    private mutating func appendResults(_ choice: FieldChoice) {
        let (texts, values) = (keyTexts, values)
        var start = 0
        for index in 0..<keyEnds.count {
            body.append(ascii: index > 0 ? ",{\"key\":" : "{\"key\":")
            body.append(texts.span.extracting(start..<keyEnds[index]))
            start = keyEnds[index]
            guard let answer = batch.answer(index) else {
                body.append(ascii: ",\"found\":false}")
                continue
            }
            body.append(ascii: ",\"found\":true,\"values\":")
            let object = values.span.extracting(answer)
            if key.quotesIntegers {
                IntegerQuoting.append(object, marks: choice.holdsIntegers, to: &body)
            } else {
                body.append(object)
            }
            body.append(UInt8(ascii: "}"))
        }
    }

    private static func choice(
        _ lookup: LookupBody, _ content: Span<UInt8>, of version: ServedVersion, in job: ServedJob
    ) throws(Problem) -> FieldChoice {
        let source = content.extracting(lookup.fields ?? 0..<0)
        if let known = version.knownChoice(of: source) { return known }
        let names = lookup.fields == nil ? nil : try FieldChoice.names(json: source)
        return try version.choice(of: names, in: job, from: source)
    }

    private static var tooLarge: Problem {
        Problem(.tooManyKeys, "The answer is above 16 MiB: ask for fewer keys or fields.")
    }
}
