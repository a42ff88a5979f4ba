import Nostos

/// One key of a request, both as encoded in tables and as shown in answers.
///
/// It is reused from key to key, so that reading one allocates nothing.
struct RequestedKey {
    /// The encoded key; see ``KeySchema``.
    private(set) var encoded: [UInt8] = []
    /// The key as JSON, in its own type: `42`, `"en"`, `[42,"en"]`.
    private(set) var json: [UInt8] = []
    /// Whether integers are shown and accepted as strings, for callers that cannot hold them as
    /// numbers.
    var quotesIntegers = false
    private var part: [UInt8] = []

    /// Reads the segment of a path: `42`, `caf%C3%A9`, or `42,en` with `%2C` for a comma in text.
    mutating func read(segment: Span<UInt8>, schema: KeySchema) throws(Problem) {
        begin()
        guard schema.columns.count > 1 else {
            try append(segmentPart: segment, column: 0, schema: schema, of: segment)
            return try finish(segment)
        }
        json.append(UInt8(ascii: "["))
        let count = try readParts(segment, schema, isWhole: true)
        guard count == schema.columns.count else { throw Self.wrongCount(segment) }
        json.append(UInt8(ascii: "]"))
        try finish(segment)
    }

    /// Reads where a walk through the keys begins or ends: a key, or the first parts of a composite
    /// one.
    mutating func read(bound: Span<UInt8>, schema: KeySchema) throws(Problem) {
        begin()
        if schema.columns.count > 1 {
            _ = try readParts(bound, schema)
        } else {
            try append(segmentPart: bound, column: 0, schema: schema, of: bound)
        }
        try finish(bound)
    }

    /// Reads the beginning of keys: the first characters of a text key, or the first parts of a
    /// composite key, of which a last one that is text may be cut short.
    mutating func read(prefix: Span<UInt8>, schema: KeySchema) throws(Problem) {
        guard !schema.isInt64 else {
            throw Problem(
                .badRequest, "An integer key has no prefix: use from and to.", name: "prefix")
        }
        begin()
        guard schema.columns.count > 1 else {
            try append(segmentPart: prefix, column: 0, schema: schema, of: prefix)
            return try finish(prefix)
        }
        let count = try readParts(prefix, schema)
        // The mark after a whole text, see `KeySchema`; the last column has none.
        if schema.columns[count - 1].type == .string, count < schema.columns.count {
            encoded.removeLast(2)
        }
        try finish(prefix)
    }

    /// Reads and counts the parts between commas, at most one for each column.
    ///
    /// Clients that encode every value write `42%2Cen` for `42,en`. If the text has only encoded
    /// commas, they separate too where this gives one part for each column or where the first part
    /// is an integer, which holds no comma.
    private mutating func readParts(
        _ segment: Span<UInt8>, _ schema: KeySchema, isWhole: Bool = false
    ) throws(Problem) -> Int {
        guard PercentDecoding.isNeeded(segment) else { return try readPlainParts(segment, schema) }
        let count = schema.columns.count
        let plain = Self.commaCount(segment, countsEncoded: false) + 1
        let all = Self.commaCount(segment, countsEncoded: true) + 1
        if plain != all, plain != count,
            all == count || !isWhole && plain == 1 && schema.columns[0].type == .int64
        {
            let decoded = Self.decodingCommas(segment)
            return try readPlainParts(decoded.span, schema)
        }
        return try readPlainParts(segment, schema)
    }

    private static func isComma(_ text: Span<UInt8>, at index: Int) -> Bool {
        index + 2 < text.count && text[index] == UInt8(ascii: "%")
            && text[index + 1] == UInt8(ascii: "2") && text[index + 2] | 0x20 == UInt8(ascii: "c")
    }

    private static func commaCount(_ text: Span<UInt8>, countsEncoded: Bool) -> Int {
        var count = 0
        for index in text.indices {
            if text[index] == UInt8(ascii: ",") || countsEncoded && isComma(text, at: index) {
                count += 1
            }
        }
        return count
    }

    private static func decodingCommas(_ text: Span<UInt8>) -> [UInt8] {
        var output: [UInt8] = []
        var index = 0
        while index < text.count {
            let isComma = isComma(text, at: index)
            output.append(isComma ? UInt8(ascii: ",") : text[index])
            index += isComma ? 3 : 1
        }
        return output
    }

    private mutating func readPlainParts(
        _ segment: Span<UInt8>, _ schema: KeySchema
    ) throws(Problem) -> Int {
        var start = 0
        var column = 0
        while start <= segment.count {
            guard column < schema.columns.count else { throw Self.wrongCount(segment) }
            if column > 0 { json.append(UInt8(ascii: ",")) }
            let end = segment.end(at: UInt8(ascii: ","), in: start..<segment.count)
            let text = segment.extracting(start..<end)
            try append(segmentPart: text, column: column, schema: schema, of: segment)
            start = end + 1
            column += 1
        }
        return column
    }

    private mutating func begin() {
        encoded.removeAll(keepingCapacity: true)
        json.removeAll(keepingCapacity: true)
    }

    private func finish(_ shown: Span<UInt8>) throws(Problem) {
        guard encoded.count <= KeySchema.maxSize else {
            throw Problem(.badKey, "The key is longer than 4096 bytes.", name: shown)
        }
    }

    private mutating func append(
        segmentPart text: Span<UInt8>, column: Int, schema: KeySchema, of segment: Span<UInt8>
    ) throws(Problem) {
        let isInteger = schema.columns[column].type == .int64
        if isInteger, !PercentDecoding.isNeeded(text) {
            return try append(integer: text, schema: schema, of: segment)
        }
        do throws(PercentDecoding.Fault) {
            try PercentDecoding.decode(text, into: &part)
        } catch {
            switch error {
            case .badEscape:
                throw Problem(
                    .badKey, "A percent sign is not followed by two hexadecimal digits.",
                    name: segment)
            case .notUTF8:
                throw Problem(.badKey, "The key is not UTF-8 when decoded.", name: segment)
            }
        }
        guard !isInteger else {
            let part = part
            return try append(integer: part.span, schema: schema, of: segment)
        }
        appendPart(column: column, schema: schema)
    }

    private mutating func append(
        integer text: Span<UInt8>, schema: KeySchema, of shown: Span<UInt8>
    ) throws(Problem) {
        switch DecimalInteger.parse(text) {
        case .success(let value):
            schema.append(int64: value, to: &encoded)
            if quotesIntegers { json.append(UInt8(ascii: "\"")) }
            json.append(text)
            if quotesIntegers { json.append(UInt8(ascii: "\"")) }
        case .failure(.notCanonical):
            throw Problem(
                .badKey, "The key is an integer: digits without leading zeros, or a minus first.",
                name: shown)
        case .failure(.outOfRange):
            throw Problem(.badKey, "The key does not fit a signed 64-bit integer.", name: shown)
        }
    }

    private mutating func appendPart(column: Int, schema: KeySchema) {
        // A copy of the reference: a span of the property would borrow all of the key.
        let part = part
        schema.append(string: part.span, column: column, to: &encoded)
        JSONText.append(string: part.span, to: &json)
    }

    private static func wrongCount(_ shown: Span<UInt8>) -> Problem {
        Problem(.badKey, "The key has another number of parts.", name: shown)
    }
}

// MARK: - From JSON

extension RequestedKey {
    /// Reads the next key of a list, whose JSON the caller has checked.
    mutating func read(_ reader: inout JSONReader, schema: KeySchema) throws(Problem) {
        begin()
        _ = reader.peek()
        let start = reader.position
        let isArray = reader.take(UInt8(ascii: "["))
        guard isArray == (schema.columns.count > 1) else {
            throw Problem(
                .badKey, "A composite key is an array, and only a composite key is one.",
                name: Self.element(reader.input, from: start))
        }
        guard isArray else {
            try append(jsonPart: &reader, column: 0, schema: schema)
            return try finish(reader.input.extracting(start..<reader.position))
        }
        json.append(UInt8(ascii: "["))
        for column in schema.columns.indices {
            let isThere = column == 0 ? reader.peek() != UInt8(ascii: "]") : reader.take(0x2C)
            guard isThere else { throw Self.wrongCount(Self.element(reader.input, from: start)) }
            if column > 0 { json.append(UInt8(ascii: ",")) }
            try append(jsonPart: &reader, column: column, schema: schema)
        }
        guard reader.take(UInt8(ascii: "]")) else {
            throw Self.wrongCount(Self.element(reader.input, from: start))
        }
        json.append(UInt8(ascii: "]"))
        try finish(reader.input.extracting(start..<reader.position))
    }

    private mutating func append(
        jsonPart reader: inout JSONReader, column: Int, schema: KeySchema
    ) throws(Problem) {
        let isText = reader.peek() == UInt8(ascii: "\"")
        let isExpectedText = schema.columns[column].type == .string
        let start = reader.position
        if isText {
            try reader.string(into: &part)
        } else {
            _ = try reader.number()
        }
        let shown = reader.input.extracting(start..<reader.position)
        switch (isText, isExpectedText) {
        case (true, true): appendPart(column: column, schema: schema)
        case (false, false): try append(number: shown, schema: schema)
        case (true, false) where quotesIntegers:
            let part = part
            try append(integer: part.span, schema: schema, of: shown)
        case (true, false):
            throw Problem(
                .badKey,
                "The key is an integer, not text: send a number, or int64=string in the query.",
                name: shown)
        case (false, true):
            throw Problem(.badKey, "The key is text, not a number: send it in quotes.", name: shown)
        }
    }

    /// Reads a JSON number, which may be an integer in another form such as `1.0`.
    private mutating func append(
        number text: Span<UInt8>, schema: KeySchema
    ) throws(Problem) {
        if case .failure(.notCanonical) = DecimalInteger.parse(text) {
            guard IntegralNumber.canonicalize(text, into: &part) else {
                throw Problem(
                    .badKey, "The key is a 64-bit integer, without a fraction.", name: text)
            }
            let part = part
            return try append(integer: part.span, schema: schema, of: text)
        }
        try append(integer: text, schema: schema, of: text)
    }

    /// The number, text or array of these that begins at `start`: JSON that was checked before.
    @_lifetime(copy input)
    private static func element(_ input: Span<UInt8>, from start: Int) -> Span<UInt8> {
        var reader = JSONReader(input, at: start)
        do throws(Problem) { try reader.skipKey() } catch { return input.extracting(start..<start) }
        return input.extracting(start..<reader.position)
    }
}
