/// One request as it came over the wire, its body complete.
struct HTTPRequest: Equatable, Sendable {
    struct Header: Equatable, Sendable {
        let name: String
        let value: String
    }

    var method: String
    /// As sent, still percent-encoded, without the query.
    var path: String
    /// What follows the first `?`; nil where there is none.
    var query: String?
    var minorVersion: Int
    var headers: [Header]
    var body: [UInt8] = []

    /// The first header of that name, compared without case.
    func header(_ name: String) -> String? {
        headers.first { $0.name.equalsIgnoringASCIICase(name) }?.value
    }

    /// All values of a header that may be repeated or comma-separated, trimmed and in order.
    func headerElements(_ name: String) -> [String] {
        headers.filter { $0.name.equalsIgnoringASCIICase(name) }
            .flatMap { $0.value.split(separator: ",") }
            .map { $0.trimmingBlanks() }
            .filter { !$0.isEmpty }
    }

    /// Whether the connection stays open after the answer (RFC 9112, 9.3).
    var wantsKeepAlive: Bool {
        let options = headerElements("Connection").map { $0.lowercased() }
        if options.contains("close") { return false }
        return minorVersion >= 1 || options.contains("keep-alive")
    }
}

extension StringProtocol {
    func equalsIgnoringASCIICase(_ other: some StringProtocol) -> Bool {
        utf8.count == other.utf8.count
            && zip(utf8, other.utf8).allSatisfy { $0.asciiLowercased == $1.asciiLowercased }
    }

    /// Without spaces and tabs at both ends.
    func trimmingBlanks() -> String {
        var view = Substring(self)
        while let first = view.utf8.first, first == 0x20 || first == 0x09 { view = view.dropFirst() }
        while let last = view.utf8.last, last == 0x20 || last == 0x09 { view = view.dropLast() }
        return String(view)
    }
}

extension UInt8 {
    fileprivate var asciiLowercased: UInt8 { (0x41...0x5A).contains(self) ? self | 0x20 : self }
}
