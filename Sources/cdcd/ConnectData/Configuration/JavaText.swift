/// Text functions that behave as Java's, for values of configurations.
package enum JavaText {
    /// Java's `String.trim`: removes everything up to U+0020 at both ends.
    package static func trim(_ text: some StringProtocol) -> String {
        let scalars = text.unicodeScalars
        guard let first = scalars.firstIndex(where: { $0.value > 0x20 }),
            let last = scalars.lastIndex(where: { $0.value > 0x20 })
        else { return "" }
        return String(text[first..<scalars.index(after: last)])
    }

    /// The trimmed text, or nil if nothing is left of it.
    package static func trimmedOrNil(_ text: String?) -> String? {
        guard let text else { return nil }
        let trimmed = trim(text)
        return trimmed.isEmpty ? nil : trimmed
    }

    /// The items of a comma-separated list, trimmed, without empty ones.
    package static func items(_ text: String?) -> [String] {
        (text ?? "").split(separator: ",").map { trim($0) }.filter { !$0.isEmpty }
    }
}
