/// A tree of losers: it finds the first of several contestants anew in log₂ n comparisons after
/// that one changed.
///
/// The tree of losers of Knuth, The Art of Computer Programming 3, section 5.4.1: each inner node
/// keeps its loser, so that a changed winner replays only its own way to the root.
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
struct LoserTree<Contestant: BitwiseCopyable>: ~Copyable {
    /// The loser at each inner node; at 0 the winner of all.
    private var losers: SortMemory<Contestant>

    /// A tree of at least one contestant; `precedes` decides which of two comes first, by the
    /// values in `context`, and must be a strict total order.
    init<Context: ~Copyable>(
        _ contestants: [Contestant], in context: borrowing Context,
        precedes: (Contestant, Contestant, borrowing Context) -> Bool
    ) {
        precondition(!contestants.isEmpty)
        var losers = contestants
        var winners = contestants + contestants
        for node in (1..<contestants.count).reversed() {
            let (left, right) = (winners[2 * node], winners[2 * node + 1])
            let leftWins = precedes(left, right, context)
            winners[node] = leftWins ? left : right
            losers[node] = leftWins ? right : left
        }
        losers[0] = contestants.count == 1 ? contestants[0] : winners[1]
        self.losers = SortMemory(capacity: losers.count)
        self.losers.append(losers.span)
    }

    /// The first contestant.
    var winner: Contestant { losers.span[0] }

    /// Finds the first again after the winner, which was given as the contestant of that ordinal,
    /// has become another.
    @inline(__always)
    mutating func replay<Context: ~Copyable>(
        _ contestant: Contestant, at ordinal: Int, in context: borrowing Context,
        precedes: (Contestant, Contestant, borrowing Context) -> Bool
    ) {
        var losers = losers.mutableSpan
        var winner = contestant
        var node = (ordinal + losers.count) / 2
        while node > 0 {
            let loser = losers[node]
            let loserWins = precedes(loser, winner, context)
            losers[node] = loserWins ? winner : loser
            winner = loserWins ? loser : winner
            node /= 2
        }
        losers[0] = winner
    }
}

extension LoserTree<Int128> {
    /// The same for numbers from 0 on, of which the smallest comes first.
    ///
    /// The winner cannot be predicted, so there is no branch on it: half of them would be
    /// mispredicted.
    @inline(__always)
    mutating func replay(_ contestant: Int128, at ordinal: Int) {
        var losers = losers.mutableSpan
        var winner = contestant
        var node = (ordinal &+ losers.count) &>> 1
        while node > 0 {
            let loser = losers[node]
            // All ones where the loser is smaller, and both change places: of numbers from 0 on no
            // difference overflows.
            let order = Int64(truncatingIfNeeded: (loser &- winner) &>> 64) &>> 63
            let mask = UInt64(bitPattern: order)
            let upper = (loser.upper ^ winner.upper) & mask
            let lower = (loser.lower ^ winner.lower) & mask
            losers[node] = Int128(upper: loser.upper ^ upper, lower: loser.lower ^ lower)
            winner = Int128(upper: winner.upper ^ upper, lower: winner.lower ^ lower)
            node &>>= 1
        }
        losers[0] = winner
    }
}

extension Int128 {
    @inline(__always)
    fileprivate init(upper: UInt64, lower: UInt64) {
        self = Int128(truncatingIfNeeded: upper) &<< 64 | Int128(lower)
    }

    fileprivate var upper: UInt64 { UInt64(truncatingIfNeeded: self &>> 64) }
    fileprivate var lower: UInt64 { UInt64(truncatingIfNeeded: self) }
}
