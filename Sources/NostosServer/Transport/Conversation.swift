import Nostos

/// The protocol with one client, independent of the transport: it reads whole requests, answers
/// them in order, and sets the deadline of the next step.
///
/// Requests are answered up to a bound on the output, which the transport must send before it asks
/// for more. The memory for a client that does not read is therefore bounded: one read, one
/// request, ``maxOutputSize`` and one answer. No client delays another for longer than a turn, some
/// tens of microseconds.
struct Conversation {
    /// The size in bytes up to which answers are collected before they must be sent.
    static let maxOutputSize = 32 << 10
    /// Requests that are answered before others have their turn.
    private static let maxRequestCount = 64

    enum Phase {
        /// No byte of a request has arrived.
        case idle
        /// A request has begun; its head, or else its content, is not complete.
        case inHead, inBody
        /// An answer is being built over several turns.
        case making
        /// A long answer is being sent.
        case streaming
        /// The last answer is complete; later bytes are discarded until the client closes. Closing
        /// at once would reset the connection before the client has read its answers.
        case ending
        /// An answer cannot be completed. The connection must be closed at once, so that the answer
        /// does not look complete.
        case broken

        /// Whether an answer is under way.
        ///
        /// It is read for each request and therefore looks at the phase: the answer's reference
        /// would be counted.
        @inline(__always)
        var hasRest: Bool { self == .making || self == .streaming }
    }

    /// The result of one call.
    struct Turn {
        /// The number of bytes that are not needed any more.
        var consumed = 0
        /// Whether the conversation needs more bytes from the client.
        var needsInput = false
    }

    private(set) var phase = Phase.idle
    /// The deadline by the loop's clock, at which an idle client is cut off.
    private(set) var deadline: Int64
    private var parser = RequestParser()
    private var rest: AnswerRest?
    private var endsAfterRest = false
    private var habit = KnownHeads.Habit()
    /// The client, for the log.
    private let client: ClientAddress?

    init(_ loop: ServingLoop, client: ClientAddress? = nil) {
        deadline = loop.now + loop.limits.idle
        self.client = client
    }

    /// The bytes that it holds of an answer.
    @inline(__always)
    var heldSize: Int { phase.hasRest ? rest?.heldSize ?? 0 : 0 }

    /// Answers the requests that `bytes` begins with into the loop's output.
    ///
    /// `bytes` are all bytes from the first that was not consumed. `hasInputEnded` says that no
    /// more will arrive, so that an incomplete request stays incomplete.
    mutating func answer(
        _ bytes: Span<UInt8>, hasInputEnded: Bool, _ loop: ServingLoop
    ) -> Turn {
        var turn = Turn()
        var count = 0
        while !turn.needsInput, phase != .ending, phase != .broken,
            loop.output.count < Self.maxOutputSize, count < Self.maxRequestCount
        {
            if phase.hasRest {
                if goOn(loop) { break }
            } else {
                answerNext(bytes, &turn, loop)
                count += 1
            }
            // A step takes a turn and has no output yet.
            if phase == .making { break }
        }
        if turn.needsInput, hasInputEnded { phase = .ending }
        setDeadline(restSize: bytes.count - turn.consumed, loop)
        return turn
    }

    private mutating func answerNext(
        _ bytes: Span<UInt8>, _ turn: inout Turn, _ loop: ServingLoop
    ) {
        if phase == .idle, turn.consumed == bytes.count {
            turn.needsInput = true
            return
        }
        let rest = bytes.extracting(turn.consumed...)
        if phase == .idle, let request = loop.knownHeads.request(rest, habit) {
            return answer(request, in: rest, &turn, loop)
        }
        switch parser.parse(rest) {
        case .incomplete: turn.needsInput = true
        case .awaitsContinue: loop.output.append(ascii: "HTTP/1.1 100 Continue\r\n\r\n")
        case .request(let request):
            if request.traits.contains(.chunked) {
                return answerChunked(request, in: rest, &turn, loop)
            }
            if loop.keepsHeads { loop.knownHeads.note(request, in: rest, &habit) }
            answer(request, in: rest, &turn, loop)
        case .refused(let refusal):
            loop.refuse(refusal, client: client)
            phase = .ending
        }
    }

    @inline(__always)
    private mutating func answer(
        _ request: Request, in bytes: Span<UInt8>, _ turn: inout Turn, _ loop: ServingLoop
    ) {
        let isLast = !request.keepsAlive || loop.isDraining
        let rest = loop.answer(request, in: bytes, isLast: isLast, client: client)
        turn.consumed += request.size
        phase = isLast ? .ending : .idle
        guard let rest else { return }
        (self.rest, endsAfterRest) = (rest, isLast)
        switch rest {
        case .pending: phase = .making
        case .rows(let stream):
            phase = .streaming
            if !stream.isChunked { endsAfterRest = true }
        }
    }

    /// Answers a request after joining its chunks.
    @inline(never)
    private mutating func answerChunked(
        _ request: Request, in bytes: Span<UInt8>, _ turn: inout Turn, _ loop: ServingLoop
    ) {
        let (joined, copy) = request.decoded(in: bytes)
        answer(joined, in: copy.span, &turn, loop)
    }

    /// Continues an answer; true if that took a whole turn.
    private mutating func goOn(_ loop: ServingLoop) -> Bool {
        switch rest {
        case nil: break
        case .rows(let stream):
            do throws(TableError) {
                if try stream.appendChunk(to: &loop.output) { return stream.isCostly }
            } catch {
                _ = loop.responder.unreadable(error)
                phase = .broken
                return false
            }
        case .pending(let answer):
            if phase == .making {
                if !loop.goOn(answer) { phase = .streaming }
                return false
            }
            if answer.appendPiece(to: &loop.output) { return false }
        }
        phase = endsAfterRest ? .ending : .idle
        self.rest = nil
        return false
    }

    /// Sets the deadline of the rest.
    private mutating func setDeadline(restSize: Int, _ loop: ServingLoop) {
        switch phase {
        case .idle where restSize > 0:
            phase = .inHead
            deadline = loop.now + loop.limits.head
        case .idle, .making, .streaming: deadline = loop.now + loop.limits.idle
        case .inHead, .inBody, .ending, .broken: break
        }
        guard phase == .inHead, parser.isInBody else { return }
        phase = .inBody
        deadline = loop.now + loop.limits.body
    }

    /// Ends the connection without an answer.
    mutating func end() { phase = .ending }

    /// Discards an answer that no client waits for.
    mutating func abandon() { (phase, rest) = (.broken, nil) }

    /// The last answer was sent: the client has this long to close.
    mutating func linger(_ loop: ServingLoop) { deadline = loop.now + loop.limits.linger }
}
