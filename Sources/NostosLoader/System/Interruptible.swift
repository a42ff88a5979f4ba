import Dispatch
import Synchronization

/// Calls that block for as long as they like, such as those that look up a host's name.
enum Interruptible {
    /// The result of a call, on a thread of its own; nil when the process is asked to end
    /// meanwhile.
    ///
    /// The call is then left alone: it ends with the process, which has little time left.
    static func value<Value: Sendable>(_ call: @escaping @Sendable () -> Value) -> Value? {
        let box = Box<Value>()
        DispatchQueue.global().async {
            let returned = call()
            box.value.withLock { $0 = returned }
            box.done.signal()
        }
        while box.done.wait(timeout: .now() + .milliseconds(Int(Interruption.pollMilliseconds)))
            == .timedOut
        {
            if Interruption.isRequested { return nil }
        }
        return box.value.withLock { $0 }
    }

    private final class Box<Value: Sendable>: Sendable {
        let value = Mutex<Value?>(nil)
        let done = DispatchSemaphore(value: 0)
    }
}
