extension FieldProfile {
    /// The statistics of the field at that place; the writer made the counts.
    func statistics(
        name: String, _ layout: FieldLayout, _ counts: RowCounts, at index: Int
    ) -> FieldStatistics {
        var ends: [String?] = [nil, nil]
        if let (range, scale) = scaledRange, type == .int64 || type == .number {
            ends = [range.lowerBound, range.upperBound].map { mantissa in
                var text: [UInt8] = []
                JSONText.append(mantissa: mantissa, scale: scale, to: &text)
                return String(decoding: text, as: UTF8.self)
            }
        } else if let timestamps, type == .timestamp {
            ends = [timestamps.lowerBound, timestamps.upperBound].map(Timestamp.text)
        }
        return FieldStatistics(
            name: name, encoding: layout.name, nullCount: counts.nulls[index],
            distinctCount: vocabulary.isOverflown ? nil : vocabulary.count, minimum: ends[0],
            maximum: ends[1], textCount: counts.texts[index],
            codeBits: counts.codeBits(of: index, layout), entrySize: counts.entrySizes[index],
            sharedSize: layout.vocabulary.count)
    }
}
