import BinlogSource
import MySQLWire
import WireCore

extension RowWorkload {
    /// Decodes the events of a binlog and emits their rows, as the streaming reader does.
    func stream(_ capture: CapturedTable, _ passCount: Int, into pipeline: PipelineUnderTest) throws {
        let events = try capture.events()
        let schema = try capture.schema(pipeline.configuration)
        let file = "binlog.000001"
        var bindings = TableBindings(
            configuration: pipeline.configuration, logger: Logger("rows"), primaryKey: { _ in [] })
        var decoder = BinlogDecoder(hasChecksums: true)
        for pass in 0..<passCount {
            // The format description begins a file, which holds all transactions.
            for event in pass == 0 ? events[...] : events.dropFirst() {
                try event.withUnsafeBytes { bytes in
                    try decoder.feed(bytes)
                    guard let event = try decoder.next(), try decoder.next() == nil, case .rows(let rows) = event.body
                    else { return }
                    guard let map = decoder.tableMap(rows.tableID),
                        case .captured(let rowDecoder) = try bindings.binding(for: map, in: schema)
                    else { throw WorkloadError("rows of an unknown table") }
                    let position = Int64(event.header.nextPosition) - Int64(event.header.eventBytes)
                    let source = SourceInfo(
                        timestampMicroseconds: Int64(event.header.timestampSeconds) * 1_000_000, file: file,
                        position: position, serverID: Int64(event.header.serverID))
                    _ = try pipeline.emitter.emit(rows, of: rowDecoder, source: source)
                }
            }
            if Self.endsBatch(pass) { try pipeline.checkpoint(file: file, position: Int64(pass)) }
        }
    }

    /// Offsets are reported every few thousand rows.
    private static func endsBatch(_ pass: Int) -> Bool { pass % 10 == 9 }

    /// Decodes the rows of a text result and emits them, as the snapshot reader does.
    func snapshot(_ capture: CapturedTable, _ passCount: Int, into pipeline: PipelineUnderTest) throws {
        let packets = try capture.packets()
        let schema = try capture.schema(pipeline.configuration)
        guard let definition = schema.table(TableID(database: "wire", table: capture.name)) else {
            throw WorkloadError("table.sql creates no \(capture.name)")
        }
        let plan = try TablePlan(definition, configuration: pipeline.configuration)
        let source = SourceInfo(timestampMicroseconds: 1_767_323_045_000_000, file: "binlog.000001", position: 4)
        try pipeline.snapshotEmitter.beginTable(plan, source: source)
        var decoder = ResultSetDecoder(capabilities: .deprecateEOF)
        var columnCount = 0
        var row = TextRow()
        try pipeline.snapshotEmitter.emitRows { emit in
            for pass in 0..<passCount {
                // One result with the rows of all passes, whose end is not read.
                for packet in pass == 0 ? packets[...] : packets.dropFirst(1 + columnCount) {
                    try packet.withUnsafeBytes { bytes in
                        guard !isEnd(bytes) else { return }
                        switch try decoder.receive(bytes) {
                        case .progress, .finished: return
                        case .columns(let columns): columnCount = columns.count
                        case .row:
                            try row.decode(bytes, columnCount: columnCount)
                            try emit(row)
                        }
                    }
                }
                if Self.endsBatch(pass), pass < passCount - 1 {
                    try pipeline.checkpoint(file: "binlog.000001", position: Int64(pass))
                }
            }
        }
        try pipeline.snapshotEmitter.finish()
    }

    /// Whether it is the packet after the last row.
    private func isEnd(_ packet: UnsafeRawBufferPointer) -> Bool { packet.first == 0xFE && packet.count < 9 }
}
