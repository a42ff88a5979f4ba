import Foundation
import TestSupport

/// A PostgreSQL server with another one's manners: a proxy before the shared one.
final class ServerProxy {
    /// The kind of difference.
    enum Manner: String {
        /// It cannot do `COPY` or cursors, as Redshift cannot: every command that has their words
        /// is refused, and a connection cut on which the server begins to copy all the same.
        case copyless
        /// There is an empty piece before and after each one of a `COPY`, and all of the answer to
        /// a `COPY` is sent at once. A client that then waits for more is cut off after a while.
        case emptyPieces
    }

    /// The port on 127.0.0.1.
    let port: Int
    private let server: PostgresServer
    private let process = Process()

    init(_ manner: Manner, before server: PostgresServer) throws {
        self.server = server
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["python3", "-c", Self.script, String(server.port), manner.rawValue]
        // The proxy ends when this end of the pipe goes, also when the tests crash.
        process.standardInput = Pipe()
        process.standardOutput = output
        try process.run()
        let line = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
        guard let port = Int(line.trimmingCharacters(in: .whitespacesAndNewlines)) else {
            throw CocoaError(.executableLoad, userInfo: [NSDebugDescriptionErrorKey: line])
        }
        self.port = port
    }

    deinit {
        // A child inherits what signals are ignored, and a test of another suite may ignore
        // SIGTERM.
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    /// The connection string, without encryption, which the proxy could not read.
    var url: String {
        server.url().replacingOccurrences(of: ":\(server.port)/", with: ":\(port)/")
            + "?sslmode=disable&gssencmode=disable"
    }

    private static let script = #"""
        import asyncio, struct, sys, threading, os

        copyless = sys.argv[2] == "copyless"
        empty = b"d" + struct.pack("!I", 4)

        def watch():
            sys.stdin.buffer.read()
            os._exit(0)

        threading.Thread(target=watch, daemon=True).start()

        async def message(reader, has_type=True):
            kind = await reader.readexactly(1) if has_type else b""
            head = await reader.readexactly(4)
            return kind, kind + head + await reader.readexactly(struct.unpack("!I", head)[0] - 4)

        async def up(reader, server, client):
            server.write((await message(reader, has_type=False))[1])
            while True:
                kind, data = await message(reader)
                words = data.lower()
                if copyless and kind in b"QP" and (b"copy" in words or b"declare" in words or b"fetch" in words):
                    fields = b"SERROR\0VERROR\0C0A000\0MCOPY and cursors are switched off\0\0"
                    client.write(b"E" + struct.pack("!I", len(fields) + 4) + fields)
                    await client.drain()
                    return client.close()
                server.write(data)
                await server.drain()

        async def down(server, client):
            held = b""
            while True:
                kind, data = await message(server)
                if copyless and kind == b"H":
                    return client.close()
                if not copyless and (held or kind == b"d"):
                    held += empty + data + empty if kind == b"d" else data
                    if kind != b"Z":
                        continue
                    asyncio.get_running_loop().call_later(20, client.close)
                    data, held = held, b""
                client.write(data)
                await client.drain()

        async def serve(reader, client):
            backend, server = await asyncio.open_connection("127.0.0.1", int(sys.argv[1]))
            tasks = [asyncio.ensure_future(up(reader, server, client)),
                     asyncio.ensure_future(down(backend, client))]
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            client.close()
            server.close()

        async def main():
            proxy = await asyncio.start_server(serve, "127.0.0.1", 0)
            print(proxy.sockets[0].getsockname()[1], flush=True)
            await proxy.serve_forever()

        asyncio.run(main())
        """#
}
