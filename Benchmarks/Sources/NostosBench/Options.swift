/// The command line of `table`.
struct Options {
    var sets: [DataSet] = [.a]
    var engines = EngineName.allCases
    var operations = Operation.allCases
    var rowCount: Int?
    var rounds = 5
    /// Lookups in each round of each operation.
    var lookups = 200_000
    var jsonPath: String?
    /// The folder of data and stores.
    var folder = ""
    /// Whether data and stores stay there, for the next run.
    var keepsFiles = false

    static let usage = """
        usage: scripts/bench table [options]
          --data a,b     data sets, a to f, or all (default a)
          --quick        20,000 rows, one round: the smoke run
          --rows N       rows of each data set
          --rounds N     interleaved rounds (default 5)
          --lookups N    lookups in a round (default 200,000)
          --engines x,y  of \(EngineName.allCases.map(\.rawValue).joined(separator: ", "))
          --ops x,y      of \(Operation.allCases.map(\.rawValue).joined(separator: ", "))
          --json FILE    writes an array with one object for each row of the table
          --dir DIR      keeps data and stores there, for the next run
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
        while let name = rest.popFirst() {
            switch name {
            case "--data":
                let text = try value(of: name)
                sets = text == "all" ? DataSet.allCases : try Self.list(text, name)
            case "--quick":
                rowCount = 20_000
                rounds = 1
                lookups = 20_000
            case "--rows": rowCount = max(DataFiles.sampleCount, try number(of: name))
            case "--rounds": rounds = try number(of: name)
            case "--lookups": lookups = min(try number(of: name), DataFiles.queryCount)
            case "--engines": engines = try Self.list(value(of: name), name)
            case "--ops": operations = try Self.list(value(of: name), name)
            case "--json": jsonPath = try value(of: name)
            case "--dir": folder = try value(of: name)
            case "--keep": keepsFiles = true
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
