import WireCore

/// Structs in a message. The functions are not specialized: a copy of them for each of some 300 structs would be
/// several times as large as the messages themselves.
extension MessageCoder {
    @_semantics("optimize.sil.specialize.generic.never")
    @_lifetime(self: copy self)
    package mutating func array<Element: KafkaStruct>(_ elements: inout [Element]) {
        var optional: [Element]? = elements
        nullableArray(&optional)
        guard isReading else { return }
        if let optional {
            elements = optional
        } else {
            fail(WireError(.invalidValue("null instead of an array"), at: reader.bytes.absoluteOffset))
        }
    }

    @_semantics("optimize.sil.specialize.generic.never")
    @_lifetime(self: copy self)
    package mutating func nullableArray<Element: KafkaStruct>(_ elements: inout [Element]?) {
        guard isReading else {
            guard let elements else { return writer.nullArray() }
            writer.arrayCount(elements.count)
            for element in elements { write(element) }
            return
        }
        var count: Int?
        read(&count) { reader throws(WireError) in try reader.nullableArrayCount() }
        guard fault == nil else { return }
        guard let count else {
            elements = nil
            return
        }
        var result: [Element] = []
        result.reserveCapacity(min(count, KafkaReader.reservedElementsMax))
        for _ in 0..<count {
            var element = Element()
            element.codeFields(with: &self)
            guard fault == nil else { return }
            result.append(element)
        }
        elements = result
    }

    /// A struct that may be null: -1 for null, anything else before the struct.
    @_semantics("optimize.sil.specialize.generic.never")
    @_lifetime(self: copy self)
    package mutating func nullableStruct<Value: KafkaStruct>(_ value: inout Value?) {
        guard isReading else {
            writer.int8(value == nil ? -1 : 1)
            if let value { write(value) }
            return
        }
        var presence: Int8 = -1
        int8(&presence)
        guard fault == nil else { return }
        guard presence >= 0 else {
            value = nil
            return
        }
        var content = Value()
        content.codeFields(with: &self)
        value = content
    }

    @_semantics("optimize.sil.specialize.generic.never")
    @_lifetime(self: copy self)
    mutating func write<Value: KafkaStruct>(_ value: Value) {
        var copy = value
        copy.codeFields(with: &self)
    }

    // MARK: Tagged fields (KIP-482)

    /// The tagged fields of a struct for which no tags are defined here: none are written, and those of newer peers are
    /// skipped. Versions that are not flexible have no tagged fields.
    @_lifetime(self: copy self)
    package mutating func taggedFields() {
        guard reader.isFlexible else { return }
        guard isReading else { return writer.taggedFieldCount(0) }
        var none: Void = ()
        read(&none) { reader throws(WireError) in try reader.skipTaggedFields() }
    }

    /// The tagged fields of `value`. Those with their default values are not written; unknown ones are skipped.
    @_semantics("optimize.sil.specialize.generic.never")
    @_lifetime(self: copy self)
    package mutating func taggedFields<Value: KafkaTaggedStruct>(of value: inout Value) {
        guard reader.isFlexible else { return }
        guard isReading else { return writeTaggedFields(of: value) }
        var count = 0
        read(&count) { reader throws(WireError) in try reader.taggedFieldCount() }
        for _ in 0..<count where fault == nil {
            do throws(WireError) {
                let tag = try reader.bytes.unsignedVarint32()
                let size = Int(try reader.bytes.unsignedVarint32())
                let content = KafkaReader(try reader.bytes.slice(size), isFlexible: true)
                let rest = reader
                reader = content
                value.codeTaggedField(tag, with: &self)
                reader = rest
            } catch { fail(error) }
        }
    }

    @_semantics("optimize.sil.specialize.generic.never")
    @_lifetime(self: copy self)
    private mutating func writeTaggedFields<Value: KafkaTaggedStruct>(of value: Value) {
        var present: [(tag: UInt32, content: [UInt8])] = []
        for tag in 0..<Value.tagCount {
            let content = encodedTaggedField(tag, of: value)
            if content != encodedTaggedField(tag, of: Value()) { present.append((tag, content)) }
        }
        writer.taggedFieldCount(present.count)
        for field in present { writer.taggedField(field.tag, field.content) }
    }

    /// The field's bytes; none if the version does not have the field.
    @_semantics("optimize.sil.specialize.generic.never")
    private func encodedTaggedField<Value: KafkaTaggedStruct>(_ tag: UInt32, of value: Value) -> [UInt8] {
        var copy = value
        var coder = MessageCoder(writing: KafkaWriter(capacityBytes: 64, isFlexible: true), version: version)
        copy.codeTaggedField(tag, with: &coder)
        let written = coder.finish()
        return written.bytes.array()
    }
}
