import Logging
import NIOCore
import Nostos

/// A connection as its loop sees it, independent of the transport.
protocol ServedConnection: AnyObject {
    /// The connection's index in the loop; nil when the loop does not hold it.
    var index: Int? { get set }
    /// Bytes that it holds: of requests that are not complete, and of answers that were not sent.
    var heldSize: Int { get }

    /// Takes the connection's turn: see ``ServingLoop/continueLater(_:)``.
    func goOn()

    /// Closes the connection if its client is too slow; called once a tick.
    func checkDeadlines(drainsIdle: Bool)
    /// Closes it at once.
    func close()
}

/// The state that the connections of one thread share: the responder, memory for answers, the
/// clock, and a bound on the bytes that they hold.
///
/// Confined to its thread.
final class ServingLoop {
    /// The limits of the options, in nanoseconds and for one thread.
    struct Limits {
        let head, body, idle, stall, linger, drain: Int64
        let heldSize: Int

        init(_ options: DataPlaneOptions) {
            head = options.headTimeout.nanoseconds
            body = options.bodyTimeout.nanoseconds
            idle = options.idleTimeout.nanoseconds
            stall = options.stallTimeout.nanoseconds
            linger = options.lingerTimeout.nanoseconds
            drain = options.drainTimeout.nanoseconds
            heldSize = options.maxHeldSize / max(1, options.threadCount)
        }
    }

    let limits: Limits
    let counter: ConnectionCounter

    // Unchecked: every answer goes through these, and the check at run time that no access overlaps
    // another took a seventh of a request's instructions. None does: the code that is called with
    // one of them knows neither the loop nor a connection.
    @exclusivity(unchecked) private var uncheckedResponder = Responder()
    @exclusivity(unchecked) private var uncheckedOutput: [UInt8] = []
    @exclusivity(unchecked) private var uncheckedHeads = KnownHeads()

    var responder: Responder {
        @inline(__always) get { unsafe uncheckedResponder }
        @inline(__always) _modify { yield unsafe &uncheckedResponder }
    }
    /// The buffer in which the answers of one turn are put together.
    var output: [UInt8] {
        @inline(__always) get { unsafe uncheckedOutput }
        @inline(__always) _modify { yield unsafe &uncheckedOutput }
    }

    /// Heads of requests of all connections.
    var knownHeads: KnownHeads {
        @inline(__always) get { unsafe uncheckedHeads }
        @inline(__always) _modify { yield unsafe &uncheckedHeads }
    }

    /// Heads with tokens are not kept: comparing another client's head with them word by word would
    /// leak them by its timing.
    var keepsHeads: Bool { context.options.access == nil }

    /// Nanoseconds of a clock that only goes forward, as of the current turn.
    private(set) var now = SystemClock.nanoseconds()
    private(set) var isDraining = false

    private let context: ServingContext
    private let log: RequestLog?
    private var snapshot: StoreSnapshot
    /// The time as answers show it, at most a tick old: no request asks the system for it.
    private var time = AnswerTime(seconds: SystemClock.seconds())
    /// Whether this loop is the one that logs the store's problems.
    private let logsProblems: Bool
    private var loggedProblems: [StoreProblem] = []
    private var connections: [any ServedConnection] = []
    private var waiting = CircularBuffer<any ServedConnection>()
    private var heldSize = 0
    private var freeMemory = FreeMemory()
    private var drainsIdleAt = Int64.max
    private var drainsAllAt = Int64.max
    private var whenDrained: (() -> Void)?

    init(_ context: ServingContext, logsProblems: Bool) {
        self.context = context
        self.logsProblems = logsProblems
        limits = Limits(context.options)
        counter = context.counter
        snapshot = context.store.snapshot()
        log = context.options.log
        responder.metrics = context.metrics
        responder.access = context.options.access
        responder.endNotice = context.options.endNotice
        responder.isLocalOnly = context.options.isLocalOnly
        responder.crossOrigin = CrossOrigin(context.options.allowedOrigins)
    }

    // MARK: - Answering

    /// Begins the work for bytes that arrived: reads the clock and the newest snapshot.
    @inline(__always)
    func beginTurn() {
        now = SystemClock.nanoseconds()
        snapshot = context.store.snapshot()
    }

    /// Appends the answer; returns its continuation, if the output does not have all of it.
    @inline(__always)
    func answer(
        _ request: Request, in bytes: Span<UInt8>, isLast: Bool, client: ClientAddress?
    ) -> AnswerRest? {
        responder.answer(
            request, in: bytes, from: snapshot, time: time, isDraining: isDraining, isLast: isLast,
            to: &output)
        guard let rest = responder.takeRest() else {
            count(request, in: bytes, client)
            return nil
        }
        if case .pending(let answer) = rest {
            answer.begunAt = now
            if log != nil { answer.line = line(of: request, in: bytes, client) }
        } else {
            count(request, in: bytes, client)
        }
        return rest
    }

    /// Builds the next step of an answer; false if the answer is complete.
    func goOn(_ answer: PendingAnswer) -> Bool {
        if responder.goOn(answer, time: time, to: &output) { return true }
        let duration = SystemClock.nanoseconds() - answer.begunAt
        responder.count(nanoseconds: duration)
        if let line = answer.line { write(line, duration) }
        return false
    }

    func refuse(_ refusal: Refusal, client: ClientAddress?) {
        responder.refuse(refusal, time: time, to: &output)
        let duration = SystemClock.nanoseconds() - now
        responder.count(nanoseconds: duration)
        var line = LoggedRequest(route: "", code: "", nanoseconds: duration)
        line.client = log == nil ? nil : client?.text
        write(line, duration)
    }

    @inline(__always)
    private func count(_ request: Request, in bytes: Span<UInt8>, _ client: ClientAddress?) {
        let duration = SystemClock.nanoseconds() - now
        responder.count(nanoseconds: duration)
        if let log, log.wants(duration) { tell(request, in: bytes, client, duration) }
    }

    @inline(never)
    private func tell(
        _ request: Request, in bytes: Span<UInt8>, _ client: ClientAddress?, _ duration: Int64
    ) {
        write(line(of: request, in: bytes, client), duration)
    }

    private func line(
        of request: Request, in bytes: Span<UInt8>, _ client: ClientAddress?
    ) -> LoggedRequest {
        var line = LoggedRequest(request, in: bytes, snapshot: snapshot, client: client)
        line.caller = responder.token?.name
        return line
    }

    /// Writes the log line of the last answer, if it is to be logged.
    private func write(_ line: LoggedRequest, _ duration: Int64) {
        guard let log, log.wants(duration) else { return }
        var line = line
        line.route = responder.route.label
        line.code = "\(responder.head.code)"
        line.nanoseconds = duration
        log.write(line)
    }

    /// Releases memory that only a large answer needed.
    func trim() {
        if output.capacity > 1 << 20 { output = [] }
    }

    // MARK: - Turns

    /// Whether some connection waits for its next turn.
    @inline(__always)
    var hasWaiting: Bool { !waiting.isEmpty }

    /// Lets a connection continue after those that wait already.
    func continueLater(_ connection: any ServedConnection) { waiting.append(connection) }

    /// Lets one connection take its turn.
    ///
    /// Only one takes its turn before the sockets are polled again, so that a small request waits
    /// for one turn of large ones, however many there are.
    func continueOne() { waiting.popFirst()?.goOn() }

    // MARK: - Time

    /// Once a tick: the clock, what the responder holds, and every connection's deadline.
    func tick() {
        beginTurn()
        let seconds = SystemClock.seconds()
        if seconds != time.seconds { time = AnswerTime(seconds: seconds) }
        // An idle thread must not hold a dropped version's file.
        responder.use(snapshot)
        context.statistics.add(responder.takeCounts())
        freeMemory.giveBack(heldSize)
        if logsProblems, snapshot.problems != loggedProblems { log(snapshot.problems) }
        if let error = responder.tableError {
            responder.tableError = nil
            context.logger.error("table unreadable", metadata: ["error": "\(error)"])
        }
        // From the end: a connection that closes is replaced by the last one.
        for index in connections.indices.reversed() where index < connections.count {
            let connection = connections[index]
            if now >= drainsAllAt {
                connection.close()
            } else {
                connection.checkDeadlines(drainsIdle: now >= drainsIdleAt)
            }
        }
    }

    private func log(_ problems: [StoreProblem]) {
        for problem in problems where !loggedProblems.contains(problem) {
            var metadata: Logger.Metadata = ["error": "\(problem.detail)"]
            metadata["job.name"] = problem.job.map { "\($0)" }
            metadata["version.number"] = problem.version.map { "\($0)" }
            context.logger.error("store damaged", metadata: metadata)
        }
        loggedProblems = problems
    }
}

// MARK: - Connections

extension ServingLoop {
    func add(_ connection: any ServedConnection) {
        connection.index = connections.count
        connections.append(connection)
    }

    func remove(_ connection: any ServedConnection) {
        guard let index = connection.index else { return }
        connection.index = nil
        let last = connections.removeLast()
        if last !== connection {
            connections[index] = last
            last.index = index
        }
        if isDraining && connections.isEmpty { finishDraining() }
    }

    /// Notes that a connection holds more or less memory than before.
    ///
    /// Above the bound the connection that holds most is closed, so that clients that send
    /// incomplete requests or read no answers cannot use up the memory of all others.
    func changeHeldSize(by difference: Int) {
        heldSize += difference
        guard difference > 0 else { return }
        freeMemory.note(heldSize)
        while heldSize > limits.heldSize,
            let largest = connections.max(by: { $0.heldSize < $1.heldSize }), largest.heldSize > 0
        {
            let before = heldSize
            largest.close()
            guard heldSize < before else { return }
        }
    }

    /// Answers further requests, and closes each connection after its next answer.
    ///
    /// Those without a request are closed a little later, because one may be on its way, and at the
    /// end of the drain timeout all are. `whenDone` is called when no connection is left.
    func drain(whenDone: @escaping () -> Void) {
        isDraining = true
        whenDrained = whenDone
        now = SystemClock.nanoseconds()
        drainsIdleAt = now + min(1_000_000_000, limits.drain / 4)
        drainsAllAt = now + limits.drain
        if connections.isEmpty { finishDraining() }
    }

    private func finishDraining() {
        context.statistics.add(responder.takeCounts())
        let whenDone = whenDrained
        whenDrained = nil
        whenDone?()
    }
}
