import Nostos
import SystemPackage

/// A sink that keeps what is written.
final class MemorySink: TableSink {
    private(set) var bytes: [UInt8] = []
    func write(_ bytes: Span<UInt8>) throws(Errno) { self.bytes.append(bytes) }
    func finish() throws(Errno) {}
    func abandon() {}
}
