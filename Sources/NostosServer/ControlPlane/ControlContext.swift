import Hummingbird
import HummingbirdCore
import NIOConcurrencyHelpers

/// A request as Hummingbird has it; the data plane has one of its own.
typealias WebRequest = HummingbirdCore.Request

/// The facts known of a request beside its bytes.
struct ControlContext: RequestContext {
    var coreContext: CoreRequestContextStorage

    /// The address of the client, or of the proxy before it; nil where there is no socket.
    let client: String?
    /// The part of the request log that only the route's handler knows.
    let note = RequestNote()

    init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        client = source.channel.remoteAddress?.ipAddress
    }
}

/// The caller of one request, kept for the log.
final class RequestNote: Sendable {
    private let name = NIOLockedValueBox<String?>(nil)

    /// The token's name; nil until the caller is known, and for callers that are refused.
    var caller: String? { name.withLockedValue { $0 } }

    /// Sets the caller.
    func set(caller: String) { name.withLockedValue { $0 = caller } }
}

/// The caller of a request: a token's name, or an anonymous one.
struct Caller: Sendable {
    /// The actor in the history.
    let name: String
    /// The scope of the caller.
    var scope = TokenScope.read
    /// The jobs that the caller may see and change.
    var reach = JobReach.all
}
