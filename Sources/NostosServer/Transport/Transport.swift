import NIOCore

/// A mover of bytes between sockets and conversations.
///
/// A transport serves from the moment it is made.
protocol Transport: Sendable {
    /// The port that is bound.
    var boundPort: Int { get }

    /// Stops accepting, finishes what is under way, and returns when no connection and no thread is
    /// left.
    ///
    /// Called once.
    func drain() async
}

/// The ways in which the data plane can move bytes.
public enum TransportKind: String, Sendable, CaseIterable {
    /// Threads of our own on epoll: plain TCP on Linux.
    case epoll
    /// SwiftNIO.
    case nio

    /// The faster one of those that this system has.
    public static var preferred: TransportKind {
        #if os(Linux)
            .epoll
        #else
            .nio
        #endif
    }
}
