import TestSupport
import Testing

@testable import Nostos

/// Packed lists give back the JSON text of their elements; crafted ones are refused.
@Suite struct PackedListTests {
    private func elements(_ numbers: [String]) throws -> [UInt8] {
        var elements: [UInt8] = []
        for number in numbers {
            try EncodedValue.append(number: Array(number.utf8).span, to: &elements)
        }
        return elements
    }

    private func json(_ elements: [UInt8]) -> String {
        var text: [UInt8] = []
        var position = 0
        while EncodedValue.appendJSON(in: elements.span, at: &position, to: &text) {
            text.append(UInt8(ascii: ","))
        }
        return "[\(String(decoding: text.dropLast(), as: UTF8.self))]"
    }

    private func unpack(_ entry: [UInt8], base: Int64 = 0, hasScales: Bool = true) -> String? {
        // What lies behind an entry must not matter.
        let padded = entry + Array(repeating: 0xA5, count: PackedList.readSlack)
        return unsafe padded.withUnsafeBufferPointer { padded in
            guard let entryStart = padded.baseAddress,
                let view = unsafe PackedListView(
                    entryStart, size: entry.count, base: base, hasScales: hasScales)
            else { return nil }
            var buffer = [UInt8](repeating: 0, count: view.largestText + PackedList.slack)
            let count = unsafe buffer.withUnsafeMutableBufferPointer { buffer in
                guard let start = buffer.baseAddress else { return 0 }
                return unsafe view.write(to: start) - start
            }
            #expect(count <= view.largestText)
            return String(decoding: buffer[..<count], as: UTF8.self)
        }
    }

    private func pack(_ numbers: [String], base: Int64 = 0, hasScales: Bool = true) throws
        -> [UInt8]?
    {
        var packer = ListPacker()
        var entry: [UInt8] = []
        let elements = try elements(numbers)
        let isPacked = packer.append(
            elements.span, base: base, hasScales: hasScales, to: &entry)
        return isPacked ? entry : nil
    }

    private func expectRound(_ numbers: [String], base: Int64 = 0, hasScales: Bool = true) throws {
        let entry = try #require(try pack(numbers, base: base, hasScales: hasScales))
        #expect(unpack(entry, base: base, hasScales: hasScales) == json(try elements(numbers)))
    }

    @Test func aListOfIdentifiersTakesTheWidthOfItsWidest() throws {
        let entry = try #require(try pack(["7", "300", "12"], base: 7, hasScales: false))
        // 3 elements of 9 bits: 0, 293, 5.
        #expect(entry == [3, 9, 0b0000_0000, 0b0100_1010, 0b0001_0110, 0])
        #expect(unpack(entry, base: 7, hasScales: false) == "[7,300,12]")
    }

    @Test func numbersOfAnyScaleAndSignComeBack() throws {
        try expectRound(["0"])
        try expectRound(["-1", "0", "1"])
        try expectRound(["0.5", "-0.25", "3", "1e-30", "123456789.5"])
        try expectRound(["9223372036854775807", "-9223372036854775808"], hasScales: false)
        try expectRound(["9223372036854775807", "0.1"], base: 5)
        try expectRound(["0.012345678901234567", "-0.0012345678901234567", "7.1e-9"])
        try expectRound(["1", "2"], base: 100, hasScales: false)
    }

    @Test func everyListOfTwoSmallNumbersComesBack() throws {
        let numbers = ["0", "1", "-1", "0.1", "-0.01", "12.5", "1e-7", "-9e-9", "1000000"]
        for left in numbers {
            for right in numbers { try expectRound([left, right], base: -2) }
        }
    }

    @Test(arguments: UInt64(0)..<16)
    func embeddingsComeBack(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        for _ in 0..<20 {
            let count = Int.random(in: 1...300, using: &random)
            let isFloat = Bool.random(using: &random)
            let numbers = (0..<count).map { _ in
                let value = Double.random(in: -1...1, using: &random)
                let power = Int.random(in: 0...3, using: &random)
                let small = value * [1, 0.01, 1e-4, 1e-6][power]
                return isFloat ? Float(small).description : small.description
            }
            guard let entry = try pack(numbers) else {
                #expect(!isFloat)
                continue
            }
            #expect(unpack(entry) == json(try elements(numbers)))
        }
    }

    @Test func whatIsNoNumberOrHasNoMantissaIsRefused() throws {
        #expect(try pack(["1e300"]) == nil)
        #expect(try pack(["1.5e-40"]) == nil)
        #expect(try pack(["0.12345678901234567890123"]) == nil)
        #expect(try pack(["0.5"], hasScales: false) == nil)
        var packer = ListPacker()
        var entry: [UInt8] = []
        let null: [UInt8] = [0]
        let isNullPacked = packer.append(null.span, base: 0, hasScales: true, to: &entry)
        let empty: [UInt8] = []
        let isEmptyPacked = packer.append(empty.span, base: 0, hasScales: true, to: &entry)
        #expect(!isNullPacked && isEmptyPacked && entry.isEmpty)
    }

    @Test func craftedEntriesAreRefused() throws {
        let good = try #require(try pack(["0.5", "0.25", "7"]))
        for size in 0..<good.count { #expect(unpack(Array(good[..<size])) == nil) }
        #expect(unpack(good + [0]) == nil)
        let huge: [UInt8] = [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 1]
        #expect(unpack(huge + [1, 0]) == nil)
        #expect(unpack(huge + [64, 0] + huge) == nil)
        #expect(unpack([1, 0, 0]) == nil)
        #expect(unpack([1, 65, 0] + huge) == nil)
        #expect(unpack([1, 127, 0] + huge + huge) == nil)
        #expect(unpack([1, 1, 6 << 5, 0]) == nil)
        #expect(unpack([1, 8, 5 << 5 | 1, 0, 0]) == nil)
        #expect(unpack([1, 8 | 128, 0] + huge.dropLast()) == nil)
    }

    @Test(arguments: UInt64(0)..<8)
    func anyBytesGiveATextOrNothing(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        for _ in 0..<3000 {
            let size = Int.random(in: 0...40, using: &random)
            var entry = (0..<size).map { _ in UInt8(truncatingIfNeeded: random.next()) }
            if size > 2 { entry[0] &= 15; entry[1] &= 0x9F }
            _ = unpack(entry, hasScales: Bool.random(using: &random))
        }
    }
}
