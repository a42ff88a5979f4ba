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

    enum Verb: Hashable, CaseIterable {
        case publish, publishByHand, fail, reject, rollBack, rollBackToOldest, hold, release
        case promoteNewest, promoteOldest, drop, free
    }

    func numbers(_ state: String) -> [Int] {
        states.filter { $0.value == state && tables.contains($0.key) }.keys.sorted()
    }

    /// The versions that a promotion could take, ascending.
    var promotable: [Int] {
        (numbers("candidate") + numbers("rejected") + numbers("previous")).sorted()
    }

    /// Makes the change; false when the verb is refused.
    mutating func apply(_ verb: Verb) -> Bool {
        switch verb {
        case .publish, .publishByHand:
            let number = begin("candidate")
            tables.insert(number)
            if verb == .publish && !isHeld { serve(number) }
            trim()
        case .fail: _ = begin("failed")
        case .reject: _ = begin("rejected")
        case .rollBack: return rollBack(numbers("previous").last)
        case .rollBackToOldest: return rollBack(numbers("previous").first)
        case .hold:
            guard !isHeld else { return false }
            isHeld = true
        case .release:
            guard isHeld else { return false }
            isHeld = false
            undo = nil
        case .promoteNewest: return promote(promotable.last)
        case .promoteOldest: return promote(promotable.first)
        case .drop:
            guard let number = promotable.first else { return false }
            states[number] = "dropped"
        case .free:
            for number in numbers("dropped") { tables.remove(number) }
        }
        return true
    }

    private mutating func begin(_ state: String) -> Int {
        states[next] = state
        next += 1
        return next - 1
    }

    private mutating func serve(_ number: Int) {
        if let current { states[current] = "previous" }
        states[number] = "current"
        current = number
    }

    private mutating func rollBack(_ target: Int?) -> Bool {
        guard let bad = current, let target else { return false }
        serve(target)
        states[bad] = "rejected"
        if !isHeld {
            isHeld = true
            undo = bad
        }
        trim()
        return true
    }

    private mutating func promote(_ number: Int?) -> Bool {
        guard let number else { return false }
        if undo == number {
            isHeld = false
            undo = nil
        }
        serve(number)
        trim()
        return true
    }

    private mutating func trim() {
        for (state, count) in [("previous", keep - 1), ("candidate", keep), ("rejected", keep)] {
            for number in numbers(state).dropLast(count) { states[number] = "dropped" }
        }
    }
}
