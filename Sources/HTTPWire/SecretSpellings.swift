import WireCore

/// The texts in which messages may have a secret.
package enum SecretSpellings {
    /// The text itself, and as it is in a JSON document and in a URL, without escapes too.
    package static func spellings(of text: String) -> [String] {
        var writer = ByteWriter()
        writer.jsonEscaped(Array(text.utf8))
        let others = [
            String(decoding: writer.array(), as: UTF8.self), PercentEncoding.encodeComponent(text),
            PercentEncoding.decode(text) ?? text,
        ]
        var spellings = [text]
        for other in others where !spellings.contains(other) { spellings.append(other) }
        return spellings
    }
}
