import Nostos

/// The maker of answers: it turns a request and a snapshot of the store into bytes, without I/O or
/// a clock.
///
/// Each thread has its own, which keeps scratch memory and prepared parts of a snapshot's versions
/// from request to request.
struct Responder {
    /// The last error of a table, which the transport logs and clears.
    var tableError: TableError?
    /// The route of the last answer, for the counts.
    var route = RouteName.none
    /// The text of `/metrics`, where the server has one.
    var metrics: (@Sendable (StoreSnapshot) -> [UInt8])?

    /// The tokens, if the server has any.
    var access: Access?
    /// The token of the last request; nil if it had none or an invalid one.
    var token: Token?
    /// The notice that the server will end soon, though it still answers requests.
    var endNotice: EndNotice?
    /// Whether only requests to a ``LocalHost`` are answered.
    var isLocalOnly = false
    /// The origins whose pages may read, if any.
    var crossOrigin: CrossOrigin?

    var jobs: ServedJobs?
    var head = AnswerHead()
    var body: [UInt8] = []
    var key = RequestedKey()
    /// The values of a record whose integers are still to be quoted.
    var values: [UInt8] = []
    /// The lookups of the request.
    var lookups = LookupContent()
    /// The content of which only the first step is built.
    var unfinished: LongContent?
    /// The rest of the answer, if the output does not have all of it.
    var rest: AnswerRest?

    private var counts = RequestCounts()
    /// Whether the last answer was of a cached route.
    ///
    /// The count of such quick answers and the sum of their times: adding one sum for many costs
    /// less than one for each.
    private var isKnownRecord = false
    private var quickCount: UInt64 = 0
    private var quickNanoseconds: UInt64 = 0
    /// The cached routes, by the likeness of their requests.
    private var knownRecords: [KnownRecord?] = []
    /// The likeness whose host is known to be local: requests of one likeness have the same host.
    var localLikeness = 0

    /// Releases its references to any other snapshot, so that files can be freed.
    mutating func use(_ snapshot: StoreSnapshot) {
        guard jobs?.snapshot !== snapshot else { return }
        jobs?.moveLookups(to: &counts)
        jobs = ServedJobs(snapshot)
        knownRecords = []
        localLikeness = 0
    }

    /// Counts the last answer and its duration.
    @inline(__always)
    mutating func count(nanoseconds: Int64) {
        guard isKnownRecord, nanoseconds >= 0, nanoseconds <= RequestCounts.shortestTime else {
            counts.count(route, code: head.code, nanoseconds: nanoseconds)
            return
        }
        quickCount += 1
        quickNanoseconds += UInt64(nanoseconds)
    }

    /// The counts since the last call.
    mutating func takeCounts() -> RequestCounts {
        jobs?.moveLookups(to: &counts)
        counts.countRecords(quickCount, nanoseconds: quickNanoseconds)
        (quickCount, quickNanoseconds) = (0, 0)
        defer { counts = RequestCounts() }
        return counts
    }

    /// Appends the answer to a request whose ranges are of `bytes`.
    ///
    /// The whole answer is from `snapshot`. `isDraining` says that the server is about to end, and
    /// so is not ready for more; `isLast` that the connection is closed after the answer.
    /// ``takeRest()`` then returns the continuation.
    @inline(__always)
    mutating func answer(
        _ request: Request, in bytes: Span<UInt8>, from snapshot: StoreSnapshot, time: AnswerTime,
        isDraining: Bool, isLast: Bool, to output: inout [UInt8]
    ) {
        use(snapshot)
        if request.likeness > 0, !isLast, answerKnown(request, bytes, time, to: &output) { return }
        answerAny(request, in: bytes, snapshot, time, isDraining, isLast, to: &output)
    }

    /// Appends the answer to a request like an earlier one, if it asks for a record of the same
    /// version; false otherwise.
    @inline(__always)
    private mutating func answerKnown(
        _ request: Request, _ bytes: Span<UInt8>, _ time: AnswerTime, to output: inout [UInt8]
    ) -> Bool {
        let place = request.likeness % KnownRecord.maxCount
        guard place < knownRecords.count, let record = knownRecords[place],
            record.likeness == request.likeness, access == nil,
            record.answer(bytes.extracting(request.segment), time, to: &output)
        else { return false }
        record.version.lookups.found += 1
        (head.code, route, isKnownRecord) = ("200", .record, true)
        return true
    }

    /// Caches the route of requests of one likeness.
    mutating func note(_ record: KnownRecord) {
        if knownRecords.isEmpty {
            knownRecords = [KnownRecord?](repeating: nil, count: KnownRecord.maxCount)
        }
        knownRecords[record.likeness % KnownRecord.maxCount] = record
    }

    @inline(never)
    private mutating func answerAny(
        _ request: Request, in bytes: Span<UInt8>, _ snapshot: StoreSnapshot, _ time: AnswerTime,
        _ isDraining: Bool, _ isLast: Bool, to output: inout [UInt8]
    ) {
        let state = RequestState(
            snapshot: snapshot, time: time,
            isEnding: isDraining || endNotice?.isGiven == true, isLast: isLast)
        begin(request, state)
        do throws(Problem) {
            try respond(request, bytes, state)
        } catch {
            answerSpelled(request, bytes, state, error)
        }
        if let crossOrigin { addOrigin(request, bytes, crossOrigin) }
        var isLast = isLast
        if case .rows(let lines) = rest, !lines.isChunked { isLast = true }
        let hasBody = request.method != .head
        if let unfinished {
            suspend(unfinished, isLast: isLast, hasBody: hasBody)
        } else {
            finish(time: time, isLast: isLast, hasBody: hasBody, to: &output)
        }
        // An idle thread must not hold a dropped version's file.
        if route == .lookup || route == .lookups { lookups.removeAll() }
    }

    mutating func begin(_ request: Request, _ state: RequestState) {
        head = AnswerHead()
        token = nil
        head.isPrivate = access != nil
        head.keepsHTTP10 = request.isHTTP10 && !state.isLast
        (route, isKnownRecord) = (.none, false)
        body.removeAll(keepingCapacity: true)
    }

    /// Puts off the rest of a content, and with it the answer.
    private mutating func suspend(_ content: LongContent, isLast: Bool, hasBody: Bool) {
        let answer = PendingAnswer(content, head, route, isLast: isLast, hasBody: hasBody)
        answer.add(body.span)
        if case .lookup = content { lookups = LookupContent() }
        rest = .pending(answer)
        unfinished = nil
        trim()
    }

    /// Appends the answer to bytes that are not a request; the connection is closed after it.
    mutating func refuse(_ refusal: Refusal, time: AnswerTime, to output: inout [UInt8]) {
        head = AnswerHead()
        token = nil
        (route, isKnownRecord) = (.none, false)
        become(Problem(refusal))
        finish(time: time, isLast: true, hasBody: true, to: &output)
    }

    /// The rest of the last answer; once.
    @inline(__always)
    mutating func takeRest() -> AnswerRest? {
        guard rest != nil else { return nil }
        defer { rest = nil }
        return rest
    }

    /// Resumes the answer that was put off.
    mutating func beginAgain(_ answer: PendingAnswer) {
        head = answer.head
        (route, isKnownRecord) = (answer.route, false)
    }

    /// Counts the keys of a complete answer.
    mutating func moveLookups(of content: LongContent) { content.moveLookups(to: &counts) }

    mutating func finish(
        time: AnswerTime, isLast: Bool, hasBody: Bool, to output: inout [UInt8]
    ) {
        if head.coding != nil, !head.isChunked, !head.endsWithConnection { encodeBody() }
        head.append(size: body.count, time: time, isLast: isLast, to: &output)
        if hasBody, !head.isEmpty { output.append(body.span) }
        if !hasBody { rest = nil }
        trim()
    }

    /// Encodes the content, unless it is too short to save much.
    private mutating func encodeBody() {
        guard let coding = head.coding, body.count >= ContentCoding.smallestSize else { return }
        let encoder = ContentEncoder(coding)
        var coded: [UInt8] = []
        encoder.append(body.span, isLast: true, to: &coded)
        (body, head.isCoded) = (coded, true)
    }

    /// Releases the version, and memory that only a large answer needed.
    mutating func trim() {
        if body.capacity > 1 << 20 { body = [] }
        if values.capacity > 1 << 20 { values = [] }
        head.version = nil
    }

    /// Turns the current answer into a problem; the head's fields about the version stay.
    mutating func become(_ problem: Problem) {
        begin(problem.kind)
        head.allow = problem.allow
        problem.append(to: &body)
    }

    mutating func begin(_ kind: ProblemKind) {
        (head.code, head.reason) = kind.status.line
        head.media = .problem
        head.asksForToken = kind == .unauthorized
        head.refusesCodings = kind == .unsupportedCoding
        head.tag = nil
        (head.isChunked, head.endsWithConnection) = (false, false)
        head.coding = nil
        head.absentFields = []
        head.caching = head.version == nil ? .never : .checked
        body.removeAll(keepingCapacity: true)
    }

    /// Notes a table's error, and returns the problem for the client.
    mutating func unreadable(_ error: TableError) -> Problem {
        tableError = error
        counts.countDamage(error)
        return Problem(.notReady, "The table cannot be read at this place.")
    }
}
