import ConnectData
import PluginTestSupport
import WireCore

@testable import BinlogSource

extension PropertyEffect {
    private static let small = TaskRun.Table(
        database: "wire", name: "small",
        definition: """
            CREATE TABLE `small` (`id` bigint NOT NULL, `a` int, `b` bigint, `c` varchar(64), `d` varchar(200),
            `e` decimal(12,2), `f` datetime(6), `g` timestamp(3) NULL, `h` double, `i` tinyint, PRIMARY KEY (`id`))
            """,
        row: [("id", "1")])

    /// The number of rows of the captured log that arrive, or the error.
    private static func rows(_ properties: [String: String], tables: [TaskRun.Table]) throws -> String {
        let run = try TaskRun(
            properties.merging(["snapshot.mode": "no_data"]) { $1 }, tables: tables, events: TaskRun.events("small"))
        let count = run.records.count { $0.value.structValue?["op"] != nil }
        return run.failure.map { _ in "fails" } ?? "\(count) rows"
    }

    private static let streamed: Observation = { try rows($0, tables: [small]) }

    /// Which part of the binlog is read.
    static let streaming = [
        PropertyEffect("inconsistent.schema.handling.mode", "skip", from: "fails", to: "0 rows") {
            try rows($0, tables: [])
        },
        PropertyEffect("gtid.source.includes", "0000.*", from: "200 rows", to: "0 rows", streamed),
        PropertyEffect("gtid.source.excludes", ".*-.*", from: "200 rows", to: "0 rows", streamed),
        PropertyEffect(
            "gtid.source.filter.dml.events", "false", with: ["gtid.source.excludes": ".*-.*"], from: "0 rows",
            to: "200 rows", streamed),
        PropertyEffect("include.query", "true", from: "null", to: #"INSERT INTO queried VALUES (1, '{"a": 1}')"#) { properties in
            let run = try TaskRun(
                properties.merging(["snapshot.mode": "no_data"]) { $1 }, tables: [],
                events: TaskRun.capturedEvents("mysql/9.7.4/binlog/rows-query"))
            let row = run.records.first { $0.value.structValue?["op"] != nil }?.value.structValue
            guard let source = row?["source"]?.structValue else { return run.failure ?? "no row" }
            return source["query"]?.stringValue ?? "null"
        },
    ]
}
