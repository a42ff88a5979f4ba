/// The type of one key column.
public enum KeyType: UInt8, Sendable, Hashable {
    case int64, string

    /// The type's name in job files and schemas.
    public var name: String { "\(self)" }
}

/// One column of a key.
public struct KeyColumn: Sendable, Hashable {
    /// The column's name in the source.
    public let name: String
    /// Its type.
    public let type: KeyType

    /// A key column of that name and type.
    public init(name: String, type: KeyType) {
        self.name = name
        self.type = type
    }
}

/// One part of a key, as callers pass it.
public enum KeyPart: Sendable, Hashable {
    case int64(Int64)
    case string(String)
}

/// The reason for which bytes or text are not a key of the schema.
public enum KeyError: Error, Sendable, Equatable {
    /// A key with another number of parts than the schema has columns.
    case wrongCount(expected: Int, found: Int)
    /// A part of another type than its column.
    case wrongType(column: String, expected: KeyType, found: String)
    /// An encoded key longer than ``KeySchema/maxSize`` bytes.
    case tooLarge(size: Int)
}

/// The columns of a job's key, and the one order-preserving form that keys have in runs and tables.
///
/// An encoded key compares bytewise (`memcmp`, a prefix before its extensions) as its parts compare
/// from left to right:
///
/// - an `int64` is 8 bytes, big-endian, with the sign bit flipped;
/// - a `string` in the last column is its UTF-8;
/// - a `string` before the last has each 0x00 written as 0x00 0xFF and ends with 0x00 0x01.
public struct KeySchema: Sendable, Hashable {
    /// The longest encoded key, in bytes.
    public static let maxSize = 4096
    /// The most columns of a composite key.
    public static let maxColumnCount = 8

    /// The columns from left to right; at least one.
    public let columns: [KeyColumn]

    /// A key of these columns.
    public init(columns: [KeyColumn]) {
        precondition((1...Self.maxColumnCount).contains(columns.count))
        self.columns = columns
    }

    /// Whether every key has one int64 column: 8 bytes encoded.
    public var isInt64: Bool { columns.count == 1 && columns[0].type == .int64 }

    /// The number that stands in a key for an int64, big-endian: its bytes sort as the integers do.
    @inlinable @inline(__always)
    public static func number(of value: Int64) -> UInt64 { UInt64(bitPattern: value) ^ 1 << 63 }

    /// The int64 for which that number stands.
    @inlinable @inline(__always)
    public static func int64(of number: UInt64) -> Int64 { Int64(bitPattern: number ^ 1 << 63) }

    /// Appends the encoded form of one part at its column's place.
    ///
    /// A whole key is the parts of all columns, appended from left to right. Used where parts
    /// arrive as numbers and bytes (rows), without a `KeyPart` in between.
    public func append(int64 value: Int64, to key: inout [UInt8]) {
        key.append(littleEndian: Self.number(of: value).byteSwapped)
    }

    /// Appends the encoded form of a string part; `column` is its ordinal.
    public func append(string bytes: Span<UInt8>, column: Int, to key: inout [UInt8]) {
        guard column < columns.count - 1 else { return key.append(bytes) }
        for index in bytes.indices {
            key.append(bytes[index])
            if bytes[index] == 0 { key.append(0xFF) }
        }
        key.append(0)
        key.append(1)
    }

    /// The encoded form of a whole key.
    public func encode(_ parts: [KeyPart]) throws(KeyError) -> [UInt8] {
        guard parts.count == columns.count else {
            throw .wrongCount(expected: columns.count, found: parts.count)
        }
        var key: [UInt8] = []
        for (ordinal, part) in parts.enumerated() {
            switch (part, columns[ordinal].type) {
            case (.int64(let value), .int64): append(int64: value, to: &key)
            case (.string(let text), .string):
                append(string: Array(text.utf8).span, column: ordinal, to: &key)
            case (.int64(let value), .string):
                throw .wrongType(
                    column: columns[ordinal].name, expected: .string, found: String(value))
            case (.string(let text), .int64):
                throw .wrongType(column: columns[ordinal].name, expected: .int64, found: text)
            }
        }
        guard key.count <= Self.maxSize else { throw .tooLarge(size: key.count) }
        return key
    }

    /// The parts of an encoded key, or nil when the bytes are no key of this schema.
    public func decode(_ key: Span<UInt8>) -> [KeyPart]? {
        var parts: [KeyPart] = []
        var position = 0
        for (ordinal, column) in columns.enumerated() {
            switch column.type {
            case .int64:
                guard key.count - position >= 8 else { return nil }
                var bits: UInt64 = 0
                for index in position..<position + 8 { bits = bits << 8 | UInt64(key[index]) }
                position += 8
                parts.append(.int64(Self.int64(of: bits)))
            case .string:
                guard
                    let text = decodeString(
                        key, at: &position, isLast: ordinal == columns.count - 1)
                else { return nil }
                parts.append(.string(text))
            }
        }
        return position == key.count ? parts : nil
    }

    /// Whether ``decode(_:)`` returns parts.
    func isValid(_ key: Span<UInt8>) -> Bool { isInt64 ? key.count == 8 : decode(key) != nil }

    private func decodeString(_ key: Span<UInt8>, at position: inout Int, isLast: Bool) -> String? {
        var bytes: [UInt8] = []
        while position < key.count {
            let byte = key[position]
            position += 1
            if isLast || byte != 0 {
                bytes.append(byte)
                continue
            }
            guard position < key.count else { return nil }
            let next = key[position]
            position += 1
            switch next {
            case 0xFF: bytes.append(0)
            case 1: return String(validating: bytes, as: UTF8.self)
            default: return nil
            }
        }
        return isLast ? String(validating: bytes, as: UTF8.self) : nil
    }
}
