import Foundation
import SystemPackage
import TestSupport
import Testing

@testable import NostosLoader

/// `tokens.yml`: what it may hold, and the whole text of each error; never what stands in the file,
/// where somebody may have put a token.
@Suite struct TokensFileTests {
    private static let digest = String(repeating: "0123456789abcDEF", count: 4)

    /// The messages about a file's text, or about its entries.
    private func messages(_ text: String) -> String {
        do throws(JobFileErrors) {
            return "\(try TokensFile.parse(text, path: "tokens.yml").count) tokens"
        } catch {
            return error.description
        }
    }

    @Test func anEntryIsRead() throws {
        let text = """
            # comment
            - {name: ci.bot-1_a, sha256: "\(Self.digest)", scopes: [publish, read]}
            - name: b
              sha256: \(Self.digest)
              scopes: [admin]
              expires: 2027-01-31
              jobs: [users, "reco_*"]
            - {name: c, sha256: "\(Self.digest)", scopes: [read], expires: "2027-01-31T08:00:00Z"}
            """
        let entries = try TokensFile.parse(text, path: "tokens.yml")
        #expect(entries.map(\.name) == ["ci.bot-1_a", "b", "c"])
        #expect(entries.map(\.scopes) == [["publish", "read"], ["admin"], ["read"]])
        #expect(entries.map(\.expiresAt) == [nil, 1_801_353_600, 1_801_382_400])
        #expect(entries.map(\.jobs) == [nil, ["users", "reco_*"], nil])
        let bytes: [UInt8] = [0x01, 0x23, 0x45, 0x67, 0x89, 0xAB, 0xCD, 0xEF]
        #expect(entries.allSatisfy { $0.digest == bytes + bytes + bytes + bytes })
    }

    @Test(arguments: ["", "# nobody\n", "[]", "- {name: a, sha256: D, scopes: [read]}"])
    func aFileMayLetNobodyIn(text: String) {
        let text = text.replacing("D", with: Self.digest)
        #expect(messages(text) == (text.contains("name") ? "1 tokens" : "0 tokens"))
    }

    /// An entry, or entries, and what is said of them.
    private static let bad: [(entries: String, message: String)] = [
        (
            "- {name: a, sha256: D, scopes: [read], jobs: [Users, reco_*, a/b]}",
            """
            1:110: found a pattern that no job's name matches, expected a-z, 0-9, _, - and *, such as reco_*
            tokens.yml:1:125: found a pattern that no job's name matches, expected a-z, 0-9, _, - and *, such as reco_*
            """
        ),
        (
            "- {name: a, sha256: D, scopes: [read], jobs: []}",
            "1:109: found an empty list, expected jobs: a list of job names, in which * stands for any characters"
        ),
        (
            "name: a",
            "1:1: found a mapping, expected a list of tokens, each with name, sha256 and scopes"
        ),
        ("- a", "1:3: found text, expected a token: a mapping"),
        (
            "- {}",
            #"""
            1:3: found a token without "name", expected "name"
            tokens.yml:1:3: found a token without "sha256", expected "sha256"
            tokens.yml:1:3: found a token without "scopes", expected "scopes"
            """#
        ),
        (
            "- {name: a, sha256: D, scopes: [read], scope: read}",
            #"1:103: found the unknown key "scope" in a token, expected name, sha256, scopes, "#
                + #"expires or jobs; did you mean "scopes"?"#
        ),
        (
            "- {name: a b, sha256: D, scopes: [read]}",
            "1:10: found a token's name with other characters, expected letters, digits, . _ and "
                + "-, at most 63"
        ),
        ("- {name: a, sha256: secret-token, scopes: [read]}", noDigest(12)),
        ("- {name: a, sha256: gD, scopes: [read]}", noDigest(65)),
        (
            "- {name: a, sha256: D, scopes: [write]}",
            "1:96: found text, expected read, publish or admin"
        ),
        (
            "- {name: a, sha256: D, scopes: raed}",
            "1:95: found text, expected scopes: a list of read, publish, admin"
        ),
        (
            "- {name: a, sha256: D, scopes: []}",
            "1:95: found an empty list, expected scopes: a list of read, publish, admin"
        ),
        (
            "- {name: a, sha256: D, scopes: [read], expires: soon}",
            "1:112: found no time, expected a date or time, such as 2027-01-31 or "
                + "2027-01-31T08:00:00Z"
        ),
        (
            "- {name: a, sha256: D, scopes: [read]}\n- {name: a, sha256: D, scopes: [read]}",
            #"2:3: found a second token "a", expected a name of its own"#
        ),
        (
            "- {name: a, sha256: D, scopes: [read]",
            "2:1: found the end of the file, expected valid YAML (while parsing a flow mapping, "
                + "did not find expected ',' or '}')"
        ),
    ]

    private static func noDigest(_ size: Int) -> String {
        "1:21: found \(size) bytes that are none, expected the SHA-256 of the token: "
            + "64 hexadecimal digits"
    }

    @Test(arguments: bad.indices) func aBadFileSaysWhatIsWrong(index: Int) {
        let (entries, message) = Self.bad[index]
        let found = messages(entries.replacing("D", with: Self.digest))
        #expect(found == "tokens.yml:\(message)")
    }

    @Test func aFileThatCannotBeReadSaysWhy() throws {
        let directory = try TemporaryDirectory()
        let missing = directory.file("tokens.yml")
        #expect(throws: JobFileErrors.self) { try TokensFile.load(missing) }
        do throws(JobFileErrors) {
            _ = try TokensFile.load(missing)
        } catch {
            #expect(error.cause == .noSuchFileOrDirectory)
            #expect(
                error.description
                    == "\(missing): found an unreadable file (No such file or directory)")
        }
    }

    /// Anybody who can write the file can let himself in; those who can only read it cannot.
    @Test(arguments: [0o600, 0o644, 0o444, 0o620, 0o666, 0o646])
    func onlyItsOwnerMayWriteIt(mode: Int) throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("tokens.yml")
        let entry = "- {name: a, sha256: \(Self.digest), scopes: [read]}"
        try entry.write(toFile: path.string, atomically: false, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path.string)
        do throws(JobFileErrors) {
            let entries = try TokensFile.load(path)
            #expect(entries.count == 1 && mode & 0o022 == 0)
        } catch {
            #expect(mode & 0o022 != 0)
            #expect(
                error.description
                    == "\(path): found a file that others may write (mode \(String(mode, radix: 8)))"
                    + ", expected one that only its owner may: chmod go-w \(path)")
        }
    }
}
