import WireCore

/// Converts keys and values between Connect's data model and the bytes of Kafka records
/// (`org.apache.kafka.connect.storage.Converter`). Used from one thread; may keep caches.
package protocol Converter: AnyObject {
    /// Appends the bytes of `value` to `writer`. Returns false if the record's key or value is null: nothing was
    /// appended then.
    ///
    /// - Throws: `DataError` if the value does not fit its schema.
    func convert(
        _ value: ConnectValue, schema: Schema?, topic: String, into writer: inout ByteWriter
    ) throws -> Bool

    /// Whether `convert` needs the record's headers: a property of the configuration.
    var readsRecordHeaders: Bool { get }

    /// As `convert` without headers, which it is by default.
    ///
    /// - Parameter headers: the record's, as the header converter wrote them.
    func convert(
        _ value: ConnectValue, schema: Schema?, topic: String, headers: [RawHeader], into writer: inout ByteWriter
    ) throws -> Bool

    /// The sink that writes values of this schema for a topic as `convert` does. Returns nil if the converter needs
    /// values.
    ///
    /// - Throws: `DataError` if the converter cannot work with the schema.
    func sink(for schema: Schema, topic: String) throws -> ConverterSink?

    /// Whether `recordHeaders` may return headers: a property of the configuration.
    var addsRecordHeaders: Bool { get }

    /// The headers that the converter adds to each record of the topic whose key or value has this schema and is not
    /// Kafka's null, for example the schema's id. They follow the record's own headers, those of the key first.
    ///
    /// - Throws: as `convert` does.
    func recordHeaders(for schema: Schema?, topic: String) throws -> [RawHeader]

    /// Decodes the bytes of a record's key or value; nil bytes are a null.
    ///
    /// - Parameter headers: the record's headers, in which some formats name the schema.
    /// - Throws: `DataError` if the bytes are not in the converter's format.
    func decode(_ bytes: UnsafeRawBufferPointer?, topic: String, headers: [RawHeader]) throws -> SchemaAndValue
}

extension Converter {
    package var readsRecordHeaders: Bool { false }
    package func convert(
        _ value: ConnectValue, schema: Schema?, topic: String, headers: [RawHeader], into writer: inout ByteWriter
    ) throws -> Bool {
        try convert(value, schema: schema, topic: topic, into: &writer)
    }
    package func sink(for schema: Schema, topic: String) throws -> ConverterSink? { nil }
    package var addsRecordHeaders: Bool { false }
    package func recordHeaders(for schema: Schema?, topic: String) throws -> [RawHeader] { [] }
}

/// Converts header values (`org.apache.kafka.connect.storage.HeaderConverter`). Used from one thread.
package protocol HeaderConverter: AnyObject {
    /// As `Converter.convert`, for the value of the header `name`.
    func convert(
        _ value: ConnectValue, schema: Schema?, header name: String, topic: String, into writer: inout ByteWriter
    ) throws -> Bool

    /// Decodes the bytes of the header `name`; nil bytes are a null.
    func decode(_ bytes: UnsafeRawBufferPointer?, header name: String, topic: String) throws -> SchemaAndValue
}

/// Converters for keys and values that convert headers alike.
extension HeaderConverter where Self: Converter {
    package func convert(
        _ value: ConnectValue, schema: Schema?, header name: String, topic: String, into writer: inout ByteWriter
    ) throws -> Bool {
        try convert(value, schema: schema, topic: topic, into: &writer)
    }

    package func decode(_ bytes: UnsafeRawBufferPointer?, header name: String, topic: String) throws -> SchemaAndValue {
        try decode(bytes, topic: topic, headers: [])
    }
}

/// A header of a Kafka record.
package struct RawHeader: Sendable, Hashable {
    package let name: String
    package let value: [UInt8]?

    package init(_ name: String, _ value: [UInt8]?) {
        self.name = name
        self.value = value
    }
}
