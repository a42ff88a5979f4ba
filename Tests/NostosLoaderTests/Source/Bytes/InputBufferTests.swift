import Testing

@testable import NostosLoader

@Suite struct InputBufferTests {
    /// However the text before it was cut: a program's pieces are as large as the moment wants.
    @Test func allRowsBeforeAnErrorAreRead() {
        let text = (1...5).map { "{\"id\":\($0),\"name\":\"row \($0)\"}\n" }.joined()
        for pieces in allCuts(Array(text.utf8)) {
            let input = PieceInput(pieces, failure: .brokeOff("it crashed"))
            var reader = TextReader(input, JSONLinesParser(), source: "text")
            var count = 0
            var found: SourceError?
            do throws(SourceError) {
                while try reader.step(row: count + 1) { count += 1 }
            } catch {
                found = error
            }
            #expect(count == 5, "cut into \(pieces.map(\.count))")
            #expect(found == .interrupted(source: "text", rows: 5, reason: "it crashed"))
        }
    }
}
