import Nostos
import SystemPackage

/// Data set (a) as a store that `nostos serve` serves, and the requests that are sent.
struct HTTPData {
    static let job = "benchmark"
    static let fields = ["country", "score", "sessions"]
    static let requestCount = 300_000
    /// Of which instructions are counted: few, so that their pages were all read before.
    static let countedRequestCount = 1000

    let data: MappedData
    let store: String

    init(_ options: HTTPOptions) throws {
        let files = DataFiles(folder: "\(options.folder)/a/source")
        try files.generate(.a, rowCount: options.rowCount)
        data = try MappedData(.a, files)
        store = "\(options.folder)/store-\(options.rowCount)"
        if try Catalog.open(FilePath(store), create: true).job(Self.job)?.currentNumber == nil {
            say("building a table of \(options.rowCount) rows")
            try publish()
        }
    }

    private func publish() throws {
        let catalog = try Catalog.open(FilePath(store), create: true)
        let run = try catalog.beginRun(job: Self.job, actor: "benchmark")
        var profile = TableProfile(schema: data.set.schema)
        for row in 0..<data.rowCount {
            profile.observe(key: data.keys[row].byteSpan)
            profile.observe(record: data.records[row].byteSpan)
        }
        let writer = try TableWriter(
            creating: run.tablePath, schema: data.set.schema, profile: profile, job: Self.job,
            version: run.version)
        for row in 0..<data.rowCount {
            try writer.append(key: data.keys[row].byteSpan, record: data.records[row].byteSpan)
        }
        let summary = try writer.finish()
        try run.checking()
        let record = RunRecord(
            job: Self.job, version: run.version, startedAt: run.startedAt,
            finishedAt: run.startedAt, outcome: .promoted)
        _ = try run.publish(
            summary: summary, promote: true, keepVersions: 3, dropDelay: .zero, record: record)
    }

    /// The key of that row as a number.
    func key(row: Int) -> Int64 { Self.number(data.keys[row]) }

    /// Keys drawn uniformly.
    func queries() throws -> [Int64] {
        let list = try data.queries(.uniform)
        return (0..<Self.requestCount).map { Self.number(list[$0]) }
    }

    private static func number(_ encoded: UnsafeRawBufferPointer) -> Int64 {
        let bits = encoded.reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        return Int64(bitPattern: bits ^ 1 << 63)
    }

    /// The values of the three fields, or of all fields, in that row, by their names.
    func values(row: Int) -> [(name: String, json: [UInt8])] {
        var position = 0
        return data.set.schema.fields.map { field in
            var value: [UInt8] = []
            EncodedValue.appendJSON(in: data.records[row].byteSpan, at: &position, to: &value)
            return (field.name, value)
        }
    }

    /// The expected body of a GET.
    func body(row: Int, allFields: Bool) -> String {
        let values = Dictionary(uniqueKeysWithValues: values(row: row).map { ($0.name, $0.json) })
        let names = allFields ? data.set.schema.fields.map(\.name) : Self.fields
        let members = names.map { name in
            "\"\(name)\":\(String(decoding: values[name] ?? [], as: UTF8.self))"
        }
        return
            #"{"key":\#(key(row: row)),"version":1,"values":{\#(members.joined(separator: ","))}}"#
    }

    /// The average size of the bodies, in bytes.
    func averageBodySize(allFields: Bool) -> Int {
        let rows = (0..<1000).map { $0 * data.rowCount / 1000 }
        return rows.reduce(0) { $0 + body(row: $1, allFields: allFields).utf8.count } / 1000
    }
}

/// Requests one after the other, as `load_run` takes them.
struct Requests {
    private(set) var bytes: [CChar] = []
    private(set) var ends: [UInt64] = []

    mutating func append(_ text: String) {
        bytes.append(contentsOf: text.utf8.lazy.map { CChar(bitPattern: $0) })
        ends.append(UInt64(bytes.count))
    }

    /// The requests of an operation to a server.
    static func of(
        _ operation: HTTPOperation, to server: HTTPServerName, _ keys: [Int64], tag: String
    ) -> Requests {
        var requests = Requests()
        let fields = HTTPData.fields.joined(separator: ",")
        let path = "/v1/jobs/\(HTTPData.job)"
        let end = " HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        switch (server, operation) {
        case (.hummingbird, _): requests.append("GET /hello\(end)\r\n")
        case (.redis, _): for key in keys { requests.append(redisGet(key)) }
        case (_, .get), (_, .pipelined):
            for key in keys {
                requests.append("GET \(path)/keys/\(key)?fields=\(fields)\(end)\r\n")
            }
        case (_, .all): for key in keys { requests.append("GET \(path)/keys/\(key)\(end)\r\n") }
        case (_, .known):
            for key in keys {
                requests.append(
                    "GET \(path)/keys/\(key)?fields=\(fields)\(end)If-None-Match: \(tag)\r\n\r\n")
            }
        case (_, .lookup):
            let names = HTTPData.fields.map { "\"\($0)\"" }.joined(separator: ",")
            for start in stride(from: 0, to: keys.count - 99, by: 100) {
                let list = keys[start..<start + 100].map(String.init).joined(separator: ",")
                let body = "{\"keys\":[\(list)],\"fields\":[\(names)]}"
                requests.append(
                    "POST \(path)/lookup\(end)Content-Length: \(body.utf8.count)\r\n\r\n\(body)")
            }
        }
        return requests
    }

    private static func redisGet(_ key: Int64) -> String {
        redis(["HMGET", "\(key)"] + HTTPData.fields)
    }

    /// A command in the protocol of Redis.
    static func redis(_ words: [String]) -> String {
        words.reduce("*\(words.count)\r\n") { $0 + "$\($1.utf8.count)\r\n\($1)\r\n" }
    }
}
