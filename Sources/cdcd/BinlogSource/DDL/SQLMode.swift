/// The parts of MySQL's `sql_mode` that affect how a statement's text is parsed.
package struct SQLMode: OptionSet, Hashable, Sendable {
    package let rawValue: UInt64

    package init(rawValue: UInt64) { self.rawValue = rawValue }

    /// `"` quotes identifiers, not strings. The bit is that of `sql_mode` in a QUERY event's status variables.
    package static let ansiQuotes = SQLMode(rawValue: 1 << 2)
    /// `\` is an ordinary character in strings.
    package static let noBackslashEscapes = SQLMode(rawValue: 1 << 20)

    /// From the variable's text: `ONLY_FULL_GROUP_BY,ANSI_QUOTES`. Modes that do not affect parsing are ignored.
    package init(text: some StringProtocol) {
        self = []
        for word in text.split(separator: ",") {
            switch word.uppercased() {
            case "ANSI_QUOTES", "ANSI": insert(.ansiQuotes)
            case "NO_BACKSLASH_ESCAPES": insert(.noBackslashEscapes)
            default: break
            }
        }
    }
}
