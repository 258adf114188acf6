import ConnectData
import MySQLWire
import WireCore

/// Reads the binlog from an offset on, until the task is stopped or fails: connects, reads events and feeds them to the
/// handler.
/// One thread. A lost connection is replaced without losing or repeating anything, because the handler tracks the
/// position to the row.
final class StreamingReader {
    private let control: TaskControl
    private let connection: BinlogConnection
    private let handler: BinlogEventHandler

    init(control: TaskControl, connection: BinlogConnection, handler: BinlogEventHandler) {
        self.control = control
        self.connection = connection
        self.handler = handler
    }

    /// Returns when the task is stopped; everything that was emitted is checkpointed then.
    func run() throws {
        while !control.isStopping {
            do {
                try stream()
            } catch let failure as SessionError {
                if control.isStopping { break }
                try handler.checkpoint()
                try connection.recover(from: failure, at: handler.resumeRequest)
            } catch let other as ServerMismatchError {
                try handler.checkpoint()
                try connection.recover(from: other, at: handler.resumeRequest)
            } catch is CancellationError where control.isStopping {
                break
            } catch let gone as BinlogUnavailableError {
                // The last record's offset does not contain its own transaction; this one does if it was read to its
                // end, so that the next start skips it.
                try handler.checkpoint(at: gone.offset)
                throw gone
            } catch {
                // What was emitted before the failure need not be emitted again after it.
                try handler.checkpoint()
                throw error
            }
        }
        try handler.checkpoint()
    }

    /// Connects at the current position and reads until the connection ends; its error is thrown.
    private func stream() throws {
        try connection.withStream(handler.resumeRequest) { stream in
            handler.reconnect()
            var decoder = BinlogDecoder(hasChecksums: stream.hasChecksums)
            while !control.isStopping {
                try handler.checkpointIfDue(isInputDrained: !stream.hasBufferedEvent)
                let bytes = try connection.next(of: stream, at: handler.readPlace)
                do throws(MySQLProtocolError) { try decoder.feed(bytes) } catch { throw Self.failure(error) }
                while let event = try Self.next(&decoder) {
                    if !event.isEmbedded { connection.received(event.header, of: stream, at: handler.readPlace) }
                    try handler.handle(event, decoder)
                }
            }
        }
    }

    @inline(__always)
    private static func next(_ decoder: inout BinlogDecoder) throws(SessionError) -> BinlogEvent? {
        do throws(MySQLProtocolError) { return try decoder.next() } catch { throw failure(error) }
    }

    private static func failure(_ error: MySQLProtocolError) -> SessionError {
        SessionError(.malformed(error), isConnecting: false)
    }
}
