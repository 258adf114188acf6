/// A single message transform: changes a record on its way to Kafka. Used from one thread; may keep caches.
public protocol Transform: AnyObject {
    /// Changes the record in place. Returns false where it is dropped.
    func apply(_ record: inout SourceRecord) throws -> Bool
}
