import WireCore

/// Reads or writes the fields of one message in one version. A message lists its fields once, for both directions.
///
/// The first defect in what is read becomes `fault`; from then on nothing is read, and further fields keep their
/// values. So a message is a sequence of calls without branches, and its machine code is a fraction of what throwing
/// calls need.
package struct MessageCoder: ~Copyable, ~Escapable {
    /// The message's version, which determines its fields.
    package let version: Int16
    let isReading: Bool
    var reader: KafkaReader
    var writer: KafkaWriter
    /// Why the message cannot be read.
    private(set) var fault: WireError?

    @_lifetime(copy reader)
    init(reading reader: KafkaReader, version: Int16) {
        self.version = version
        self.reader = reader
        isReading = true
        writer = KafkaWriter(capacityBytes: 0, isFlexible: reader.isFlexible)
    }

    @_lifetime(immortal)
    init(writing writer: consuming KafkaWriter, version: Int16) {
        self.version = version
        isReading = false
        reader = KafkaReader(ByteReader(RawSpan()), isFlexible: writer.isFlexible)
        self.writer = writer
    }

    /// What was written.
    consuming func finish() -> KafkaWriter { writer }

    @_lifetime(self: copy self)
    mutating func fail(_ error: WireError) {
        if fault == nil { fault = error }
    }

    @inline(__always)
    @_lifetime(self: copy self)
    mutating func read<Value>(
        _ value: inout Value, _ body: (inout KafkaReader) throws(WireError) -> Value
    ) {
        guard fault == nil else { return }
        do throws(WireError) { value = try body(&reader) } catch { fault = error }
    }

    // MARK: Fields

    @_lifetime(self: copy self)
    package mutating func int8(_ value: inout Int8) {
        guard isReading else { return writer.int8(value) }
        read(&value) { reader throws(WireError) in try reader.int8() }
    }

    @_lifetime(self: copy self)
    package mutating func int16(_ value: inout Int16) {
        guard isReading else { return writer.int16(value) }
        read(&value) { reader throws(WireError) in try reader.int16() }
    }

    @_lifetime(self: copy self)
    package mutating func uint16(_ value: inout UInt16) {
        guard isReading else { return writer.uint16(value) }
        read(&value) { reader throws(WireError) in try reader.uint16() }
    }

    @_lifetime(self: copy self)
    package mutating func int32(_ value: inout Int32) {
        guard isReading else { return writer.int32(value) }
        read(&value) { reader throws(WireError) in try reader.int32() }
    }

    @_lifetime(self: copy self)
    package mutating func int64(_ value: inout Int64) {
        guard isReading else { return writer.int64(value) }
        read(&value) { reader throws(WireError) in try reader.int64() }
    }

    @_lifetime(self: copy self)
    package mutating func float64(_ value: inout Double) {
        guard isReading else { return writer.float64(value) }
        read(&value) { reader throws(WireError) in try reader.float64() }
    }

    @_lifetime(self: copy self)
    package mutating func bool(_ value: inout Bool) {
        guard isReading else { return writer.bool(value) }
        read(&value) { reader throws(WireError) in try reader.bool() }
    }

    @_lifetime(self: copy self)
    package mutating func errorCode(_ value: inout KafkaErrorCode) {
        guard isReading else { return writer.errorCode(value) }
        read(&value) { reader throws(WireError) in try reader.errorCode() }
    }

    @_lifetime(self: copy self)
    package mutating func uuid(_ value: inout KafkaUUID) {
        guard isReading else { return writer.uuid(value) }
        read(&value) { reader throws(WireError) in try reader.uuid() }
    }

    @_lifetime(self: copy self)
    package mutating func string(_ value: inout String) {
        guard isReading else { return writer.string(value) }
        read(&value) { reader throws(WireError) in try reader.string() }
    }

    @_lifetime(self: copy self)
    package mutating func nullableString(_ value: inout String?) {
        guard isReading else { return writer.nullableString(value) }
        read(&value) { reader throws(WireError) in try reader.nullableString() }
    }

    @_lifetime(self: copy self)
    package mutating func byteArray(_ value: inout [UInt8]) {
        guard isReading else { return writer.byteArray(value) }
        read(&value) { reader throws(WireError) in try reader.byteArray() }
    }

    @_lifetime(self: copy self)
    package mutating func nullableByteArray(_ value: inout [UInt8]?) {
        guard isReading else { return writer.nullableByteArray(value) }
        read(&value) { reader throws(WireError) in try reader.nullableByteArray() }
    }

    @_lifetime(self: copy self)
    package mutating func int8Array(_ value: inout [Int8]) {
        guard isReading else { return writer.int8Array(value) }
        read(&value) { reader throws(WireError) in try reader.int8Array() }
    }

    @_lifetime(self: copy self)
    package mutating func int32Array(_ value: inout [Int32]) {
        guard isReading else { return writer.int32Array(value) }
        read(&value) { reader throws(WireError) in try reader.int32Array() }
    }

    @_lifetime(self: copy self)
    package mutating func nullableInt32Array(_ value: inout [Int32]?) {
        guard isReading else { return writer.nullableInt32Array(value) }
        read(&value) { reader throws(WireError) in try reader.nullableInt32Array() }
    }

    @_lifetime(self: copy self)
    package mutating func int64Array(_ value: inout [Int64]) {
        guard isReading else { return writer.int64Array(value) }
        read(&value) { reader throws(WireError) in try reader.int64Array() }
    }

    @_lifetime(self: copy self)
    package mutating func stringArray(_ value: inout [String]) {
        guard isReading else { return writer.stringArray(value) }
        read(&value) { reader throws(WireError) in try reader.stringArray() }
    }

    @_lifetime(self: copy self)
    package mutating func nullableStringArray(_ value: inout [String]?) {
        guard isReading else { return writer.nullableStringArray(value) }
        read(&value) { reader throws(WireError) in try reader.nullableStringArray() }
    }
}
