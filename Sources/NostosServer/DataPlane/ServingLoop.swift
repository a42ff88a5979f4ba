import Logging
import NIOCore
import Nostos

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// What the connections of one event loop share: the responder, memory for answers, the clock.
///
/// Confined to its event loop; other threads reach it through a `NIOLoopBound`.
final class ServingLoop {
    let store: Store
    let options: DataPlaneOptions
    let counter: ConnectionCounter
    let eventLoop: any EventLoop

    var responder = Responder()
    /// Where the answers to one read are put together.
    var output: [UInt8] = []
    /// Where they wait for the socket; its memory is used again once they are sent.
    var buffer = ByteBuffer()

    /// The time, at most a tick old: no request asks the system for it.
    private(set) var time = AnswerTime(seconds: ServingLoop.systemSeconds())
    private(set) var now = NIODeadline.now()
    private(set) var isDraining = false

    private let logger: Logger
    /// Whether this loop, of all of them, logs what is wrong with the store.
    private let logsProblems: Bool
    private var loggedProblems: [StoreProblem] = []
    private var connections: [ConnectionHandler] = []
    private var drainsIdleAt = NIODeadline.distantFuture
    private var drainsAllAt = NIODeadline.distantFuture
    private var drained: EventLoopPromise<Void>?

    init(
        store: Store, options: DataPlaneOptions, counter: ConnectionCounter, logger: Logger,
        logsProblems: Bool, eventLoop: any EventLoop
    ) {
        self.store = store
        self.options = options
        self.counter = counter
        self.logger = logger
        self.logsProblems = logsProblems
        self.eventLoop = eventLoop
    }

    /// Once a tick: the clock, what the responder holds, and every connection's deadline.
    func tick() {
        now = .now()
        let seconds = Self.systemSeconds()
        if seconds != time.seconds { time = AnswerTime(seconds: seconds) }
        // An idle thread must not keep a dropped version's file from being freed.
        let snapshot = store.snapshot()
        responder.use(snapshot)
        if logsProblems, snapshot.problems != loggedProblems { log(snapshot.problems) }
        if let error = responder.tableError {
            responder.tableError = nil
            logger.error("table unreadable", metadata: ["error": "\(error)"])
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
            logger.error("store damaged", metadata: metadata)
        }
        loggedProblems = problems
    }

    func add(_ connection: ConnectionHandler) {
        connection.index = connections.count
        connections.append(connection)
    }

    func remove(_ connection: ConnectionHandler) {
        guard let index = connection.index else { return }
        connection.index = nil
        let last = connections.removeLast()
        if last !== connection {
            connections[index] = last
            last.index = index
        }
        if isDraining && connections.isEmpty { finishDraining() }
    }

    /// Answers what comes, and closes each connection after its next answer.
    ///
    /// Those without a request are closed a little later, because one may be on its way, and at the
    /// end of the drain timeout all are.
    ///
    /// - Returns: when no connection is left.
    func drain() -> EventLoopFuture<Void> {
        let promise = eventLoop.makePromise(of: Void.self)
        isDraining = true
        drained = promise
        let start = NIODeadline.now()
        drainsIdleAt = start + min(.seconds(1), .nanoseconds(options.drainTimeout.nanoseconds / 4))
        drainsAllAt = start + options.drainTimeout
        if connections.isEmpty { finishDraining() }
        return promise.futureResult
    }

    private func finishDraining() {
        drained?.succeed()
        drained = nil
    }

    /// Gives memory back that only a large answer needed.
    func trim() {
        if output.capacity > 1 << 20 { output = [] }
        if buffer.capacity > 1 << 20 { buffer = ByteBuffer() }
    }

    private static func systemSeconds() -> Int64 {
        var time = timespec()
        // Unsafe: the pointer is to a local variable and used during the call only. It cannot fail
        // for this clock.
        _ = unsafe clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec)
    }
}
