import Foundation
import NostosLoader
import Testing

/// The messages that people read when a run ends badly: real runs, and the whole text of each
/// message.
@Suite struct BadRunTests {
    @Test func everyBadRunSaysWhatIsWrongAndWhere() throws {
        for bad in BadRun.keys + BadRun.values + BadRun.queries + BadRun.plans {
            let error = try #require(try bad.run(), "\(bad.name): nothing was wrong")
            #expect(error.message == bad.message, "\(bad.name)")
            #expect(error.kind == bad.kind, "\(bad.name)")
        }
    }

    /// Of the two golden lists together, files and runs, there are enough to learn from.
    @Test func thereAreManyOfThem() {
        let runs = BadRun.keys + BadRun.values + BadRun.queries + BadRun.plans
        #expect(runs.count >= 40)
        #expect(Set(runs.map(\.name)).count == runs.count)
    }
}
