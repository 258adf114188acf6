import WireStreams

/// Reports what happens on a connection to the event handler, if there is one. Without a handler it reads no clock and
/// builds no event.
struct ConnectionObserver {
    private struct Query {
        let statement: String
        let start: ContinuousClock.Instant
        let before: MySQLTraffic
        var latency: Duration?
    }

    private let handler: MySQLEventHandler?
    private let id: MySQLConnectionID
    private var query: Query?

    init(_ handler: MySQLEventHandler?, id: MySQLConnectionID) {
        self.handler = handler
        self.id = id
    }

    mutating func queryStarted(_ statement: String, _ channel: PacketChannel) {
        guard let handler else { return }
        query = Query(statement: statement, start: .now, before: channel.traffic)
        handler(.queryStarted(id, statement: statement))
    }

    /// The first packet of the response was received.
    mutating func responseStarted() {
        if let query, query.latency == nil { self.query?.latency = .now - query.start }
    }

    mutating func queryFinished(rows: Int, _ channel: PacketChannel, error: MySQLError?) {
        guard let handler, let query else { return }
        self.query = nil
        let traffic = channel.traffic
        handler(
            .queryFinished(
                id, statement: query.statement,
                MySQLQueryStatistics(
                    duration: .now - query.start, latency: query.latency, rows: rows,
                    traffic: MySQLTraffic(
                        receivedBytes: traffic.receivedBytes - query.before.receivedBytes,
                        receivedPackets: traffic.receivedPackets - query.before.receivedPackets)), error: error))
    }

    func failed(_ error: MySQLError) { handler?(.failed(id, address: id.address, error)) }

    func closed(_ channel: PacketChannel) { handler?(.closed(id, channel.traffic)) }

    func heartbeat() { handler?(.heartbeat(id)) }
}
