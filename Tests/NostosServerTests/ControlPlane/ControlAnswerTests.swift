import FoundationEssentials
import HTTPTypes
import HummingbirdCore
import NIOCore
import Testing

@testable import NostosServer

/// Answers and their header profiles, and the two forms of a problem.
@Suite struct ControlAnswerTests {
    private func get(_ path: String = "/", headers: HTTPFields = [:]) -> WebRequest {
        WebRequest(
            head: HTTPRequest(
                method: .get, scheme: "http", authority: "a", path: path, headerFields: headers),
            body: RequestBody(buffer: ByteBuffer()))
    }

    @Test func aDocumentIsNeverStoredNorRendered() throws {
        let fields = try ControlAnswer.document(["a": 1], tag: "t").headFields
        #expect(fields[.contentType] == "application/json")
        #expect(fields[.cacheControl] == "no-store")
        #expect(fields[.xContentTypeOptions] == "nosniff")
        #expect(
            fields[.contentSecurityPolicy] == "default-src 'none'; frame-ancestors 'none'")
        #expect(fields[try #require(HTTPField.Name("Referrer-Policy"))] == "no-referrer")
        #expect(fields[.eTag] == "\"t\"")
    }

    @Test func aPageLoadsNothingFromElsewhereAndTellsItsOwnServerItsOrigin() throws {
        let answer = ControlAnswer.page("<!DOCTYPE html>")
        let fields = answer.response(to: get()).headers
        #expect(fields[.contentType] == "text/html; charset=utf-8")
        #expect(fields[.cacheControl] == "no-store")
        #expect(fields[.xContentTypeOptions] == "nosniff")
        #expect(
            fields[.contentSecurityPolicy]
                == "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; "
                + "img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
        #expect(fields[try #require(HTTPField.Name("Referrer-Policy"))] == "same-origin")
    }

    @Test func anAssetIsKeptByItsHash() {
        let fields = ControlAnswer.asset(.styleSheet, []).headFields
        #expect(fields[.contentType] == "text/css; charset=utf-8")
        #expect(fields[.cacheControl] == "public, max-age=31536000, immutable")
    }

    @Test func anErrorPageEscapesEverythingThatACallerSent() {
        let name = "</code><script>alert('1')</script>\"&\u{0}\u{9B}"
        let answer = ControlAnswer.problem(
            ControlProblem(.jobNotFound, "No <b>job</b>.", name: name), as: .html)
        let html = String(decoding: answer.content, as: UTF8.self)
        #expect(answer.status == .notFound)
        #expect(answer.profile == .page)
        #expect(html.contains("<h1>There is no such job</h1>"))
        #expect(html.contains("404: No &lt;b&gt;job&lt;/b&gt;."))
        #expect(
            html.contains(
                "&lt;/code&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&quot;&amp;"
                    + "\u{FFFD}\u{FFFD}</code>"))
        #expect(!html.contains("<script"))
    }

    @Test func bothFormsOfAProblemHaveItsFields() {
        for media in [MediaType.problem, .html] {
            var problem = ControlProblem(.methodNotAllowed, "No.")
            problem.allow = "GET, OPTIONS"
            #expect(ControlAnswer.problem(problem, as: media).fields[.allow] == "GET, OPTIONS")
            let unknown = ControlAnswer.problem(ControlProblem(.unauthorized, "No."), as: media)
            #expect(unknown.fields[.wwwAuthenticate] != nil)
            let large = ControlAnswer.problem(ControlProblem(.bodyTooLarge, "No."), as: media)
            #expect(large.fields[.connection] == "close")
        }
    }

    @Test func aLongContentIsCodedUnlessATagNamesIt() throws {
        let text = String(repeating: "long ", count: 1000)
        let request = get(headers: [.acceptEncoding: "gzip"])
        var page = ControlAnswer.page(text)
        page.fields[.vary] = "Accept"
        let coded = page.response(to: request)
        #expect(coded.headers[.contentEncoding] == "gzip")
        #expect(coded.headers[.vary] == "Accept, Accept-Encoding")
        #expect(try #require(coded.body.contentLength) < text.utf8.count / 10)
        let tagged = try ControlAnswer.document(text, tag: "t").response(to: request)
        #expect(tagged.headers[.contentEncoding] == nil)
        #expect(tagged.headers[.vary] == nil)
    }

    @Test func aBrowserGetsPagesForProblemsOutsideTheAPI() async throws {
        let harness = try ControlHarness()
        let browser: HTTPFields = [.accept: "text/html,*/*;q=0.8"]
        for path in ["/", "/none", "/login?code=wrong"] {
            let page = try await harness.get(path, token: nil, headers: browser)
            #expect(page.headers[.contentType] == "text/html; charset=utf-8", "\(path)")
            #expect(page.headers[.contentSecurityPolicy]?.contains("form-action 'self'") == true)
            let document = try await harness.get(path, token: nil)
            #expect(document.headers[.contentType] == "application/problem+json", "\(path)")
            #expect(document.status == page.status)
        }
        for path in ["/v1/none", "/v1/jobs/none", "/v1"] {
            let answer = try await harness.get(path, headers: browser)
            #expect(answer.headers[.contentType] == "application/problem+json", "\(path)")
        }
    }
}
