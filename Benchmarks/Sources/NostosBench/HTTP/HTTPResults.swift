/// The figures measured over HTTP, beside the targets.
struct HTTPResults {
    let options: HTTPOptions
    let bodySize: Int
    var instructions: [HTTPServerName: Double] = [:]
    private var outcomes: [HTTPOperation: [HTTPServerName: [LoadOutcome]]] = [:]
    private var memory: [HTTPServerName: Int] = [:]

    init(options: HTTPOptions, bodySize: Int) {
        (self.options, self.bodySize) = (options, bodySize)
    }

    mutating func add(
        _ outcome: LoadOutcome, _ operation: HTTPOperation, _ name: HTTPServerName, memory: Int
    ) {
        outcomes[operation, default: [:]][name, default: []].append(outcome)
        self.memory[name] = max(self.memory[name] ?? 0, memory)
    }

    // MARK: - Figures

    /// The median over the rounds of what `figure` gives.
    private func median(
        _ operation: HTTPOperation, _ name: HTTPServerName, _ figure: (LoadOutcome) -> Double
    ) -> Double? {
        Self.median((outcomes[operation]?[name] ?? []).map(figure))
    }

    /// Keys a second.
    private func keyRate(_ operation: HTTPOperation, _ name: HTTPServerName) -> Double? {
        let count = name == .redis ? 1 : operation.keyCount
        return median(operation, name) { $0.perSecond * Double(count) }
    }

    /// The median of the rounds' ratios of our key rate to theirs.
    private func ratio(_ operation: HTTPOperation, _ rival: HTTPServerName) -> Double? {
        let scale = rival == .redis ? Double(operation.keyCount) : 1
        let pairs = zip(
            outcomes[operation]?[.nostos] ?? [], outcomes[operation]?[rival] ?? [])
        return Self.median(pairs.map { scale * $0.perSecond / $1.perSecond })
    }

    private static func median(_ values: [Double]) -> Double? {
        guard !values.isEmpty else { return nil }
        let sorted = values.sorted()
        let middle = sorted.count / 2
        return sorted.count.isMultiple(of: 2)
            ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted[middle]
    }

    // MARK: - Text

    /// The table for people.
    var text: String {
        var lines = [
            "",
            "\(Report.grouped(options.rowCount)) rows of data set (a), uniform keys; "
                + "\(options.connections) connections; bodies of \(bodySize) bytes; "
                + "medians of \(options.rounds) interleaved rounds of \(options.seconds) s",
            "",
            Self.line([
                "operation", "server", "keys/s", "ours to it", "p50 us", "p99 us", "p99.9 us",
                "anon MiB", "instr.",
            ]),
        ]
        for operation in HTTPOperation.allCases where outcomes[operation] != nil {
            lines.append("")
            lines += HTTPServerName.allCases.compactMap { line(operation, $0) }
        }
        return (lines + ["", "targets:"] + targets).joined(separator: "\n")
    }

    private func line(_ operation: HTTPOperation, _ name: HTTPServerName) -> String? {
        guard let rate = keyRate(operation, name) else { return nil }
        func time(_ figure: (LoadOutcome) -> Double) -> String {
            median(operation, name, figure).map { Report.grouped(Int($0.rounded())) } ?? "-"
        }
        return Self.line([
            operation.rawValue, name.rawValue, Report.grouped(Int(rate)),
            ratio(operation, name).map { Report.fixed($0, 2) + "x" } ?? "-",
            time(\.p50), time(\.p99), time(\.p999),
            memory[name].map { Report.fixed(Double($0) / 1_048_576, 1) } ?? "-",
            operation == .get
                ? instructions[name].map { Report.grouped(Int($0)) } ?? "-" : "-",
        ])
    }

    private static func line(_ cells: [String]) -> String {
        let widths = [15, 13, 13, 12, 10, 10, 10, 10, 10]
        return zip(cells, widths).enumerated().map { index, cell in
            let padding = String(repeating: " ", count: max(0, cell.1 - cell.0.count))
            return index < 2 ? cell.0 + padding : padding + cell.0
        }.joined()
    }

    private var targets: [String] {
        let p99 = zip(
            outcomes[.get]?[.nostos] ?? [], outcomes[.get]?[.nginx] ?? []
        ).map { $0.p99 / $1.p99 }
        let all: [(String, Double?, Double, isLeast: Bool)] = [
            ("http.get, times nginx", ratio(.get, .nginx), 1, true),
            ("http.get, times Redis", ratio(.get, .redis), 0.95, true),
            ("http.get, times Hummingbird", ratio(.get, .hummingbird), 4, true),
            ("http.get, instructions", instructions[.nostos], 4000, false),
            ("http.lookup, keys, times Redis 16 deep", ratio(.lookup, .redis), 2, true),
            ("http.pipelined, times nginx", ratio(.pipelined, .nginx), 5, true),
            ("http.get, p99 of nginx's", Self.median(p99), 1, false),
            (
                "anonymous MiB", memory[.nostos].map { Double($0) / 1_048_576 }, 32, false
            ),
        ]
        return all.compactMap { name, value, bound, isLeast in
            guard let value else { return nil }
            let isReached = isLeast ? value >= bound : value <= bound
            return "  \(isReached ? "reached" : "MISSED ")  \(name): \(Report.fixed(value, 2)), "
                + "must be at \(isLeast ? "least" : "most") \(Report.fixed(bound, 2))"
        }
    }

    /// The same for programs: an array with one object per row of the table.
    var json: String {
        let objects = HTTPOperation.allCases.flatMap { operation in
            HTTPServerName.allCases.compactMap { name -> String? in
                guard let rate = keyRate(operation, name) else { return nil }
                func number(_ value: Double?) -> String { value.map { "\($0)" } ?? "null" }
                let members = [
                    ("op", "\"\(operation.rawValue)\""), ("server", "\"\(name.rawValue)\""),
                    ("keys_per_s", "\(rate)"), ("ours_to_it", number(ratio(operation, name))),
                    ("p50_us", number(median(operation, name) { $0.p50 })),
                    ("p99_us", number(median(operation, name) { $0.p99 })),
                    ("p999_us", number(median(operation, name) { $0.p999 })),
                    ("rss_anon_bytes", memory[name].map { "\($0)" } ?? "null"),
                    ("instructions", number(operation == .get ? instructions[name] : nil)),
                ]
                return "{\(members.map { "\"\($0.0)\":\($0.1)" }.joined(separator: ","))}"
            }
        }
        return "[\n\(objects.joined(separator: ",\n"))\n]\n"
    }
}
