/// A request with its complete body.
package struct HTTPRequest: Equatable, Sendable {
    package struct Header: Equatable, Sendable {
        package let name: String
        package let value: String

        package init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    package var method: String
    /// As sent, still percent-encoded, without the query.
    package var path: String
    /// What follows the first `?`; nil if there is none.
    package var query: String?
    package var minorVersion: Int
    package var headers: [Header]
    package var body: [UInt8] = []

    package init(
        method: String, path: String, query: String? = nil, minorVersion: Int = 1, headers: [Header] = [],
        body: [UInt8] = []
    ) {
        self.method = method
        self.path = path
        self.query = query
        self.minorVersion = minorVersion
        self.headers = headers
        self.body = body
    }

    /// The first header of that name, compared without case.
    package func header(_ name: String) -> String? { headers.firstValue(name) }

    /// All values of a header that may be repeated or comma-separated, trimmed and in order.
    package func headerElements(_ name: String) -> [String] { headers.elements(name) }

    /// Whether the connection stays open after the response (RFC 9112, 9.3).
    package var wantsKeepAlive: Bool {
        let options = headerElements("Connection").map { $0.lowercased() }
        if options.contains("close") { return false }
        return minorVersion >= 1 || options.contains("keep-alive")
    }
}

extension [HTTPRequest.Header] {
    func firstValue(_ name: String) -> String? { first { $0.name.equalsIgnoringASCIICase(name) }?.value }

    func elements(_ name: String) -> [String] {
        filter { $0.name.equalsIgnoringASCIICase(name) }
            .flatMap { $0.value.split(separator: ",") }
            .map { $0.trimmingBlanks() }
            .filter { !$0.isEmpty }
    }
}

extension StringProtocol {
    package func equalsIgnoringASCIICase(_ other: some StringProtocol) -> Bool {
        utf8.count == other.utf8.count
            && zip(utf8, other.utf8).allSatisfy { $0.asciiLowercased == $1.asciiLowercased }
    }

    /// Without spaces and tabs at both ends.
    package func trimmingBlanks() -> String {
        var view = Substring(self)
        while let first = view.utf8.first, first == 0x20 || first == 0x09 { view = view.dropFirst() }
        while let last = view.utf8.last, last == 0x20 || last == 0x09 { view = view.dropLast() }
        return String(view)
    }
}

extension UInt8 {
    fileprivate var asciiLowercased: UInt8 { (0x41...0x5A).contains(self) ? self | 0x20 : self }
}
