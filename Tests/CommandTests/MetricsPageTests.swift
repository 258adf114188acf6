import BinlogSource
import ConnectRuntime
import Testing
import WireCore
import WireTestSupport

/// `docs/metrics.md` is printed from the declarations of the metrics.
@Suite struct MetricsPageTests {
    private static let metrics =
        WorkerMetrics.all + TaskMetrics.all + SourceTaskMetrics.all + SinkTaskMetrics.all + KafkaClientMetrics.all
        + MySQLClientMetrics.all

    @Test func listsEveryMetric() throws {
        let rows = Self.metrics.sorted { $0.name < $1.name }.map { metric in
            let labels = metric.labels.map { "`\($0)`" }.joined(separator: ", ")
            return "| `\(metric.name)` | \(metric.kind.rawValue) | \(labels) | \(metric.help) |\n"
        }
        try expectGenerated(
            "\n| metric | kind | labels | |\n|---|---|---|---|\n" + rows.joined() + "\n", "metrics", in: "metrics.md")
    }

    @Test func everyNameIsDeclaredOnce() {
        #expect(Set(Self.metrics.map(\.name)).count == Self.metrics.count)
    }

    /// Prometheus' tools rely on it.
    @Test func onlyNamesOfCountersEndInTotal() {
        for metric in Self.metrics where metric.kind == .gauge { #expect(!metric.name.hasSuffix("_total")) }
    }
}
