/// The declaration of a metric, from which it is registered and documented.
package struct MetricDefinition: Sendable {
    package enum Kind: String, Sendable {
        /// A number that only grows since the start of the process. Its name mostly ends in `_total`.
        case counter
        /// A number that goes up and down.
        case gauge
        /// The distribution of durations or sizes, whose unit is the end of its name.
        case histogram
    }

    package let name: String
    package let kind: Kind
    /// The names of its labels.
    package let labels: [String]
    package let help: String

    package init(_ name: String, _ kind: Kind, labels: [String] = [], help: String) {
        self.name = name
        self.kind = kind
        self.labels = labels
        self.help = help
    }

    /// - Parameter values: the values of the labels, in their order.
    package func counter(in registry: MetricsRegistry, _ values: [String] = []) -> Counter {
        precondition(kind == .counter, "\(name) is not a counter")
        return registry.counter(name, help: help, labels: pairs(values))
    }

    package func gauge(in registry: MetricsRegistry, _ values: [String] = []) -> Gauge {
        precondition(kind == .gauge, "\(name) is not a gauge")
        return registry.gauge(name, help: help, labels: pairs(values))
    }

    package func histogram(in registry: MetricsRegistry, _ values: [String] = [], bounds: [Double]) -> Histogram {
        precondition(kind == .histogram, "\(name) is not a histogram")
        return registry.histogram(name, help: help, labels: pairs(values), bounds: bounds)
    }

    /// The samples of a gauge whose values are computed when the metrics are read.
    package func family(_ samples: [(values: [String], value: Int)]) -> MetricsRegistry.Family {
        precondition(kind == .gauge, "\(name) is not a gauge")
        return MetricsRegistry.Family(
            name: name, help: help,
            samples: samples.map { .init(labels: pairs($0.values).sorted(), value: .gauge(Int64($0.value))) })
    }

    private func pairs(_ values: [String]) -> [MetricsRegistry.Label] {
        precondition(values.count == labels.count, "\(name) has the labels \(labels)")
        return zip(labels, values).map { MetricsRegistry.Label($0, $1) }
    }
}
