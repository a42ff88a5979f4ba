import HTTPTypes
import Testing

@testable import Nostos
@testable import NostosLoader
@testable import NostosServer

/// Rows are compressed for who asks, and say what they say without.
@Suite struct ContentCodingTests {
    private let store: TestStore
    private let snapshot: StoreSnapshot

    init() throws {
        store = try TestStore()
        snapshot = try store.withWideRecords(count: 300, size: 500)
    }

    /// Bytes that come in small pieces.
    private final class Pieces: ByteInput {
        private var rest: ArraySlice<UInt8>
        init(_ bytes: [UInt8]) { rest = bytes[...] }
        func read(into bytes: inout [UInt8]) throws(ByteInputError) -> Bool {
            bytes += rest.prefix(100)
            defer { rest = rest.dropFirst(100) }
            return !rest.isEmpty
        }
    }

    private static func decoded(_ bytes: [UInt8], _ coding: String?) throws -> [UInt8] {
        let input: any ByteInput
        switch coding {
        case "gzip": input = GzipBytes(Pieces(bytes))
        case "zstd": input = ZstdBytes(Pieces(bytes))
        default: return bytes
        }
        var output: [UInt8] = []
        while try input.read(into: &output) {}
        return output
    }

    /// The head of an answer, and its content without chunks and coding.
    private func answer(
        _ target: String, _ fields: [String], method: String = "GET", version: String = "1.1"
    ) throws -> (head: TestAnswer, content: String) {
        var responder = Responder()
        let lines = ["\(method) \(target) HTTP/\(version)", "Host: localhost"] + fields
        let text = lines.map { $0 + "\r\n" }.joined() + "\r\n"
        let bytes = try store.rawAnswer(&responder, Array(text.utf8), from: snapshot)
        let end = try #require(bytes.firstRange(of: Array("\r\n\r\n".utf8)))
        let head = TestAnswer(Array(bytes[..<end.upperBound]))
        var content = Array(bytes[end.upperBound...])
        if head.fields["Transfer-Encoding"] == "chunked" { content = Self.joined(content) }
        if let size = head.fields["Content-Length"], method == "GET" {
            #expect(size == "\(content.count)")
        }
        let coding = method == "HEAD" ? nil : head.fields["Content-Encoding"]
        return (head, String(decoding: try Self.decoded(content, coding), as: UTF8.self))
    }

    /// Documents of the control plane, too, and not the one whose tag is for `If-Match`.
    @Test(arguments: [("gzip", "gzip"), ("br, zstd;q=0.9, gzip;q=0.5", "zstd"), ("", nil)])
    func theControlPlaneCompressesWhatHasNoTag(_ field: String, _ coding: String?) async throws {
        let harness = try ControlHarness()
        let plain = try await harness.get("/v1/openapi.json")
        let answer = try await harness.get(
            "/v1/openapi.json", headers: [.acceptEncoding: field])
        #expect(answer.headers[.contentEncoding] == coding)
        #expect(answer.headers[.vary] == "Accept-Encoding")
        #expect(try Self.decoded(answer.body, coding) == plain.body)
        let tagged = try await harness.get(
            "/v1/jobs/large", headers: [.acceptEncoding: field])
        #expect(tagged.headers[.contentEncoding] == nil && tagged.headers[.eTag] != nil)
    }

    private static func joined(_ chunks: [UInt8]) -> [UInt8] {
        var (rest, content): (ArraySlice<UInt8>, [UInt8]) = (chunks[...], [])
        while let end = rest.firstIndex(of: UInt8(ascii: "\r")),
            let size = Int(String(decoding: rest[..<end], as: UTF8.self), radix: 16), size > 0
        {
            content += rest[(end + 2)...].prefix(size)
            rest = rest[(end + 2)...].dropFirst(size + 2)
        }
        return content
    }

    @Test(
        arguments: [
            ("gzip", "gzip"), ("zstd", "zstd"), ("gzip, zstd", "zstd"),
            ("gzip, deflate, br", "gzip"),
            ("x-gzip", "gzip"), ("GZIP", "gzip"), ("gzip;q=1.0, zstd;q=0.5", "gzip"), ("*", "gzip"),
            ("gzip;q=0.5, identity;q=0.5", "gzip"), ("zstd;q=0, gzip", "gzip"), ("*;q=0.1", "gzip"),
            ("", nil), ("identity", nil), ("br", nil), ("gzip;q=0", nil),
            ("gzip;q=0, zstd;q=0", nil),
            ("gzip;q=0.1, identity", nil), ("*;q=0", nil), ("gzip;q=0.000", nil),
        ] as [(String, String?)])
    func theCodingThatAClientPrefersIsTaken(field: String, coding: String?) throws {
        let rows = "/v1/jobs/wide/rows"
        for accept in ["application/json", "application/x-ndjson"] {
            let plain = try answer("\(rows)?limit=50", ["Accept: \(accept)"])
            for lines in [
                ["Accept-Encoding: \(field)"],
                field.split(separator: ",").map { "Accept-Encoding: \($0)" },
            ] {
                let coded = try answer("\(rows)?limit=50", ["Accept: \(accept)"] + lines)
                #expect(coded.head.fields["Content-Encoding"] == coding, "\(lines)")
                #expect(coded.content == plain.content)
                #expect(coded.head.fields["Vary"] == "Accept, Accept-Encoding")
                #expect((coded.head.fields["ETag"] == plain.head.fields["ETag"]) == (coding == nil))
            }
        }
    }

    /// Pages of one step and of many, all lines, none, and HTTP/1.0.
    @Test(arguments: ["gzip", "zstd"])
    func codedRowsSayWhatPlainOnesSay(coding: String) throws {
        for query in [
            "", "limit=2", "limit=10", "limit=300", "from=590", "from=900",
            "limit=1000&int64=string",
        ] {
            for accept in ["application/json", "application/x-ndjson"] {
                for version in ["1.1", "1.0"] {
                    let target = "/v1/jobs/wide/rows?\(query)"
                    let plain = try answer(target, ["Accept: \(accept)"], version: version)
                    let fields = ["Accept: \(accept)", "Accept-Encoding: \(coding)"]
                    let coded = try answer(target, fields, version: version)
                    #expect(coded.content == plain.content, "\(query) \(accept) \(version)")
                    let head = try answer(target, fields, method: "HEAD", version: version)
                    #expect(head.head.fields == coded.head.fields && head.content.isEmpty)
                }
            }
        }
    }

    @Test func aTagIsOfItsCoding() throws {
        let target = "/v1/jobs/wide/rows"
        for accept in ["application/json", "application/x-ndjson"] {
            let plain = try #require(try answer(target, ["Accept: \(accept)"]).head.fields["ETag"])
            let fields = ["Accept: \(accept)", "Accept-Encoding: gzip"]
            let coded = try #require(try answer(target, fields).head.fields["ETag"])
            #expect(coded.hasSuffix("-gzip\""))
            #expect(try answer(target, fields + ["If-None-Match: \(coded)"]).head.status == 304)
            #expect(try answer(target, fields + ["If-None-Match: \(plain)"]).head.status == 200)
            #expect(
                try answer(target, ["Accept: \(accept)", "If-None-Match: \(coded)"]).head.status
                    == 200)
        }
    }

    @Test func shortPagesRecordsAndErrorsStayPlain() throws {
        for target in [
            "/v1/jobs/profile/rows", "/v1/jobs/wide/keys/0", "/v1/jobs/none/rows",
            "/v1/jobs/wide/rows?limit=0", "/livez",
        ] {
            let answer = try answer(target, ["Accept-Encoding: gzip"])
            #expect(answer.head.fields["Content-Encoding"] == nil, "\(target)")
            #expect(answer.content.first == "{")
        }
    }

    @Test func anEncoderIsCountedAmongWhatAConnectionHolds() throws {
        var responder = Responder()
        let bytes = Array(
            "GET /v1/jobs/wide/rows HTTP/1.1\r\nHost: a\r\nAccept: application/x-ndjson\r\nAccept-Encoding: gzip\r\n\r\n"
                .utf8)
        guard case .request(let request) = outcome(of: bytes) else { return }
        var output: [UInt8] = []
        responder.answer(
            request, in: bytes.span, from: snapshot, time: TestStore.now, isDraining: false,
            isLast: false, to: &output)
        #expect((responder.takeRest()?.heldSize ?? 0) > 100_000)
    }
}
