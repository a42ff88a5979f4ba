import Foundation
import SystemPackage

/// A program that ended with another code than 0, or could not be started.
public struct ProgramFailure: Error, CustomStringConvertible {
    /// The program, its exit code and what it said.
    public let description: String
}

/// Runs a program to its end and gives its standard output; for the tests' tools.
///
/// - Throws: ``ProgramFailure`` with its standard error when it ends with another code than 0.
@discardableResult
public func runProgram(
    _ path: String, _ arguments: [String], input: String
) throws -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: path)
    process.arguments = arguments
    // Through files: pipes would need three readers at once.
    let directory = try TemporaryDirectory()
    defer { withExtendedLifetime(directory) {} }
    let names = ["input", "output", "error"].map { directory.file($0).string }
    try Data(input.utf8).write(to: URL(fileURLWithPath: names[0]))
    for name in names[1...] {
        try Data().write(to: URL(fileURLWithPath: name))
    }
    process.standardInput = FileHandle(forReadingAtPath: names[0])
    process.standardOutput = FileHandle(forWritingAtPath: names[1])
    process.standardError = FileHandle(forWritingAtPath: names[2])
    do {
        try process.run()
    } catch {
        throw ProgramFailure(description: "\(path): \(error)")
    }
    process.waitUntilExit()
    let output = FileManager.default.contents(atPath: names[1]) ?? Data()
    guard process.terminationStatus == 0 else {
        let message = FileManager.default.contents(atPath: names[2]) ?? Data()
        throw ProgramFailure(
            description: """
                \(path): exit code \(process.terminationStatus): \
                \(String(decoding: message, as: UTF8.self))
                """)
    }
    return String(decoding: output, as: UTF8.self)
}
