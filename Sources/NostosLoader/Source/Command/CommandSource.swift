import Nostos
import SystemPackage

/// The rows that a program writes to its standard output.
struct CommandSource: Sendable {
    /// The program, its arguments, and how it writes rows.
    let command: CommandInput
    /// The directory in which it starts: the job file's.
    let directory: FilePath
    /// The job's contract for the columns.
    let contract: TextContract
    /// The secrets that its messages must not show.
    let mask: SecretMask
    /// Whether somebody wants the run to stop; asked every 100 ms while the program is silent.
    var isCancelled: @Sendable () -> Bool = { Interruption.isRequested }

    /// Starts the program and reads its first rows.
    ///
    /// It runs until its rows are read, ends, and must end with exit code 0. Released before that,
    /// the cursor ends it: SIGTERM, and after 2 s SIGKILL, to its whole process group. A program
    /// that makes a session of its own leaves the group, and is not found.
    ///
    /// The time that counts against the timeout is the time that the program keeps its reader
    /// waiting: not the time in which the reader is busy and the program waits.
    func open() throws(SourceError) -> any RowCursor {
        let name = command.words.first ?? ""
        let bytes: CommandBytes
        do throws(Errno) {
            bytes = try CommandBytes(
                command, in: directory, mask: mask, isCancelled: isCancelled)
        } catch {
            throw .badInput(
                source: name, line: nil, row: nil, reason: Self.refusal(error, directory))
        }
        return try TextRows.open(bytes, command.format, source: name, contract: contract)
    }

    private static func refusal(_ error: Errno, _ directory: FilePath) -> String {
        let place = directory.isEmpty ? "." : directory.string
        switch error {
        case .noSuchFileOrDirectory:
            return """
                found no such program, expected one of PATH, or a path from \(place) \
                (of a script, its first line may name a program that is not there)
                """
        case .permissionDenied: return "found no right to run it, expected an executable file"
        default: return "cannot be started: \(error)"
        }
    }
}
