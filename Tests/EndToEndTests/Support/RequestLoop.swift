import Foundation
import Synchronization
import TestSupport

/// Clients that ask for one record, each as fast as it can, and note every answer but 200.
///
/// Half of them keep their connection as a service does, and half open one for each request.
final class RequestLoop: Sendable {
    private let url: String
    private let path: String
    private let answers = Atomic(0)
    private let isDone = Atomic(false)
    private let runningClients = Atomic(0)
    private let failures = Mutex<[String]>([])

    /// Starts the clients against the server at that address.
    init(_ url: String, path: String, clients: Int = 6) {
        (self.url, self.path) = (url, path)
        runningClients.store(clients, ordering: .releasing)
        for index in 0..<clients {
            Thread { self.ask(keepsAlive: index.isMultiple(of: 2)) }.start()
        }
    }

    /// Waits until so many more requests were answered.
    func awaitAnswers(_ count: Int) {
        let start = answers.load(ordering: .relaxed)
        while answers.load(ordering: .relaxed) < start + count { usleep(1000) }
    }

    /// Ends the clients and returns what went wrong.
    func end() -> [String] {
        isDone.store(true, ordering: .releasing)
        while runningClients.load(ordering: .acquiring) > 0 { usleep(1000) }
        return failures.withLock { $0 }
    }

    private func ask(keepsAlive: Bool) {
        var client: HTTPClient?
        while !isDone.load(ordering: .acquiring) {
            do {
                let open = try client ?? HTTPClient(url)
                let answer = try open.get(path)
                if answer.status != 200 { fail("status \(answer.status)") }
                let isLast = answer.head.contains("Connection: close")
                client = keepsAlive && !isLast ? open : nil
                answers.add(1, ordering: .relaxed)
            } catch {
                fail("\(error)")
                client = nil
            }
        }
        client = nil
        runningClients.subtract(1, ordering: .releasing)
    }

    private func fail(_ text: String) { failures.withLock { $0.append(text) } }
}
