/// The operations that a client may perform: all, as in Kafka without an authorizer.
///
/// Bit N stands for the operation with the code N of Kafka's `AclOperation`.
enum AuthorizedOperations {
    /// Read, write, create, delete, alter, describe, describe and alter configurations.
    static let topic: Int32 = bits(3, 4, 5, 6, 7, 8, 10, 11)
    /// Read, delete, describe, describe and alter configurations.
    static let group: Int32 = bits(3, 6, 8, 10, 11)
    /// Create, alter, describe, cluster action, describe and alter configurations, idempotent write.
    static let cluster: Int32 = bits(5, 7, 8, 9, 10, 11, 12)

    private static func bits(_ operations: Int32...) -> Int32 { operations.reduce(0) { $0 | 1 << $1 } }
}
