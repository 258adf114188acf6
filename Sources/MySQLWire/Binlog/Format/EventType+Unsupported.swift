/// Events that concern row data and cannot be decoded.
extension EventType {
    /// Describes an event that was decoded as `.unsupported`, for error messages.
    package var unsupportedReason: String {
        switch self {
        case .partialUpdateRows: "\(self): an update that holds only the changed parts of JSON documents"
        case .transactionPayload: "\(self): a transaction in compressed form"
        case .taggedGTID: "\(self): a transaction whose GTID has a tag"
        case .incident: "\(self): the server reports that it has lost events"
        case .mariaDBQueryCompressed, .mariaDBWriteRowsCompressedV1, .mariaDBUpdateRowsCompressedV1,
            .mariaDBDeleteRowsCompressedV1, .mariaDBWriteRowsCompressed, .mariaDBUpdateRowsCompressed,
            .mariaDBDeleteRowsCompressed:
            "\(self): an event in MariaDB's compressed form"
        default: "\(self): unknown to this decoder, and not marked as ignorable"
        }
    }
}
