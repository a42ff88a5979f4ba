import Synchronization

/// Whether somebody asked this process to end the runs that it has under way.
///
/// One for the process, as the signals are that set it. Everything that can wait for long asks it:
/// a run between two rows, a source while its server computes, a command while its program is
/// silent. What was asked stays asked.
public enum Interruption {
    private static let flag = Atomic(false)

    /// The time that a wait may take to notice an interruption, in milliseconds.
    static let pollMilliseconds: Int32 = 200

    /// Asks for the end; may be called by a signal handler.
    public static func request() { flag.store(true, ordering: .relaxed) }

    /// Whether somebody asked.
    public static var isRequested: Bool { flag.load(ordering: .relaxed) }

    /// Ends what is under way when somebody asked.
    static func check() throws(CancellationError) {
        if isRequested { throw CancellationError() }
    }
}
