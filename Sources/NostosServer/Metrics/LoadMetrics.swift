import NIOConcurrencyHelpers
import Nostos

/// The sums of the catalog's runs and of the snapshots' swaps since the server started.
///
/// The catalog forgets old runs, but counters must not go down. A run is therefore counted when it
/// is first seen, also at the start.
final class LoadMetrics: Sendable {
    /// The kind of change to the served version.
    enum Swap: String, CaseIterable {
        case promote, rollback
    }

    private struct Totals {
        /// The newest counted run, by job.
        var lastRun: [String: Int] = [:]
        var outcomes: [String: [RunOutcome: UInt64]] = [:]
        /// The results of the newest run's checks, by job and by the check's label.
        var checks: [String: [String: Int]] = [:]
        /// The time of the newest good version's publication, in microseconds since 1970.
        var successes: [String: Int64] = [:]
        var served: [String: Int] = [:]
        var swaps: [String: [Swap: UInt64]] = [:]
        var freeDisk: UInt64?
        /// The jobs of the newest snapshot; others were removed.
        ///
        /// Nil before the first snapshot.
        var known: Set<String>?

        /// Notes the jobs of a snapshot, and forgets the served versions of removed ones.
        mutating func keep(_ jobs: Set<String>) {
            known = jobs
            for job in Set(served.keys).subtracting(jobs) {
                (served[job], swaps[job], successes[job]) = (nil, nil, nil)
            }
        }
    }

    private let totals = NIOLockedValueBox(Totals())

    /// Counts the runs that were not seen yet; `runs` ascend by version within each job.
    func observe(_ runs: [RunRecord]) {
        totals.withLockedValue { totals in
            for run in runs where run.version > totals.lastRun[run.job] ?? 0 {
                totals.lastRun[run.job] = run.version
                totals.outcomes[run.job, default: [:]][run.outcome, default: 0] += 1
                // A field may have a check twice; the worse result counts.
                totals.checks[run.job] = Dictionary(
                    run.checks.map { ($0.label, $0.status.metric) }, uniquingKeysWith: max)
            }
        }
    }

    /// Counts the swaps since the snapshot before.
    func observe(_ snapshot: StoreSnapshot) {
        totals.withLockedValue { totals in
            totals.keep(Set(snapshot.jobs.keys))
            for job in snapshot.jobs.values {
                totals.successes[job.name] =
                    job.state.versions.compactMap(\.publishedAt).max()
                    ?? totals.successes[job.name]
                guard let number = job.current?.number else { continue }
                guard let before = totals.served.updateValue(number, forKey: job.name) else {
                    totals.swaps[job.name] = [:]
                    continue
                }
                guard before != number else { continue }
                let isRollback = number < before && job.state[before]?.state == .rejected
                totals.swaps[job.name, default: [:]][
                    isRollback ? .rollback : .promote, default: 0] += 1
            }
        }
    }

    /// Notes what is free on the store's file system, in bytes.
    func observe(freeDisk: UInt64?) { totals.withLockedValue { $0.freeDisk = freeDisk } }

    /// Appends the families.
    func append(to text: inout PrometheusText) {
        let totals = totals.withLockedValue { $0 }
        let jobs = Set(totals.served.keys).union(totals.lastRun.keys)
            .filter { totals.known?.contains($0) ?? true }.sorted()
        text.begin("nostos_version_swaps_total", .counter, "Changes of the version served.")
        for job in totals.served.keys.sorted() {
            for swap in Swap.allCases {
                let count = totals.swaps[job]?[swap] ?? 0
                text.sample([("job_name", job), ("kind", swap.rawValue)], value: count)
            }
        }
        text.begin(
            "nostos_load_last_success_timestamp_seconds", .gauge,
            "When a run last published a version.")
        for job in jobs {
            guard let time = totals.successes[job] else { continue }
            text.sample([("job_name", job)], value: UInt64(max(0, time)), perSecond: 1_000_000)
        }
        text.begin("nostos_load_runs_total", .counter, "Runs that ended, by outcome.")
        for job in jobs {
            for outcome in [RunOutcome.promoted, .candidate, .rejected, .failed] {
                text.sample(
                    [("job_name", job), ("outcome", outcome.rawValue)],
                    value: totals.outcomes[job]?[outcome] ?? 0)
            }
        }
        text.begin(
            "nostos_check_status", .gauge,
            "The newest run's checks: 0 passed or skipped, 1 warned, 2 failed.")
        for job in jobs {
            for (check, status) in (totals.checks[job] ?? [:]).sorted(by: { $0.key < $1.key }) {
                text.sample([("job_name", job), ("check", check)], value: status)
            }
        }
        guard let free = totals.freeDisk else { return }
        text.begin("nostos_disk_free_bytes", .gauge, "Free on the store's file system.")
        text.sample(value: free)
    }
}

extension CheckResult.Status {
    /// The value of `nostos_check_status`.
    fileprivate var metric: Int {
        switch self {
        case .ok, .skipped: 0
        case .warn: 1
        case .failed: 2
        }
    }
}
