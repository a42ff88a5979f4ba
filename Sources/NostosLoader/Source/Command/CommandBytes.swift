import Glibc
import Nostos
import SystemPackage

/// The standard output of a program.
///
/// Its end is a good one only when the program has ended by itself with exit code 0. The rest of
/// its process group is ended with it, also when the output is not read to the end.
final class CommandBytes: ByteInput {
    /// The time that the group has to end after it was asked to, before it is killed.
    static let grace = Duration.seconds(2)
    /// The time for which the output may stay silent after the program's own end while others have
    /// it open.
    static let silence = Duration.seconds(5)
    /// The longest time between two checks of the clock, of the program and of a request to stop.
    private static let tickMilliseconds: Int32 = 100

    private let child: ChildProcess
    private let timeout: Duration
    private let isCancelled: @Sendable () -> Bool
    /// The time for which the program has kept its reader waiting, all in all.
    private(set) var waited = Duration.zero
    private var tail: OutputTail
    private var errorsAreOpen = true
    private var isAtEnd = false

    /// Starts the program.
    ///
    /// - Throws: why it cannot be started.
    init(
        _ command: CommandInput, in directory: FilePath, mask: SecretMask,
        isCancelled: @escaping @Sendable () -> Bool
    ) throws(Errno) {
        child = try ChildProcess(command.words, in: directory)
        timeout = command.timeout
        tail = OutputTail(mask)
        self.isCancelled = isCancelled
    }

    deinit {
        if !isAtEnd { stop() }
    }

    func read(into bytes: inout [UInt8]) throws(ByteInputError) -> Bool {
        guard !isAtEnd else { return false }
        let start = ContinuousClock.now
        defer { waited += ContinuousClock.now - start }
        let waitedBefore = waited
        var silentSince: ContinuousClock.Instant?
        while true {
            if try wait(forOutput: true) {
                if try append(to: &bytes) { return true }
                try finish(start, waitedBefore)
                return false
            }
            let now = ContinuousClock.now
            try check(waitedBefore + (now - start))
            guard child.isOver else { continue }
            let since = silentSince ?? now
            silentSince = since
            guard now - since < Self.silence else {
                throw fail("\(over); others keep its output open")
            }
        }
    }

    /// Waits for the program's own end, once no process has its output open.
    private func finish(
        _ start: ContinuousClock.Instant, _ waitedBefore: Duration
    ) throws(ByteInputError) {
        while !child.isOver {
            _ = try wait(forOutput: false)
            try check(waitedBefore + (ContinuousClock.now - start))
        }
        drainErrors()
        isAtEnd = true
        let end = child.end()
        guard end != .exit(code: 0) else { return }
        let reason = sentence(Self.text(end))
        throw Self.isOutsideFault(end) ? .brokeOff(reason) : .failed(reason)
    }

    /// Whether another attempt may succeed, because the program is not to blame: it ended with
    /// `EX_UNAVAILABLE` or `EX_TEMPFAIL` (sysexits.h), or was killed.
    private static func isOutsideFault(_ end: ChildProcess.End) -> Bool {
        switch end {
        case .exit(let code): code == 69 || code == 75
        case .signal(let number): [SIGKILL, SIGTERM, SIGINT, SIGHUP].contains(number)
        }
    }

    /// Throws when the time is up, or somebody wants to stop; the group is gone then.
    private func check(_ waited: Duration) throws(ByteInputError) {
        if isCancelled() {
            stop()
            throw .brokeOff("stopped")
        }
        guard waited < timeout else {
            throw fail("no end within its timeout of \(Self.text(timeout))")
        }
    }
}

extension CommandBytes {
    /// Waits a tick at most, and takes what comes as an error message.
    ///
    /// - Returns: whether the output has something to read, its end included.
    private func wait(forOutput: Bool) throws(ByteInputError) -> Bool {
        let watched = [
            forOutput ? child.output.rawValue : -1, errorsAreOpen ? child.errors.rawValue : -1,
        ]
        let ready = SystemCall.wait(forInput: watched, milliseconds: Self.tickMilliseconds)
        guard let ready else { return false }
        if ready[1] { takeErrors() }
        return ready[0]
    }

    private func append(to bytes: inout [UInt8]) throws(ByteInputError) -> Bool {
        do throws(Errno) {
            return try bytes.append(from: child.output) > 0
        } catch {
            throw .brokeOff("reading its output: \(error)")
        }
    }

    /// Takes one piece of the error messages; false at their end.
    @discardableResult
    private func takeErrors() -> Bool {
        var piece: [UInt8] = []
        let count = (try? piece.append(from: child.errors)) ?? 0
        tail.append(piece.span)
        if count == 0 { errorsAreOpen = false }
        return count > 0
    }

    /// Takes what is there of the error messages, without waiting for more.
    private func drainErrors() {
        while errorsAreOpen {
            let ready = SystemCall.wait(forInput: [child.errors.rawValue], milliseconds: 0)
            guard ready == [true], takeErrors() else { return }
        }
    }

    /// Ends the group: asks, waits, kills.
    private func stop() {
        guard !isAtEnd else { return }
        isAtEnd = true
        child.terminate()
        let start = ContinuousClock.now
        // When all processes have closed both pipes, there is nothing left to wait for.
        var outputIsOpen = true
        while ContinuousClock.now - start < Self.grace {
            if child.isOver, !outputIsOpen, !errorsAreOpen { break }
            guard (try? wait(forOutput: outputIsOpen)) == true else { continue }
            var rest: [UInt8] = []
            outputIsOpen = ((try? rest.append(from: child.output)) ?? 0) > 0
        }
        drainErrors()
        _ = child.end()
    }

    private func fail(_ reason: String) -> ByteInputError {
        stop()
        return .brokeOff(sentence(reason))
    }

    /// The reason, and the end of the program's output.
    private func sentence(_ reason: String) -> String {
        guard let said = tail.text else { return "\(reason); it said nothing" }
        return "\(reason); its standard error ends:\n\(said)"
    }

    private var over: String { "it has ended" }

    private static func text(_ end: ChildProcess.End) -> String {
        switch end {
        case .exit(let code): return "it ended with exit code \(code)"
        case .signal(let number):
            let name = SystemCall.signalName(number)
            return "it was ended by signal \(number)" + (name.map { " (\($0))" } ?? "")
        }
    }

    private static func text(_ duration: Duration) -> String {
        let seconds = duration.components.seconds
        if seconds == 0 {
            return "\(duration.components.attoseconds / 1_000_000_000_000_000)ms"
        }
        if seconds % 3600 == 0 { return "\(seconds / 3600)h" }
        return seconds % 60 == 0 ? "\(seconds / 60)m" : "\(seconds)s"
    }
}
