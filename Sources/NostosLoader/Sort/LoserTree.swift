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
///
/// The nodes hold the contestants themselves, so that a comparison looks nowhere else.
struct LoserTree<Contestant> {
    /// Who lost at each inner node; at 0 the winner of all.
    private var losers: [Contestant]

    /// A tree of at least one contestant; `precedes` tells which of two comes first, and must be a
    /// strict total order.
    init(_ contestants: [Contestant], precedes: (Contestant, Contestant) -> Bool) {
        precondition(!contestants.isEmpty)
        losers = contestants
        var winners = contestants + contestants
        for node in (1..<contestants.count).reversed() {
            let (left, right) = (winners[2 * node], winners[2 * node + 1])
            let leftWins = precedes(left, right)
            winners[node] = leftWins ? left : right
            losers[node] = leftWins ? right : left
        }
        losers[0] = contestants.count == 1 ? contestants[0] : winners[1]
    }

    /// Who comes first.
    var winner: Contestant { losers[0] }

    /// Finds the first again after the winner, which was given as the contestant of that ordinal,
    /// has become another.
    @inline(__always)
    mutating func replay(
        _ contestant: Contestant, at ordinal: Int, precedes: (Contestant, Contestant) -> Bool
    ) {
        var winner = contestant
        var node = (ordinal + losers.count) / 2
        while node > 0 {
            let loser = losers[node]
            // Both are chosen by value: who wins is not to be guessed, and a branch would be.
            let loserWins = precedes(loser, winner)
            losers[node] = loserWins ? winner : loser
            winner = loserWins ? loser : winner
            node /= 2
        }
        losers[0] = winner
    }
}
