import Nostos

/// A selection of one version's fields, prepared once for many requests.
final class FieldChoice {
    /// The most field names of a request.
    static let maxNameCount = 256

    let selection: FieldSelection
    /// `,"absent_fields":["b"]`, or nothing when the version has all of them.
    let absentFields: [UInt8]
    /// The names that the version lacks.
    var absent: [String] { selection.absent }
    /// Of each value in the order asked, whether it may hold 64-bit integers.
    let holdsIntegers: [Bool]

    /// The choice of these names, or of all fields.
    init(names: [String]?, version: ServedVersion, job: ServedJob) throws(Problem) {
        if let names { try Self.check(names) }
        let schema = version.table.info.schema
        selection = version.table.select(names)
        holdsIntegers = (names ?? schema.fields.map(\.name)).map { name in
            guard let index = schema.index(of: name) else { return false }
            return [.int64, .any].contains(schema.fields[index].type)
        }
        var list: [UInt8] = []
        for name in selection.absent {
            guard job.hasField(name) else {
                var problem = Problem(
                    .unknownField, "No retained version has this field.", name: name)
                problem.suggestion = job.suggestion(for: name)
                throw problem
            }
            list.append(ascii: list.isEmpty ? ",\"absent_fields\":[" : ",")
            JSONText.append(name, to: &list)
        }
        if !list.isEmpty { list.append(UInt8(ascii: "]")) }
        absentFields = list
    }

    private static func check(_ names: [String]) throws(Problem) {
        guard names.count <= maxNameCount else {
            throw Problem(.badRequest, "A request names at most 256 fields.", name: "fields")
        }
        var seen: Set<String> = []
        for name in names where !seen.insert(name).inserted {
            throw Problem(.badRequest, "The field is named twice.", name: name)
        }
    }
}

extension FieldChoice {
    /// The names in `a,b`, each percent-decoded.
    ///
    /// Most clients encode the commas too. An encoded one separates as well, unless it is in the
    /// name of a field, as `isField` says.
    static func names(
        list text: Span<UInt8>, isField: (String) -> Bool
    ) throws(Problem) -> [String] {
        var names: [String] = []
        var decoded: [UInt8] = []
        var start = 0
        while start <= text.count {
            let end = text.end(at: UInt8(ascii: ","), in: start..<text.count)
            let name = text.extracting(start..<end)
            do throws(PercentDecoding.Fault) {
                try PercentDecoding.decode(name, into: &decoded)
            } catch {
                throw Problem(
                    .badRequest, "The field's name is not percent-encoded UTF-8.", name: name)
            }
            let whole = String(decoding: decoded, as: UTF8.self)
            if whole.utf8.contains(UInt8(ascii: ",")), !isField(whole) {
                names += whole.split(separator: ",", omittingEmptySubsequences: false).map(
                    String.init)
            } else {
                names.append(whole)
            }
            start = end + 1
        }
        return names
    }

    /// The names in a JSON array, whose form the caller has checked.
    static func names(json: Span<UInt8>) throws(Problem) -> [String] {
        var reader = JSONReader(json)
        var names: [String] = []
        var name: [UInt8] = []
        try reader.expect(UInt8(ascii: "["), "Expected an array of field names.")
        guard !reader.take(UInt8(ascii: "]")) else { return names }
        repeat {
            try reader.string(into: &name)
            names.append(String(decoding: name, as: UTF8.self))
        } while reader.take(UInt8(ascii: ","))
        return names
    }
}
