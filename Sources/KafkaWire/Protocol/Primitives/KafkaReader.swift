import WireCore

/// Reads Kafka's primitive types (protocol guide, "Protocol Primitive Types"; KIP-482 for the compact ones).
///
/// One reader reads one message in one version: `isFlexible` determines whether strings, byte fields and arrays are
/// in compact form (unsigned varint of length + 1, 0 for null) or in the old one (fixed-width length, -1 for null).
/// After a failed read the position is undefined; every length is checked before use.
package struct KafkaReader: ~Escapable {
    package var bytes: ByteReader
    package let isFlexible: Bool

    @inlinable
    @_lifetime(copy bytes)
    package init(_ bytes: ByteReader, isFlexible: Bool) {
        self.bytes = bytes
        self.isFlexible = isFlexible
    }

    @_lifetime(self: copy self)
    package mutating func int8() throws(WireError) -> Int8 { try bytes.bigEndian(Int8.self) }
    @_lifetime(self: copy self)
    package mutating func int16() throws(WireError) -> Int16 { try bytes.bigEndian(Int16.self) }
    @_lifetime(self: copy self)
    package mutating func uint16() throws(WireError) -> UInt16 { try bytes.bigEndian(UInt16.self) }
    @_lifetime(self: copy self)
    package mutating func int32() throws(WireError) -> Int32 { try bytes.bigEndian(Int32.self) }
    @_lifetime(self: copy self)
    package mutating func int64() throws(WireError) -> Int64 { try bytes.bigEndian(Int64.self) }
    @_lifetime(self: copy self)
    package mutating func float64() throws(WireError) -> Double { Double(bitPattern: try bytes.bigEndian(UInt64.self)) }
    @_lifetime(self: copy self)
    package mutating func bool() throws(WireError) -> Bool { try bytes.byte() != 0 }
    @_lifetime(self: copy self)
    package mutating func errorCode() throws(WireError) -> KafkaErrorCode { KafkaErrorCode(rawValue: try int16()) }

    @_lifetime(self: copy self)
    package mutating func uuid() throws(WireError) -> KafkaUUID {
        KafkaUUID(high: try bytes.bigEndian(UInt64.self), low: try bytes.bigEndian(UInt64.self))
    }

    /// The length of a string, or nil for null.
    @_lifetime(self: copy self)
    private mutating func stringLength() throws(WireError) -> Int? {
        isFlexible ? try compactLength() : try length(Int(try int16()))
    }

    /// The length of a byte field or an array, or nil for null.
    @_lifetime(self: copy self)
    private mutating func wideLength() throws(WireError) -> Int? {
        isFlexible ? try compactLength() : try length(Int(try int32()))
    }

    @_lifetime(self: copy self)
    private mutating func compactLength() throws(WireError) -> Int? {
        let encoded = try bytes.unsignedVarint32()
        return encoded == 0 ? nil : Int(encoded) - 1
    }

    private func length(_ value: Int) throws(WireError) -> Int? {
        guard value >= -1 else { throw WireError(.badLength(value), at: bytes.absoluteOffset) }
        return value == -1 ? nil : value
    }

    @_lifetime(self: copy self)
    package mutating func nullableString() throws(WireError) -> String? {
        guard let count = try stringLength() else { return nil }
        return try bytes.utf8(count)
    }

    @_lifetime(self: copy self)
    package mutating func string() throws(WireError) -> String {
        guard let count = try stringLength() else { throw unexpectedNull("string") }
        return try bytes.utf8(count)
    }

    @_lifetime(self: copy self)
    package mutating func nullableByteArray() throws(WireError) -> [UInt8]? {
        guard let count = try wideLength() else { return nil }
        return try bytes.array(count)
    }

    @_lifetime(self: copy self)
    package mutating func byteArray() throws(WireError) -> [UInt8] {
        guard let count = try wideLength() else { throw unexpectedNull("byte field") }
        return try bytes.array(count)
    }

    /// The number of elements that follow. Each has at least one byte, so the count is checked against the remaining
    /// bytes.
    @_lifetime(self: copy self)
    package mutating func nullableArrayCount() throws(WireError) -> Int? {
        guard let count = try wideLength() else { return nil }
        guard count <= bytes.remainingBytes else { throw WireError(.badLength(count), at: bytes.absoluteOffset) }
        return count
    }

    @_lifetime(self: copy self)
    package mutating func arrayCount() throws(WireError) -> Int {
        guard let count = try nullableArrayCount() else { throw unexpectedNull("array") }
        return count
    }

    private func unexpectedNull(_ type: String) -> WireError {
        WireError(.invalidValue("null instead of a \(type)"), at: bytes.absoluteOffset)
    }
}
