import Nostos

/// A problem as the data plane shows it: a kind, one sentence, and the place in the request.
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

extension ProblemKind {
    /// Appends the problem document (RFC 9457) without its closing brace.
    ///
    /// `detail` is one sentence and never what a caller sent; `name`, the subject of the problem,
    /// is JSON text and is left out when it is empty. Nothing is allocated but room in `output`.
    func open(detail: StaticString, name: Span<UInt8>, to output: inout [UInt8]) {
        output.append(ascii: "{\"type\":\"")
        output.append(ascii: slug)
        output.append(ascii: "\",\"title\":\"")
        output.append(ascii: title)
        output.append(ascii: "\",\"status\":")
        output.append(ascii: status.line.code)
        output.append(ascii: ",\"detail\":\"")
        output.append(ascii: detail)
        output.append(UInt8(ascii: "\""))
        guard !name.isEmpty else { return }
        output.append(ascii: ",\"name\":")
        output.append(name)
    }
}
