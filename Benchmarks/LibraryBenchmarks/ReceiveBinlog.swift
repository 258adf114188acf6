import MySQLWire
import WireStreams

/// Receives the binlog of a server from the beginning of `file` to the server's present position: each event framed,
/// its checksum verified, its header decoded.
func receiveBinlog(from server: SocketAddress, file: String) throws -> Outcome {
    var configuration = MySQLConfiguration(address: server, user: "root")
    configuration.tlsMode = .disabled
    let connection = try MySQLConnection.connect(configuration)
    let status = try connection.queryText("SHOW BINARY LOG STATUS")
    guard let endFile = status.column("File").first ?? nil,
        let end = (status.column("Position").first ?? nil).flatMap({ UInt32($0) })
    else { throw BenchmarkError("the server has no binlog") }
    let stream = try ReplicationStream(
        connection, serverID: 990_077, start: .position(file: file, position: 4), heartbeatMilliseconds: 1000,
        silenceMilliseconds: 10_000)
    var decoder = BinlogDecoder(hasChecksums: stream.hasChecksums)
    defer { stream.close() }
    return try Outcome.timed {
        var (events, bytes) = (0, 0)
        var current = file
        while true {
            let event = try stream.next()
            try decoder.feed(event)
            events += 1
            bytes += event.count
            while let event = try decoder.next() {
                if case .rotate(let rotate) = event.body { current = rotate.file }
                if current == endFile, event.header.nextPosition >= end, !event.header.isArtificial {
                    return (events, bytes)
                }
            }
        }
    }
}
