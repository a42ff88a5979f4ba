import TestSupport
import Testing

@testable import Nostos

/// The bytes of a key code in memory of their own, and the view of them.
@safe private final class CodedKeys {
    private let buffer: UnsafeMutableRawBufferPointer
    private let bytes: MappedBytes
    let view: KeyCodeView

    init(_ encoded: [UInt8]) throws {
        unsafe buffer = .allocate(byteCount: encoded.count + 3, alignment: 1)
        unsafe buffer.copyBytes(from: [1, 2, 3] + encoded)
        // Unsafe: the memory lives as long as this object.
        let base = unsafe try #require(UnsafeRawPointer(buffer.baseAddress))
        bytes = unsafe MappedBytes(base: base, count: buffer.count)
        do {
            view = try KeyCodeView(bytes, 3..<encoded.count + 3)
        } catch {
            unsafe buffer.deallocate()
            throw error
        }
    }

    deinit { unsafe buffer.deallocate() }

    func code(_ key: [UInt8]) -> UInt64? { view.code(of: key.span, in: bytes) }

    func lowerBound(_ key: [UInt8]) -> UInt64? { view.lowerBound(of: key.span, in: bytes) }

    func key(_ code: UInt64) -> [UInt8]? {
        var key: [UInt8] = []
        return view.append(code, in: bytes, to: &key) ? key : nil
    }

    /// The key of the last code before `bound`, or of the largest one.
    func key(before bound: UInt64?) -> [UInt8]? {
        guard let bound else { return key(view.largestCode) }
        var code = bound
        while code > 0 {
            code -= 1
            if let key = key(code) { return key }
        }
        return nil
    }
}

extension KeyCode {
    fileprivate func code(_ key: [UInt8]) -> UInt64? { code(of: key.span) }
}

/// Keys as numbers, against the sorted list of the keys themselves.
@Suite struct KeyCodeTests {
    private func choose(_ keys: [[UInt8]], isBinary: Bool = false) -> KeyCode? {
        var profile = KeyProfile(isBinary: isBinary)
        for key in keys { profile.observe(key.span) }
        return KeyCode(profile)
    }

    /// Every key has its code and no other bytes have one; codes are ordered as keys are.
    private func check(_ keys: [[UInt8]], probes: [[UInt8]], isBinary: Bool = false) throws {
        let sorted = Array(Set(keys)).sorted { $0.span.precedes($1.span) }
        let chosen = try #require(choose(keys, isBinary: isBinary))
        let coded = try CodedKeys(chosen.encoded)
        var previous: UInt64?
        for key in sorted {
            let number = try #require(coded.code(key))
            #expect(chosen.code(key) == number)
            #expect(coded.lowerBound(key) == number)
            #expect(number <= coded.view.largestCode && key.count <= coded.view.largestKey)
            if let previous { #expect(previous < number) }
            previous = number
            #expect(coded.key(number) == key)
        }
        for probe in probes { try check(probe, chosen, coded) }
    }

    /// A code is that of a key with these very bytes; a lower bound is the least code at or after.
    private func check(_ probe: [UInt8], _ chosen: KeyCode, _ coded: CodedKeys) throws {
        let found = coded.code(probe)
        #expect(chosen.code(probe) == found, "\(probe)")
        let bound = coded.lowerBound(probe)
        if let found {
            #expect(coded.key(found) == probe)
            #expect(bound == found)
        }
        if let bound {
            let key = try #require(coded.key(bound), "\(probe): no key of \(bound)")
            #expect(!precedes(key, probe), "\(probe): \(key)")
            #expect(found != nil || key != probe)
        }
        if let last = coded.key(before: bound) {
            #expect(precedes(last, probe), "\(probe): \(last)")
        }
    }

    private func precedes(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        left.span.precedes(right.span)
    }

    /// Every byte string of up to `size` bytes of the alphabet.
    private func strings(_ alphabet: String, size: Int) -> [[UInt8]] {
        var all: [[UInt8]] = [[]]
        var last = all
        for _ in 0..<size {
            last = last.flatMap { start in alphabet.utf8.map { start + [$0] } }
            all += last
        }
        return all
    }

    private func keys(_ texts: String...) -> [[UInt8]] { texts.map { Array($0.utf8) } }

    @Test func numbersBehindAPrefixAreTheirCodes() throws {
        let keys = keys("u:07", "u:10", "u:98")
        let code = try #require(choose(keys))
        #expect(code.prefix == Array("u:".utf8))
        #expect(code.shape == KeyShape(prefixSize: 2, digitCount: 2))
        #expect(keys.map { code.code($0) } == [0, 3, 91])
        #expect(code.wordBits == 0)
    }

    @Test func wordsBehindANumberTakeTheLowBits() throws {
        let keys = keys("u:0012~a", "u:0012~b", "u:0013~c", "u:0013~b", "u:0014~b", "u:0015~b")
        let repeated = Array(repeating: keys, count: 9).flatMap { $0 }
        let code = try #require(choose(repeated))
        #expect(code.wordBits == 2)
        #expect(keys.map { code.code($0) } == [0, 1, 6, 5, 9, 13])
    }

    @Test func digitsThatTheFirstKeysShareBelongToTheNumber() throws {
        let first = (0..<KeyProfile.sampleCount).map { Array("user:00000\(1000 + $0)".utf8) }
        let code = try #require(choose(first + keys("user:999999999")))
        #expect(code.shape == KeyShape(prefixSize: 5, digitCount: 9))
    }

    @Test(arguments: [
        "a b", "1 2 a", "x1 y1", "a", "n1 n2 nx",
        "1e a19f 7b0aa",
    ])
    func keysOfNoCommonShapeStayBytes(texts: String) {
        let hasCode = choose(texts.split(separator: " ").map { Array($0.utf8) }) != nil
        #expect(!hasCode)
    }

    @Test func noKeysHaveNoCode() { #expect(choose([]) == nil) }

    @Test func manyWordsStayBytes() {
        let words = (0...KeyProfile.maxWordCount).map { Array(":\($0)".utf8) }
        let keys = words.flatMap { word in (48..<57).map { [UInt8($0)] + word } }
        let hasCode = choose(keys) != nil
        #expect(!hasCode)
        let withoutOneWord = keys.filter { $0.dropFirst() != words[7][...] }
        #expect(choose(withoutOneWord)?.wordBits == 16)
    }

    @Test func numbersAndWordsOfMoreThan64BitsStayBytes() throws {
        let schema = KeySchema(columns: [
            KeyColumn(name: "id", type: .int64), KeyColumn(name: "word", type: .string),
        ])
        var keys: [[UInt8]] = []
        for word in ["a", "b"] {
            for id in [Int64.min, 0, .max] {
                keys.append(try schema.encode([.int64(id), .string(word)]))
            }
        }
        let many = Array(repeating: keys, count: 30).flatMap { $0 }
        let hasCode = choose(many, isBinary: true) != nil
        #expect(!hasCode)
        let fewer = keys.filter { $0[0] >= 0x80 }
        try check(Array(repeating: fewer, count: 30).flatMap { $0 }, probes: [], isBinary: true)
    }

    @Test func int64KeysAreTheirOwnCodes() throws {
        let schema = KeySchema(columns: [KeyColumn(name: "id", type: .int64)])
        let coded = try CodedKeys(KeyCode.int64.encoded)
        for id in [Int64.min, -1, 0, 7, .max] {
            let key = try schema.encode([.int64(id)])
            let expected = UInt64(bitPattern: id) ^ (1 << 63)
            #expect(coded.code(key) == expected)
            #expect(KeyCode.int64.code(key) == expected)
            #expect(coded.key(expected) == key)
            #expect(coded.lowerBound(key) == expected)
            #expect(coded.code(key + [0]) == nil)
            #expect(coded.lowerBound(key + [0]) == (id == .max ? nil : expected + 1))
            #expect(coded.code(key.dropLast()) == nil)
            #expect(coded.lowerBound(key.dropLast()) == expected & ~0xFF)
        }
    }

    /// All strings of up to five characters, of which some are below or above the digits, against
    /// keys with gaps among numbers and words.
    @Test func everySmallProbeFindsItsPlace() throws {
        let probes = strings("/01:a", size: 5)
        let few = keys("a01", "a10", "a11", "a00")
        try check(few, probes: probes)
        try check(keys("01", "10"), probes: probes)
        let words = keys("a0:", "a0:a", "a1", "a1:", "a1/", "a1:a", "a0/a", "a1a", "a11")
        try check(Array(repeating: words, count: 20).flatMap { $0 }, probes: probes)
        let shared = keys("10:a", "10:aa", "11:a0", "11:a:")
        try check(Array(repeating: shared, count: 30).flatMap { $0 }, probes: probes)
    }

    /// Numbers of every size in front of words that begin alike, and keys changed in one place.
    @Test(arguments: 0..<60)
    func randomKeysAndTheirNeighboursFindTheirPlaces(seed: Int) throws {
        var random = SplitMix64(seed: UInt64(seed))
        let digitCount = 1 + seed % KeyShape.maxDigitCount
        let prefix = String("somewhat:long/prefix-".suffix(Int.random(in: 0...21, using: &random)))
        let letters = Array("ab~\u{0}")
        let words = (0..<Int.random(in: 1...40, using: &random)).map { _ in
            let head = ["", "~", "~common-head", "~common-h"].randomElement(using: &random) ?? ""
            return head
                + String(
                    (0..<Int.random(in: 0...3, using: &random)).map { _ in
                        letters.randomElement(using: &random) ?? "a"
                    })
        }
        let largest = Int(KeyShape(prefixSize: 0, digitCount: digitCount).largestNumber)
        let limit = Bool.random(using: &random) ? min(largest, 300) : largest >> 6
        let keys: [[UInt8]] = (0..<600).map { _ in
            let digits = String(Int.random(in: 0...limit, using: &random))
            let zeros = String(repeating: "0", count: digitCount - digits.count)
            let word = words.randomElement(using: &random) ?? ""
            return Array("\(prefix)\(zeros)\(digits)\(word)".utf8)
        }
        var probes: [[UInt8]] = []
        for key in keys.prefix(80) {
            var other = key
            if !key.isEmpty {
                let place = Int.random(in: 0..<key.count, using: &random)
                other[place] =
                    [0, 0x2F, 0x30, 0x35, 0x39, 0x3A, 0xFF, other[place] &+ 1]
                    .randomElement(using: &random) ?? 0
            }
            probes += [other, key + [0], Array(key.dropLast()), key + [0xFF], Array(key.prefix(3))]
        }
        try check(keys, probes: probes)
    }

    @Test(arguments: 0..<40)
    func profilesOfPartsMergeIntoTheProfileOfTheWhole(seed: Int) throws {
        var random = SplitMix64(seed: UInt64(seed))
        let keys = (0..<Int.random(in: 1...2000, using: &random)).map { _ in
            let word = ["", "~a", "~bb"].randomElement(using: &random) ?? ""
            return Array("k\(10_000 + Int.random(in: 0...9999, using: &random))\(word)".utf8)
        }
        let cut = Int.random(in: 0...keys.count, using: &random)
        var whole = KeyProfile(isBinary: false)
        for key in keys { whole.observe(key.span) }
        var merged = KeyProfile(isBinary: false)
        var second = merged
        for key in keys[..<cut] { merged.observe(key.span) }
        for key in keys[cut...] { second.observe(key.span) }
        merged.merge(second)
        #expect(KeyCode(merged)?.encoded == KeyCode(whole)?.encoded)
        second.observe(Array("z".utf8).span)
        merged.merge(second)
        #expect(KeyCode(merged) == nil)
    }

    /// A damaged code is an error or still a code; never a trap.
    @Test func everyChangedByteIsAnErrorOrAnotherCode() throws {
        let words = keys("a00:a", "a10:aa", "a11:b", "a99:aaaaaaaaaaaa")
        let code = try #require(choose(Array(repeating: words, count: 30).flatMap { $0 }))
        let encoded = code.encoded
        for place in encoded.indices {
            for value: UInt8 in [0, 1, 7, 0x7F, 0x80, 0xFF] {
                var bytes = encoded
                bytes[place] = value
                guard let coded = try? CodedKeys(bytes) else { continue }
                for probe in strings("a0:", size: 4) {
                    _ = coded.code(probe)
                    _ = coded.lowerBound(probe)
                }
                for code: UInt64 in [0, 1, 5, 1 << 40, coded.view.largestCode, .max] {
                    _ = coded.key(code)
                }
            }
        }
        for size in encoded.indices {
            #expect(throws: Damage.self) { try CodedKeys(Array(encoded[..<size])) }
        }
    }
}
