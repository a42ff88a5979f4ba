import Nostos

extension Responder {
    /// Answers a lookup:
    /// `{"job":"a","version":12,"results":[{"key":1,"found":true,"values":{…}}]}`.
    mutating func answerLookup(
        _ request: Request, _ bytes: Span<UInt8>, job: Range<Int>, _ time: AnswerTime
    ) throws(Problem) {
        let job = try find(bytes.extracting(job))
        try beginLookups(request, bytes, isSeveral: false, time)
        let content = bytes.extracting(request.body)
        let lookup = try LookupBody(parsing: content)
        try add(lookup, of: content, job)
        head.caching = lookup.version.isFixed ? .immutable : .checked
        try make(.lookup(lookups))
    }

    /// Answers several lookups: `{"responses":[…]}`, each as if it were requested by itself.
    ///
    /// One lookup that goes wrong fails all of them: an answer is whole or an error.
    mutating func answerLookups(
        _ request: Request, _ bytes: Span<UInt8>, _ time: AnswerTime
    ) throws(Problem) {
        try beginLookups(request, bytes, isSeveral: true, time)
        let content = bytes.extracting(request.body)
        let bodies = try LookupBody.requests(parsing: content)
        head.caching = .checked
        // The head cannot show the versions of several jobs.
        defer { head.version = nil }
        for (index, lookup) in bodies.enumerated() {
            do throws(Problem) {
                let name = lookup.job
                let job = try find(name.span)
                try add(lookup, of: content, job)
            } catch {
                var problem = error
                problem.request = index
                throw problem
            }
        }
        try make(.lookup(lookups))
    }

    private mutating func beginLookups(
        _ request: Request, _ bytes: Span<UInt8>, isSeveral: Bool, _ time: AnswerTime
    ) throws(Problem) {
        guard !request.traits.contains(.contentCoding) else {
            throw Problem(
                .unsupportedCoding, "Send the content without a Content-Encoding.",
                name: "Content-Encoding")
        }
        let query = bytes.extracting(request.query)
        let quotesIntegers: Bool
        if let text = QueryText.canonical(query) {
            quotesIntegers = try Self.lookupParameters(text.span).quotesIntegers
        } else {
            quotesIntegers = try Self.lookupParameters(query).quotesIntegers
        }
        lookups.begin(
            isSeveral: isSeveral, quotesIntegers: quotesIntegers, seconds: time.seconds)
    }

    private static func lookupParameters(
        _ query: Span<UInt8>
    ) throws(Problem) -> QueryParameters {
        try QueryParameters(
            query, allowed: .lookup, "The query may have int64=string and nothing else.")
    }

    /// Adds a lookup to those of the request; the head shows its version.
    private mutating func add(
        _ lookup: LookupBody, of content: Span<UInt8>, _ job: ServedJob
    ) throws(Problem) {
        let version = try job.version(lookup.version, text: lookup.versionText.span)
        head.version = version
        let choice = try Self.choice(lookup, content, of: version, in: job)
        try lookups.add(lookup, of: content, job, version, choice)
    }

    private static func choice(
        _ lookup: LookupBody, _ content: Span<UInt8>, of version: ServedVersion, in job: ServedJob
    ) throws(Problem) -> FieldChoice {
        let source = content.extracting(lookup.fields ?? 0..<0)
        if let known = version.knownChoice(of: source) { return known }
        let names = lookup.fields == nil ? nil : try FieldChoice.names(json: source)
        return try version.choice(of: names, in: job, from: source)
    }
}
