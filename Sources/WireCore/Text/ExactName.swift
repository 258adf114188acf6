/// A name that is compared by its UTF-8 bytes, as Java, Kafka and MySQL's binary collations compare names.
///
/// Swift's `String` treats canonically equivalent texts as equal: `é` as one scalar and as `e` with a combining accent.
/// As names of connectors, properties or JSON members they are distinct, and a dictionary keyed by `String` would lose
/// one.
package struct ExactName: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let text: String

    package init(_ text: String) { self.text = text }

    package var description: String { text }

    package static func == (a: ExactName, b: ExactName) -> Bool { a.text.isExactly(b.text) }

    package static func < (a: ExactName, b: ExactName) -> Bool { a.text.utf8.lexicographicallyPrecedes(b.text.utf8) }

    package func hash(into hasher: inout Hasher) {
        let isHashed: Void? = text.utf8.withContiguousStorageIfAvailable { bytes in
            hasher.combine(bytes: UnsafeRawBufferPointer(bytes))
        }
        if isHashed == nil { for byte in text.utf8 { hasher.combine(byte) } }
        // No UTF-8 text contains this byte, so two concatenated names cannot be confused with another pair.
        hasher.combine(0xFF as UInt8)
    }
}

extension String {
    /// Whether both have the same UTF-8 bytes.
    package func isExactly(_ other: String) -> Bool {
        // Equal bytes make equal strings, and that comparison is faster; the counts decide most of the others.
        guard utf8.count == other.utf8.count, self == other else { return false }
        let isEqual = utf8.withContiguousStorageIfAvailable { bytes in
            other.utf8.withContiguousStorageIfAvailable { bytes.elementsEqual($0) }
        }
        return (isEqual ?? nil) ?? utf8.elementsEqual(other.utf8)
    }

    /// The text after `prefix`, compared by bytes; nil if the text does not begin with it.
    ///
    /// `hasPrefix` compares characters: it does not find `task-` before a combining mark, which belongs to the hyphen.
    package func dropping(prefix: String) -> String? {
        utf8.starts(with: prefix.utf8) ? String(decoding: utf8.dropFirst(prefix.utf8.count), as: UTF8.self) : nil
    }

    /// Whether the text begins with the bytes of `prefix`.
    package func hasExactPrefix(_ prefix: String) -> Bool { utf8.starts(with: prefix.utf8) }
}

/// A dictionary by names that are compared by their UTF-8 bytes.
package struct NameMap<Value> {
    private var entries: [ExactName: Value] = [:]

    package init() {}

    package subscript(name: String) -> Value? {
        get { entries[ExactName(name)] }
        set { entries[ExactName(name)] = newValue }
    }

    package subscript(name: String, default fallback: @autoclosure () -> Value) -> Value {
        get { entries[ExactName(name)] ?? fallback() }
        set { entries[ExactName(name)] = newValue }
    }

    package var isEmpty: Bool { entries.isEmpty }
    package var count: Int { entries.count }

    /// In the order of their bytes.
    package var names: [String] { entries.keys.sorted().map(\.text) }

    /// In no particular order.
    package var values: [Value] { Array(entries.values) }

    /// Ordered by name.
    package var sorted: [(name: String, value: Value)] {
        entries.sorted { $0.key < $1.key }.map { (name: $0.key.text, value: $0.value) }
    }

    /// Removes a name. Returns its value.
    @discardableResult package mutating func remove(_ name: String) -> Value? {
        entries.removeValue(forKey: ExactName(name))
    }
}

extension NameMap: Equatable where Value: Equatable {}
extension NameMap: Sendable where Value: Sendable {}
