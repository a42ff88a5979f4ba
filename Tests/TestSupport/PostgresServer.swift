import Foundation

/// A real PostgreSQL server of the tests' own: fresh, private, and gone with the test process.
///
/// It listens on a loopback port, where a password is needed, and on a Unix socket, where none is.
/// A watchdog, not the test process, stops it and removes its files: it waits for the end of a pipe
/// that the test process holds, and so also sees a crash.
public final class PostgresServer: Sendable {
    /// The reason for which there is no server; tests fail with it, and never pass without having
    /// run.
    public struct Failure: Error, CustomStringConvertible {
        /// The failure, and the remedy.
        public let description: String
    }

    /// The only user, who may do everything.
    public static let user = "nostos"

    /// The user's password.
    public let password: String
    /// The port on 127.0.0.1.
    public let port: Int
    /// The directory of the Unix socket.
    public let socketDirectory: String

    private let programs: String
    // Held only to keep the watchdog waiting.
    private let watchdogInput: Pipe

    private static let common = Result { try PostgresServer() }

    /// The server that all suites of the process share, started when it is first asked for.
    public static func shared() throws -> PostgresServer { try common.get() }

    /// Starts a server for a test that will do it harm; it stops when the object goes.
    ///
    /// With a certificate and its key (PEM) it also speaks TLS.
    public init(certificate: String = "", key: String = "") throws {
        programs = try Self.findPrograms()
        password = "p" + UUID().uuidString.lowercased()
        watchdogInput = Pipe()
        let output = Pipe()
        let watchdog = Process()
        watchdog.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        watchdog.arguments =
            ["setsid"] + Self.asServerUser
            + ["sh", "-c", Self.script, "postgres-watchdog", programs, Self.user, password]
            + [certificate, key]
            + (0..<8).map { _ in String(Int.random(in: 20_000..<60_000)) }
        watchdog.currentDirectoryURL = URL(fileURLWithPath: "/")
        watchdog.standardInput = watchdogInput
        watchdog.standardOutput = output
        watchdog.standardError = output
        try watchdog.run()
        try output.fileHandleForWriting.close()
        let lines = Self.readLines(of: output.fileHandleForReading)
        guard
            let ready = lines.last?.split(separator: " "), ready.count == 3, ready[0] == "ready",
            let port = Int(ready[1])
        else {
            throw Failure(description: "PostgreSQL did not start: \(lines.joined(separator: "\n"))")
        }
        self.port = port
        socketDirectory = String(ready[2])
    }

    deinit {
        try? watchdogInput.fileHandleForWriting.close()
    }

    /// The connection string over TCP; another password makes it a wrong one.
    public func url(database: String = "postgres", password: String? = nil) -> String {
        "postgresql://\(Self.user):\(password ?? self.password)@127.0.0.1:\(port)/\(database)"
    }

    /// Makes an empty database; the name is one word in lower case.
    public func createDatabase(named name: String) throws {
        try execute("CREATE DATABASE \(name)")
    }

    /// Runs SQL, of any length and number of statements, and gives what psql prints: rows in
    /// lines, columns with `|` between them.
    @discardableResult
    public func execute(_ sql: String, database: String = "postgres") throws -> String {
        let connection =
            "host=\(socketDirectory) port=\(port) user=\(Self.user) dbname=\(database)"
        return try runProgram(
            "\(programs)/psql",
            ["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", connection],
            input: sql)
    }
}

extension PostgresServer {
    /// The directory of `initdb` and its like.
    private static func findPrograms() throws -> String {
        var candidates: [String] = []
        if let found = try? runProgram("/usr/bin/env", ["pg_config", "--bindir"], input: "") {
            candidates.append(found.trimmingCharacters(in: .whitespacesAndNewlines))
        }
        let root = "/usr/lib/postgresql"
        let versions = (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []
        candidates += versions.sorted { (Int($0) ?? 0) > (Int($1) ?? 0) }.map {
            "\(root)/\($0)/bin"
        }
        let found = candidates.first {
            FileManager.default.isExecutableFile(atPath: "\($0)/initdb")
        }
        guard let found else {
            throw Failure(
                description: """
                    PostgreSQL is not installed, so this test cannot run. Install it: \
                    scripts/setup --with-test-servers (apt-get install -y postgresql)
                    """)
        }
        return found
    }

    /// PostgreSQL refuses to run as root.
    private static var asServerUser: [String] {
        getuid() == 0 ? ["runuser", "-u", "postgres", "--"] : []
    }

    /// The script of the watchdog.
    ///
    /// Starts a server on the first of the ports that is free, says `ready PORT SOCKETDIR`, and
    /// takes everything away when its standard input ends. A signal meant for the tests is not
    /// meant for it, and it outlives their death in the middle of its start.
    ///
    /// In /tmp, since a socket's path may have 107 bytes only. What dies with the server need not
    /// be on the disk: fsync is off.
    private static let script = #"""
        trap '' INT TERM HUP PIPE
        programs=$1 user=$2 password=$3 certificate=$4 key=$5
        shift 5
        umask 077
        directory=$(mktemp -d /tmp/nostos-postgres.XXXXXX) || exit 1
        printf '%s' "$password" >"$directory/password"
        "$programs/initdb" -D "$directory/data" -U "$user" --pwfile="$directory/password" \
            --auth-local=trust --auth-host=scram-sha-256 --encoding=UTF8 --locale=C.UTF-8 \
            --no-sync >"$directory/initdb.log" 2>&1 || cat "$directory/initdb.log"
        cat >>"$directory/data/postgresql.conf" <<END
        listen_addresses = '127.0.0.1'
        unix_socket_directories = '$directory'
        max_connections = 100
        shared_buffers = 32MB
        fsync = off
        full_page_writes = off
        synchronous_commit = off
        timezone = 'Europe/Paris'
        END
        if [ -n "$certificate" ]; then
            printf '%s' "$certificate" >"$directory/data/server.crt"
            printf '%s' "$key" >"$directory/data/server.key"
            echo "ssl = on" >>"$directory/data/postgresql.conf"
        fi
        for port; do
            "$programs/pg_ctl" start -w -D "$directory/data" -l "$directory/server.log" \
                -o "-p $port" >"$directory/start.log" 2>&1 && started=yes && break
        done
        if [ -n "$started" ]; then
            echo "ready $port $directory"
        else
            cat "$directory/start.log" "$directory/server.log"
        fi
        echo .
        exec >/dev/null 2>&1
        cat >/dev/null
        [ -n "$started" ] && "$programs/pg_ctl" stop -m immediate -D "$directory/data"
        rm -rf "$directory"
        """#

    /// The watchdog's lines about the start, up to its line with a dot: the output itself stays
    /// open as long as it lives.
    private static func readLines(of file: FileHandle) -> [String] {
        var text = ""
        while !text.hasSuffix("\n.\n") {
            let data = file.availableData
            if data.isEmpty { break }
            text += String(decoding: data, as: UTF8.self)
        }
        return text.split(separator: "\n").map(String.init).filter { $0 != "." }
    }
}
