import MySQLTestSupport
import MySQLWire
import WireCore

/// Captured events to row images: the work for every row before its values are decoded.
func binlogBenchmarks() throws -> [Benchmark] {
    let log = try CapturedLog()
    var benchmarks: [Benchmark] = []
    for table in ["numbers", "texts", "times"] {
        let rows = try log.largest(of: table)
        let decode = try decoding(rows)
        benchmarks.append(
            Benchmark("binlog/rows/\(table)", unit: "row", units: rows.rowCount, bytes: rows.event.count, body: decode))
        benchmarks.append(Benchmark("binlog/cells/\(table)", unit: "cell", units: rows.cellCount, body: decode))
    }
    let bytes = log.rows.reduce(0) { $0 + $1.map.count + $1.event.count }
    benchmarks.append(
        Benchmark("binlog/log", unit: "event", units: log.rows.count * 2, bytes: bytes) {
            var decoder = BinlogDecoder(hasChecksums: true)
            for rows in log.rows {
                try rows.map.withUnsafeBytes { blackHole(try decoder.decodeOne($0).header.type) }
                try rows.event.withUnsafeBytes { blackHole(try decoder.decodeOne($0).header.type) }
            }
        })
    return benchmarks
}

/// Checksum, header and positions of all cells of one event.
private func decoding(_ rows: CapturedLog.Rows) throws -> () throws -> Void {
    var decoder = BinlogDecoder(hasChecksums: true)
    _ = try rows.map.withUnsafeBytes { try decoder.decodeOne($0).header }
    var image = RowImage()
    return {
        try rows.event.withUnsafeBytes { bytes in
            guard case .rows(let event) = try decoder.decodeOne(bytes).body,
                let map = decoder.tableMap(event.tableID)
            else { return }
            var images = event.makeRows()
            while !images.isAtEnd {
                try images.next(into: &image, columns: map.columns)
                blackHole(image.count)
            }
        }
    }
}
