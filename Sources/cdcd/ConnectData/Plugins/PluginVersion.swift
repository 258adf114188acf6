/// A version of a plugin, in the order of Maven 3.9 (`org.apache.maven.artifact.versioning.ComparableVersion`).
struct PluginVersion: Comparable, Sendable {
    /// Numbers and qualifiers; a list begins after `-` and where digits and letters meet.
    private indirect enum Item {
        /// Decimal digits without leading zeros; empty for 0.
        case number([UInt8])
        case qualifier(String)
        case list([Item])
    }

    let text: String
    private let items: [Item]

    init(_ text: String) {
        self.text = text
        var parser = Parser()
        for scalar in text.lowercased().unicodeScalars { parser.read(scalar) }
        items = parser.finish()
    }

    static func < (a: PluginVersion, b: PluginVersion) -> Bool { compare(.list(a.items), .list(b.items)) < 0 }

    static func == (a: PluginVersion, b: PluginVersion) -> Bool { compare(.list(a.items), .list(b.items)) == 0 }

    // MARK: Order

    /// Qualifiers before, equal to and after a release.
    private static let ranks = ["alpha": 0, "beta": 1, "milestone": 2, "rc": 3, "snapshot": 4, "": 5, "sp": 6]
    private static let releaseRank = 5

    /// Negative if `a` is lower than `b`. No item is the end of a list.
    private static func compare(_ a: Item?, _ b: Item?) -> Int {
        switch (a, b) {
        case (nil, nil): 0
        case (nil, let b?): -compare(b, nil)
        case (.number(let digits)?, nil): digits.isEmpty ? 0 : 1
        case (.number(let a)?, .number(let b)?): compareNumbers(a, b)
        case (.number?, _): 1
        case (.qualifier(let text)?, nil): compareQualifiers(text, "")
        case (.qualifier(let a)?, .qualifier(let b)?): compareQualifiers(a, b)
        case (.qualifier?, _): -1
        case (.list(let items)?, nil): items.lazy.map { compare($0, nil) }.first { $0 != 0 } ?? 0
        case (.list?, .number?): -1
        case (.list?, .qualifier?): 1
        case (.list(let a)?, .list(let b)?):
            (0..<max(a.count, b.count)).lazy
                .map { compare($0 < a.count ? a[$0] : nil, $0 < b.count ? b[$0] : nil) }
                .first { $0 != 0 } ?? 0
        }
    }

    private static func compareNumbers(_ a: [UInt8], _ b: [UInt8]) -> Int {
        if a.count != b.count { return a.count < b.count ? -1 : 1 }
        return a == b ? 0 : a.lexicographicallyPrecedes(b) ? -1 : 1
    }

    private static func compareQualifiers(_ a: String, _ b: String) -> Int {
        switch (ranks[a], ranks[b]) {
        case (let a?, let b?): (a - b).signum()
        case (nil, _?): 1
        case (_?, nil): -1
        case (nil, nil): a == b ? 0 : a.utf16.lexicographicallyPrecedes(b.utf16) ? -1 : 1
        }
    }

    // MARK: Parsing

    private struct Parser {
        /// The open lists; each is the last item of the one before.
        private var lists: [[Item]] = [[]]
        private var token = ""
        private var isNumber = false

        mutating func read(_ scalar: Unicode.Scalar) {
            switch scalar {
            case ".", "-":
                append(token.isEmpty ? .number([]) : item)
                token = ""
                if scalar == "-" { lists.append([]) }
            case "0"..."9":
                if !isNumber, !token.isEmpty {
                    if !last.isEmpty { lists.append([]) }
                    append(.qualifier(Self.qualifier(token, isBeforeDigit: true)))
                    beginList()
                }
                isNumber = true
                token.unicodeScalars.append(scalar)
            default:
                if isNumber, !token.isEmpty {
                    append(item)
                    beginList()
                }
                isNumber = false
                token.unicodeScalars.append(scalar)
            }
        }

        mutating func finish() -> [Item] {
            if !token.isEmpty {
                if !isNumber, !last.isEmpty { lists.append([]) }
                append(item)
            }
            var items = Self.normalized(lists.removeLast())
            while var outer = lists.popLast() {
                outer.append(.list(items))
                items = Self.normalized(outer)
            }
            return items
        }

        private var last: [Item] { lists[lists.count - 1] }

        private var item: Item {
            isNumber
                ? .number(Array(token.utf8.drop { $0 == UInt8(ascii: "0") }))
                : .qualifier(Self.qualifier(token, isBeforeDigit: false))
        }

        private mutating func append(_ item: Item) { lists[lists.count - 1].append(item) }

        private mutating func beginList() {
            token = ""
            lists.append([])
        }

        private static func qualifier(_ text: String, isBeforeDigit: Bool) -> String {
            switch text {
            case "a" where isBeforeDigit: "alpha"
            case "b" where isBeforeDigit: "beta"
            case "m" where isBeforeDigit: "milestone"
            case "cr": "rc"
            case "ga", "final", "release": ""
            default: text
            }
        }

        /// Without the items at the end that mean nothing, also before a list.
        private static func normalized(_ items: [Item]) -> [Item] {
            var items = items
            for index in items.indices.reversed() {
                switch items[index] {
                case .number(let digits) where digits.isEmpty: items.remove(at: index)
                case .qualifier(let text) where ranks[text] == releaseRank: items.remove(at: index)
                case .list(let inner): if inner.isEmpty { items.remove(at: index) }
                case .number, .qualifier: return items
                }
            }
            return items
        }
    }
}
