import NIOCore

/// The state that the connections of one event loop share.
final class NIOLoop {
    let serving: ServingLoop
    /// The buffer in which answers wait for their sockets; used again once they are sent.
    var buffer = ByteBuffer()

    private let eventLoop: any EventLoop
    private var isScheduled = false

    init(_ serving: ServingLoop, on eventLoop: any EventLoop) {
        (self.serving, self.eventLoop) = (serving, eventLoop)
    }

    /// Releases memory that only a large answer needed.
    func trim() {
        if buffer.capacity > 1 << 20 { buffer = ByteBuffer() }
    }

    /// Lets a connection continue after those that wait already.
    func continueLater(_ connection: NIOConnection) {
        serving.continueLater(connection)
        schedule()
    }

    /// Has one connection go on, a little later.
    ///
    /// SwiftNIO polls its sockets only when no task is due. A task that is due at once and
    /// schedules another one would delay all of them.
    private func schedule() {
        guard !isScheduled else { return }
        isScheduled = true
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        eventLoop.scheduleTask(in: .microseconds(5)) {
            let loop = bound.value
            loop.isScheduled = false
            loop.serving.continueOne()
            if loop.serving.hasWaiting { loop.schedule() }
        }
    }
}
