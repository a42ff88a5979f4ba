// The door to CSpawn: no other file imports it.
//
// swift-subprocess (1.0.2) was considered first. Its runs are async functions, and its output an
// AsyncSequence: a loader that pulls row after row on one thread would need a task beside it, and
// would block that thread on it. It would also decide by itself when the children are waited for,
// where here a group must be killed before its leader's number is released. posix_spawn is one
// call, and this file is the rest.
//
// Unsafe: C calls with arrays of C strings that live during the call.
import CSpawn
import Glibc
import SystemPackage

/// A running program, in a session and so in a process group of its own; owns the pipes to its
/// output and its zombie.
///
/// Its number stays taken until ``end()`` releases it, so that no signal meant for it ever hits
/// another.
final class ChildProcess {
    /// The end of a program.
    enum End: Equatable {
        case exit(code: Int32)
        case signal(Int32)
    }

    /// The read end of its standard output; closed by the object.
    let output: FileDescriptor
    /// The read end of its standard error; closed by the object.
    let errors: FileDescriptor
    private let identifier: pid_t
    private var hasEnded = false

    /// Starts a program.
    ///
    /// - Parameters:
    ///   - words: the program, by its path or as `PATH` finds it, and its arguments.
    ///   - directory: where it starts; paths with a slash are relative to it.
    /// - Throws: why it cannot be started, such as `noSuchFileOrDirectory`.
    init(_ words: [String], in directory: FilePath) throws(Errno) {
        let output = try Self.pipe()
        let errors: (read: FileDescriptor, write: FileDescriptor)
        do throws(Errno) { errors = try Self.pipe() } catch {
            try? output.read.close()
            try? output.write.close()
            throw error
        }
        var identifier: pid_t = 0
        let code = unsafe Self.withStrings(words) { words in
            unsafe nostos_spawn(
                &identifier, words, directory.isEmpty ? "." : directory.string,
                output.write.rawValue, errors.write.rawValue, environ)
        }
        try? output.write.close()
        try? errors.write.close()
        guard code == 0 else {
            try? output.read.close()
            try? errors.read.close()
            throw Errno(rawValue: code)
        }
        (self.output, self.errors, self.identifier) = (output.read, errors.read, identifier)
    }

    deinit {
        if !hasEnded { _ = end() }
        try? output.close()
        try? errors.close()
    }

    /// Whether the program itself has ended; it stays a zombie.
    var isOver: Bool {
        guard !hasEnded else { return true }
        var info = unsafe siginfo_t()
        let code = unsafe waitid(P_PID, id_t(identifier), &info, WEXITED | WNOHANG | WNOWAIT)
        return unsafe code == 0 && info.si_signo == SIGCHLD
    }

    /// Asks the whole group to end.
    func terminate() {
        guard !hasEnded else { return }
        _ = kill(-identifier, SIGTERM)
    }

    /// Kills what is left of the group, waits for the program itself and frees its number.
    ///
    /// - Returns: how the program ended.
    func end() -> End {
        precondition(!hasEnded, "a program ends once")
        hasEnded = true
        _ = kill(-identifier, SIGKILL)
        var status: Int32 = 0
        while unsafe waitpid(identifier, &status, 0) == -1, errno == EINTR {}
        // wait(2): the low 7 bits are the signal, the next byte up is the code.
        let signal = status & 0x7F
        return signal == 0 ? .exit(code: status >> 8 & 0xFF) : .signal(signal)
    }

    private static func pipe() throws(Errno) -> (read: FileDescriptor, write: FileDescriptor) {
        var ends: [Int32] = [0, 0]
        let code = unsafe nostos_pipe(&ends)
        guard code == 0 else { throw Errno(rawValue: code) }
        return (FileDescriptor(rawValue: ends[0]), FileDescriptor(rawValue: ends[1]))
    }

    private static func withStrings(
        _ words: [String], _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> Int32
    ) -> Int32 {
        let copies = unsafe words.map { unsafe strdup($0) } + [nil]
        defer { unsafe copies.forEach { unsafe free($0) } }
        return unsafe body(copies)
    }
}
