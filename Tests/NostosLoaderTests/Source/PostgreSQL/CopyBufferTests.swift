import Nostos
import TestSupport
import Testing

@testable import NostosLoader

@Suite struct CopyBufferTests {
    /// Pieces of all sizes appended, taken and skipped, against an array.
    @Test(arguments: UInt64(0)..<16)
    func whatGoesInComesOutInOrder(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var buffer = CopyBuffer()
        var expected: [UInt8] = []
        for _ in 0..<300 {
            let limit = Int.random(in: 0..<10, using: &random) == 0 ? 100_000 : 3000
            var piece = (0..<Int.random(in: 0...limit, using: &random)).map { _ in
                UInt8.random(in: 0...255, using: &random)
            }
            switch Int.random(in: 0..<3, using: &random) {
            case 0:
                buffer.append(piece.span)
                expected += piece
            case 1:
                let size = unsafe buffer.take { memory in
                    let count = min(memory.count, piece.count, 700)
                    unsafe memory.copyBytes(from: piece[..<count])
                    expected += piece[..<count]
                    piece.removeFirst(count)
                    return count
                }
                #expect(size >= 0)
            default:
                let count = Int.random(in: 0...expected.count, using: &random)
                buffer.skip(count)
                expected.removeFirst(count)
            }
            #expect(buffer.count == expected.count)
            let isSame = buffer.span.elementsEqual(expected.span)
            #expect(isSame)
        }
    }

    @Test func withoutBytesTheReadersWordStands() {
        var buffer = CopyBuffer()
        #expect(unsafe buffer.take { _ in -1 } == -1)
        #expect(unsafe buffer.take { _ in 0 } == 0)
        var left = 5
        let size = unsafe buffer.take { memory in
            if left == 0 { return -1 }
            unsafe memory[0] = UInt8(left)
            left -= 1
            return 1
        }
        #expect(size == 5)
        let expected: [UInt8] = [5, 4, 3, 2, 1]
        let isSame = buffer.span.elementsEqual(expected.span)
        #expect(isSame)
    }

    @Test func memoryOfLargeRowsGoes() {
        var buffer = CopyBuffer()
        buffer.append([UInt8](repeating: 7, count: 5 << 20).span)
        buffer.skip(5 << 20)
        var sizes: [Int] = []
        _ = unsafe buffer.take { memory in
            sizes.append(memory.count)
            return 0
        }
        #expect(sizes == [32 << 10])
    }
}
