import TestSupport
import Testing

@testable import Nostos

@Suite struct KeySchemaTests {
    private func schema(_ types: KeyType...) -> KeySchema {
        KeySchema(
            columns: types.enumerated().map { KeyColumn(name: "k\($0.offset)", type: $0.element) })
    }

    private func precedes(_ left: [KeyPart], _ right: [KeyPart]) -> Bool {
        for (left, right) in zip(left, right) where left != right {
            switch (left, right) {
            case (.int64(let left), .int64(let right)): return left < right
            case (.string(let left), .string(let right)):
                return Array(left.utf8).lexicographicallyPrecedes(Array(right.utf8))
            default: return false
            }
        }
        return false
    }

    @Test func int64KeysAscendAcrossZero() throws {
        let values: [Int64] = [.min, -256, -1, 0, 1, 255, 256, .max]
        let keys = try values.map { try schema(.int64).encode([.int64($0)]) }
        #expect(zip(keys, keys.dropFirst()).allSatisfy { $0.span.precedes($1.span) })
        #expect(keys.allSatisfy { $0.count == 8 })
        #expect(keys[4] == [0x80, 0, 0, 0, 0, 0, 0, 1])
    }

    /// Every pair of composite keys over short strings with the characters that hurt.
    @Test func compositeKeysSortAsTheirParts() throws {
        let words = [
            "", "\u{0}", "\u{0}\u{0}", "\u{1}", "a", "a\u{0}", "a\u{0}b", "ab", "\u{7F}", "é",
        ]
        let schema = schema(.string, .int64, .string)
        var keys: [([KeyPart], [UInt8])] = []
        for first in words {
            for second: Int64 in [-1, 0, 1] {
                for third in words {
                    let parts = [KeyPart.string(first), .int64(second), .string(third)]
                    keys.append((parts, try schema.encode(parts)))
                }
            }
        }
        for (parts, key) in keys { #expect(schema.decode(key.span) == parts) }
        for (left, leftKey) in keys {
            for (right, rightKey) in keys {
                #expect(precedes(left, right) == leftKey.span.precedes(rightKey.span))
            }
        }
    }

    @Test func refusesWrongCountTypeAndSize() {
        #expect(throws: KeyError.wrongCount(expected: 2, found: 1)) {
            try schema(.int64, .string).encode([.int64(1)])
        }
        #expect(throws: KeyError.wrongType(column: "k0", expected: .int64, found: "x")) {
            try schema(.int64).encode([.string("x")])
        }
        let long = String(repeating: "k", count: KeySchema.maxSize + 1)
        #expect(throws: KeyError.tooLarge(size: KeySchema.maxSize + 1)) {
            try schema(.string).encode([.string(long)])
        }
    }

    @Test(arguments: UInt64(0)..<32)
    func decodesRandomBytesWithoutTrapping(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let schema = schema(.string, .int64, .string)
        for _ in 0..<500 {
            let bytes = (0..<Int.random(in: 0...24, using: &random)).map { _ in
                [0, 1, 0xFF, 0x61].randomElement(using: &random) ?? 0
            }.map(UInt8.init)
            if let parts = schema.decode(bytes.span) { #expect(try schema.encode(parts) == bytes) }
        }
    }

    /// Every text that is a prefix of a key's text by whole parts, or within its last text.
    @Test func aPrefixAsPeopleTypeItBeginsTheKeysItShould() throws {
        let schema = schema(.int64, .string, .string)
        let keys: [[KeyPart]] = [
            [.int64(4), .string("en"), .string("x")], [.int64(4), .string("e"), .string("n")],
            [.int64(42), .string("en"), .string("")], [.int64(4), .string("a,b"), .string("\0")],
        ]
        func matches(_ prefix: String) throws -> [Int] {
            let bytes = try schema.encode(prefix: prefix)
            return try keys.indices.filter { try schema.encode(keys[$0]).starts(with: bytes) }
        }
        #expect(try matches("4") == [0, 1, 3])
        #expect(try matches("4,e") == [0, 1])
        #expect(try matches("4,en") == [0])
        #expect(try matches("4,en,") == [0])
        #expect(try matches("4,e,") == [1])
        #expect(try matches("4,a%2C") == [3])
        #expect(try matches("4,a%2Cb,\0") == [3])
        #expect(try matches("42,") == [2])
        #expect(throws: KeyTextError.wrongCount(expected: 3, found: 4)) {
            try schema.encode(prefix: "4,e,n,x")
        }
        #expect(throws: KeyTextError.notAnInteger(column: "k0", found: "")) {
            try schema.encode(prefix: "")
        }
    }
}
