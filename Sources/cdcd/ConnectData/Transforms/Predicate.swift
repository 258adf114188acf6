/// Determines whether a transform is applied to a record (`org.apache.kafka.connect.transforms.predicates.Predicate`).
/// Used from one thread; may keep caches.
package protocol Predicate: AnyObject {
    func test(_ record: borrowing ConnectRecord) throws -> Bool

    /// The result of `test` for all records of the shape. Returns nil if it depends on values, as it does by default.
    func test(_ shape: RecordShape) throws -> Bool?
}

extension Predicate {
    package func test(_ shape: RecordShape) throws -> Bool? { nil }
}
