import WireCore

/// COM_QUERY_Response as a state machine: packets in, events out.
///
/// Layout: OK, ERR, or: column count | a ColumnDefinition41 for each | EOF (unless deprecated) | rows | OK or EOF.
package struct ResultSetDecoder {
    package enum Event: Equatable {
        /// The response continues with the next packet; nothing to do.
        case progress
        case columns([MySQLColumn])
        /// The packet is a row in the text protocol.
        case row
        /// The response is complete, unless the packet announces more results.
        case finished(OKPacket)
    }

    private enum State: Equatable {
        case expectingHeader
        case expectingColumns(left: Int)
        case expectingEOFAfterColumns
        case expectingRows
    }

    /// MySQL's own limit is 4096.
    static let columnCountMax = 8192

    private let hasDeprecatedEOF: Bool
    private var state = State.expectingHeader
    private var columns: [MySQLColumn] = []

    package init(capabilities: CapabilityFlags) { hasDeprecatedEOF = capabilities.contains(.deprecateEOF) }

    package mutating func receive(_ packet: UnsafeRawBufferPointer) throws(MySQLError) -> Event {
        do throws(WireError) {
            if packet.first == 0xFF { return try fail(packet) }
            switch state {
            case .expectingHeader: return try header(packet)
            case .expectingColumns(let left):
                columns.append(try MySQLColumn(packet))
                guard left == 1 else {
                    state = .expectingColumns(left: left - 1)
                    return .progress
                }
                state = hasDeprecatedEOF ? .expectingRows : .expectingEOFAfterColumns
                return .columns(columns)
            case .expectingEOFAfterColumns:
                guard packet.first == 0xFE, packet.count < 9 else { throw unexpected(packet) }
                state = .expectingRows
                return .progress
            case .expectingRows: return try row(packet)
            }
        } catch {
            if let serverError { throw .server(serverError) }
            throw .malformed(MySQLProtocolError("result set", error))
        }
    }

    private var serverError: MySQLServerError?

    private mutating func fail(_ packet: UnsafeRawBufferPointer) throws(WireError) -> Event {
        serverError = try MySQLServerError(errorPacket: packet)
        throw WireError(.invalidValue("ERR packet"), at: 0)
    }

    private mutating func header(_ packet: UnsafeRawBufferPointer) throws(WireError) -> Event {
        if packet.first == 0x00 {
            return .finished(try OKPacket(packet))
        }
        // 0xFB would be LOAD DATA LOCAL, which requires a capability that the client never announces.
        var reader = ByteReader(packet)
        let count = try reader.lengthEncodedCount()
        guard (1...Self.columnCountMax).contains(count) else { throw WireError(.badLength(count), at: 0) }
        columns = []
        state = .expectingColumns(left: count)
        return .progress
    }

    private mutating func row(_ packet: UnsafeRawBufferPointer) throws(WireError) -> Event {
        // A row may begin with 0xFE too (a cell of 16 MiB or more), but is then longer than any OK or EOF packet.
        guard packet.first == 0xFE, packet.count < (hasDeprecatedEOF ? PacketFramer.payloadBytesMax : 9) else {
            return .row
        }
        state = .expectingHeader
        return .finished(hasDeprecatedEOF ? try OKPacket(packet) : try OKPacket(eof: packet))
    }

    private func unexpected(_ packet: UnsafeRawBufferPointer) -> WireError {
        WireError(.invalidValue("unexpected header \(packet.first ?? 0)"), at: 0)
    }
}
