import MySQLWire

/// Where streaming begins.
struct StreamingStart {
    /// What is asked of the server.
    var point: OffsetTracker.RestartPoint
    /// What the offset says: the transaction in flight and how much of it is done.
    var storedPoint: OffsetTracker.RestartPoint
    var timestampSeconds: Int64?
    /// The originating server of the offset's event; 0 if there was none.
    var serverID: Int64

    /// - Parameters:
    ///   - executed: the transactions that are not to be read; nil if the stream is not followed by GTIDs, so that file
    ///     and position determine where to begin.
    init(_ offset: SourceOffset, executed: GTIDPosition?) {
        point = OffsetTracker.RestartPoint(
            file: offset.file, position: offset.position, gtids: executed.map { ExecutedGTIDs($0) })
        storedPoint = point
        storedPoint.eventCount = offset.eventCount
        storedPoint.rowCount = offset.rowCount
        timestampSeconds = offset.timestampSeconds
        serverID = offset.serverID
    }
}
