import NIOConcurrencyHelpers
import NIOPosix
import Nostos

/// A worker that compares and verifies tables one by one.
///
/// A comparison reads both tables to their ends, and many requests for it must not take the
/// processor from the data plane.
///
/// Tables never change, so the last results are kept.
final class DiffWorker: Sendable {
    static let maxResultCount = 64

    private struct Pair: Hashable {
        let from: String
        let to: String
    }

    private let pool = NIOThreadPool(numberOfThreads: 1)
    private let results = NIOLockedValueBox<[Pair: DiffSummary]>([:])

    init() { pool.start() }

    deinit { pool.shutdownGracefully { _ in } }

    /// Runs other work that reads whole tables in the same queue.
    func work<Result: Sendable>(
        _ body: @escaping @Sendable () throws -> Result
    ) async throws -> Result {
        try await pool.runIfActive { try body() }
    }

    /// The summary of the tables with these digests; `make` compares them.
    func summary(
        from: String, to: String, _ make: @escaping @Sendable () throws -> DiffSummary
    ) async throws -> DiffSummary {
        let pair = Pair(from: from, to: to)
        let isNamed = !from.isEmpty && !to.isEmpty
        return try await pool.runIfActive { [results] in
            if isNamed, let known = results.withLockedValue({ $0[pair] }) { return known }
            let summary = try make()
            results.withLockedValue { results in
                if results.count >= Self.maxResultCount { results = [:] }
                results[pair] = summary
            }
            return summary
        }
    }
}
