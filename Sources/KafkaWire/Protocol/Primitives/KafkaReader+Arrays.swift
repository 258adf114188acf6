import WireCore

extension KafkaReader {
    /// The maximum number of elements for which memory is reserved before they have been read, whatever the count.
    static let reservedElementsMax = 1024

    @_lifetime(self: copy self)
    package mutating func nullableInt32Array() throws(WireError) -> [Int32]? {
        guard let count = try nullableArrayCount() else { return nil }
        var elements: [Int32] = []
        elements.reserveCapacity(min(count, Self.reservedElementsMax))
        for _ in 0..<count { elements.append(try int32()) }
        return elements
    }

    @_lifetime(self: copy self)
    package mutating func int32Array() throws(WireError) -> [Int32] { try present(try nullableInt32Array()) }

    @_lifetime(self: copy self)
    package mutating func int8Array() throws(WireError) -> [Int8] {
        try byteArray().map { Int8(bitPattern: $0) }
    }

    @_lifetime(self: copy self)
    package mutating func int64Array() throws(WireError) -> [Int64] {
        let count = try arrayCount()
        var elements: [Int64] = []
        elements.reserveCapacity(min(count, Self.reservedElementsMax))
        for _ in 0..<count { elements.append(try int64()) }
        return elements
    }

    @_lifetime(self: copy self)
    package mutating func nullableStringArray() throws(WireError) -> [String]? {
        guard let count = try nullableArrayCount() else { return nil }
        var elements: [String] = []
        elements.reserveCapacity(min(count, Self.reservedElementsMax))
        for _ in 0..<count { elements.append(try string()) }
        return elements
    }

    @_lifetime(self: copy self)
    package mutating func stringArray() throws(WireError) -> [String] { try present(try nullableStringArray()) }

    private func present<Element>(_ elements: [Element]?) throws(WireError) -> [Element] {
        guard let elements else {
            throw WireError(.invalidValue("null instead of an array"), at: bytes.absoluteOffset)
        }
        return elements
    }

    // MARK: Tagged fields (KIP-482)

    @_lifetime(self: copy self)
    package mutating func taggedFieldCount() throws(WireError) -> Int {
        let count = Int(try bytes.unsignedVarint32())
        guard count <= bytes.remainingBytes else { throw WireError(.badLength(count), at: bytes.absoluteOffset) }
        return count
    }

    /// Skips all tagged fields of a struct for which no tags are defined here. Newer peers may send some.
    @_lifetime(self: copy self)
    package mutating func skipTaggedFields() throws(WireError) {
        for _ in 0..<(try taggedFieldCount()) {
            _ = try bytes.unsignedVarint32()
            try bytes.skip(Int(try bytes.unsignedVarint32()))
        }
    }
}
