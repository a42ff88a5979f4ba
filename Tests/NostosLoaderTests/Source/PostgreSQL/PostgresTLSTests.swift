import Foundation
import SystemPackage
import TestSupport
import Testing

@testable import NostosLoader

/// libpq's TLS options, with certificates of the test's own.
@Suite(.timeLimit(.minutes(10))) struct PostgresTLSTests {
    private static let files = Result { try TestCertificates() }
    private static let encrypted = Result {
        let files = try Self.files.get()
        return try PostgresServer(certificate: files.certificate, key: files.key)
    }

    private func reason(_ source: PostgresSource) -> String {
        guard case .unavailable("warehouse", let reason)? = failure(source, "SELECT 1") else {
            return "not unavailable"
        }
        return reason
    }

    /// The TLS server by that name, which its certificate may have or not.
    private func source(_ host: String, _ options: String) throws -> PostgresSource {
        let server = try Self.encrypted.get()
        return PostgresSource(
            name: "warehouse",
            conninfo: """
                host=\(host) hostaddr=127.0.0.1 port=\(server.port) dbname=postgres \
                user=\(PostgresServer.user) password='\(server.password)' \(options)
                """)
    }

    @Test func aServerWithoutTLSIsRefusedWhereItIsRequired() throws {
        let url = try PostgresServer.shared().url() + "?sslmode=require"
        #expect(
            reason(PostgresSource(name: "warehouse", conninfo: url))
                .contains("server does not support SSL"))
    }

    @Test(arguments: dialects)
    func aRequiredTLSIsUsed(dialect: PostgresSource.Dialect) throws {
        let server = try Self.encrypted.get()
        let source = PostgresSource(
            name: "warehouse", conninfo: server.url() + "?sslmode=require", dialect: dialect)
        let query = "SELECT ssl, version FROM pg_stat_ssl WHERE pid = pg_backend_pid()"
        let row = try readRow(source, query)
        #expect(row[0] == "true:true" && row[1].contains("TLSv1"))
    }

    @Test func aServerOfTheRightNameAndAuthorityIsTrusted() throws {
        let files = try Self.files.get()
        let source = try source(
            "localhost", "sslmode=verify-full sslrootcert=\(files.authority)")
        #expect(try readRow(source, "SELECT 1") == ["int64:1"])
    }

    @Test func anotherAuthorityIsRefused() throws {
        let files = try Self.files.get()
        for mode in ["verify-ca", "verify-full"] {
            let source = try source(
                "localhost", "sslmode=\(mode) sslrootcert=\(files.otherAuthority)")
            #expect(reason(source).contains("certificate verify failed"))
        }
    }

    @Test func anotherNameIsRefused() throws {
        let files = try Self.files.get()
        let options = "sslrootcert=\(files.authority)"
        #expect(
            reason(try source("db.example", "sslmode=verify-full \(options)"))
                .contains(#"does not match host name "db.example""#))
        #expect(
            try readRow(source("db.example", "sslmode=verify-ca \(options)"), "SELECT 1")
                == ["int64:1"])
    }
}
