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

    /// The sink that writes values of this schema as `convert` does. Returns nil if the converter needs values.
    ///
    /// - Throws: `DataError` if the converter cannot work with the schema.
    func sink(for schema: Schema) throws -> ConverterSink?

    /// Decodes the bytes of a record's key or value; nil bytes are a null.
    ///
    /// - Parameter headers: the record's headers, in which some formats name the schema.
    /// - Throws: `DataError` if the bytes are not in the converter's format.
    func decode(_ bytes: UnsafeRawBufferPointer?, topic: String, headers: [RawHeader]) throws -> SchemaAndValue
}

extension Converter {
    package func sink(for schema: Schema) throws -> ConverterSink? { nil }
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

/// A header of a Kafka record.
package struct RawHeader: Sendable, Hashable {
    package let name: String
    package let value: [UInt8]?

    package init(_ name: String, _ value: [UInt8]?) {
        self.name = name
        self.value = value
    }
}
