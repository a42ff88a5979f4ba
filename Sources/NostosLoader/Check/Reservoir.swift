import Glibc

/// A random sample of a sequence whose length is not known before its end: each element is in it
/// with the same probability.
///
/// Algorithm L of Kim-Hung Li: "Reservoir-Sampling Algorithms of Time Complexity O(n(1 +
/// log(N/n)))", ACM Transactions on Mathematical Software 20(4), 1994, page 486: it draws how many
/// elements to pass over, instead of a number for each.
struct Reservoir<Element, Random: RandomNumberGenerator> {
    /// The sample; all elements while there are at most as many as its capacity.
    private(set) var elements: [Element] = []
    private let capacity: Int
    private var random: Random
    /// Elements to pass over before the next one is taken.
    private var skips = 0
    private var weight = 1.0

    /// A sample of at most `capacity` elements, at least one.
    init(capacity: Int, using random: Random) {
        self.capacity = capacity
        self.random = random
    }

    /// Whether the next element of the sequence is one to be added; asked once for each.
    mutating func wantsNext() -> Bool {
        if elements.count < capacity { return true }
        if skips == 0 { return true }
        skips -= 1
        return false
    }

    /// Adds the element that was wanted, in the place of a random other one where the sample is
    /// full.
    mutating func add(_ element: Element) {
        if elements.count < capacity {
            elements.append(element)
            guard elements.count == capacity else { return }
        } else {
            elements[Int.random(in: 0..<capacity, using: &random)] = element
        }
        weight *= exp(log(uniform()) / Double(capacity))
        let skip = (log(uniform()) / log(1 - weight)).rounded(.down)
        skips = skip < 1e15 ? Int(skip) : Int(1e15)
    }

    /// A number between 0 and 1, neither of them.
    private mutating func uniform() -> Double {
        Double.random(in: Double.leastNonzeroMagnitude..<1, using: &random)
    }
}
