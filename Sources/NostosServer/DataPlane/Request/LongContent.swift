import Nostos

/// The content of an answer that may be too large to build at once.
///
/// It is built in steps, between which the thread serves other clients, so that one large request
/// does not delay all others.
enum LongContent {
    case lookup(LookupContent)
    case page(PageContent)

    /// The size in bytes at which a step ends; the record under way is completed.
    static let stepSize = 32 << 10

    /// Builds and appends one step.
    ///
    /// - Returns: whether more steps follow.
    func append(to output: inout [UInt8]) throws(ContentFault) -> Bool {
        switch self {
        case .lookup(let content): try content.append(to: &output)
        case .page(let content): try content.append(to: &output)
        }
    }

    /// The bytes of the request that it holds.
    var heldSize: Int {
        switch self {
        case .lookup(let content): content.heldSize
        case .page: 0
        }
    }

    /// Adds the counts of its jobs' keys, once.
    func moveLookups(to counts: inout RequestCounts) {
        switch self {
        case .lookup(let content): content.moveLookups(to: &counts)
        case .page(let content): content.job.moveLookups(to: &counts)
        }
    }
}

/// The reason for which a content cannot be made.
enum ContentFault: Error {
    case refused(Problem)
    /// A table cannot be read; `request` is the lookup's number, where there are several.
    case damaged(TableError, request: Int?)
}
