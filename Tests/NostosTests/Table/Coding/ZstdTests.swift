import TestSupport
import Testing

@testable import Nostos

/// Texts that are compressed with a dictionary come back; crafted blocks are refused.
@Suite struct ZstdTests {
    private static let words = ["table", "lookup", "index", "of", "the", "a", "reader", "writer"]

    private static func sentence(_ random: inout SplitMix64, wordCount: Int) -> [UInt8] {
        let chosen = (0..<wordCount).map { _ in words[Int(random.next() % 8)] }
        return Array(chosen.joined(separator: " ").utf8)
    }

    private static let dictionary: [UInt8] = {
        var random = SplitMix64(seed: 1)
        var samples: [UInt8] = []
        var sizes: [Int] = []
        for _ in 0..<500 {
            let text = sentence(&random, wordCount: 40)
            samples += text
            sizes.append(text.count)
        }
        return TextCompressor.train(samples, sizes: sizes, size: 4096) ?? []
    }()

    private func decompress(_ block: [UInt8], size: Int) -> [UInt8]? {
        let dictionary = Self.dictionary
        return unsafe dictionary.withUnsafeBufferPointer { dictionary in
            guard let start = dictionary.baseAddress,
                let decompressor = unsafe TextDecompressor(start, size: dictionary.count)
            else { return nil }
            return decompress(block, size: size, with: decompressor)
        }
    }

    private func decompress(
        _ block: [UInt8], size: Int, with decompressor: TextDecompressor
    ) -> [UInt8]? {
        // What is written behind the text would be seen.
        var text = [UInt8](repeating: 0xEE, count: max(0, size) + 64)
        let isGood = unsafe block.withUnsafeBufferPointer { block in
            unsafe text.withUnsafeMutableBufferPointer { text in
                guard let start = block.baseAddress, let target = text.baseAddress else {
                    return false
                }
                return unsafe TextDecompressor.decompress(
                    start, size: block.count, to: target, textSize: size,
                    dictionary: decompressor.handle)
            }
        }
        #expect(text[max(0, size)...].allSatisfy { $0 == 0xEE })
        return isGood ? Array(text[..<size]) : nil
    }

    private func compress(_ text: [UInt8]) throws -> [UInt8]? {
        let compressor = try #require(TextCompressor(dictionary: Self.dictionary))
        var block: [UInt8] = []
        let size = compressor.append(text.span, to: &block)
        return size == nil ? nil : block
    }

    @Test func textsOfManySizesComeBack() throws {
        var random = SplitMix64(seed: 2)
        let compressor = try #require(TextCompressor(dictionary: Self.dictionary))
        for wordCount in Array(1...60) + [300, 5000, 15000] {
            let text = Self.sentence(&random, wordCount: wordCount)
            var block: [UInt8] = [7]
            guard let size = compressor.append(text.span, to: &block) else {
                #expect(block == [7] && text.count < 40)
                continue
            }
            #expect(block.count == size + 1 && size < text.count && block[0] == 7)
            #expect(decompress(Array(block[1...]), size: text.count) == text)
        }
    }

    @Test func whatDoesNotShrinkIsNotCompressed() throws {
        var random = SplitMix64(seed: 3)
        #expect(try compress([]) == nil)
        #expect(
            try compress((0..<2000).map { _ in UInt8(truncatingIfNeeded: random.next()) }) == nil)
        #expect(try compress(Array(repeating: 0x41, count: ZstdBlock.maxTextSize + 1)) == nil)
        // One byte again and again: a block that is not of the kind that is kept.
        _ = try compress(Array(repeating: 0x41, count: ZstdBlock.maxTextSize))
    }

    @Test func tooFewSamplesMakeNoDictionary() {
        #expect(TextCompressor.train([1, 2, 3], sizes: [1, 1, 1], size: 1024) == nil)
    }

    @Test func whatIsNoDictionaryIsRefused() {
        let bytes = Array("no dictionary at all".utf8)
        unsafe bytes.withUnsafeBufferPointer { bytes in
            guard let start = bytes.baseAddress else { return }
            let isNone = unsafe TextDecompressor(start, size: bytes.count) == nil
            #expect(isNone)
        }
    }

    @Test func wrongSizesAreRefused() throws {
        var random = SplitMix64(seed: 4)
        let text = Self.sentence(&random, wordCount: 50)
        let block = try #require(try compress(text))
        for size in [0, 1, block.count, text.count - 1, text.count + 1, ZstdBlock.maxTextSize] {
            #expect(decompress(block, size: size) == nil)
        }
        for size in 0..<block.count {
            #expect(decompress(Array(block[..<size]), size: text.count) == nil)
        }
        #expect(decompress(block + [0], size: text.count) == nil)
        #expect(decompress(block, size: ZstdBlock.maxTextSize + 1) == nil)
        #expect(decompress(block, size: -1) == nil)
    }

    @Test(arguments: UInt64(0)..<8)
    func changedBlocksGiveATextOfTheSizeOrNothing(seed: UInt64) throws {
        var random = SplitMix64(seed: 100 + seed)
        let text = Self.sentence(&random, wordCount: 60)
        let block = try #require(try compress(text))
        for _ in 0..<500 {
            var changed = block
            for _ in 0...2 {
                changed[Int(random.next() % UInt64(block.count))] = UInt8(
                    truncatingIfNeeded: random.next())
            }
            _ = decompress(changed, size: text.count)
        }
    }

    @Test func manyThreadsShareTheContexts() async throws {
        var random = SplitMix64(seed: 5)
        let texts = (0..<40).map { _ in Self.sentence(&random, wordCount: 80) }
        let blocks = try texts.map { try #require(try compress($0)) }
        let dictionary = Self.dictionary
        let made = unsafe dictionary.withUnsafeBufferPointer { dictionary in
            guard let start = dictionary.baseAddress else { return nil as TextDecompressor? }
            return unsafe TextDecompressor(start, size: dictionary.count)
        }
        let decompressor = try #require(made)
        await withTaskGroup { group in
            for task in 0..<32 {
                group.addTask {
                    for round in 0..<100 {
                        let index = (task * 7 + round) % texts.count
                        let text = decompress(
                            blocks[index], size: texts[index].count, with: decompressor)
                        #expect(text == texts[index])
                    }
                }
            }
        }
    }
}
