import Dispatch

/// Blocks that are being written, as one run or several, by threads of their own.
///
/// If it is dropped, the threads go on to the end of their runs, which then go as well.
struct Spill {
    private let jobs: [SpillJob]
    private let group = DispatchGroup()
    /// What the blocks take until all is written.
    let size: Int
    /// The most that the sorter has held meanwhile, these blocks included, in bytes.
    var peakSize: Int

    /// Begins with jobs for blocks of `size` bytes in all.
    init(_ jobs: [SpillJob], size: Int, peakSize: Int) {
        (self.jobs, self.size, self.peakSize) = (jobs, size, peakSize)
        for job in jobs {
            // A queue of its own has a thread at once; a global one may have none to spare.
            DispatchQueue(label: "nostos.spill").async(group: group) { job.run() }
        }
    }

    /// Whether all is written, or has failed.
    var isDone: Bool { group.wait(timeout: .now()) == .success }

    /// Waits until all is written: gives the runs in order, and the most that the sorter has held,
    /// writers included.
    ///
    /// - Throws: ``SortError``, that of the first run which could not be written.
    func wait() throws(SortError) -> (runs: [SortedRun], peakSize: Int) {
        group.wait()
        var runs: [SortedRun] = []
        for job in jobs { runs.append(try job.result.get()) }
        return (runs, jobs.reduce(peakSize) { $0 + $1.size })
    }
}
