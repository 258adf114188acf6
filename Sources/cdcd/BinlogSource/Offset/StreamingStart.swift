import MySQLWire

/// The position at which streaming begins.
struct StreamingStart {
    /// The position that is requested from the server.
    var point: OffsetTracker.RestartPoint
    /// The offset's position: the transaction in flight and its processed part.
    var storedPoint: OffsetTracker.RestartPoint
    var timestampSeconds: Int64?
    /// The originating server of the offset's event; 0 if there was none.
    var serverID: Int64

    /// - Parameters:
    ///   - executed: the transactions to exclude; nil if the stream does not use GTIDs, so that file and position
    ///     determine its start.
    ///   - isRequested: see `ExecutedGTIDs.init`.
    init(
        _ offset: SourceOffset, executed: GTIDPosition?, isRequested: (ServerUUID) -> Bool = { _ in true }
    ) {
        point = OffsetTracker.RestartPoint(
            file: offset.file, position: offset.position,
            gtids: executed.map { ExecutedGTIDs($0, isRequested: isRequested) })
        storedPoint = point
        storedPoint.eventCount = offset.eventCount
        storedPoint.rowCount = offset.rowCount
        timestampSeconds = offset.timestampSeconds
        serverID = offset.serverID
    }
}
