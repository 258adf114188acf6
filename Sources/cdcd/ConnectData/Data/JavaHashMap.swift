import WireCore

/// A `java.util.HashMap` without schemas: transforms of Connect show its order of iteration.
package struct JavaHashMap {
    /// In the order of insertion; nil if removed.
    private var slots: [ConnectValue.MapEntry?] = []
    private var places: [ConnectValue: Int] = [:]
    private var bucketCount: Int

    /// `new HashMap(capacity)`.
    package init(capacity: Int) { bucketCount = JavaHashOrder.InitialCapacity.sized.count(for: capacity) }

    /// `new HashMap()`.
    package init() { bucketCount = 16 }

    /// `new HashMap(map)`.
    ///
    /// - Parameter entries: in the map's order of iteration.
    package init(copying entries: [ConnectValue.MapEntry]) {
        bucketCount = entries.isEmpty ? 16 : JavaHashOrder.InitialCapacity.copied.count(for: entries.count)
        for entry in entries { self[entry.key] = entry.value }
    }

    /// `get`, `put`, and `remove` if the new value is nil.
    package subscript(key: ConnectValue) -> ConnectValue? {
        get { places[key].flatMap { slots[$0]?.value } }
        set {
            guard let newValue else {
                if let place = places.removeValue(forKey: key) { slots[place] = nil }
                return
            }
            let entry = ConnectValue.MapEntry(key: key, value: newValue)
            if let place = places[key] {
                slots[place] = entry
            } else {
                places[key] = slots.count
                slots.append(entry)
                while places.count > bucketCount * 3 / 4 { bucketCount *= 2 }
            }
        }
    }

    package subscript(key: String) -> ConnectValue? {
        get { self[.string(key)] }
        set { self[.string(key)] = newValue }
    }

    /// The entries in the order of iteration.
    package var entries: [ConnectValue.MapEntry] {
        JavaHashOrder.sorted(slots.compactMap(\.self), bucketCount: bucketCount) { JavaHashOrder.hash($0.key) }
    }
}

extension JavaHashOrder {
    /// The `hashCode()` of a value without a schema, of which integers are `Long`.
    package static func hash(_ value: ConnectValue) -> Int32 {
        switch value {
        case .null: 0
        case .boolean(let value): value ? 1231 : 1237
        case .integer(let value), .instant(let value): folded(UInt64(bitPattern: value))
        case .float32(let value): Int32(bitPattern: value.bitPattern)
        case .float64(let value): folded(value.bitPattern)
        case .string(let text): text.javaHashCode
        // Java's depends on the object's identity, or on its schema.
        case .bytes, .structure: 0
        case .array(let items): items.reduce(1) { $0 &* 31 &+ hash($1) }
        case .map(let entries): entries.reduce(0) { $0 &+ (hash($1.key) ^ hash($1.value)) }
        }
    }
}
