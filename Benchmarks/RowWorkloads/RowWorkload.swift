/// The path of a row from the server's bytes to the finished batch of the producer, on one thread, without a network.
///
/// The workloads are those of the external comparison of workers: a table of ten columns with and without the schemas
/// of JsonConverter, the same with AvroConverter and through ExtractNewRecordState, a table of 61 columns, and a
/// snapshot of the small table.
package enum RowWorkload: String, CaseIterable, Sendable {
    case stream, schemas, avro, unwrap, wide, snapshot

    /// The result: records and bytes of the batches as they would be sent.
    package struct Outcome: Equatable, Sendable {
        package var recordCount = 0
        package var byteCount = 0
    }

    /// The captured table, a folder of `Fixtures/workloads`.
    var table: String { self == .wide ? "wide" : "small" }

    var connectorSettings: [String: String] {
        var settings = [
            "connector.class": "io.debezium.connector.mysql.MySqlConnector", "database.hostname": "127.0.0.1",
            "database.user": "bench", "database.server.id": "900001", "topic.prefix": "bench1234567",
            "table.include.list": "wire.\(table)", "schema.history.internal.kafka.bootstrap.servers": "127.0.0.1:9092",
            "schema.history.internal.kafka.topic": "bench1234567.history",
        ]
        for converter in ["key.converter", "value.converter"] {
            if self == .avro {
                settings[converter] = "io.confluent.connect.avro.AvroConverter"
                settings["\(converter).schema.registry.url"] = "http://127.0.0.1:8081"
            } else {
                settings[converter] = "org.apache.kafka.connect.json.JsonConverter"
                settings["\(converter).schemas.enable"] = "\(self == .schemas)"
            }
        }
        if self == .unwrap {
            settings["transforms"] = "unwrap"
            settings["transforms.unwrap.type"] = "io.debezium.transforms.ExtractNewRecordState"
        }
        return settings
    }

    /// Processes the captured rows repeatedly, until `rowCount` rows are done.
    ///
    /// Throws if `rowCount` is not a multiple of the captured rows (200 of the small table, 100 of the wide one).
    package func run(rowCount: Int) throws -> Outcome {
        try PreparedWorkload(self).run(rowCount: rowCount)
    }
}

/// A workload with its table, transforms, converters and producer, for several runs.
package final class PreparedWorkload {
    private let workload: RowWorkload
    private let capture: CapturedTable
    private let pipeline: PipelineUnderTest

    package init(_ workload: RowWorkload) throws {
        self.workload = workload
        capture = try CapturedTable(workload.table)
        pipeline = try PipelineUnderTest(workload.connectorSettings)
    }

    /// Processes the captured rows repeatedly, until `rowCount` rows are done.
    ///
    /// - Returns: the records and bytes of all runs.
    /// - Throws: if `rowCount` is not a multiple of the captured rows (200 of the small table, 100 of the wide one).
    package func run(rowCount: Int) throws -> RowWorkload.Outcome {
        guard rowCount > 0, rowCount % capture.rowCount == 0 else {
            throw WorkloadError("the number of rows must be a multiple of \(capture.rowCount)")
        }
        let passCount = rowCount / capture.rowCount
        switch workload {
        case .stream, .schemas, .avro, .unwrap, .wide: try workload.stream(capture, passCount, into: pipeline)
        case .snapshot: try workload.snapshot(capture, passCount, into: pipeline)
        }
        return try pipeline.outcome()
    }
}

/// An invalid capture or argument.
struct WorkloadError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
