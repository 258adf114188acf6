import BinlogSource
import ConnectData
import ConnectPlugins
import MySQLTestSupport
import MySQLWire
import WireCore

/// Row images to values, envelope and JSON: everything between the binlog and the producer.
func emissionBenchmarks() throws -> [Benchmark] {
    let log = try CapturedLog()
    var benchmarks: [Benchmark] = []
    for table in ["numbers", "texts", "times"] {
        let rows = try log.largest(of: table)
        benchmarks.append(try emission("emit/values/\(table)", rows, JSONSink(schemas: nil)))
        benchmarks.append(try emission("emit/json/\(table)", rows, JSONSink(schemas: false)))
        benchmarks.append(try emission("emit/json-schemas/\(table)", rows, JSONSink(schemas: true)))
    }
    return benchmarks
}

private func emission(_ name: String, _ rows: CapturedLog.Rows, _ sink: JSONSink) throws -> Benchmark {
    let configuration = try MySQLConnectorConfig(configuration: [
        "topic.prefix": "p", "database.hostname": "h", "database.user": "u", "database.server.id": "1",
        "schema.history.internal.kafka.topic": "h", "schema.history.internal.kafka.bootstrap.servers": "b:9092",
    ])
    let definition = try CapturedLog.definition(of: rows.table, configuration)
    let plan = try TablePlan(definition, configuration: configuration)
    let emitter = RecordEmitter(
        RecordOutput(configuration: configuration, taskID: 0, runID: "run", sink: sink, clock: { 0 }))
    var decoder = BinlogDecoder(hasChecksums: true)
    _ = try rows.map.withUnsafeBytes { try decoder.decodeOne($0).header }
    let source = SourceInfo(timestampMicroseconds: 0, file: "binlog.000001", position: 4)
    var bound: BinlogRowDecoder?
    let body = {
        try rows.event.withUnsafeBytes { bytes in
            guard case .rows(let event) = try decoder.decodeOne(bytes).body,
                let map = decoder.tableMap(event.tableID)
            else { return }
            let rowDecoder = try bound ?? plan.binlogDecoder(for: map)
            bound = rowDecoder
            _ = try emitter.emit(event, of: rowDecoder, source: source)
        }
    }
    sink.writtenBytes = 0
    try body()
    let bytes = sink.writtenBytes
    return Benchmark(name, unit: "row", units: rows.rowCount, bytes: bytes > 0 ? bytes : nil, body: body)
}

/// Encodes keys and values as the JSON converter does, always into the same memory; without a converter the records are
/// only counted.
private final class JSONSink: RecordSink {
    private let converter: JSONConverter?
    private var writer = ByteWriter(capacityBytes: 64 << 10)
    var writtenBytes = 0

    init(schemas: Bool?) throws {
        converter = try schemas.map { try JSONConverter(configuration: ["schemas.enable": "\($0)"]) }
    }

    func emit(_ record: ConnectRecord) throws -> Bool {
        guard let converter else {
            blackHole(record)
            return true
        }
        writer.reset()
        _ = try converter.convert(record.key, schema: record.keySchema, topic: record.topic, into: &writer)
        _ = try converter.convert(record.value, schema: record.valueSchema, topic: record.topic, into: &writer)
        writtenBytes &+= writer.count
        return true
    }

    func checkpoint(partition: JSONObject, offset: JSONObject) throws {}
    func awaitDelivery() throws {}
}
