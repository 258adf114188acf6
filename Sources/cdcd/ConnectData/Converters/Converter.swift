import WireCore

/// Turns keys and values into the bytes of a Kafka record. Used from one thread; may keep caches.
public protocol Converter: AnyObject {
    /// Appends the bytes of `value` to `writer`. Returns false where the record's key or value is null: nothing was
    /// appended then.
    ///
    /// - Throws: `DataError` where the value does not fit its schema.
    func convert(
        _ value: ConnectValue, schema: Schema?, topic: String, into writer: inout ByteWriter
    ) throws -> Bool
}

/// Turns header values into bytes. Used from one thread.
public protocol HeaderConverter: AnyObject {
    /// As `Converter.convert`, for the value of the header `name`.
    func convert(
        _ value: ConnectValue, schema: Schema?, header name: String, topic: String, into writer: inout ByteWriter
    ) throws -> Bool
}
