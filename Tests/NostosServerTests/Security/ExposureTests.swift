import Foundation
import Nostos
import SystemPackage
import Testing

@testable import NostosServer

/// The conditions under which other machines may reach the server.
@Suite struct ExposureTests {
    private static func refusal(
        _ host: String, hasTokens: Bool = false, allowsPlainHTTP: Bool = false
    ) -> ServerError? {
        var options = ServerOptions()
        options.host = host
        if hasTokens { options.loadTokens = { [] } }
        options.allowsPlainHTTP = allowsPlainHTTP
        do throws(ServerError) {
            try Exposure(options).check()
            return nil
        } catch {
            return error
        }
    }

    @Test(arguments: ["127.0.0.1", "127.9.9.9", "localhost", "::1"])
    func thisMachineNeedsNothing(_ host: String) {
        #expect(Self.refusal(host) == nil)
    }

    @Test(arguments: ["0.0.0.0", "::", "192.0.2.1", "no.such.host.invalid"])
    func othersNeedTokensAndTLSOrAWord(_ host: String) {
        #expect(Self.refusal(host) == .notLoopback(host: host))
        #expect(Self.refusal(host, allowsPlainHTTP: true) == .notLoopback(host: host))
        #expect(Self.refusal(host, hasTokens: true) == .notEncrypted(host: host))
        #expect(Self.refusal(host, hasTokens: true, allowsPlainHTTP: true) == nil)
    }

    @Test(arguments: ["", "tables"]) func aStoreThatAnybodyMayWriteIsRefused(_ part: String) throws
    {
        let harness = try ControlHarness()
        let root = harness.catalog.root
        try Exposure.check(store: root)
        let path = part.isEmpty ? root : root.appending(part)
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o757], ofItemAtPath: path.string)
        #expect(throws: ServerError.writableStore(path: path.string)) {
            try Exposure.check(store: root)
        }
    }
}
