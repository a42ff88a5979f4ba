import NIOCore

#if os(Linux)
    import CEpoll
#endif

/// The handover of a shared port to a younger process.
///
/// Closing a listener resets the connections in its queue and those whose handshake is under way.
/// Before the end, new connections are therefore sent to the younger process. Listeners are in the
/// order of their binding, those of the oldest process first, and one instruction of classic BPF
/// selects the first one after them (socket(7), SO_ATTACH_REUSEPORT_CBPF). Without a younger
/// process the system continues to spread connections over all.
enum PortSharing {
    /// From that to the closing, for handshakes under way.
    static let grace = Duration.milliseconds(250)

    /// Ends what an older process has chosen, when a younger one has bound its listeners.
    static func begin(_ listener: Int32) {
        #if os(Linux)
            // Nothing was chosen: an error that means nothing.
            _ = nostos_choose_any_listener(listener)
        #endif
    }

    /// Sends new connections elsewhere; `count` listeners of that port are ours.
    static func end(_ listener: Int32, count: Int) {
        #if os(Linux)
            // If the kernel does not support it, a connection may be reset.
            _ = nostos_choose_listener(listener, UInt32(count))
        #endif
    }
}

extension Channel {
    /// The same for a listener of SwiftNIO's, the only one of its process.
    func begin(sharing: Bool) async {
        guard sharing else { return }
        await withListener { PortSharing.begin($0) }
    }

    /// Returns when it may be closed.
    func end(sharing: Bool) async {
        guard sharing else { return }
        await withListener { PortSharing.end($0, count: 1) }
        try? await Task.sleep(for: PortSharing.grace)
    }

    private func withListener(_ body: @escaping @Sendable (Int32) -> Void) async {
        try? await eventLoop.submit {
            try self.pipeline.syncOperations.withUnsafeTransportIfAvailable(
                of: NIOBSDSocket.Handle.self
            ) { body($0) }
        }.get()
    }
}
