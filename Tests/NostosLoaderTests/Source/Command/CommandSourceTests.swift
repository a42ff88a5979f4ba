import Foundation
import Nostos
import Synchronization
import SystemPackage
import TestSupport
import Testing

@testable import NostosLoader

/// Programs as they are: they crash, hang, fork, shout, and end too early.
@Suite(.timeLimit(.minutes(10))) struct CommandSourceTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private func source(
        _ script: String, _ words: [String]? = nil, format: RowFormat = .jsonl,
        timeout: Duration = .seconds(60), mask: SecretMask = SecretMask(),
        isCancelled: @escaping @Sendable () -> Bool = { false }
    ) -> CommandSource {
        CommandSource(
            command: CommandInput(
                words: words ?? ["/bin/sh", "-c", script], format: format, timeout: timeout),
            directory: directory.path, contract: TextContract(keys: ["id"]), mask: mask,
            isCancelled: isCancelled)
    }

    /// The number of rows that come, and the error after them.
    private func read(_ source: CommandSource) -> (rows: Int, error: SourceError?) {
        var count = 0
        do throws(SourceError) {
            let cursor = try source.open()
            var row = Row()
            while try cursor.next(into: &row) { count += 1 }
            return (count, nil)
        } catch {
            return (count, error)
        }
    }

    private func reason(_ source: CommandSource) -> String {
        switch read(source).error {
        case .interrupted(_, _, let reason), .badInput(_, _, _, let reason): reason
        case let error: "\(String(describing: error))"
        }
    }

    private func row(_ number: Int) -> String { "echo '{\"id\":\(number),\"a\":1}'; " }

    /// Whether a process with that number lives; zombies of others do not count.
    private func lives(_ identifier: String) -> Bool {
        let status =
            (try? String(contentsOfFile: "/proc/\(identifier)/stat", encoding: .utf8)) ?? ""
        let state = status.split(separator: ")").last?.split(separator: " ").first
        return state != nil && state != "Z"
    }

    /// Waits until a file has a line.
    private func line(_ name: String) throws -> String {
        let path = directory.file(name).string
        for _ in 0..<3000 {
            if let text = try? String(contentsOfFile: path, encoding: .utf8), text.hasSuffix("\n") {
                return text.trimmingCharacters(in: .whitespacesAndNewlines)
            }
            usleep(10_000)
        }
        throw CocoaError(.fileNoSuchFile)
    }

    private func expectGone(_ identifier: String) {
        for _ in 0..<3000 where lives(identifier) { usleep(10_000) }
        #expect(!lives(identifier))
    }

    @Test func rowsComeFromTheJobsDirectoryWithNothingToRead() throws {
        try "{\"id\":1,\"a\":\"x\"}\n".write(
            toFile: directory.file("rows.jsonl").string, atomically: false, encoding: .utf8)
        let (rows, error) = read(source("cat; cat rows.jsonl"))
        #expect(rows == 1 && error == nil)
        #expect(read(source("printf 'id,a\\n1,2\\n3,4\\n'", format: .csv)).rows == 2)
        #expect(read(source("", ["printf", "id\\ta\\n1\\t2\\n"], format: .tsv)).rows == 1)
    }

    @Test func manyRowsComeThrough() {
        let script = "seq 1 100000 | sed 's/.*/{\"id\":&,\"name\":\"row &\"}/'"
        let (rows, error) = read(source(script))
        #expect(rows == 100_000 && error == nil)
    }

    @Test func anExitCodeFailsTheRunThoughAllRowsAreThere() {
        let (rows, error) = read(source(row(1) + row(2) + "echo oh >&2; exit 3"))
        #expect(rows == 0)
        #expect(
            error
                == .interrupted(
                    source: "/bin/sh", rows: 2,
                    reason: "it ended with exit code 3; its standard error ends:\n  oh"))
    }

    @Test func aSignalFailsTheRun() {
        #expect(
            reason(source(row(1) + "kill -9 $$"))
                == "it was ended by signal 9 (Killed); it said nothing")
    }

    @Test func aCrashAfterManyRowsTellsHowManyCame() throws {
        let script = """
            import sys
            for i in range(50000): print('{"id":%d,"a":"%s"}' % (i, "x" * 50))
            sys.stdout.flush()
            raise ValueError("half-way")
            """
        let (rows, error) = read(source("", ["python3", "-c", script]))
        #expect(rows == 50_000)
        guard case .interrupted("python3", 50_000, let reason)? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(reason.hasPrefix("it ended with exit code 1; its standard error ends:\n"))
        #expect(reason.hasSuffix("  ValueError: half-way"))
        #expect(reason.contains("  Traceback (most recent call last):"))
    }

    @Test func aProgramThatIsNotThereIsTheJobsError() {
        func error(_ words: [String]) -> String {
            guard case .badInput(_, nil, nil, let reason)? = read(source("", words)).error else {
                return "?"
            }
            return reason
        }
        #expect(error(["nostos-no-such-program"]).hasPrefix("found no such program"))
        #expect(error(["./no.sh"]).contains(directory.path.string))
        #expect(error(["/etc/passwd"]).hasPrefix("found no right to run it"))
    }

    @Test func aFloodOfErrorsBlocksNothingAndOnlyItsEndIsKept() {
        let flood = "i=0; while [ $i -lt 20000 ]; do echo \"line $i of the flood\" >&2; "
        let text = reason(source(row(1) + flood + "i=$((i+1)); done; exit 1"))
        #expect(text.hasSuffix("  line 19999 of the flood"))
        #expect(text.contains("\n  …\n") && text.count < 2000)
    }

    @Test func whatAProgramSaysIsShownWithoutControlsAndSecrets() {
        let mask = SecretMask(["hunter2"])
        let text = reason(
            source(
                "printf '10%%\\r50%%\\r\\033[31mred\\007 hunter2\\n' >&2; exit 1", mask: mask))
        #expect(text.hasSuffix("\n  \\u{1b}[31mred\\u{7} ***"))
    }

    @Test func aSecretThatTheCutDividesIsNotShownInPart() {
        let secret = "pässw\nörd-" + String(repeating: "s3cr3t", count: 8)
        let mask = SecretMask([secret])
        // Every place of the cut in the secret, and of the pieces.
        for padding in 0..<70 {
            var tail = OutputTail(mask)
            let text =
                String(repeating: "\(secret) ", count: 1500)
                + String(repeating: "x", count: padding)
            for piece in PieceInput.cut(Array(text.utf8), size: 4096 + padding) {
                tail.append(piece.span)
            }
            let shown = tail.text ?? secret
            #expect(!shown.contains("s3") && !shown.contains("ss") && shown.contains("***"))
        }
    }

    @Test func anOutputThatClosesEarlyIsWaitedBehind() {
        let (rows, error) = read(source(row(1) + "exec >&-; sleep 0.3; echo late >&2; exit 4"))
        #expect(rows == 0)
        #expect(
            error
                == .interrupted(
                    source: "/bin/sh", rows: 1,
                    reason: "it ended with exit code 4; its standard error ends:\n  late"))
        #expect(read(source(row(1) + "exec >&-; sleep 0.2")).rows == 1)
    }

    @Test func aProgramThatHangsEndsWithItsTimeoutAndItsChildren() throws {
        let script = row(1) + "sleep 1000 & echo $! >child; echo $$ >parent; wait"
        let text = reason(source(script, timeout: .seconds(1)))
        #expect(text == "no end within its timeout of 1s; it said nothing")
        expectGone(try line("child"))
        expectGone(try line("parent"))
    }

    @Test func whoeverIgnoresTheSignalIsKilled() throws {
        let script =
            "trap '' TERM; (trap '' TERM; echo $BASHPID >child; while :; do sleep 1; done) & "
            + "echo $$ >parent; while :; do sleep 1; done"
        let text = reason(source("", ["/bin/bash", "-c", script], timeout: .seconds(1)))
        #expect(text.hasPrefix("no end within"))
        expectGone(try line("child"))
        expectGone(try line("parent"))
    }

    @Test func aProgramMayTidyUpWhenItIsStopped() throws {
        let script =
            "trap 'echo tidied >done; exit 0' TERM; echo $$ >parent; while :; do sleep 0.05; done"
        _ = reason(source(script, timeout: .seconds(1)))
        #expect(try line("done") == "tidied")
        expectGone(try line("parent"))
    }

    @Test func aChildThatKeepsTheOutputOpenIsNoHang() throws {
        let (_, error) = read(source(row(1) + "sleep 1000 & echo $! >child"))
        guard case .interrupted(_, _, let reason)? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(reason.hasPrefix("it has ended; others keep its output open"))
        expectGone(try line("child"))
    }

    @Test func childrenThatAreLeftOverEndWithAGoodRunToo() throws {
        let script = row(1) + "sleep 1000 >/dev/null 2>&1 & echo $! >child"
        #expect(read(source(script)).rows == 1)
        expectGone(try line("child"))
    }

    @Test func aReleasedCursorEndsItsProgram() throws {
        do {
            let script =
                "echo $$ >parent; while :; do echo '{\"id\":1,\"a\":\"xxxxxxxxxxxxxxxxxxxxxxx\"}'; done"
            let cursor = try source(script).open()
            var row = Row()
            #expect(try cursor.next(into: &row))
            #expect(lives(try line("parent")))
        }
        expectGone(try line("parent"))
    }

    @Test func aSilentProgramIsLeftWhenSomebodyAsks() throws {
        let isAsked = Mutex(false)
        let source = source("echo $$ >parent; sleep 1000", isCancelled: { isAsked.withLock { $0 } })
        let asking = Thread {
            while (try? line("parent")) == nil {}
            isAsked.withLock { $0 = true }
        }
        asking.start()
        #expect(
            read(source).error
                == .interrupted(source: "/bin/sh", rows: 0, reason: "stopped"))
        expectGone(try line("parent"))
    }

    /// The reader's pause is not the program's delay.
    @Test func theTimeInWhichNobodyReadsDoesNotCount() throws {
        let bytes = try CommandBytes(
            CommandInput(
                words: ["sh", "-c", "yes; echo"], format: .jsonl, timeout: .seconds(60)),
            in: directory.path, mask: SecretMask(), isCancelled: { false })
        var output: [UInt8] = []
        #expect(try bytes.read(into: &output))
        let before = bytes.waited
        Thread.sleep(forTimeInterval: 1)
        // The pipe is full: this piece was waiting.
        #expect(try bytes.read(into: &output))
        #expect(bytes.waited - before < .seconds(1))
    }

    @Test func noDescriptorAndNoZombieIsLeft() throws {
        func descriptors() throws -> Int {
            try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count
        }
        // What the first run of all needs for good is open then.
        _ = read(source(row(1)))
        let before = try descriptors()
        for _ in 0..<20 {
            _ = read(source(row(1)))
            _ = read(source(row(1) + "exit 1"))
            _ = read(source("", ["nostos-no-such-program"]))
        }
        // Other tests of the process open some at the same time; sixty would show.
        #expect(try descriptors() < before + 30)
        let zombies = try runProgram(
            "/bin/sh", ["-c", "ps -o stat=,args= --ppid \(getpid()) | grep -c '^Z.*sh' || true"],
            input: "")
        #expect((Int(zombies.trimmingCharacters(in: .whitespacesAndNewlines)) ?? 99) < 5)
    }

    @Test func aProgramInheritsNothingButItsPipes() throws {
        let held = try FileDescriptor.open(directory.path, .readOnly)
        defer { try? held.close() }
        let script = "for i in $(seq 3 200); do [ -e /proc/$$/fd/$i ] && echo $i; done >fds; "
        #expect(read(source(script + row(1))).rows == 1)
        let text = try String(contentsOfFile: directory.file("fds").string, encoding: .utf8)
        // What the shell itself opens for a redirection it keeps above 9.
        #expect(text.split(separator: "\n").allSatisfy { $0.count > 1 }, "\(text)")
    }
}
