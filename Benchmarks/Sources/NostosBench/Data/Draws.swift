import Glibc

/// SplitMix64 (Steele, Lea, Flood, OOPSLA 2014, figure 16) and what the data sets draw from it.
///
/// Equal seeds give equal data sets, on every machine with IEEE doubles.
struct Draws {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func bits() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var bits = state
        bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
        return bits ^ (bits >> 31)
    }

    /// Uniform from 0 up to, not including, `count`.
    mutating func below(_ count: Int) -> Int {
        Int(bits().multipliedFullWidth(by: UInt64(count)).high)
    }

    /// Uniform from 0 up to, not including, 1.
    mutating func unit() -> Double { Double(bits() >> 11) / 9_007_199_254_740_992 }

    mutating func isChosen(percent: Int) -> Bool { below(100) < percent }

    /// Normal with mean 0 and deviation 1 (Box and Muller).
    mutating func normal() -> Double {
        let radius = sqrt(-2 * log(unit() + 1e-18))
        return radius * cos(2 * Double.pi * unit())
    }

    /// Exponential with mean 1.
    mutating func exponential() -> Double { -log(unit() + 1e-18) }
}

/// Ranks by Zipf's law: rank r is drawn in proportion to (r + 1)^-exponent.
struct ZipfRanks {
    private var cumulated: [Double] = []

    init(count: Int, exponent: Double) {
        var total = 0.0
        for rank in 1...count {
            total += 1 / pow(Double(rank), exponent)
            cumulated.append(total)
        }
        for index in cumulated.indices { cumulated[index] /= total }
    }

    func draw(_ draws: inout Draws) -> Int {
        let point = draws.unit()
        var low = 0
        var high = cumulated.count - 1
        while low < high {
            let middle = (low + high) / 2
            if cumulated[middle] < point { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

/// Zipf's law with exponent 0.99 over many rows, without a table of them: Gray et al., "Quickly
/// generating billion-record synthetic databases", SIGMOD 1994, as YCSB uses it.
struct ZipfRows {
    private static let theta = 0.99
    private let count: Int
    private let sum: Double
    private let second = 1 + pow(0.5, ZipfRows.theta)
    private let eta: Double

    init(count: Int) {
        self.count = count
        var sum = 0.0
        for rank in 1...count { sum += pow(Double(rank), -Self.theta) }
        self.sum = sum
        eta = (1 - pow(2 / Double(count), 1 - Self.theta)) / (1 - second / sum)
    }

    func draw(_ draws: inout Draws) -> Int {
        let point = draws.unit()
        if point * sum < 1 { return 0 }
        if point * sum < second { return min(1, count - 1) }
        let rank = Double(count) * pow(eta * point - eta + 1, 1 / (1 - Self.theta))
        return min(Int(rank), count - 1)
    }
}
