import Glibc

/// A worker process and the pipes to it.
final class Child {
    private let engine: EngineName
    private let process: pid_t
    private let input: UnsafeMutablePointer<FILE>
    private let output: UnsafeMutablePointer<FILE>

    init(_ engine: EngineName, _ set: DataSet, _ files: DataFiles, store: String) throws {
        self.engine = engine
        var toChild: [Int32] = [0, 0]
        var fromChild: [Int32] = [0, 0]
        guard pipe(&toChild) == 0, pipe(&fromChild) == 0 else {
            throw systemFailure("pipe", "worker")
        }
        // No other worker may hold an end open: each ends when its input does.
        for descriptor in toChild + fromChild { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, toChild[0], 0)
        posix_spawn_file_actions_adddup2(&actions, fromChild[1], 1)
        let words = [
            CommandLine.arguments[0], "worker", engine.rawValue, set.rawValue, files.folder, store,
        ]
        var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
        defer { for argument in arguments { free(argument) } }
        var process: pid_t = 0
        let code = posix_spawn(&process, "/proc/self/exe", &actions, nil, &arguments, environ)
        close(toChild[0])
        close(fromChild[1])
        guard code == 0, let input = fdopen(toChild[1], "w"), let output = fdopen(fromChild[0], "r")
        else { throw Failure("cannot start a worker: \(String(cString: strerror(code)))") }
        (self.process, self.input, self.output) = (process, input, output)
    }

    /// Ends the worker by closing its input.
    deinit {
        fclose(input)
        fclose(output)
        var status: Int32 = 0
        waitpid(process, &status, 0)
    }

    /// Sends a command and waits for its answer.
    func ask(_ command: String) throws -> Measurement {
        fputs("\(command)\n", input)
        fflush(input)
        var line: UnsafeMutablePointer<CChar>?
        var capacity = 0
        defer { free(line) }
        guard getline(&line, &capacity, output) > 0, let line else {
            throw Failure("\(engine.rawValue): the worker died at: \(command)")
        }
        let answer = String(cString: line).trimmingLineEnd
        guard !answer.hasPrefix("error:") else {
            throw Failure("\(engine.rawValue): \(command): \(answer.dropFirst(7))")
        }
        return try Measurement(parsing: answer)
    }
}

extension String {
    fileprivate var trimmingLineEnd: String { hasSuffix("\n") ? String(dropLast()) : self }
}
