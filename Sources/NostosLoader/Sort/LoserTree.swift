/// Which of several contestants comes first, found anew in log₂ n comparisons after that one
/// changed.
///
/// The tree of losers of Knuth, The Art of Computer Programming 3, section 5.4.1: each inner node
/// keeps who lost there, so that a changed winner replays only its own way to the root.
///
///            winner
///              │
///           loser[1]
///          ╱        ╲
///     loser[2]    loser[3]      contestant i is the leaf count + i,
///      ╱   ╲       ╱   ╲        the parent of node n is n / 2
///     0     1     2     3
struct LoserTree {
    /// Who lost at each inner node; at 0 the winner of all.
    private var losers: [Int]

    /// A tree of `count` contestants, at least one; `precedes` tells which of two comes first, and
    /// must be a strict total order.
    init(count: Int, precedes: (Int, Int) -> Bool) {
        precondition(count > 0)
        losers = Array(repeating: 0, count: count)
        var winners = Array(repeating: 0, count: count) + (0..<count)
        for node in (1..<count).reversed() {
            let (left, right) = (winners[2 * node], winners[2 * node + 1])
            let leftWins = precedes(left, right)
            winners[node] = leftWins ? left : right
            losers[node] = leftWins ? right : left
        }
        losers[0] = count == 1 ? 0 : winners[1]
    }

    /// Who comes first.
    var winner: Int { losers[0] }

    /// Finds the first again after the winner's own place has changed.
    @inline(__always)
    mutating func replay(precedes: (Int, Int) -> Bool) {
        var winner = losers[0]
        var node = (winner + losers.count) / 2
        while node > 0 {
            if precedes(losers[node], winner) { swap(&losers[node], &winner) }
            node /= 2
        }
        losers[0] = winner
    }
}
