import Hummingbird
import HummingbirdCore

/// A request as Hummingbird has it; the data plane has one of its own.
typealias WebRequest = HummingbirdCore.Request

/// What is known of a request beside its bytes.
struct ControlContext: RequestContext {
    var coreContext: CoreRequestContextStorage

    init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
    }
}

/// Who asks: a token's name, or nobody in particular.
struct Caller: Sendable {
    /// The actor in the history.
    let name: String
    /// What the caller may do.
    var scope = TokenScope.read
}
