import WireCore

/// Writes Kafka's primitive types: the counterpart of `KafkaReader`.
package struct KafkaWriter: ~Copyable {
    package var bytes: ByteWriter
    package var isFlexible: Bool
    /// The reason why the message must not be sent: a text that is too long for the protocol's form.
    package private(set) var fault: WireError?

    package init(capacityBytes: Int = 1024, isFlexible: Bool) {
        bytes = ByteWriter(capacityBytes: capacityBytes)
        self.isFlexible = isFlexible
    }

    package mutating func int8(_ value: Int8) { bytes.bigEndian(value) }
    package mutating func int16(_ value: Int16) { bytes.bigEndian(value) }
    package mutating func uint16(_ value: UInt16) { bytes.bigEndian(value) }
    package mutating func int32(_ value: Int32) { bytes.bigEndian(value) }
    package mutating func int64(_ value: Int64) { bytes.bigEndian(value) }
    package mutating func float64(_ value: Double) { bytes.bigEndian(value.bitPattern) }
    package mutating func bool(_ value: Bool) { bytes.byte(value ? 1 : 0) }
    package mutating func errorCode(_ value: KafkaErrorCode) { bytes.bigEndian(value.rawValue) }

    package mutating func uuid(_ value: KafkaUUID) {
        bytes.bigEndian(value.high)
        bytes.bigEndian(value.low)
    }

    /// The form before KIP-482 is limited to 32767 bytes; a longer text sets `fault`.
    package mutating func string(_ value: String) {
        let count = value.utf8.count
        if isFlexible {
            bytes.unsignedVarint(UInt64(count) + 1)
        } else {
            guard count <= Int(Int16.max) else {
                fault = WireError(.badLength(count), at: bytes.count)
                return
            }
            bytes.bigEndian(Int16(count))
        }
        bytes.utf8(value)
    }

    /// Begins the next message in the same memory.
    package mutating func reset(isFlexible: Bool) {
        bytes.reset()
        self.isFlexible = isFlexible
        fault = nil
    }

    package mutating func nullableString(_ value: String?) {
        if let value { return string(value) }
        if isFlexible { bytes.byte(0) } else { bytes.bigEndian(Int16(-1)) }
    }

    package mutating func byteArray(_ value: [UInt8]) {
        arrayCount(value.count)
        bytes.bytes(value)
    }

    package mutating func nullableByteArray(_ value: [UInt8]?) {
        if let value { byteArray(value) } else { nullArray() }
    }

    /// The length before a byte field's bytes or an array's elements.
    package mutating func arrayCount(_ count: Int) {
        if isFlexible {
            bytes.unsignedVarint(UInt64(count) + 1)
        } else {
            precondition(count <= Int(Int32.max))
            bytes.bigEndian(Int32(count))
        }
    }

    /// Null in place of a byte field or an array.
    package mutating func nullArray() {
        if isFlexible { bytes.byte(0) } else { bytes.bigEndian(Int32(-1)) }
    }

    // MARK: Arrays

    package mutating func int32Array(_ elements: [Int32]) {
        arrayCount(elements.count)
        for element in elements { bytes.bigEndian(element) }
    }

    package mutating func int8Array(_ elements: [Int8]) { byteArray(elements.map { UInt8(bitPattern: $0) }) }

    package mutating func int64Array(_ elements: [Int64]) {
        arrayCount(elements.count)
        for element in elements { bytes.bigEndian(element) }
    }

    package mutating func nullableInt32Array(_ elements: [Int32]?) {
        if let elements { int32Array(elements) } else { nullArray() }
    }

    package mutating func stringArray(_ elements: [String]) {
        arrayCount(elements.count)
        for element in elements { string(element) }
    }

    package mutating func nullableStringArray(_ elements: [String]?) {
        if let elements { stringArray(elements) } else { nullArray() }
    }

    // MARK: Tagged fields

    /// The number of tagged fields that follow, in the order of their tags.
    package mutating func taggedFieldCount(_ count: Int) { bytes.unsignedVarint(UInt64(count)) }

    package mutating func taggedField(_ tag: UInt32, _ content: [UInt8]) {
        bytes.unsignedVarint(UInt64(tag))
        bytes.unsignedVarint(UInt64(content.count))
        bytes.bytes(content)
    }
}
