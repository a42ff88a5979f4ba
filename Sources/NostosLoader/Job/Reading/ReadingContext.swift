import SystemPackage

/// The state that all readers of one file share: its text, its templates, and the log of problems.
struct ReadingContext {
    var log: DiagnosticLog
    let lines: TextLines
    /// The directory at which relative paths start: the file's directory.
    let directory: FilePath
    var scope: TemplateScope
    /// Whether `yes`, `on` and the like are Booleans, as YAML 1.1 has it: Dataduct reads its files
    /// so.
    var readsYAML11 = false

    /// A text with its templates filled in, and the places of its parts.
    struct Expanded {
        let text: String
        let template: String
        let origin: TextOrigin
    }

    /// The path that a file's text means: relative ones start at the file's directory.
    func path(_ text: String) -> FilePath {
        directory.pushing(FilePath(text))
    }

    /// Fills in the templates of a scalar; nil after an error, whose place is the template's.
    func expand(_ text: String, _ style: YAMLNode.Style, at mark: TextMark) -> Expanded? {
        expand(text, origin: TextOrigin(of: text, style: style, at: mark, in: lines), file: nil)
    }

    /// Fills in the templates of a text from `file`; nil is the file that is read.
    func expand(_ text: String, origin: TextOrigin, file: String?) -> Expanded? {
        let scalars = Array(text.unicodeScalars)
        let parts = TemplateScope.parse(scalars)
        var builder = ExpansionBuilder(source: scalars, sourceOrigin: origin)
        for part in parts {
            if case .literal(let range) = part {
                builder.append(range)
                continue
            }
            if case .variable(let name, _) = part { log.knownVars.insert(name) }
            switch scope.value(of: part) {
            case .failure(let problem):
                note(problem, origin: origin, file: file)
                if case .environment = part { log.blameEnvironment() }
            case .success(.open(let value)): builder.append(value, of: part)
            case .success(.secret(let value)):
                log.secrets.insert(password: value)
                builder.append(value, of: part)
            }
            guard builder.size <= SQLText.maxSize else {
                log.error(
                    at: origin.mark(at: 0), found: "more than \(SQLText.maxSize) bytes of text",
                    expected: "less, templates filled in", in: file)
                return nil
            }
        }
        guard !builder.hasNUL else {
            log.error(
                at: origin.mark(at: 0), found: "the character U+0 in a value",
                expected: "text without it", in: file)
            return nil
        }
        return builder.isComplete(parts) ? builder.expanded(template: text) : nil
    }

    private func note(_ problem: TemplateScope.Problem, origin: TextOrigin, file: String?) {
        log.error(
            at: origin.mark(at: problem.offset),
            found: problem.isExcerpt && log.isConfidential ? "another template" : problem.found,
            expected: problem.expected, suggestion: problem.suggestion, in: file)
    }
}

/// Puts an expanded text together, and where each part of it comes from.
private struct ExpansionBuilder {
    let source: [Unicode.Scalar]
    let sourceOrigin: TextOrigin
    private(set) var size = 0
    /// Whether a value brought in what would end a C string.
    private(set) var hasNUL = false
    private var text = String.UnicodeScalarView()
    private var count = 0
    private var partCount = 0
    private var origin: TextOrigin?

    init(source: [Unicode.Scalar], sourceOrigin: TextOrigin) {
        self.source = source
        self.sourceOrigin = sourceOrigin
    }

    /// Appends a stretch of the source with all the pieces that begin in it.
    mutating func append(_ range: Range<Int>) {
        let shift = count - range.lowerBound
        let first = sourceOrigin.piece(at: range.lowerBound)
        add(.init(offset: count, mark: first.mark, isFixed: first.isFixed))
        for piece in sourceOrigin.pieces
        where range.contains(piece.offset) && piece.offset > range.lowerBound {
            add(.init(offset: piece.offset + shift, mark: piece.mark, isFixed: piece.isFixed))
        }
        append(source[range])
    }

    /// Appends the value of a template, all of which stands at the template's place.
    mutating func append(_ value: String, of part: TemplateScope.Part) {
        if !value.isEmpty {
            add(.init(offset: count, mark: sourceOrigin.mark(at: part.offset), isFixed: true))
        }
        append(value.unicodeScalars)
    }

    /// Whether every part had a value.
    func isComplete(_ parts: [TemplateScope.Part]) -> Bool { partCount == parts.count }

    func expanded(template: String) -> ReadingContext.Expanded {
        ReadingContext.Expanded(
            text: String(text), template: template,
            origin: origin ?? TextOrigin(at: sourceOrigin.mark(at: 0)))
    }

    private mutating func append(_ scalars: some Collection<Unicode.Scalar>) {
        for scalar in scalars {
            text.append(scalar)
            hasNUL = hasNUL || scalar.value == 0
            size += UTF8.width(scalar)
        }
        count += scalars.count
        partCount += 1
    }

    private mutating func add(_ piece: TextOrigin.Piece) {
        if origin == nil { origin = TextOrigin(of: piece) } else { origin?.append(piece) }
    }
}
