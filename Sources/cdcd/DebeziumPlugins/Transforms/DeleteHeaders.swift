import ConnectData

/// The headers that a transform adds to deletes. In Debezium a delete and its tombstone share one list of headers, so
/// that the tombstone has what was added to the delete's, unless a transform before has copied the headers.
struct DeleteHeaders {
    /// The last delete as the transform received it.
    private var lastDelete: (topic: String, key: ConnectValue, headers: [ConnectRecord.Header])?
    private var changedHeaders: [ConnectRecord.Header] = []

    /// Keeps the headers of a delete for the tombstone after it.
    ///
    /// - Parameters:
    ///   - delete: With the headers that were added.
    ///   - headers: Those that it had before.
    mutating func keep(of delete: ConnectRecord, headersBefore headers: [ConnectRecord.Header]) {
        guard delete.sharesHeaders else {
            lastDelete = nil
            return
        }
        lastDelete = (delete.topic, delete.key, headers)
        changedHeaders = delete.headers
    }

    /// Gives a tombstone the headers of the delete before it.
    mutating func add(to tombstone: inout ConnectRecord) {
        if let delete = lastDelete, delete.topic == tombstone.topic, delete.key == tombstone.key,
            delete.headers == tombstone.headers {
            tombstone.headers = changedHeaders
        }
        lastDelete = nil
    }
}
