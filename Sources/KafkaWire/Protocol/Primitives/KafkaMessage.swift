import WireCore

/// A part of a message, whose fields depend on the version.
package protocol KafkaStruct: Sendable {
    /// Every field has its default value.
    init()
    /// Reads or writes the fields of the coder's version, in the order of the protocol. Other fields are left alone.
    mutating func codeFields(with coder: inout MessageCoder)
}

/// A struct with tagged fields (KIP-482).
package protocol KafkaTaggedStruct: KafkaStruct {
    /// Tags are 0 to one less than this.
    static var tagCount: UInt32 { get }
    /// Reads or writes the content of a tagged field; nothing if the coder's version does not have it.
    mutating func codeTaggedField(_ tag: UInt32, with coder: inout MessageCoder)
}

/// A message, or what a byte field of one contains.
package protocol KafkaData: KafkaStruct {
    /// The versions that can be read and written here.
    static var versions: ClosedRange<Int16> { get }
    /// From this version on the message uses KIP-482's compact form with tagged fields.
    static var flexibleFrom: Int16 { get }
}

/// The body of a request or a response.
package protocol KafkaMessage: KafkaData {
    static var apiKey: APIKey { get }
    /// The time for which the broker delays the client because of a quota (KIP-219). Messages without the field have 0
    /// and ignore what is set.
    var throttleTimeMilliseconds: Int32 { get set }
}

package protocol KafkaRequest: KafkaMessage {
    associatedtype Response: KafkaMessage
}

extension KafkaMessage {
    package var throttleTimeMilliseconds: Int32 {
        get { 0 }
        set {}
    }
}

extension KafkaStruct {
    /// Reads the fields that `version` has. Throws for bytes that the protocol does not allow.
    @_semantics("optimize.sil.specialize.generic.never")
    @_lifetime(reader: copy reader)
    package init(from reader: inout KafkaReader, version: Int16) throws(WireError) {
        self.init()
        var coder = MessageCoder(reading: reader, version: version)
        codeFields(with: &coder)
        if let fault = coder.fault { throw fault }
        reader = coder.reader
    }

    /// Writes the fields that `version` has; fields of other versions are left out.
    @_semantics("optimize.sil.specialize.generic.never")
    package func encode(into writer: inout KafkaWriter, version: Int16) {
        var coder = MessageCoder(writing: writer, version: version)
        coder.write(self)
        writer = coder.finish()
    }
}

extension KafkaData {
    package static func isFlexible(_ version: Int16) -> Bool { version >= flexibleFrom }

    /// Reads a whole body; remaining bytes are an error.
    @_semantics("optimize.sil.specialize.generic.never")
    package static func decode(_ bytes: ByteReader, version: Int16) throws(WireError) -> Self {
        var reader = KafkaReader(bytes, isFlexible: isFlexible(version))
        let message = try Self(from: &reader, version: version)
        try reader.bytes.finish()
        return message
    }

    /// Reads a body and ignores the bytes after it, as Kafka's own clients do: there are servers that append some, for
    /// example librdkafka's mock cluster to ListOffsets and Metadata responses.
    @_semantics("optimize.sil.specialize.generic.never")
    package static func decodeIgnoringRest(_ bytes: ByteReader, version: Int16) throws(WireError) -> Self {
        var reader = KafkaReader(bytes, isFlexible: isFlexible(version))
        return try Self(from: &reader, version: version)
    }

    /// The body's bytes.
    @_semantics("optimize.sil.specialize.generic.never")
    package func encoded(version: Int16) -> [UInt8] {
        var writer = KafkaWriter(isFlexible: Self.isFlexible(version))
        encode(into: &writer, version: version)
        return writer.bytes.array()
    }
}
