import TestSupport
import Testing

@testable import Nostos

/// Packed texts come back, whatever their alphabet and size.
@Suite struct PackedTextTests {
    private func makeAlphabet(of text: [UInt8]) -> TextAlphabet? {
        var isPresent = [Bool](repeating: false, count: 256)
        for byte in text { isPresent[Int(byte)] = true }
        return TextAlphabet(isPresent)
    }

    private func unpack(_ entry: [UInt8], _ alphabet: TextAlphabet, hasSpare: Bool) -> [UInt8] {
        let padded = entry + Array(repeating: 0xA5, count: PackedText.slack)
        let size = PackedText.textSize(ofEntry: entry.count, width: alphabet.width)
        var buffer = [UInt8](repeating: 0, count: size + PackedText.slack)
        let table = alphabet.bytes.isEmpty ? [0] : alphabet.bytes
        let count = unsafe padded.withUnsafeBufferPointer { padded in
            unsafe table.withUnsafeBufferPointer { table in
                unsafe buffer.withUnsafeMutableBufferPointer { buffer in
                    guard let start = buffer.baseAddress, let entryStart = padded.baseAddress,
                        let alphabetStart = table.baseAddress
                    else { return 0 }
                    return unsafe PackedText.write(
                        entryStart, size: entry.count, width: alphabet.width,
                        alphabet: alphabetStart, to: start) - start
                }
            }
        }
        #expect(count == size)
        return Array(buffer[..<(hasSpare ? count - 1 : count)])
    }

    @Test func hexadecimalTextTakesHalfOfItsSize() throws {
        let text = Array("9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08".utf8)
        let alphabet = try #require(makeAlphabet(of: text))
        #expect(alphabet.width == 4 && alphabet.bytes == Array("0123456789abcdef".utf8))
        var entry: [UInt8] = []
        let hasSpare = alphabet.append(text.span, to: &entry)
        #expect(hasSpare == false && entry.count == 32)
        #expect(unpack(entry, alphabet, hasSpare: false) == text)
    }

    @Test func everyWidthAndSizeComesBack() throws {
        for width in 4...7 {
            let bytes = (0..<(1 << width)).map { UInt8(width == 7 ? $0 : 127 - $0) }
            let alphabet = try #require(makeAlphabet(of: bytes))
            #expect(alphabet.width == width)
            for size in 0..<70 {
                let text = (0..<size).map { bytes[($0 * 37 + size) % bytes.count] }
                var entry: [UInt8] = []
                guard let hasSpare = alphabet.append(text.span, to: &entry) else {
                    Issue.record("a byte without a code")
                    return
                }
                #expect(entry.count == alphabet.packedSize(of: size))
                let unpacked = unpack(entry, alphabet, hasSpare: false)
                let spare = unpacked.count - size
                #expect(spare == (hasSpare ? 1 : 0))
                #expect(Array(unpacked[..<size]) == text)
            }
        }
    }

    @Test func aTextWithAnotherByteHasNoEntry() throws {
        let alphabet = try #require(makeAlphabet(of: Array("abc".utf8)))
        var entry: [UInt8] = [1]
        let other: [UInt8] = [0xC3]
        let isOtherKnown = alphabet.append(other.span, to: &entry) != nil
        #expect(!isOtherKnown && entry == [1])
        // What the alphabet has room for beside what was seen.
        let space: [UInt8] = [0x20]
        let hasSpare = alphabet.append(space.span, to: &entry)
        #expect(hasSpare == true)
    }

    @Test func textThatNeedsEightBitsHasNoAlphabet() {
        #expect(makeAlphabet(of: (0...128).map { UInt8($0) }) == nil)
        #expect(makeAlphabet(of: (60...140).map { UInt8($0) }) == nil)
        #expect(makeAlphabet(of: []) == nil)
        #expect(makeAlphabet(of: Array("é".utf8))?.width == 4)
    }
}
