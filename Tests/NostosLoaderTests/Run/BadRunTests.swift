import NostosLoader
import Testing

/// The messages that people read when a run ends badly: real runs, and the whole text of each
/// message.
@Suite struct BadRunTests {
    @Test(arguments: BadRun.keys + BadRun.values + BadRun.queries + BadRun.plans)
    func everyBadRunSaysWhatIsWrongAndWhere(bad: BadRun) throws {
        let error = try #require(try bad.run(), "nothing was wrong")
        #expect(error.message == bad.message)
        #expect(error.kind == bad.kind)
    }
}
