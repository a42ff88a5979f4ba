import TestSupport
import Testing

@testable import Nostos

/// Samples of texts are bounded, spread over all texts, and the same for the same texts.
@Suite struct TextSampleTests {
    private func text(_ index: Int) -> [UInt8] {
        Array("\"text \(index) \(String(repeating: "x", count: index % 200))\"".utf8)
    }

    private func sample(_ range: Range<Int>, fieldCount: Int = 512) -> TextSample {
        var sample = TextSample(fieldCount: fieldCount)
        for index in range where sample.takesNext() {
            let text = text(index)
            sample.append(text.span)
        }
        return sample
    }

    private func indices(of sample: TextSample) -> [Int] {
        (0..<sample.count).map { index in
            let text = String(decoding: sample.bytes[sample.range(index)], as: UTF8.self)
            return Int(text.split(separator: " ")[1].filter(\.isNumber)) ?? -1
        }
    }

    /// Short and long ones, with escapes, until the sample was thinned several times.
    @Test func textsOfValuesAreKeptAsTextsAre() throws {
        var (ofValues, ofTexts) = (TextSample(fieldCount: 512), TextSample(fieldCount: 512))
        for index in 0..<3000 {
            let size = index % 50 == 7 ? 3000 + index * 5 : index % 300
            let value = try TestValue.string(String(repeating: "x\n", count: size)).encoded()
            var (text, position) = ([UInt8](), 0)
            EncodedValue.appendJSON(in: value.span, at: &position, to: &text)
            if ofValues.takesNext() { ofValues.append(valueOf: value.span) }
            if ofTexts.takesNext() { ofTexts.append(text.span) }
        }
        #expect(ofValues.bytes == ofTexts.bytes && ofValues.ends == ofTexts.ends)
    }

    @Test func theMemoryOfALargeTextGoes() throws {
        var sample = TextSample(fieldCount: 1)
        let value = try TestValue.string(String(repeating: "x", count: 4 << 20)).encoded()
        sample.append(valueOf: value.span)
        #expect(sample.bytes.count == TextSample.largestText)
        #expect(sample.bytes.capacity < 1 << 20)
    }

    @Test func fewTextsAreAllKept() {
        #expect(indices(of: sample(0..<100)) == Array(0..<100))
    }

    @Test func manyTextsAreThinnedEvenly() {
        let sample = sample(0..<20_000)
        let kept = indices(of: sample)
        let size = TextSample.totalSize / 512
        #expect(sample.bytes.count <= size && sample.bytes.count > size / 3)
        let gaps = Set(zip(kept, kept.dropFirst()).map { $1 - $0 })
        #expect(kept.first == 0 && gaps.count == 1)
        #expect((kept.last ?? 0) > 19_000)
    }

    @Test func longTextsAreCut() {
        var sample = TextSample(fieldCount: 1)
        let long = [UInt8](repeating: 0x78, count: 100_000)
        sample.append(long.span)
        #expect(sample.bytes.count == TextSample.largestText)
    }

    @Test func mergedSamplesAreAsWideAsTheWholes() {
        for count in [500, 3000, 20_000] {
            var merged = sample(0..<count)
            merged.merge(sample(count..<count + 5000))
            let kept = indices(of: merged)
            #expect(kept == kept.sorted() && (kept.last ?? 0) > count + 4000)
            #expect(merged.bytes.count <= TextSample.totalSize / 512)
            let early = kept.count { $0 < count }
            let share = Double(early) / Double(kept.count) / (Double(count) / Double(count + 5000))
            #expect(share > 0.5 && share < 2)
        }
    }
}
