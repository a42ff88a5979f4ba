import Nostos

/// The answers to one lookup or several.
///
/// All keys are read at once, and the records step by step.
///
/// It is reused from request to request, so that a lookup allocates nothing.
final class LookupContent {
    /// The largest content in bytes, if more than one key is requested.
    static let maxSize = 16 << 20

    // One access a call, see docs/design.md, "A class around a structure".
    private var state = LookupContentState()

    /// Forgets all lookups, and with them their versions; `isSeveral` says whether the answer is a
    /// list of them, `seconds` the time of the request.
    func begin(isSeveral: Bool, quotesIntegers: Bool, seconds: Int64) {
        state.begin(isSeveral: isSeveral, quotesIntegers: quotesIntegers, seconds: seconds)
    }

    /// Forgets all lookups: a version that nothing holds can be freed.
    func removeAll() { state.removeAll() }

    /// Reads the keys of one more lookup.
    func add(
        _ lookup: LookupBody, of content: Span<UInt8>, _ job: ServedJob, _ version: ServedVersion,
        _ choice: FieldChoice
    ) throws(Problem) {
        try state.add(lookup, of: content, job, version, choice)
    }

    /// Builds and appends one step; false if it was the last.
    func append(to output: inout [UInt8]) throws(ContentFault) -> Bool {
        try state.append(to: &output)
    }

    /// The bytes of the request that it holds.
    var heldSize: Int { state.heldSize }

    /// Adds the counts of its jobs' keys, once.
    func moveLookups(to counts: inout RequestCounts) {
        for lookup in state.lookups { lookup.job.moveLookups(to: &counts) }
    }
}

private struct LookupContentState {
    struct Lookup {
        let job: ServedJob
        let version: ServedVersion
        let choice: FieldChoice
        /// The index after its last key.
        let end: Int
    }

    private(set) var lookups: [Lookup] = []
    private var isSeveral = false
    private var seconds: Int64 = 0
    private var key = RequestedKey()
    /// All keys, encoded, and where each ends; and as JSON.
    private var keys: [UInt8] = []
    private var keyEnds: [Int] = []
    private var texts: [UInt8] = []
    private var textEnds: [Int] = []
    private var batch = LookupBatch()
    private var values: [UInt8] = []
    /// The lookup that is being answered, whether its answer has begun, and its next key.
    private var current = 0
    private var isBegun = false
    private var next = 0
    private var size = 0

    var heldSize: Int { keys.capacity + texts.capacity }

    mutating func begin(isSeveral: Bool, quotesIntegers: Bool, seconds: Int64) {
        removeAll()
        (self.isSeveral, self.seconds) = (isSeveral, seconds)
        key.quotesIntegers = quotesIntegers
    }

    mutating func removeAll() {
        lookups.removeAll(keepingCapacity: true)
        keyEnds.removeAll(keepingCapacity: true)
        textEnds.removeAll(keepingCapacity: true)
        (current, isBegun, next, size) = (0, false, 0, 0)
        Self.empty(&keys)
        Self.empty(&texts)
        Self.empty(&values)
    }

    /// Keeps the memory, unless only a large request needed it.
    private static func empty(_ bytes: inout [UInt8]) {
        if bytes.capacity > 1 << 20 { bytes = [] } else { bytes.removeAll(keepingCapacity: true) }
    }

    mutating func add(
        _ lookup: LookupBody, of content: Span<UInt8>, _ job: ServedJob, _ version: ServedVersion,
        _ choice: FieldChoice
    ) throws(Problem) {
        let schema = version.table.info.schema.key
        var reader = JSONReader(content, at: lookup.keysStart)
        for index in 0..<lookup.keyCount {
            if index > 0 { _ = reader.take(UInt8(ascii: ",")) }
            try key.read(&reader, schema: schema)
            keys.append(contentsOf: key.encoded)
            keyEnds.append(keys.count)
            texts.append(contentsOf: key.json)
            textEnds.append(texts.count)
        }
        lookups.append(Lookup(job: job, version: version, choice: choice, end: keyEnds.count))
    }

    // MARK: - Steps

    /// Appends an answer such as `{"job":"a","version":12,"results":[{"key":1,"found":false}]}`.
    mutating func append(to output: inout [UInt8]) throws(ContentFault) -> Bool {
        let start = output.count
        if isSeveral, size == 0 { output.append(ascii: "{\"responses\":[") }
        while current < lookups.count {
            let lookup = lookups[current]
            if !isBegun { begin(lookup, &output) }
            while next < lookup.end {
                let room = LongContent.stepSize - (output.count - start)
                guard room > 0 else {
                    size += output.count - start
                    return true
                }
                do throws(TableError) {
                    try appendResults(of: lookup, upTo: room, to: &output)
                } catch {
                    throw .damaged(error, request: isSeveral ? current : nil)
                }
                guard size + output.count - start <= LookupContent.maxSize || keyEnds.count == 1
                else { throw .refused(tooLarge) }
            }
            output.append(ascii: "]}")
            current += 1
            isBegun = false
        }
        if isSeveral { output.append(ascii: "]}") }
        return false
    }

    private mutating func begin(_ lookup: Lookup, _ output: inout [UInt8]) {
        isBegun = true
        output.append(ascii: current > 0 ? ",{\"job\":" : "{\"job\":")
        let name = lookup.job.name
        JSONText.append(string: name.span, to: &output)
        output.append(contentsOf: lookup.version.member)
        // The head cannot show several versions.
        if isSeveral { lookup.version.appendAge(at: seconds, to: &output) }
        output.append(contentsOf: lookup.choice.absentFields)
        output.append(ascii: ",\"results\":[")
    }

    /// Appends the results of the next keys in batches, until the values have `size` bytes.
    private mutating func appendResults(
        of lookup: Lookup, upTo size: Int, to output: inout [UInt8]
    ) throws(TableError) {
        let (keys, texts) = (keys, texts)
        let isFirst = next == (current == 0 ? 0 : lookups[current - 1].end)
        batch.removeAll()
        for ordinal in next..<min(next + LookupBatch.blockSize, lookup.end) {
            batch.append(keys.span.extracting(Self.range(ordinal, keyEnds)))
        }
        values.removeAll(keepingCapacity: true)
        let found = try lookup.version.table.get(
            &batch, lookup.choice.selection, into: &values, upTo: size)
        lookup.version.lookups.found += UInt64(found)
        lookup.version.lookups.missing += UInt64(batch.answerCount - found)
        for index in 0..<batch.answerCount {
            output.append(ascii: index == 0 && isFirst ? "{\"key\":" : ",{\"key\":")
            output.append(texts.span.extracting(Self.range(next + index, textEnds)))
            appendResult(index, lookup.choice, to: &output)
        }
        next += batch.answerCount
    }

    private func appendResult(_ index: Int, _ choice: FieldChoice, to output: inout [UInt8]) {
        guard let answer = batch.answer(index) else {
            return output.append(ascii: ",\"found\":false}")
        }
        output.append(ascii: ",\"found\":true,\"values\":")
        let values = values
        let object = values.span.extracting(answer)
        if key.quotesIntegers {
            IntegerQuoting.append(object, marks: choice.holdsIntegers, to: &output)
        } else {
            output.append(object)
        }
        output.append(UInt8(ascii: "}"))
    }

    private static func range(_ ordinal: Int, _ ends: [Int]) -> Range<Int> {
        (ordinal == 0 ? 0 : ends[ordinal - 1])..<ends[ordinal]
    }

    private var tooLarge: Problem {
        var problem = Problem(
            .tooManyKeys, "The answer is above 16 MiB: ask for fewer keys or fields.")
        problem.request = isSeveral ? current : nil
        return problem
    }
}
