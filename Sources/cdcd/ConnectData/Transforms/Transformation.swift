/// A single message transform: changes a record between a connector and Kafka, in either direction
/// (`org.apache.kafka.connect.transforms.Transformation`). Used from one thread; may keep caches.
package protocol Transformation: AnyObject {
    /// Changes the record in place. Returns false if the record is dropped.
    ///
    /// - Throws: `DataError` if the transform cannot work with the record.
    func apply(_ record: inout ConnectRecord) throws -> Bool

    /// Changes the shape of records as `apply` changes each record of that shape. By default it depends on values.
    ///
    /// - Throws: `DataError` if `apply` would throw for each record.
    func apply(to shape: inout RecordShape) throws -> ShapeChange

    /// Whether the class in Java returns the record itself or one with the same list of headers, or else `apply` sets
    /// `sharesHeaders` of the record to false. By default the headers of each record are copied.
    var keepsHeaders: Bool { get }
}

extension Transformation {
    package var keepsHeaders: Bool { false }

    package func apply(to shape: inout RecordShape) throws -> ShapeChange { .dependsOnValues }
}
