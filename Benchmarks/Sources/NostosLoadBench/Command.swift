import Glibc

/// The cost of one program.
struct CommandCost {
    var seconds = 0.0
    /// User and system time of all its threads.
    var processorSeconds = 0.0
    /// The most memory that it held at one time, in bytes: its maximum resident set.
    var peakMemory = 0
}

/// Runs a program to its end, in that folder, with its standard output in `output`.
///
/// - Throws: ``Failure`` with what it said, unless it ends with 0.
@discardableResult
func runProgram(
    _ words: [String], in folder: String, output: String = "/dev/null"
) throws -> CommandCost {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    let errors = "\(folder)/stderr"
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    posix_spawn_file_actions_addopen(&actions, 2, errors, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    // Swift does not see the call that would start a program in another folder; `env` becomes it.
    let spawned = ["env", "-C", folder] + words
    var arguments: [UnsafeMutablePointer<CChar>?] = spawned.map { strdup($0) } + [nil]
    defer { for argument in arguments { free(argument) } }
    var process: pid_t = 0
    let start = now()
    let code = posix_spawnp(&process, spawned[0], &actions, nil, &arguments, environ)
    guard code == 0 else { throw Failure("\(spawned[0]): \(String(cString: strerror(code)))") }
    var status: Int32 = 0
    var usage = rusage()
    while wait4(process, &status, 0, &usage) < 0 {
        guard errno == EINTR else { throw Failure("wait4: \(String(cString: strerror(errno)))") }
    }
    let elapsed = now() - start
    guard status == 0 else {
        throw Failure("\(words.joined(separator: " ")): \(text(of: errors))")
    }
    func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
    return CommandCost(
        seconds: Double(elapsed) / 1e9,
        processorSeconds: seconds(usage.ru_utime) + seconds(usage.ru_stime),
        peakMemory: Int(usage.ru_maxrss) << 10)
}

/// The contents of a small file; empty when there is none.
func text(of path: String) -> String {
    guard let file = fopen(path, "r") else { return "" }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    while true {
        let count = fread(&buffer, 1, buffer.count, file)
        guard count > 0 else { return String(decoding: bytes, as: UTF8.self) }
        bytes += buffer[..<count]
    }
}

/// Writes a small file anew.
func write(_ text: String, to path: String) throws {
    guard let file = fopen(path, "w") else { throw Failure("cannot write \(path)") }
    fputs(text, file)
    guard fclose(file) == 0 else { throw Failure("cannot write \(path)") }
}

/// Nanoseconds of the monotonic clock.
private func now() -> Int {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return time.tv_sec * 1_000_000_000 + time.tv_nsec
}
