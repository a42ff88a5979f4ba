import Testing

@testable import NostosServer

/// The choice of a media type by `Accept`, and its recognition in `Content-Type`.
@Suite struct MediaTypeTests {
    static let choices: [(accept: String?, html: Bool)] = [
        (nil, false), ("", false), ("*/*", false), ("application/json", false),
        ("text/html", true), ("TEXT/HTML; charset=utf-8", true), ("text/*", true),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", true),
        ("text/html;q=0.4, application/json;q=0.5", false),
        ("text/html;q=0.5, application/json;q=0.5", false),
        ("text/html;q=0, */*", false), ("*/*;q=0.1, text/html;q=0.2", true),
        ("image/png", false), ("text/html;q=junk", true), (",,;=,text/html", true),
    ]

    @Test(arguments: choices) func acceptChooses(_ accept: String?, _ isHTML: Bool) {
        let offered = [MediaType.json, .html]
        #expect(offered.preferred(by: accept) == (isHTML ? .html : .json))
    }

    @Test func amongEqualsTheFirstIsChosen() {
        #expect([MediaType.html, .json].preferred(by: "*/*") == .html)
        #expect([MediaType.html, .json].preferred(by: nil) == .html)
        #expect([MediaType]().preferred(by: nil) == nil)
    }

    @Test func aContentTypeNamesATypeWhateverItsParametersAre() {
        #expect(MediaType.json.isNamed(by: "application/json"))
        #expect(MediaType.json.isNamed(by: " Application/JSON ; charset=utf-8"))
        #expect(!MediaType.json.isNamed(by: "application/jsonp"))
        #expect(!MediaType.json.isNamed(by: nil))
        #expect(!MediaType.json.isNamed(by: ""))
    }
}
