import FoundationEssentials

/// The JSON text of the catalog's values: sorted keys, one line.
enum CatalogJSON {
    static func encode(_ value: some Encodable) throws(CatalogError) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            return [UInt8](try encoder.encode(value))
        } catch {
            throw .badArgument(name: "catalog", detail: "no JSON for it: \(error)")
        }
    }

    /// The value of that text, or nil when it is none.
    static func decode<Value: Decodable>(_: Value.Type, _ bytes: [UInt8]) -> Value? {
        try? JSONDecoder().decode(Value.self, from: Data(bytes))
    }
}
