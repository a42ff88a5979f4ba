import Foundation
import Glibc
import SystemPackage
import TestSupport
import Testing

/// A program of others in front of a server, or beside it; ends when the object goes.
final class ProxyProcess {
    /// The URLs of the data plane and of the control plane, through the proxy.
    let url, adminURL: String
    private let process: Process

    private init(_ command: [String], url: String, adminURL: String, log: String) throws {
        (self.url, self.adminURL) = (url, adminURL)
        process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = command
        var environment = ProcessInfo.processInfo.environment
        environment["PATH"] = (environment["PATH"] ?? "") + ":/usr/sbin:/sbin"
        process.environment = environment
        _ = FileManager.default.createFile(atPath: log, contents: nil)
        let file = FileHandle(forWritingAtPath: log)
        process.standardOutput = file
        process.standardError = file
        try process.run()
    }

    deinit {
        process.terminate()
        process.waitUntilExit()
    }

    /// nginx with one location a port and no other setting than a connection pool, if asked for.
    static func nginx(
        _ server: ServerProcess, in directory: FilePath, keepsConnections: Bool
    ) throws -> ProxyProcess {
        let ports = (try freePort(), try freePort())
        let folder = directory.appending("nginx-\(ports.0)")
        try FileManager.default.createDirectory(
            atPath: folder.string, withIntermediateDirectories: true)
        let pool =
            keepsConnections
            ? "proxy_http_version 1.1; proxy_set_header Connection \"\";"
            : ""
        func site(_ port: Int, _ name: String, _ url: String) -> String {
            """
            upstream \(name) { server \(url.dropFirst("http://".count)); \
            \(keepsConnections ? "keepalive 4;" : "") }
            server { listen 127.0.0.1:\(port); \
            location / { proxy_pass http://\(name); \(pool) } }
            """
        }
        let paths = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map {
            "\($0)_temp_path \(folder)/\($0);"
        }
        let file = folder.appending("nginx.conf")
        try """
        daemon off; pid \(folder)/pid; error_log stderr;
        events {}
        http { access_log off; \(paths.joined(separator: " "))
        \(site(ports.0, "data", server.url))
        \(site(ports.1, "admin", server.adminURL)) }
        """.write(toFile: file.string, atomically: false, encoding: .utf8)
        let proxy = try ProxyProcess(
            ["nginx", "-p", folder.string, "-c", file.string], url: address(ports.0),
            adminURL: address(ports.1), log: folder.appending("log").string)
        _ = try proxy.waitFor("/livez", toContain: "alive")
        return proxy
    }

    /// HAProxy with its default health check on both ports.
    static func haproxy(_ server: ServerProcess, in directory: FilePath) throws -> ProxyProcess {
        let ports = (try freePort(), try freePort())
        let folder = directory.appending("haproxy-\(ports.0)")
        try FileManager.default.createDirectory(
            atPath: folder.string, withIntermediateDirectories: true)
        func site(_ port: Int, _ name: String, _ url: String) -> String {
            """
            listen \(name)
              bind 127.0.0.1:\(port)
              option httpchk
              server one \(url.dropFirst("http://".count)) check inter 100
            """
        }
        let file = folder.appending("haproxy.cfg")
        try """
        defaults
          mode http
          timeout connect 5s
          timeout client 30s
          timeout server 30s
        \(site(ports.0, "data", server.url))
        \(site(ports.1, "admin", server.adminURL))

        """.write(toFile: file.string, atomically: false, encoding: .utf8)
        let proxy = try ProxyProcess(
            ["haproxy", "-db", "-f", file.string], url: address(ports.0),
            adminURL: address(ports.1), log: folder.appending("log").string)
        // Its first checks come after it listens.
        usleep(500_000)
        _ = try proxy.waitFor("/livez", toContain: "alive")
        return proxy
    }

    /// Prometheus that scrapes the server; its own API is at ``url``.
    static func prometheus(_ server: ServerProcess, in directory: FilePath) throws -> ProxyProcess {
        let port = try freePort()
        let folder = directory.appending("prometheus")
        try FileManager.default.createDirectory(
            atPath: folder.string, withIntermediateDirectories: true)
        let file = folder.appending("prometheus.yml")
        try """
        global: {scrape_interval: 1s}
        scrape_configs:
        - job_name: nostos
          static_configs: [{targets: ["\(server.url.dropFirst("http://".count))"]}]

        """.write(toFile: file.string, atomically: false, encoding: .utf8)
        return try ProxyProcess(
            [
                "prometheus", "--config.file=\(file)", "--storage.tsdb.path=\(folder)/data",
                "--web.listen-address=127.0.0.1:\(port)",
            ], url: address(port), adminURL: "", log: folder.appending("log").string)
    }

    /// Asks for a path until the answer contains the text; at most half a minute.
    func waitFor(_ path: String, toContain text: String) throws -> String {
        var last = ""
        for _ in 0..<300 {
            // curl, since to connect too early is no failure here.
            if let answer = try? runProgram("/usr/bin/env", ["curl", "-sS", url + path], input: "")
            {
                last = answer
                if last.contains(text) { return last }
            }
            usleep(100_000)
        }
        throw ProgramEnded(description: "\(url)\(path): \(last), expected \(text)")
    }

    private static func address(_ port: Int) -> String { "http://127.0.0.1:\(port)" }
}
