import HTTPWire
import Testing
import WireCore

@testable import ConnectRuntime

@Suite struct RequestGuardTests {
    private func request(
        _ method: String = "POST", host: String? = "connect:8083", origin: String? = nil,
        _ more: [(String, String)] = []
    ) -> HTTPRequest {
        var headers = more.map { HTTPRequest.Header(name: $0.0, value: $0.1) }
        if let host { headers.append(HTTPRequest.Header(name: "Host", value: host)) }
        if let origin { headers.append(HTTPRequest.Header(name: "origin", value: origin)) }
        return HTTPRequest(method: method, path: "/", query: nil, minorVersion: 1, headers: headers)
    }

    private func requestGuard(_ properties: [String: String] = [:]) throws -> RequestGuard {
        RequestGuard(try WorkerHarness.configuration(properties))
    }

    private func isRefused(_ request: HTTPRequest, _ requestGuard: RequestGuard) -> Bool {
        do throws(RESTError) {
            try requestGuard.check(request)
            return false
        } catch {
            return error.status == 403
        }
    }

    @Test(arguments: ["POST", "PUT", "PATCH", "DELETE"])
    func requestsOfForeignOriginsThatChangeSomethingAreRefused(method: String) throws {
        let requestGuard = try requestGuard()
        for origin in ["http://evil.example", "null", "http://connect:8084", "https://connect:8084", "file://", "http://", ""] {
            #expect(isRefused(request(method, origin: origin), requestGuard), "\(origin)")
        }
        for origin in ["http://connect:8083", "HTTP://Connect:8083", "https://connect:8083", nil] {
            #expect(!isRefused(request(method, origin: origin), requestGuard), "\(origin ?? "none")")
        }
        #expect(!isRefused(request("GET", origin: "http://evil.example"), requestGuard))
    }

    /// A TLS proxy omits the port.
    @Test func defaultPortOfASchemeMayBeOmitted() throws {
        let requestGuard = try requestGuard()
        #expect(!isRefused(request(host: "connect.example", origin: "https://connect.example"), requestGuard))
        #expect(!isRefused(request(host: "connect.example:443", origin: "https://connect.example"), requestGuard))
        #expect(isRefused(request(host: "connect.example:8083", origin: "https://connect.example"), requestGuard))
        #expect(!isRefused(request(host: "[::1]:8083", origin: "http://[::1]:8083"), requestGuard))
    }

    @Test func allowedOriginsMayChangeAndGetJettysHeaders() throws {
        let requestGuard = try requestGuard([
            "access.control.allow.origin": "http://ok.example, http://.*\\.wild\\.example",
            "access.control.allow.methods": "GET,PUT",
        ])
        for origin in ["http://ok.example", "http://a.wild.example", "http://ok.example http://a.wild.example"] {
            #expect(!isRefused(request(origin: origin), requestGuard))
            #expect(requestGuard.headers(for: request(origin: origin)) == [
                .init(name: "Vary", value: "Origin"), .init(name: "Access-Control-Allow-Origin", value: origin),
            ])
        }
        for origin in ["http://evil.example", "http://ok.example http://evil.example", "http://ok.example.evil"] {
            #expect(isRefused(request(origin: origin), requestGuard))
            #expect(requestGuard.headers(for: request(origin: origin)) == [.init(name: "Vary", value: "Origin")])
        }
        let preflight = request(
            "OPTIONS", origin: "http://ok.example", [("Access-Control-Request-Method", "PUT")])
        #expect(requestGuard.headers(for: preflight) == [
            .init(name: "Vary", value: "Origin"), .init(name: "Access-Control-Allow-Origin", value: "http://ok.example"),
            .init(name: "Access-Control-Allow-Methods", value: "GET,PUT"),
            .init(name: "Access-Control-Allow-Headers", value: "Content-Type"),
            .init(name: "Access-Control-Max-Age", value: "60"),
        ])
        #expect(try self.requestGuard().headers(for: preflight) == [])
        let any = try self.requestGuard(["access.control.allow.origin": "*"])
        #expect(!isRefused(request(origin: "http://evil.example"), any))
    }

    @Test func requestsToOtherHostsAreRefused() throws {
        let requestGuard = try requestGuard(["cdcd.rest.allowed.hosts": "Connect, 10.0.0.5, [::1], fe80::2"])
        for host in ["connect:8083", "CONNECT", "10.0.0.5:1", "[::1]:8083", "[FE80::2]"] {
            #expect(!isRefused(request("GET", host: host), requestGuard), "\(host)")
        }
        for host in ["evil.example:8083", "", "connect@evil", "connect:x", "10.0.0.50", nil] {
            #expect(isRefused(request("GET", host: host), requestGuard), "\(host ?? "none")")
        }
        #expect(try !isRefused(request("GET", host: "evil.example"), self.requestGuard()))
    }

    @Test(arguments: [
        ("cdcd.rest.allowed.hosts", "connect:8083"), ("cdcd.rest.allowed.hosts", "http://connect"),
        ("access.control.allow.origin", "http://("),
    ])
    func invalidHostOrPatternStopsTheStart(name: String, value: String) {
        #expect(throws: WorkerConfigurationError.self) { try WorkerHarness.configuration([name: value]) }
    }

    @Test func refusedRequestHasNoEffect() throws {
        let worker = try WorkerHarness()
        defer { worker.stop() }
        let answer = try worker.call("POST", "/connectors", """
            {"name":"a","config":{"connector.class":"MySql","database.hostname":"h"}}
            """, headers: ["Origin": "http://evil.example"])
        #expect(answer.status == 403)
        #expect(try worker.call("GET", "/connectors").body == .array([]))
    }
}
