import Nostos
import Testing

@testable import NostosCLI

@Suite struct ArgumentTests {
    @Test(arguments: [
        ("32M", 32 << 20), ("33554432", 32 << 20), ("2g", 2 << 30), ("524288K", 512 << 20),
    ])
    func memoryHasAUnitOf1024(text: String, bytes: Int) {
        #expect(MemorySize(argument: text)?.bytes == bytes)
    }

    @Test(arguments: ["", "M", "31M", "-64M", "64MB", "1T", "9223372036854775807G", "1.5G", "64 M"])
    func otherMemoryIsRefused(text: String) { #expect(MemorySize(argument: text) == nil) }

    @Test func delaysAreThoseOfJobFiles() {
        #expect(Delay(argument: "0s")?.duration == .zero)
        #expect(Delay(argument: "10m")?.duration == .seconds(600))
        #expect(Delay(argument: "2d")?.duration == .seconds(172_800))
        for text in ["", "s", "10", "-1s", "1w", "1.5h", "36501d", "10 m"] {
            #expect(Delay(argument: text) == nil, "\(text)")
        }
    }

    @Test func shortTimesAreSecondsOrMilliseconds() {
        #expect(ShortTime(argument: "100ms")?.duration == .milliseconds(100))
        #expect(ShortTime(argument: "5s")?.duration == .seconds(5))
        for text in ["", "s", "ms", "5", "5m", "-5s", "86400001s", "1.5s"] {
            #expect(ShortTime(argument: text) == nil, "\(text)")
        }
    }

    @Test func sinceIsASpanADateOrATime() throws {
        #expect(Since(argument: "2026-12-01")?.time == 1_796_083_200_000_000)
        #expect(Since(argument: "2026-12-01T10:16:00Z")?.time == 1_796_120_160_000_000)
        let before = Timestamp.now
        let time = try #require(Since(argument: "2d")?.time)
        #expect((before - 172_800_000_000...Timestamp.now - 172_800_000_000).contains(time))
        for text in ["", "yesterday", "-2d", "2", "2026-13-01", "100001s"] {
            #expect(Since(argument: text) == nil, "\(text)")
        }
    }

    @Test func aJobReferenceHasAJobAndMaybeAVersion() throws {
        let job = try #require(JobReference("users"))
        #expect(job.job == "users" && job.selector == nil)
        let version = try #require(JobReference("users@12"))
        #expect(version.job == "users" && version.selector == "12")
        #expect(JobReference("users@a@b")?.selector == "a@b")
        for text in ["", "@1", "users@", "Users", "a b", "../x"] {
            #expect(JobReference(text) == nil, "\(text)")
        }
    }
}
