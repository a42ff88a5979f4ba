import Logging
import Testing

@testable import Nostos
@testable import NostosServer

/// Whose turn it is: what one client asks for makes no other wait for more than a step of it.
@Suite struct ConversationTests {
    private struct Source: SnapshotSource {
        let value: StoreSnapshot
        func snapshot() -> StoreSnapshot { value }
    }

    /// A connection that only counts its turns.
    private final class Waiting: ServedConnection {
        var index: Int?
        var heldSize: Int { 0 }
        var turns = 0
        func goOn() { turns += 1 }
        func checkDeadlines(drainsIdle: Bool) {}
        func close() {}
    }

    private let store: TestStore

    init() throws { store = try TestStore() }

    private func loop(over snapshot: StoreSnapshot) -> ServingLoop {
        ServingLoop(
            ServingContext(
                store: Source(value: snapshot), options: DataPlaneOptions(),
                counter: ConnectionCounter(maxCount: 10), statistics: RequestStatistics(),
                metrics: nil, logger: Logger(label: "test")),
            logsProblems: false)
    }

    @Test func oneTurnAtATimeInTheOrderOfWaiting() {
        let loop = loop(over: store.snapshot)
        let (first, second) = (Waiting(), Waiting())
        loop.continueLater(first)
        loop.continueLater(second)
        loop.continueOne()
        #expect([first.turns, second.turns] == [1, 0])
        loop.continueLater(first)
        loop.continueOne()
        #expect([first.turns, second.turns] == [1, 1])
        loop.continueOne()
        #expect([first.turns, second.turns] == [2, 1])
        #expect(!loop.hasWaiting)
        loop.continueOne()
    }

    @Test func oneTurnAnswersSomeRequestsOfManyAndTheRestLater() {
        let loop = loop(over: store.snapshot)
        var conversation = Conversation(loop)
        let request = "GET /livez HTTP/1.1\r\nHost: a\r\n\r\n"
        let bytes = Array(String(repeating: request, count: 150).utf8)
        var (consumed, turns) = (0, 0)
        while true {
            let rest = Array(bytes[consumed...])
            let turn = conversation.answer(rest.span, hasInputEnded: false, loop)
            consumed += turn.consumed
            if turn.needsInput { break }
            turns += 1
            #expect(turn.consumed == 64 * request.utf8.count)
        }
        #expect(turns == 2)
        #expect(consumed == bytes.count)
        let answers = String(decoding: loop.output, as: UTF8.self)
        #expect(answers.ranges(of: "HTTP/1.1 200 OK").count == 150)
    }

    @Test func aLargeLookupTakesManyTurnsAndIsHeldInBetween() throws {
        let snapshot = try store.withWideRecords(count: 100, size: 4_000)
        let loop = loop(over: snapshot)
        var conversation = Conversation(loop)
        let keys = (0..<100).map { 2 * $0 }
        let body = "{\"keys\":\(keys)}"
        let bytes = Array(
            ("POST /v1/jobs/wide/lookup HTTP/1.1\r\nHost: a\r\nContent-Length: "
                + "\(body.utf8.count)\r\n\r\n\(body)").utf8)
        let nothing: [UInt8] = []
        var turn = conversation.answer(bytes.span, hasInputEnded: false, loop)
        #expect(turn.consumed == bytes.count && !turn.needsInput)
        var (held, sent, turns) = (conversation.heldSize, 0, 1)
        #expect(held > LongContent.stepSize)
        while conversation.phase == .making {
            #expect(loop.output.isEmpty)
            turn = conversation.answer(nothing.span, hasInputEnded: false, loop)
            turns += 1
            if conversation.phase == .making {
                #expect(conversation.heldSize > held)
                held = conversation.heldSize
            }
        }
        while true {
            sent += loop.output.count
            #expect(loop.output.count <= 2 * Conversation.maxOutputSize)
            loop.output.removeAll()
            if turn.needsInput { break }
            turn = conversation.answer(nothing.span, hasInputEnded: false, loop)
            turns += 1
        }
        #expect(sent > 400_000)
        #expect(turns > 20)
        #expect(conversation.phase == .idle && conversation.heldSize == 0)
    }

    @Test func anAnswerThatNobodyWaitsForIsLetGo() throws {
        let snapshot = try store.withWideRecords(count: 100, size: 4_000)
        let loop = loop(over: snapshot)
        var conversation = Conversation(loop)
        let bytes = Array("GET /v1/jobs/wide/rows HTTP/1.1\r\nHost: a\r\n\r\n".utf8)
        _ = conversation.answer(bytes.span, hasInputEnded: false, loop)
        #expect(conversation.phase == .making && conversation.heldSize > 0)
        conversation.abandon()
        #expect(conversation.phase == .broken && conversation.heldSize == 0)
    }
}
