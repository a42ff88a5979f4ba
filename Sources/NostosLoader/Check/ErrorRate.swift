/// Dataduct's error rate, by which its QA steps judge.
///
/// coursera/dataduct, `dataduct/qa/check.py`, `count_check.py` and `column_check.py`.
struct ErrorRate {
    /// In percent; nil where it cannot be computed, and the check then fails whatever is tolerated.
    let percent: Double?

    /// The rate of two counts: |source − destination| · 100 / source.
    ///
    /// Two zeros agree: 0. Something where the source has nothing has no rate.
    init(source: Int, destination: Int) {
        if source > 0 {
            percent = Double((source - destination).magnitude) * 100 / Double(source)
        } else {
            percent = source == destination ? 0 : nil
        }
    }

    /// The rate of comparisons: the part of `count` that differs; nil where there was none.
    init(differing: Int, of count: Int) {
        percent = count == 0 ? nil : Double(differing) * 100 / Double(count)
    }

    /// Whether it is at most the tolerance, in percent.
    func isWithin(_ tolerance: Double) -> Bool { percent.map { $0 <= tolerance } ?? false }
}
