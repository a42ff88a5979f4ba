import ArgumentParser
import Nostos
import NostosLoader
import NostosServer

/// The exit codes of the command line; `docs/cli.md` explains them.
enum ExitStatus: Int32 {
    case failed = 1
    case notPromoted = 2
    case keyNotFound = 3
    case candidate = 4
    case badData = 65
    case unavailable = 69
    case io = 74
    case temporary = 75
    case configuration = 78
}

/// The end of a verb that did not succeed: an exit code and one message.
struct Failure: Error {
    let status: ExitStatus
    let message: String

    init(_ status: ExitStatus, _ message: String) {
        self.status = status
        self.message = message
    }

    /// The failure for an error of any layer.
    init(_ error: any Error) {
        switch error {
        case let error as Failure: self = error
        case let error as RunError: self.init(Self.status(of: error.kind), error.message)
        case let error as JobFileErrors: self.init(.badData, error.description)
        case let error as ConnectionError: self.init(.configuration, error.description)
        case let error as CatalogError: self.init(Self.status(of: error), error.description)
        case let error as TableError: self.init(.io, error.description)
        case DiffError.table(let error): self.init(.io, error.description)
        case let error as DiffError: self.init(.failed, error.description)
        case let error as RecordRequestError: self.init(.badData, error.description)
        case let error as KeyTextError: self.init(.badData, "bad key: \(error)")
        case let error as ServerError: self.init(.configuration, error.description)
        default: self.init(.failed, "\(error)")
        }
    }

    private static func status(of kind: RunError.Kind) -> ExitStatus {
        switch kind {
        case .badJob: .badData
        case .unavailable: .unavailable
        case .configuration: .configuration
        case .io: .io
        case .busy: .temporary
        case .rejected: .notPromoted
        case .cancelled, .failed: .failed
        }
    }

    private static func status(of error: CatalogError) -> ExitStatus {
        switch error {
        case .noStore, .newerFormat, .networkFileSystem: .configuration
        case .busy, .locked: .temporary
        case .io, .damaged, .lost, .exists: .io
        case .badJobName, .badArgument, .unknownJob, .unknownVersion, .goneVersion, .badVersion,
            .noVersion, .moved, .held, .notHeld, .rolledBack, .failedChecks, .noPrevious, .refused:
            .failed
        }
    }

    /// Runs a verb; on an error prints the failure to standard error and throws its exit code.
    ///
    /// - Parameters:
    ///   - failed: the code that replaces ``ExitStatus/failed``.
    ///   - body: the verb.
    /// - Returns: the result of `body`.
    /// - Throws: the error that ends the process with the right code.
    static func guarded<T>(failed: ExitStatus = .failed, _ body: () throws -> T) throws -> T {
        do { return try body() } catch {
            let exit = exit(error)
            guard let code = exit as? ExitCode, code.rawValue == ExitStatus.failed.rawValue,
                !(error is ExitCode)
            else { throw exit }
            throw ExitCode(failed.rawValue)
        }
    }

    /// Prints a failure and returns the error that ends the process with its code.
    static func exit(_ error: any Error) -> any Error {
        // `main` prints the parser's own errors with the verb's usage, and ends with 64.
        if error is ValidationError || error is ExitCode || error is CleanExit { return error }
        let failure = Failure(error)
        Output.message("nostos: \(failure.message)")
        return ExitCode(failure.status.rawValue)
    }
}
