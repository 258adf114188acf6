/// The parameters of a URL's query, in their order. One that cannot be decoded is used as it was sent.
package struct QueryParameters: Sendable {
    private let items: [(name: String, value: String)]

    package init(_ query: String?) {
        items = (query ?? "").split(separator: "&").map { item in
            let mark = item.firstIndex(of: "=")
            let name = mark.map { item[..<$0] } ?? item
            let value = mark.map { item[item.index(after: $0)...] } ?? ""
            return (
                name: PercentEncoding.decode(name, plusIsBlank: true) ?? String(name),
                value: PercentEncoding.decode(value, plusIsBlank: true) ?? String(value))
        }
    }

    package func values(_ name: String) -> [String] { items.filter { $0.name == name }.map(\.value) }

    /// As Java's `Boolean.valueOf`: anything but `true` is false.
    package func isTrue(_ name: String) -> Bool { values(name).first?.lowercased() == "true" }
}
