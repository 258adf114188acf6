import Foundation
import HTTPWire
import Testing
import WireCore
import WireTestSupport

@testable import ConnectRuntime

@Suite struct RESTEndpointTests {
    /// The table of `docs/rest.md`, one line for each operation.
    private static var documentation: String {
        RESTEndpoint.all.flatMap { endpoint in
            let path = endpoint.path.replacing(":number", with: "")
            return endpoint.operations.map { "| `\($0.method) \(path)` | \($0.documentation) |\n" }
        }.joined()
    }

    @Test func pageListsEveryEndpoint() throws {
        let file = Fixtures.folder.deletingLastPathComponent().appending(path: "docs/rest.md")
        let page = try String(contentsOf: file, encoding: .utf8)
        #expect(page.contains("| call | answers |\n|---|---|\n\(Self.documentation)\n"), """
            docs/rest.md must contain exactly this table:
            \(Self.documentation)
            """)
    }

    @Test func pathsAreUniqueAndTheirParametersAreFound() throws {
        #expect(Set(RESTEndpoint.all.map(\.path)).count == RESTEndpoint.all.count)
        for endpoint in RESTEndpoint.all {
            let path = endpoint.path.replacing("{task:number}", with: "7").replacing("{connector}", with: "a%20b;x=y")
                .replacing("{class}", with: "C").replacing("{logger}", with: "l")
            #expect(try RESTEndpoint.find(path).endpoint.path == endpoint.path)
            #expect(Set(endpoint.operations.map(\.method)).count == endpoint.operations.count)
        }
        let (_, parameters) = try RESTEndpoint.find("/connectors/a%20b;x=y/tasks/7/status/")
        #expect(parameters == ["connector": "a b", "task": "7"])
    }

    @Test(arguments: [
        ("/connectors/a/tasks/x/status", 404), ("/connectors/a/tasks/2147483648/restart", 404), ("/nothing", 404),
        ("/connectors/a/none", 404), ("/connectors//config", 400), ("/connectors/%zz", 400), ("x", 404),
    ])
    func otherPathsAreRefused(path: String, status: Int) {
        do throws(RESTError) {
            let found = try RESTEndpoint.find(path)
            Issue.record("\(found.endpoint.path)")
        } catch { #expect(error.status == status) }
    }
}
