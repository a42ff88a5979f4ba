import Foundation
import HTTPTypes
import Testing

@testable import NostosServer

/// The document says what the routes do, and nothing else.
@Suite struct OpenAPITests {
    private static func document() throws -> [String: Any] {
        let json = try JSONSerialization.jsonObject(with: Data(OpenAPI.document.utf8))
        return try #require(json as? [String: Any])
    }

    private static func operations() throws -> [String: [String: Any]] {
        let paths = try #require(try document()["paths"] as? [String: [String: Any]])
        var operations: [String: [String: Any]] = [:]
        for (path, item) in paths {
            for (method, value) in item where method != "parameters" {
                var operation = try #require(value as? [String: Any])
                let own = operation["parameters"] as? [Any] ?? []
                operation["parameters"] = own + (item["parameters"] as? [Any] ?? [])
                operations["\(method.uppercased()) \(path)"] = operation
            }
        }
        return operations
    }

    @Test func itIsOpenAPI31() throws {
        #expect(try Self.document()["openapi"] as? String == "3.1.0")
    }

    @Test func itHasTheRoutesAndNoOthers() throws {
        let routes = ControlRoute.allCases.map { "\($0.method.rawValue) \($0.path)" }
        #expect(Set(try Self.operations().keys) == Set(routes))
    }

    @Test(arguments: ControlRoute.allCases)
    func itHasTheRoutesParameters(_ route: ControlRoute) throws {
        let operation = try #require(
            try Self.operations()["\(route.method.rawValue) \(route.path)"])
        let parameters = try (operation["parameters"] as? [[String: Any]] ?? [])
            .map(Self.resolved)
        func names(in place: String) -> Set<String> {
            Set(
                parameters.filter { $0["in"] as? String == place }
                    .compactMap { $0["name"] as? String })
        }
        #expect(names(in: "query") == route.parameters)
        let path = Set(route.path.split(separator: "/").filter { $0.hasPrefix("{") })
        #expect(names(in: "path") == Set(path.map { String($0.dropFirst().dropLast()) }))
        #expect(names(in: "header").contains("If-Match") == route.isChange)
        let isOpen = (operation["security"] as? [Any])?.isEmpty == true
        #expect(isOpen == (route.scope == nil))
    }

    @Test func everyReferenceLeadsSomewhere() throws {
        func check(_ value: Any) throws {
            if let object = value as? [String: Any] {
                if object["$ref"] != nil { _ = try Self.resolved(object) }
                for inner in object.values { try check(inner) }
            } else if let list = value as? [Any] {
                for inner in list { try check(inner) }
            }
        }
        try check(try Self.document())
    }

    @Test func everyProblemsStatusIsListed() throws {
        let listed = try Self.operations().values.flatMap { operation in
            try #require(operation["responses"] as? [String: Any]).keys
        }
        for kind in ProblemKind.allCases
        where kind != .internalError && !kind.isOfDataPlaneOnly {
            #expect(listed.contains(String(kind.status.rawValue)), "\(kind)")
        }
    }

    /// The target of a reference; anything else is itself.
    private static func resolved(_ value: [String: Any]) throws -> [String: Any] {
        guard let reference = value["$ref"] as? String else { return value }
        var found: Any = try document()
        for part in reference.split(separator: "/").dropFirst() {
            let object = try #require(found as? [String: Any], "\(reference)")
            found = try #require(object[String(part)], "\(reference)")
        }
        return try #require(found as? [String: Any])
    }
}
