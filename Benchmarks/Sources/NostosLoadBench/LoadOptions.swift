/// The command line.
struct LoadOptions {
    /// Rows read by both generators together.
    var rowCount = 10_000_000
    var rounds = 3
    var sources = SourceName.allCases
    var orders = Arrival.allCases
    /// The run's `--memory`, in MiB.
    var memory = 512
    var jsonPath: String?
    /// The folder of databases and stores; absolute.
    var folder = ""
    /// The `nostos` to measure.
    var program = ""
    /// The connection of the PostgreSQL server that `scripts/bench` has started.
    var postgres = ""

    static let usage = """
        usage: scripts/bench load [options]
          --quick        100,000 rows, one round: the smoke run
          --rows N       rows read by both generators together (default 10,000,000)
          --rounds N     interleaved rounds (default 3)
          --sources x,y  of sqlite, postgresql
          --orders x,y   of sorted, shuffled
          --memory N     the run's --memory, in MiB (default 512)
          --json FILE    writes an array with one object for each row of the table
        """

    init(parsing arguments: [String]) throws {
        var rest = arguments[...]
        func value(of name: String) throws -> String {
            guard let value = rest.popFirst() else { throw Failure("\(name) needs a value") }
            return value
        }
        func number(of name: String) throws -> Int {
            let text = try value(of: name)
            guard let number = Int(text), number > 0 else {
                throw Failure("\(name) needs a number above 0, not \(text)")
            }
            return number
        }
        func list<T: RawRepresentable<String>>(of name: String) throws -> [T] {
            try value(of: name).split(separator: ",").map { word in
                guard let value = T(rawValue: String(word)) else {
                    throw Failure("\(name): unknown \(word)\n\(Self.usage)")
                }
                return value
            }
        }
        while let name = rest.popFirst() {
            switch name {
            case "--quick": (rowCount, rounds) = (100_000, 1)
            case "--rows": rowCount = max(1000, try number(of: name))
            case "--rounds": rounds = try number(of: name)
            case "--sources": sources = try list(of: name)
            case "--orders": orders = try list(of: name)
            case "--memory": memory = try number(of: name)
            case "--json": jsonPath = try value(of: name)
            case "--dir": folder = try value(of: name)
            case "--program": program = try value(of: name)
            case "--postgres": postgres = try value(of: name)
            default: throw Failure("unknown option \(name)\n\(Self.usage)")
            }
        }
        guard folder.hasPrefix("/"), program.hasPrefix("/") else { throw Failure(Self.usage) }
    }
}

/// A kind of source.
enum SourceName: String, CaseIterable {
    case sqlite, postgresql
}

/// The order in which the rows of both source tables arrive.
enum Arrival: String, CaseIterable {
    /// In key order.
    case sorted
    /// In an order without any pattern in the keys.
    case shuffled
}
