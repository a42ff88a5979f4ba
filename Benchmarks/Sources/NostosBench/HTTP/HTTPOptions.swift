/// The command line of `http`.
struct HTTPOptions {
    var rowCount = DataSet.a.fullRowCount
    var rounds = 5
    /// Of each operation of each server in a round.
    var seconds = 2.0
    var connections = 64
    var operations = HTTPOperation.allCases
    var servers = HTTPServerName.allCases
    /// Whether instructions are counted under callgrind, which takes a minute.
    var countsInstructions = false
    var jsonPath: String?
    var folder = ""
    var keepsFiles = false
    /// The programs under test.
    var nostosPath = ""
    var barePath = ""
    var hummingbirdPath = ""

    static let usage = """
        usage: scripts/bench http [options]
          --quick          20,000 rows, one round of 0.3 s: the smoke run
          --rows N         rows of data set (a) (default 5,000,000)
          --rounds N       interleaved rounds (default 5)
          --seconds S      of each operation in a round (default 2)
          --connections N  keep-alive connections (default 64)
          --servers x,y    of \(HTTPServerName.allCases.map(\.rawValue).joined(separator: ", "))
          --ops x,y        of \(HTTPOperation.allCases.map(\.rawValue).joined(separator: ", "))
          --instructions   counts user instructions a request under callgrind
          --json FILE      writes an array with one object for each row of the table
          --dir DIR        keeps data and store there, for the next run
        """

    init(parsing arguments: [String]) throws {
        var rest = arguments[...]
        func value(of name: String) throws -> String {
            guard let value = rest.popFirst() else { throw Failure("\(name) needs a value") }
            return value
        }
        func number<N: LosslessStringConvertible & Comparable & ExpressibleByIntegerLiteral>(
            of name: String, _: N.Type = N.self
        ) throws -> N {
            let text = try value(of: name)
            guard let number = N(text), number > 0 else {
                throw Failure("\(name) needs a number above 0, not \(text)")
            }
            return number
        }
        while let name = rest.popFirst() {
            switch name {
            case "--quick": (rowCount, rounds, seconds) = (20_000, 1, 0.3)
            case "--rows": rowCount = max(DataFiles.sampleCount, try number(of: name))
            case "--rounds": rounds = try number(of: name)
            case "--seconds": seconds = try number(of: name)
            case "--connections": connections = try number(of: name)
            case "--servers": servers = try Self.list(value(of: name), name)
            case "--ops": operations = try Self.list(value(of: name), name)
            case "--instructions": countsInstructions = true
            case "--json": jsonPath = try value(of: name)
            case "--dir": folder = try value(of: name)
            case "--keep": keepsFiles = true
            case "--nostos": nostosPath = try value(of: name)
            case "--bare": barePath = try value(of: name)
            case "--hummingbird": hummingbirdPath = try value(of: name)
            default: throw Failure("unknown option \(name)\n\(Self.usage)")
            }
        }
        guard folder.hasPrefix("/") else { throw Failure("--dir needs an absolute path") }
    }

    private static func list<T: RawRepresentable<String>>(
        _ text: String, _ name: String
    ) throws -> [T] {
        try text.split(separator: ",").map { word in
            guard let value = T(rawValue: String(word)) else {
                throw Failure("\(name): unknown \(word)\n\(usage)")
            }
            return value
        }
    }
}

/// The requests that the servers are measured with; the names are fixed, as those of `Operation`.
enum HTTPOperation: String, CaseIterable {
    /// One key, three fields.
    case get = "http.get"
    /// One key, all fields.
    case all = "http.all"
    /// 100 keys, three fields, in one request.
    case lookup = "http.lookup"
    /// One key whose version the client knows: 304.
    case known = "http.304"
    /// As `get`, 16 requests under way on each connection.
    case pipelined = "http.pipelined"

    /// Keys that a request of Nostos asks for.
    var keyCount: Int { self == .lookup ? 100 : 1 }
    var depth: Int { self == .pipelined ? 16 : 1 }
}

/// The servers that are measured.
enum HTTPServerName: String, CaseIterable {
    case nostos
    /// The same on SwiftNIO.
    case nostosNIO = "nostos-nio"
    /// `return 200` with as many bytes.
    case nginx
    /// HMGET of the same fields; for `http.lookup` and `http.pipelined` 16 deep.
    case redis
    /// The plain hello.
    case hummingbird

    /// Whether it takes part in the operation.
    func takesPart(in operation: HTTPOperation) -> Bool {
        switch self {
        case .nostos: true
        case .nostosNIO, .redis: operation != .all && operation != .known
        case .nginx: operation != .lookup && operation != .known
        case .hummingbird: operation == .get
        }
    }
}
