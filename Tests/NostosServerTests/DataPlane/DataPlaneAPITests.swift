import Foundation
import Testing

@testable import NostosServer

@Suite struct DataPlaneAPITests {
    @Test func theDocumentIsJSONAndNamesEveryRoute() throws {
        let data = Data(DataPlaneAPI.document.utf8)
        let document = try #require(
            try JSONSerialization.jsonObject(with: data) as? [String: Any])
        let paths = try #require(document["paths"] as? [String: [String: Any]])
        for (path, operations) in paths {
            let example = path.replacing("{job}", with: "a").replacing("{key}", with: "1")
                .replacing("{version}", with: "2")
            let bytes = Array(example.utf8)
            let found = Route(bytes.span, path: 0..<bytes.count)
            let route = try #require(found, "\(path)")
            #expect(route.takes(.get) == (operations["get"] != nil), "\(path)")
            #expect(route.takes(.post) == (operations["post"] != nil), "\(path)")
        }
        #expect(paths.count == 7)
    }

    @Test func everyReferenceLeadsSomewhere() throws {
        let text = DataPlaneAPI.document
        for match in text.matches(of: /#\/components\/schemas\/(\w+)/) {
            #expect(text.contains("\"\(match.1)\": {"), "\(match.1)")
        }
    }
}
