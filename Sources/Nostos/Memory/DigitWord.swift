/// The decimal digits of numbers below 10^8, all eight at once in one word: no loop, no division.
///
/// A word is cut in halves of four digits, these in pairs, these in digits; in each step both
/// halves of every part are made by one multiplication ("SIMD within a register"; Paul Khuong,
/// “How to print integers really fast”, 2017, and Wojciech Muła, “SSE: conversion integers to
/// decimal representation”, 2011). Divisions by constants are multiplications by a rounded-up
/// reciprocal, exact for the operands here; the test tries every one.
enum DigitWord {
    /// The numbers that have a word are below this.
    static let limit: UInt64 = 100_000_000
    /// Added to the word, or or-ed with it, makes its digits ASCII.
    static let ascii: UInt64 = 0x3030_3030_3030_3030

    /// The digits, values 0 to 9, zeros in front, the first in the lowest byte.
    @inline(__always)
    static func digits(_ value: UInt64) -> UInt64 {
        // 109_951_163 / 2^40, 10_486 / 2^20 and 103 / 2^10 are just above 1/10^4, 1/100 and 1/10.
        let upper = (value &* 109_951_163) &>> 40
        let fours = upper | (value &- upper &* 10_000) &<< 32
        let hundreds = ((fours &* 10_486) &>> 20) & 0x0000_007F_0000_007F
        let pairs = hundreds | (fours &- hundreds &* 100) &<< 16
        let tens = ((pairs &* 103) &>> 10) & 0x000F_000F_000F_000F
        return tens | (pairs &- tens &* 10) &<< 8
    }

    /// The number of leading zeros, at most `most`, which is below 8.
    @inline(__always)
    static func leadingZeroCount(_ word: UInt64, upTo most: Int) -> Int {
        let stop: UInt64 = 1 &<< UInt64(truncatingIfNeeded: 8 &* most)
        return (word | stop).trailingZeroBitCount &>> 3
    }

    /// The number of trailing zeros: 0 to 8.
    @inline(__always)
    static func trailingZeroCount(_ word: UInt64) -> Int { word.leadingZeroBitCount &>> 3 }
}
