import Nostos

/// The content of an answer that may be too large to be made at once.
///
/// It is made in steps, between which its thread serves others: what one client asks for must not
/// make all others wait.
enum LongContent {
    case lookup(LookupContent)
    case page(PageContent)

    /// A step ends with the record with which it has made so many bytes.
    static let stepSize = 32 << 10

    /// Appends what one step makes.
    ///
    /// - Returns: whether there is more to make.
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

    /// Adds what was counted of its jobs' keys, once.
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
