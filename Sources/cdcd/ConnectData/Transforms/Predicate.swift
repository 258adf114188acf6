/// Determines whether a transform is applied to a record (`org.apache.kafka.connect.transforms.predicates.Predicate`).
/// Used from one thread; may keep caches.
package protocol Predicate: AnyObject {
    func test(_ record: borrowing ConnectRecord) throws -> Bool
}
