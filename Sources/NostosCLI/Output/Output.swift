import Foundation
import Nostos
import NostosLoader
import SystemPackage

/// The two outputs of a verb: results on standard output, messages on standard error.
enum Output {
    /// Prints a line of the result.
    static func line(_ text: String) {
        bytes(Array((text + "\n").utf8))
    }

    /// Prints bytes of the result as they are.
    ///
    /// A result that cannot be written, for example to a full disk, ends the process with 74; the
    /// message says that a change was made all the same. A reader that has ended, as in
    /// `nostos scan JOB | head`, ends the process without a message.
    static func bytes(_ bytes: [UInt8]) {
        do {
            _ = try FileDescriptor.standardOutput.writeAll(bytes)
        } catch {
            if error as? Errno == .brokenPipe { Signals.endByBrokenPipe() }
            message("nostos: standard output: \(error); what was changed stays changed")
            exit(ExitStatus.io.rawValue)
        }
    }

    /// Prints a line on standard error.
    static func message(_ text: String) {
        draw(text + "\n")
    }

    /// Prints text on standard error without a line break.
    static func draw(_ text: String) {
        // A message that nobody can read ends no verb.
        _ = try? FileDescriptor.standardError.writeAll(Array(text.utf8))
    }

    /// Prints a value as one JSON document with sorted keys.
    static func json(_ value: some Encodable) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted]
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.userInfo = DocumentForm.userInfo
        line(String(decoding: try encoder.encode(value), as: UTF8.self))
    }

    /// A value as JSON in one line, with sorted keys.
    static func jsonText(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.keyEncodingStrategy = .convertToSnakeCase
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }

    /// Text as a JSON string.
    static func quoted(_ text: String) -> String {
        var bytes: [UInt8] = []
        JSONText.append(text, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Prints a table with a head, cut to the terminal's width.
    static func table(_ head: [String], _ rows: [[String]]) {
        list(head, rows.map { ($0, []) })
    }

    /// Prints a table whose rows have indented lines of details after them.
    static func list(_ head: [String], _ rows: [(cells: [String], details: [String])]) {
        let width = OutputWidth.columns
        let lines = TextTable(head, rows.map(\.cells)).lines(width: width)
        line(lines[0])
        for (text, row) in zip(lines.dropFirst(), rows) {
            line(text)
            for detail in row.details {
                line("    " + TextTable.cut(detail.shown, to: width.map { max(1, $0 - 4) }))
            }
        }
    }
}

/// The width to which tables are cut.
enum OutputWidth {
    /// The columns of the terminal on standard output; nil where there is none.
    ///
    /// A terminal that does not know its width has `$COLUMNS`, else 80.
    static var columns: Int? {
        guard isatty(STDOUT_FILENO) == 1 else { return nil }
        if let columns = SystemCall.terminalColumns(STDOUT_FILENO) { return columns }
        return ProcessInfo.processInfo.environment["COLUMNS"].flatMap { Int($0) } ?? 80
    }
}

extension String {
    /// The text with every control character written as `\u{1b}`, so that it neither moves a
    /// terminal's cursor nor begins another line.
    ///
    /// Reasons and names come from people, who may mean harm.
    var shown: String {
        guard unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) else {
            return self
        }
        return unicodeScalars.reduce(into: "") { text, scalar in
            if scalar.properties.generalCategory == .control {
                text += "\\u{\(String(scalar.value, radix: 16))}"
            } else {
                text.unicodeScalars.append(scalar)
            }
        }
    }

    /// The last line that is not empty: the one that says why in a program's long report.
    var lastLine: String {
        split(whereSeparator: \.isNewline).last { line in
            line.contains { !$0.isWhitespace }
        }.map { String($0.drop(while: \.isWhitespace)) } ?? self
    }
}

/// Numbers, sizes and times as people read them.
enum Shown {
    /// With commas between thousands: `2,104,331`.
    static func count(_ value: Int) -> String { Figures.count(value) }

    /// A share from 0 to 1 as a percentage with one decimal: `12.5 %`.
    static func percent(_ share: Double) -> String { "\((share * 1000).rounded() / 10) %" }

    /// A size in bytes as B, kB, MB, GB or TB, in powers of 1,000.
    static func size(_ bytes: Int) -> String {
        let units = ["B", "kB", "MB", "GB", "TB"]
        var value = Double(bytes)
        var unit = 0
        while value >= 1000, unit < units.count - 1 {
            value /= 1000
            unit += 1
        }
        return unit == 0 ? "\(bytes) B" : String(format: "%.1f %@", value, units[unit])
    }

    /// A rate per second; from 10,000 on in thousands: `412k`.
    static func rate(_ value: Double) -> String {
        value >= 10_000 ? "\(Int(value / 1000))k" : "\(Int(value))"
    }

    /// A number of seconds as minutes and seconds: `0:05`.
    static func duration(_ seconds: Double) -> String {
        let whole = Int(seconds.rounded())
        return "\(whole / 60):\(String(format: "%02d", whole % 60))"
    }

    /// A number of microseconds as job files write durations: `26h`, `90s`, `1500ms`.
    static func span(_ microseconds: Int64) -> String {
        let milliseconds = microseconds / 1000
        let units: [(String, Int64)] = [
            ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000),
        ]
        // Up to two days people count hours.
        let unit = units.first { unit in
            milliseconds.isMultiple(of: unit.1) && (unit.0 != "d" || milliseconds > 2 * unit.1)
        }
        guard let unit, milliseconds > 0 else { return "\(milliseconds)ms" }
        return "\(milliseconds / unit.1)\(unit.0)"
    }

    /// The time since a point in time, in the largest whole unit: `<1m`, `5m`, `26h`, `3d`.
    static func age(_ microseconds: Int64, now: Int64 = Timestamp.now) -> String {
        let minutes = max(0, now - microseconds) / 60_000_000
        switch minutes {
        case 0: return "<1m"
        case ..<120: return "\(minutes)m"
        case ..<(48 * 60): return "\(minutes / 60)h"
        default: return "\(minutes / (24 * 60))d"
        }
    }

    /// A point in time to the minute, for lists: `2026-12-01T10:16Z`; or a dash.
    static func minute(_ microseconds: Int64?) -> String {
        microseconds.map { String(Timestamp.text($0).prefix(16)) + "Z" } ?? "-"
    }

    /// `1 warning`, `2 warnings`.
    static func warnings(_ count: Int) -> String {
        "\(Figures.count(count)) warning\(count == 1 ? "" : "s")"
    }

    /// A point in time to the second, or a dash.
    static func time(_ microseconds: Int64?) -> String {
        microseconds.map { Timestamp.text($0 / 1_000_000 * 1_000_000) } ?? "-"
    }
}
