import ConnectData
import HTTPWire

/// The texts in which a value of a config provider may appear in a message.
enum SecretForms {
    /// The value as it is and without the white space around it, without which properties are read; the items of a
    /// list; what URLs contain as user information; each also as it is in JSON documents and in URLs.
    static func forms(of value: String) -> [String] {
        let trimmed = JavaText.trim(value)
        let items = value.contains(",") ? value.split(separator: ",").map { JavaText.trim(String($0)) } : [trimmed]
        let credentials = items.compactMap { HTTPURL($0)?.userInfo }.flatMap { info in
            [info] + info.split(separator: ":", maxSplits: 1).dropFirst().map(String.init)
        }
        var forms: [String] = []
        for text in [value, trimmed] + items + credentials {
            for form in SecretSpellings.spellings(of: text) where !forms.contains(form) { forms.append(form) }
        }
        return forms
    }
}
