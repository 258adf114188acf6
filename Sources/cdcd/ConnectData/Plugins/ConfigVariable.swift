/// A reference to a value of a config provider in the text of a property: `${PROVIDER:PATH:KEY}` or `${PROVIDER:KEY}`
/// (`org.apache.kafka.common.config.ConfigTransformer`).
package struct ConfigVariable: Hashable, Sendable {
    package let provider: String
    /// Empty if the reference has none.
    package let path: String
    package let key: String
    /// As it is written.
    package let text: String

    /// Whether the text has a reference.
    package static func exists(in text: String) -> Bool { text.contains("${") && !parts(of: text).variables.isEmpty }

    /// The references in a text, in their order, and the texts before, between and after them.
    package static func parts(of text: String) -> (variables: [ConfigVariable], texts: [String]) {
        var variables: [ConfigVariable] = []
        var texts: [String] = []
        var (start, position) = (text.startIndex, text.startIndex)
        // Everything up to the next brace belongs to a reference, also what looks like the begin of another one.
        while let opening = text[position...].firstRange(of: "${"),
            let end = text[opening.upperBound...].firstIndex(of: "}")
        {
            let content = text[opening.upperBound..<end]
            position = opening.upperBound
            guard let colon = content.firstIndex(of: ":") else { continue }
            let rest = content[content.index(after: colon)...]
            let separator = rest.firstIndex(of: ":")
            position = text.index(after: end)
            variables.append(
                ConfigVariable(
                    provider: String(content[..<colon]), path: separator.map { String(rest[..<$0]) } ?? "",
                    key: String(separator.map { rest[rest.index(after: $0)...] } ?? rest),
                    text: String(text[opening.lowerBound..<position])))
            texts.append(String(text[start..<opening.lowerBound]))
            start = position
        }
        return (variables, texts + [String(text[start...])])
    }
}
