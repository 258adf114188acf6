import Testing
import WireCore

@Suite struct MetricsTests {
    @Test func sameNameAndLabelsAreTheSameMetric() {
        let registry = MetricsRegistry()
        let (a, b) = (MetricsRegistry.Label("connector", "c"), MetricsRegistry.Label("task", "0"))
        registry.counter("records_total", help: "Records.", labels: [a, b]).add(3)
        registry.counter("records_total", help: "Records.", labels: [b, a]).add()
        registry.counter("records_total", help: "Records.", labels: [a]).add(10)
        #expect(registry.snapshot() == [
            MetricsRegistry.Family(name: "records_total", help: "Records.", samples: [
                MetricsRegistry.Sample(labels: [a], value: .counter(10)),
                MetricsRegistry.Sample(labels: [a, b], value: .counter(4)),
            ])
        ])
        registry.remove(label: b)
        #expect(registry.snapshot().first?.samples.count == 1)
        registry.remove(label: a)
        #expect(registry.snapshot().isEmpty)
    }

    @Test func histogramCountsRangesWithInclusiveBounds() {
        let histogram = Histogram(bounds: [0.5, 1])
        for value in [0.25, 0.5, 0.75, 1, 2, 4] { histogram.observe(value) }
        #expect(histogram.value.counts == [2, 2, 2])
        #expect(histogram.value.sum == 8.5)
    }

    @Test func textIsPrometheusFormat() {
        let registry = MetricsRegistry()
        registry.gauge("open_connections", help: "Open \\ now\nhere.").set(-2)
        registry.counter("requests_total", help: "Requests.", labels: [.init("path", "a\"b\\c\nd")]).add(7)
        let histogram = registry.histogram("wait_seconds", help: "Waits.", labels: [.init("x", "y")], bounds: [0.1, 5])
        for value in [0.05, 3.0, 3.0, 9.0] { histogram.observe(value) }
        #expect(String(decoding: PrometheusText.encode(registry.snapshot()), as: UTF8.self) == #"""
            # HELP open_connections Open \\ now\nhere.
            # TYPE open_connections gauge
            open_connections -2
            # HELP requests_total Requests.
            # TYPE requests_total counter
            requests_total{path="a\"b\\c\nd"} 7
            # HELP wait_seconds Waits.
            # TYPE wait_seconds histogram
            wait_seconds_bucket{x="y",le="0.1"} 1
            wait_seconds_bucket{x="y",le="5.0"} 3
            wait_seconds_bucket{x="y",le="+Inf"} 4
            wait_seconds_sum{x="y"} 15.05
            wait_seconds_count{x="y"} 4

            """#)
    }
}
