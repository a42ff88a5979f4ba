import Dispatch
import Glibc
import Logging
import Nostos
import NostosServer
import SystemPackage

/// `nostos serve` with one thread and nothing around it, for callgrind: an asynchronous main ends
/// its thread and leaves the others running, which valgrind does not survive.
///
/// Arguments: the store, the port, epoll or nio.
@main
struct NostosServe {
    static func main() throws {
        let arguments = CommandLine.arguments
        guard arguments.count == 4, let port = Int(arguments[2]),
            let transport = TransportKind(rawValue: arguments[3])
        else { return print("usage: NostosServe STORE PORT epoll|nio") }
        let store = try Store(opening: FilePath(arguments[1]))
        // Looks at the catalog come with the clock and not with requests.
        store.close()
        var options = DataPlaneOptions()
        (options.port, options.transport, options.threadCount) = (port, transport, 1)
        let running = options
        Task.detached {
            do {
                let server = try await DataPlane(
                    store: store, options: running, logger: Logger(label: "bench"))
                try await Task.sleep(for: .seconds(86_400))
                await server.shutdown()
            } catch {
                print("\(error)")
                exit(1)
            }
        }
        DispatchSemaphore(value: 0).wait()
    }
}
