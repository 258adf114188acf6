import Testing
import WireCore

@testable import HTTPWire

@Suite struct HTTPResponseTests {
    @Test func datesAreInIMFFixdateFormat() {
        #expect(HTTPResponse.date(784_111_777) == "Sun, 06 Nov 1994 08:49:37 GMT")
        #expect(HTTPResponse.date(0) == "Thu, 01 Jan 1970 00:00:00 GMT")
        #expect(HTTPResponse.date(1_709_210_096) == "Thu, 29 Feb 2024 12:34:56 GMT")
    }

    private func encoded(
        _ response: HTTPResponse, persistence: HTTPResponse.Persistence = .open(minorVersion: 1), headOnly: Bool = false
    ) -> String {
        var writer = ByteWriter()
        response.encode(into: &writer, persistence: persistence, headOnly: headOnly, now: 0)
        return String(decoding: writer.array(), as: UTF8.self)
    }

    @Test func headResponseHasContentLengthButNoBody() {
        let text = encoded(HTTPResponse(status: 200, body: Array("{}".utf8)), headOnly: true)
        #expect(text.hasPrefix("HTTP/1.1 200 OK\r\n"))
        #expect(text.hasSuffix("Content-Length: 2\r\n\r\n"))
    }

    @Test func connectionHeaderIsSentOnlyWhenNotDefault() {
        func connection(_ persistence: HTTPResponse.Persistence) -> [Substring] {
            encoded(HTTPResponse(status: 204), persistence: persistence).split(separator: "\r\n")
                .filter { $0.hasPrefix("Connection:") }
        }
        #expect(connection(.open(minorVersion: 1)) == [])
        #expect(connection(.open(minorVersion: 0)) == ["Connection: keep-alive"])
        #expect(connection(.closing) == ["Connection: close"])
    }

    @Test func noContentResponseHasNoContentLength() {
        #expect(!encoded(HTTPResponse(status: 204)).contains("Content-Length"))
    }
}
