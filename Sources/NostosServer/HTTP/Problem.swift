import Nostos

/// A request that gets no good answer: what to say instead.
struct Problem: Error {
    /// The longest name that is shown, in bytes.
    static let maxNameSize = 200

    let kind: ProblemKind
    /// One sentence in plain ASCII without quotes; never what a caller sent.
    let detail: StaticString
    /// The offending name as JSON text; empty when there is none.
    var name: [UInt8] = []
    /// The offset in the request's content of the fault.
    var offset: Int?
    /// The ordinal of the request's lookup that went wrong, from 0.
    var request: Int?
    /// The value of the `Allow` field.
    var allow: StaticString?
    /// The name that was probably meant.
    var suggestion: String?

    init(_ kind: ProblemKind, _ detail: StaticString) {
        self.kind = kind
        self.detail = detail
    }

    /// A problem with that name or value, which is cut when it is long.
    init(_ kind: ProblemKind, _ detail: StaticString, name: Span<UInt8>) {
        self.init(kind, detail)
        var shown: [UInt8] = []
        shown.append(name.extracting(..<min(name.count, Self.maxNameSize)))
        // Repairs what is no UTF-8, a character cut in two included.
        JSONText.append(String(decoding: shown, as: UTF8.self), to: &self.name)
    }

    init(_ kind: ProblemKind, _ detail: StaticString, name: String) {
        self.init(kind, detail, name: Array(name.utf8).span)
    }

    /// Appends the problem document.
    func append(to output: inout [UInt8]) {
        kind.open(detail: detail, name: name.span, to: &output)
        if let suggestion {
            output.append(ascii: ",\"did_you_mean\":")
            JSONText.append(suggestion, to: &output)
        }
        if let offset {
            output.append(ascii: ",\"offset\":")
            JSONText.append(int64: Int64(offset), to: &output)
        }
        if let request {
            output.append(ascii: ",\"request\":")
            JSONText.append(int64: Int64(request), to: &output)
        }
        output.append(UInt8(ascii: "}"))
    }
}
