/// `host:port` of URLs and the `Host` header, in lower case.
package struct Authority: Equatable {
    /// IPv6 addresses without their brackets.
    package let host: String
    package let port: Int?

    package init?(_ text: String) {
        guard !text.isEmpty, !text.contains(where: { "/@?# ,".contains($0) }) else { return nil }
        var rest = Substring(text.lowercased())
        if rest.first == "[" {
            guard let end = rest.firstIndex(of: "]") else { return nil }
            host = String(rest[rest.index(after: rest.startIndex)..<end])
            rest = rest[rest.index(after: end)...]
        } else {
            let end = rest.firstIndex(of: ":") ?? rest.endIndex
            host = String(rest[..<end])
            rest = rest[end...]
        }
        guard !host.isEmpty else { return nil }
        if rest.isEmpty {
            port = nil
        } else {
            guard rest.first == ":", let number = UInt16(rest.dropFirst()) else { return nil }
            port = Int(number)
        }
    }
}
