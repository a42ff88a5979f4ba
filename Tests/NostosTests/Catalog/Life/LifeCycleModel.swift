/// The life cycle by the dullest means: states in a dictionary, retention by sorting it all.
struct LifeCycleModel {
    var states: [Int: String] = [:]
    var tables: Set<Int> = []
    var current: Int?
    var next = 1
    var keep = 3
    var isHeld = false
    /// The version whose rollback set the hold.
    var undo: Int?
    /// The versions that failed their checks, whatever became of them.
    var faulty: Set<Int> = []
    /// The versions that were current once.
    var served: Set<Int> = []
    /// The version that was rolled back last while the job was held already.
    var also: Int?
    var isRemoved = false

    enum Verb: Hashable, CaseIterable {
        case publish, publishByHand, fail, reject, rejectKept, rollBack, rollBackToOldest, hold
        case release, promoteNewest, promoteOldest, promoteByForce, drop, free, remove

        /// Whether the verb is one of a run, and brings a removed job back.
        var isRun: Bool {
            [.publish, .publishByHand, .fail, .reject, .rejectKept].contains(self)
        }
    }

    func numbers(_ state: String) -> [Int] {
        states.filter { $0.value == state && tables.contains($0.key) }.keys.sorted()
    }

    /// The versions that a promotion could take, ascending.
    var promotable: [Int] {
        (numbers("candidate") + numbers("rejected") + numbers("previous")).sorted()
    }

    /// The newest version that only force promotes.
    var forcible: Int? { numbers("rejected").last { faulty.contains($0) } }

    /// Makes the change; false when the verb is refused.
    mutating func apply(_ verb: Verb) -> Bool {
        if verb.isRun { isRemoved = false }
        guard !isRemoved || verb == .free else { return false }
        switch verb {
        case .publish, .publishByHand:
            let number = begin("candidate")
            tables.insert(number)
            if verb == .publish && !isHeld { serve(number) }
            trim()
        case .fail: _ = begin("failed")
        case .reject: faulty.insert(begin("rejected"))
        case .rejectKept:
            let number = begin("rejected")
            faulty.insert(number)
            tables.insert(number)
            trim()
        case .rollBack:
            guard undo == nil, also == nil else { return false }
            return rollBack(numbers("previous").last)
        case .rollBackToOldest: return rollBack(numbers("previous").first)
        case .hold:
            guard !isHeld else { return false }
            isHeld = true
        case .release:
            guard isHeld else { return false }
            isHeld = false
            undo = nil
            also = nil
        case .promoteNewest: return promote(promotable.last)
        case .promoteOldest: return promote(promotable.first)
        case .promoteByForce: return promote(forcible, isForced: true)
        case .drop:
            guard let number = promotable.first else { return false }
            states[number] = "dropped"
        case .free:
            for number in numbers("dropped") { tables.remove(number) }
        case .remove:
            for number in tables { states[number] = "dropped" }
            (current, isHeld, undo, also, isRemoved) = (nil, false, nil, nil, true)
        }
        return true
    }

    private mutating func begin(_ state: String) -> Int {
        states[next] = state
        next += 1
        return next - 1
    }

    private mutating func serve(_ number: Int) {
        if let current { states[current] = faulty.contains(current) ? "rejected" : "previous" }
        states[number] = "current"
        served.insert(number)
        current = number
    }

    private mutating func rollBack(_ target: Int?) -> Bool {
        guard let bad = current, let target else { return false }
        serve(target)
        states[bad] = "rejected"
        if !isHeld {
            isHeld = true
            undo = bad
        } else {
            also = bad
        }
        trim()
        return true
    }

    private mutating func promote(_ number: Int?, isForced: Bool = false) -> Bool {
        guard let number, isForced || !faulty.contains(number) else { return false }
        if also == number { also = nil }
        if undo == number {
            isHeld = false
            undo = nil
            also = nil
        }
        serve(number)
        trim()
        return true
    }

    private mutating func trim() {
        let good = keep - (current.map { faulty.contains($0) ? 0 : 1 } ?? 0)
        let rejected = numbers("rejected")
        let undoable = rejected.filter { served.contains($0) && !faulty.contains($0) }
        for (numbers, count) in [
            (numbers("previous"), good), (numbers("candidate"), keep), (undoable, keep),
            (rejected.filter { !undoable.contains($0) }, keep),
        ] {
            for number in numbers.dropLast(count) { states[number] = "dropped" }
        }
    }
}
