import Testing

@testable import NostosCLI

@Suite struct ServerAddressTests {
    @Test(arguments: [
        ("http://localhost", "localhost:7481", false),
        ("https://a.example:443/", "a.example:443", true),
        ("http://127.0.0.1:9", "127.0.0.1:9", false), ("https://[::1]:7481", "[::1]:7481", true),
        ("http://[::1]/", "[::1]:7481", false),
    ])
    func anAddressHasASchemeAHostAndAPort(url: String, authority: String, isSecure: Bool) {
        let address = ServerAddress(url)
        #expect(address?.authority == authority && address?.isSecure == isSecure)
    }

    @Test(arguments: [
        "", "localhost:7481", "ftp://a", "http://", "http://:7481", "http://a:0", "http://a:65536",
        "http://a:x", "http://a/path", "http://u@a", "http://a?b", "http://a b", "http://[::1",
        "http://[]:1", "http://a:",
    ])
    func everythingElseIsNoAddress(url: String) { #expect(ServerAddress(url) == nil) }

    @Test func onlyThisMachineIsLoopback() {
        for url in ["http://localhost", "http://127.8.9.1", "http://[::1]"] {
            #expect(ServerAddress(url)?.isLoopback == true, "\(url)")
        }
        for url in ["http://128.0.0.1", "http://localhost.example", "http://[::2]"] {
            #expect(ServerAddress(url)?.isLoopback == false, "\(url)")
        }
    }

    @Test func namesInURLsAreEncoded() {
        #expect("a b/é&+,".percentEncoded == "a%20b%2F%C3%A9%26%2B%2C")
        #expect("azAZ09-._~".percentEncoded == "azAZ09-._~")
    }
}
