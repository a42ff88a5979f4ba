import Nostos

/// A problem as the control plane shows it: a kind of the common vocabulary, one sentence, and what
/// the problem is about.
struct ControlProblem: Error, Sendable {
    let kind: ProblemKind
    /// One sentence: no path, no SQL, nothing of the machine's.
    let detail: String
    /// The subject of the problem, as the caller wrote it; at most ``Problem/maxNameSize``
    /// characters are shown.
    var name: String?
    /// The value of the `Allow` field.
    var allow: String?

    init(_ kind: ProblemKind, _ detail: String, name: (some StringProtocol)?) {
        self.kind = kind
        self.detail = detail
        self.name = name.map { String($0.prefix(Problem.maxNameSize)) }
    }

    init(_ kind: ProblemKind, _ detail: String) {
        self.init(kind, detail, name: String?.none)
    }
}

extension ControlProblem: Encodable {
    private enum CodingKeys: String, CodingKey {
        case type, title, status, detail, name
    }

    func encode(to encoder: any Encoder) throws {
        var document = encoder.container(keyedBy: CodingKeys.self)
        try document.encode("\(kind.slug)", forKey: .type)
        try document.encode("\(kind.title)", forKey: .title)
        try document.encode(kind.status.rawValue, forKey: .status)
        try document.encode(detail, forKey: .detail)
        try document.encodeIfPresent(name, forKey: .name)
    }
}

extension ControlProblem {
    /// The problem that reports the catalog's error to a caller.
    ///
    /// Details about files and the system go to the log only, see ``isInternal(_:)``.
    init(_ error: CatalogError) {
        // The catalog's own words are the same as on the command line and hold nothing of this
        // machine.
        let detail = error.description
        switch error {
        case .badJobName(let name): self.init(.jobNotFound, detail, name: name)
        case .badArgument(let name, _): self.init(.badRequest, detail, name: name)
        case .unknownJob(let job): self.init(.jobNotFound, detail, name: job)
        case .unknownVersion(_, let version):
            self.init(.versionNotFound, detail, name: String(version))
        case .goneVersion(_, let version): self.init(.versionGone, detail, name: String(version))
        case .badVersion(_, let text): self.init(.versionNotFound, detail, name: text)
        case .noVersion(_, let reference):
            self.init(.versionNotFound, detail, name: reference.description)
        case .moved(let job): self.init(.conflict, detail, name: job)
        case .held(let job, _): self.init(.held, detail, name: job)
        case .notHeld(let job): self.init(.notHeld, detail, name: job)
        case .rolledBack(let job, _, _): self.init(.held, detail, name: job)
        case .failedChecks(_, let version, _):
            self.init(.checksFailed, detail, name: String(version))
        case .noPrevious(let job): self.init(.notAllowed, detail, name: job)
        case .refused(_, _, let version, _, _):
            self.init(.notAllowed, detail, name: String(version))
        case .busy(let job, _, _):
            self.init(
                .notReady, "A run of the job is under way; try again when it has ended.",
                name: job)
        case .locked:
            self.init(.notReady, "Another process is changing the catalog; try again.")
        case .noStore, .damaged, .lost, .newerFormat, .networkFileSystem, .exists, .io:
            self.init(.notReady, "The store cannot be read or written; the log says why.")
        }
    }

    /// Whether the error belongs in the log: it is about the store or the system.
    static func isInternal(_ error: CatalogError) -> Bool {
        switch error {
        case .noStore, .damaged, .lost, .newerFormat, .networkFileSystem, .exists, .io: true
        default: false
        }
    }
}

extension ControlProblem {
    /// The problem for a caller whose token is invalid or lacks the scope.
    init(_ refusal: Access.Refusal) {
        switch refusal {
        case .missing:
            self.init(.unauthorized, "Send a token: Authorization: Bearer TOKEN.")
        case .wrong: self.init(.unauthorized, "The token is not known here.")
        case .expired: self.init(.unauthorized, "The token has expired.")
        case .scope(let needed):
            self.init(.forbidden, "This needs a token with the scope \(needed.rawValue).")
        }
    }
}
