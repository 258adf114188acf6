import MySQLTestSupport
import WireCore
import WireTestSupport

@testable import MySQLWire

/// Packets of one side of a captured conversation. Sequence numbers restart with every command, so any number is
/// accepted; `PacketFramerTests` tests that they must be consecutive.
struct CapturedPackets: StreamDecoder {
    private var framer = PacketFramer()

    mutating func next(in arrived: UnsafeRawBufferPointer) throws -> (message: [UInt8], consumedBytes: Int)? {
        if arrived.count >= PacketFramer.headerBytes { framer.nextSequence = arrived[3] }
        guard case .packet(let pieces, let totalBytes) = try framer.next(in: arrived) else { return nil }
        precondition(pieces == 1, "captured packets are small")
        return (Array(arrived[PacketFramer.headerBytes..<totalBytes]), totalBytes)
    }
}

/// A captured conversation as text, for golden files.
struct ConversationDump {
    private enum Phase {
        case greeting, authentication
        case commands
        case result(ResultSetDecoder, columns: Int)
        case acknowledgement
        case binlog(BinlogDecoder)
    }

    private var phase = Phase.greeting
    private var capabilities: CapabilityFlags = []
    private var asksForChecksum = false
    private var hasChecksums = false
    private(set) var lines: [String] = []
    /// The events of the binlog, raw.
    private(set) var events: [[UInt8]] = []

    init(_ conversation: Conversation, feeding: Feeding) throws {
        for turn in conversation.turns {
            for packet in try messages(of: turn.bytes, fed: feeding, to: CapturedPackets()) {
                if turn.isFromServer { try server(packet) } else { client(packet) }
            }
        }
    }

    var text: String { lines.joined(separator: "\n") + "\n" }

    private mutating func client(_ packet: [UInt8]) {
        switch phase {
        case .greeting, .authentication:
            if case .greeting = phase, packet.count >= 4 {
                capabilities = CapabilityFlags(
                    rawValue: packet.prefix(4).reversed().reduce(0) { $0 << 8 | UInt32($1) })
                lines.append("> \(packet.count == 32 ? "SSLRequest" : "HandshakeResponse41") \(packet.hex)")
            } else {
                lines.append("> \(packet.hex)")
            }
            phase = .authentication
        default: command(packet)
        }
    }

    private mutating func command(_ packet: [UInt8]) {
        switch packet.first {
        case 0x03:
            let sql = String(decoding: packet.dropFirst(), as: UTF8.self)
            lines.append("> COM_QUERY \(sql)")
            asksForChecksum = sql == "SELECT @master_binlog_checksum"
            phase = .result(ResultSetDecoder(capabilities: capabilities), columns: 0)
        case 0x12:
            lines.append("> COM_BINLOG_DUMP \(packet.hex)")
            phase = .binlog(BinlogDecoder(hasChecksums: hasChecksums))
        case 0x1E:
            lines.append("> COM_BINLOG_DUMP_GTID \(packet.hex)")
            phase = .binlog(BinlogDecoder(hasChecksums: hasChecksums))
        case 0x15:
            lines.append("> COM_REGISTER_SLAVE \(packet.hex)")
            phase = .acknowledgement
        default: lines.append("> \(packet.hex)")
        }
    }

    private mutating func server(_ packet: [UInt8]) throws {
        try packet.withUnsafeBytes { bytes in
            if packet.first == 0xFF {
                let error = try MySQLServerError(errorPacket: bytes)
                lines.append("< ERR \(error)")
                if case .result = phase { phase = .commands }
                return
            }
            switch phase {
            case .greeting: lines.append("< \(try InitialHandshake(bytes))")
            case .authentication:
                lines.append("< \(packet.first == 0 ? "OK" : packet.hex)")
                if packet.first == 0 { phase = .commands }
            case .commands: lines.append("< \(packet.hex)")
            case .acknowledgement: lines.append("< \(try OKPacket(bytes))")
            case .result(let decoder, let columns): try result(decoder, columns, bytes)
            case .binlog(let decoder): try event(decoder, bytes)
            }
        }
    }

    private mutating func result(
        _ decoder: ResultSetDecoder, _ columns: Int, _ packet: UnsafeRawBufferPointer
    ) throws {
        var (decoder, columns) = (decoder, columns)
        switch try decoder.receive(packet) {
        case .progress: break
        case .columns(let definitions):
            columns = definitions.count
            for column in definitions {
                lines.append(
                    "< column \(column.name) type \(column.type) collation \(column.collation) flags \(column.flags)")
            }
        case .row:
            let row = try TextRow(packet, columnCount: columns, reusing: [])
            let cells = (0..<row.count).map { index in row.text(index).map { CellText.shortened($0) } ?? "NULL" }
            lines.append("< row \(cells)")
            if asksForChecksum { hasChecksums = cells == ["CRC32"] }
        case .finished(let packet):
            lines.append("< \(packet), \(packet.hasMoreResults ? "more results" : "no more")")
            phase = .commands
            return
        }
        phase = .result(decoder, columns: columns)
    }

    private mutating func event(_ decoder: BinlogDecoder, _ packet: UnsafeRawBufferPointer) throws {
        guard packet.first == 0 else {
            lines.append("< EOF")
            phase = .commands
            return
        }
        var decoder = decoder
        let bytes = UnsafeRawBufferPointer(rebasing: packet.dropFirst())
        events.append(Array(bytes))
        let event = try decoder.decodeOne(bytes)
        let header = event.header
        lines.append(
            "< \(header.type) at \(header.position) to \(header.nextPosition), time \(header.timestampSeconds), "
                + "flags \(header.flags)")
        lines += try Self.describe(event, decoder).map { "    \($0)" }
        phase = .binlog(decoder)
    }

    private static func describe(_ event: BinlogEvent, _ decoder: BinlogDecoder) throws -> [String] {
        switch event.body {
        case .formatDescription(let format): ["\(format.serverVersion), checksums \(format.hasChecksums)"]
        case .rotate(let rotate): ["\(rotate.file):\(rotate.position)"]
        case .query(let query), .loadData(let query): ["[\(query.database)] \(query.statement)", session(query.session)]
        case .gtid(let gtid):
            ["\(gtid.gtid.map { "\($0)" } ?? "anonymous") \(gtid.originalCommitMicroseconds ?? 0)"]
        case .mariaDBGTID(let gtid): ["\(gtid.gtid) flags \(gtid.flags)"]
        case .tableMap(let map):
            ["\(map.database).\(map.table)", map.unreadableColumn?.description, columns(map)].compactMap { $0 } + metadata(try map.metadata())
        case .rows(let rows): try describe(rows, decoder)
        case .xid(let number): ["\(number)"]
        case .rowsQuery(let statement): [statement]
        case .xaPrepare(let event):
            ["\(String(decoding: event.globalID, as: UTF8.self)) one phase \(event.isOnePhase)"]
        case .heartbeat, .stop, .informational, .transactionPayload: []
        case .unsupported:
            ["unsupported: \(event.header.type.unsupportedReason)"]
        }
    }

    private static func columns(_ map: TableMap) -> String {
        zip(map.columns, map.isNullable).map { column($0, isNullable: $1) }.joined(separator: ", ")
    }

    private static func metadata(_ metadata: TableMapMetadata) -> [String] {
        let fields: [(name: String, values: [String?])] = [
            ("unsigned", metadata.isUnsigned.map { $0.map { $0 ? "yes" : "no" } }),
            ("collations", metadata.collations.map { $0.map { "\($0)" } }), ("names", metadata.columnNames),
            ("options", metadata.options.map { $0.map { "\($0.map { String(decoding: $0, as: UTF8.self) })" } }),
            ("primary key", metadata.primaryKey.map { [$0.description] } ?? []),
        ]
        return fields.filter { !$0.values.isEmpty }.map { name, values in
            "\(name): \(values.map { $0 ?? "-" }.joined(separator: ", "))"
        }
    }

    private static func column(_ column: ColumnStorage, isNullable: Bool) -> String {
        "\(column.type) \(column.size)" + (column.scale > 0 ? ",\(column.scale)" : "") + (isNullable ? "" : " NOT NULL")
    }

    private static func session(_ session: QueryEvent.Session) -> String {
        Mirror(reflecting: session).children.compactMap { name, value in
            Mirror(reflecting: value).children.first.map { "\(name ?? "") \($0.value)" }
        }.joined(separator: ", ")
    }

    private static func describe(_ rows: RowsEvent, _ decoder: BinlogDecoder) throws -> [String] {
        guard let map = decoder.tableMap(rows.tableID) else { return ["no table map"] }
        guard rows.hasFullImages, map.unreadableColumn == nil else {
            return ["\(rows.kind) of \(map.table): not all columns"]
        }
        var lines = ["\(rows.kind) of \(map.table)"]
        var images = rows.makeRows()
        var image = RowImage()
        var isBefore = rows.kind != .insert
        while !images.isAtEnd {
            try images.next(into: &image, columns: map.columns)
            let cells = try map.columns.enumerated().map { try CellText.render(image[$0.offset], $0.element) }
            lines.append((isBefore ? "- " : "+ ") + cells.joined(separator: " | "))
            if rows.kind == .update { isBefore.toggle() }
        }
        return lines
    }
}
