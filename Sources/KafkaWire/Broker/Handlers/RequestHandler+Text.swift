import KafkaProtocol

extension RequestHandler {
    /// The handler of the request with this name, in any letter case; nil if the broker does not serve it.
    static func named(_ name: String) -> RequestHandler? {
        let name = name.lowercased()
        return all.first { $0.apiKey.name.lowercased() == name }
    }
}

extension ClosedRange<Int16> {
    /// Versions of a request: `3` or `3-9`. nil for any other text.
    init?(versions text: String) {
        let ends = text.split(separator: "-", omittingEmptySubsequences: false).map { Int16($0) }
        guard ends.count <= 2, let first = ends[0], let last = ends[ends.count - 1], first >= 0, first <= last else {
            return nil
        }
        self = first...last
    }
}
