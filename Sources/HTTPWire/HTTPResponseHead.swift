/// Status line and headers of a response.
package struct HTTPResponseHead: Equatable, Sendable {
    package let status: Int
    package let minorVersion: Int
    package let headers: [HTTPRequest.Header]

    package init(status: Int, minorVersion: Int = 1, headers: [HTTPRequest.Header] = []) {
        self.status = status
        self.minorVersion = minorVersion
        self.headers = headers
    }

    /// The first header of that name, compared without case.
    package func header(_ name: String) -> String? { headers.firstValue(name) }

    package func headerElements(_ name: String) -> [String] { headers.elements(name) }
}
