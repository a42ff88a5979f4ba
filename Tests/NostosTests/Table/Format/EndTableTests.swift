import TestSupport
import Testing

@testable import Nostos

/// Tables of ends against the ends themselves.
@Suite struct EndTableTests {
    /// Writes the ends with others behind, reads each, and gives the size of one.
    private func check(_ ends: [Int]) -> Int {
        let size = EndTableBuilder.size(of: ends)
        var bytes: [UInt8] = [7, 7, 7]
        EndTableBuilder.append(ends, size: size, to: &bytes)
        #expect(bytes.count == 3 + (ends.count - 1) * size)
        bytes += [UInt8](repeating: 0xFF, count: 8)
        let slices = slices(of: bytes, at: 3, size: size, count: ends.count, total: ends.last ?? 0)
        let starts = [0] + ends.dropLast()
        #expect(slices == zip(starts, ends).map { $0..<$1 })
        return size
    }

    /// The ranges of all items; nil where the table states an impossible one.
    private func slices(
        of bytes: [UInt8], at start: Int, size: Int, count: Int, total: Int
    ) -> [Range<Int>?] {
        unsafe bytes.withUnsafeBytes { buffer in
            guard let base = buffer.baseAddress else { return [] }
            let mapped = unsafe MappedBytes(base: base, count: buffer.count)
            let table = EndTable(at: start, size: size, count: count, total: total)
            return (0..<count).map { try? table.slice($0, in: mapped) }
        }
    }

    @Test func anEndTakesOneByteAsLongAsItStraysByAByte() {
        // Of two things of 256 bytes together the first may be 0 to 255 bytes: 128 ± 127 or so.
        #expect(check([0, 256]) == 1)
        #expect(check([255, 256]) == 1)
        #expect(check([256, 256]) == 2)
        #expect(check([0, 258]) == 2)
        #expect(check([0, 65_535]) == 2)
        #expect(check([0, 65_536]) == 4)
        #expect(check([1 << 30]) == 1)
        #expect(check([0]) == 1)
    }

    /// Every three sizes of 0 to 7 bytes, times a factor that makes ends of each size.
    @Test(arguments: [1, 100, 20_000])
    func agreesWithModelOnEverySmallInput(factor: Int) {
        for code in 0..<512 {
            let sizes = (0..<3).map { (code >> (3 * $0) & 7) * factor }
            _ = check([sizes[0], sizes[0] + sizes[1], sizes[0] + sizes[1] + sizes[2]])
        }
    }

    @Test(arguments: UInt64(0)..<32)
    func agreesWithModelOnRandomSizes(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let limit = [1, 30, 300, 5000].randomElement(using: &random) ?? 1
        var end = 0
        let ends = (0..<Int.random(in: 1...255, using: &random)).map { _ in
            end += Int.random(in: 0...limit, using: &random)
            return end
        }
        _ = check(ends)
    }

    @Test func endsThatDoNotAscendAreRefused() {
        let bytes: [UInt8] = [200, 0, 100, 0, 0, 0, 0, 0]
        #expect(slices(of: bytes, at: 0, size: 2, count: 3, total: 150) == [nil, nil, 100..<150])
    }
}
