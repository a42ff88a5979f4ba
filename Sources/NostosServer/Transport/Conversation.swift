import Nostos

/// One client's side of the protocol, whatever moves its bytes: reads whole requests, answers them
/// in order, and says until when the next step must have been made.
///
/// Requests are answered up to a bound on the output, which the transport must then bring to the
/// client before it asks for more. So what a client who does not read can make the server hold is
/// bounded: one read, one request, ``maxOutputSize`` and one answer. And what one client asks for
/// makes no other wait longer than a turn, some tens of microseconds.
struct Conversation {
    /// Answers are put together up to this size, in bytes, before they must be sent.
    static let maxOutputSize = 32 << 10
    /// Requests that are answered before others have their turn.
    private static let maxRequestCount = 64

    enum Phase {
        /// No byte of a request is there.
        case idle
        /// A request has begun; its head, or else its content, is not complete.
        case inHead, inBody
        /// An answer is being made over several turns.
        case making
        /// An answer goes on for as long as it has more.
        case streaming
        /// The last answer is made; what still comes is thrown away until the client closes.
        /// Closing at once would reset the connection under answers that were not read yet.
        case ending
        /// An answer cannot be finished, and must not look as if it was: to be closed at once.
        case broken

        /// Whether an answer is under way: asked for each request, so of the phase, and not of the
        /// answer, whose reference would be counted.
        @inline(__always)
        var hasRest: Bool { self == .making || self == .streaming }
    }

    /// The result of one call.
    struct Turn {
        /// The number of bytes that are not needed any more.
        var consumed = 0
        /// Whether it goes on only with more bytes from the client.
        var needsInput = false
    }

    private(set) var phase = Phase.idle
    /// When the client is cut unless it goes on, by the loop's clock.
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
    /// `bytes` are all from the first that was not consumed. `hasInputEnded` says that no more will
    /// come: what is no whole request then will never be one.
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
            // A step is a turn's worth, and is no output yet.
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

    /// Answers a request whose chunks are joined first.
    @inline(never)
    private mutating func answerChunked(
        _ request: Request, in bytes: Span<UInt8>, _ turn: inout Turn, _ loop: ServingLoop
    ) {
        let (joined, copy) = request.decoded(in: bytes)
        answer(joined, in: copy.span, &turn, loop)
    }

    /// Goes on with an answer; true when that alone was a turn's worth.
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

    /// Gives what is left its time.
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

    /// Lets the connection end without an answer.
    mutating func end() { phase = .ending }

    /// Lets go of an answer that nobody waits for any more.
    mutating func abandon() { (phase, rest) = (.broken, nil) }

    /// The last answer was sent: the client has this long to close.
    mutating func linger(_ loop: ServingLoop) { deadline = loop.now + loop.limits.linger }
}
