import Synchronization

/// The metrics of the process. Code registers a metric once, by name and labels, keeps the object, and updates it
/// without a lock.
package final class MetricsRegistry: Sendable {
    package static let shared = MetricsRegistry()

    package enum Value: Equatable, Sendable {
        case counter(Int64)
        case gauge(Int64)
        /// One count for each range, not cumulative; one more than the number of bounds.
        case histogram(bounds: [Double], counts: [Int64], sum: Double)
    }

    /// One combination of label values.
    package struct Sample: Equatable, Sendable {
        package let labels: [Label]
        package let value: Value

        package init(labels: [Label], value: Value) {
            self.labels = labels
            self.value = value
        }
    }

    package struct Label: Hashable, Comparable, Sendable {
        package let name: String
        package let value: String

        package init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }

        package static func < (a: Self, b: Self) -> Bool { (a.name, a.value) < (b.name, b.value) }
    }

    /// All samples of one name.
    package struct Family: Equatable, Sendable {
        package let name: String
        package let help: String
        package let samples: [Sample]

        package init(name: String, help: String, samples: [Sample]) {
            self.name = name
            self.help = help
            self.samples = samples
        }
    }

    private enum Metric {
        case counter(Counter)
        case gauge(Gauge)
        case histogram(Histogram)

        var value: Value {
            switch self {
            case .counter(let counter): return .counter(counter.value)
            case .gauge(let gauge): return .gauge(gauge.value)
            case .histogram(let histogram):
                let (counts, sum) = histogram.value
                return .histogram(bounds: histogram.bounds, counts: counts, sum: sum)
            }
        }
    }

    private struct RegisteredFamily {
        let help: String
        var metrics: [[Label]: Metric] = [:]
    }

    private let families = Mutex<[String: RegisteredFamily]>([:])

    package init() {}

    /// The counter with this name and these labels, the same object for every caller. By Prometheus' convention the
    /// name ends in `_total`.
    package func counter(_ name: String, help: String, labels: [Label] = []) -> Counter {
        let metric = register(name, help, labels, .counter(Counter()))
        guard case .counter(let counter) = metric else { preconditionFailure("\(name) is not a counter") }
        return counter
    }

    package func gauge(_ name: String, help: String, labels: [Label] = []) -> Gauge {
        let metric = register(name, help, labels, .gauge(Gauge()))
        guard case .gauge(let gauge) = metric else { preconditionFailure("\(name) is not a gauge") }
        return gauge
    }

    /// - Parameter bounds: used if the metric does not exist yet. In the unit that the name ends with.
    package func histogram(_ name: String, help: String, labels: [Label] = [], bounds: [Double]) -> Histogram {
        let metric = register(name, help, labels, .histogram(Histogram(bounds: bounds)))
        guard case .histogram(let histogram) = metric else { preconditionFailure("\(name) is not a histogram") }
        return histogram
    }

    /// Removes all metrics that have this label, for example those of a deleted connector.
    package func remove(label: Label) {
        families.withLock { families in
            families = families.compactMapValues { family in
                var family = family
                family.metrics = family.metrics.filter { !$0.key.contains(label) }
                return family.metrics.isEmpty ? nil : family
            }
        }
    }

    /// The current values, ordered by name and labels.
    package func snapshot() -> [Family] {
        families.withLock { families in
            families.sorted { $0.key < $1.key }.map { name, family in
                let samples = family.metrics.sorted { $0.key.lexicographicallyPrecedes($1.key) }
                    .map { Sample(labels: $0.key, value: $0.value.value) }
                return Family(name: name, help: family.help, samples: samples)
            }
        }
    }

    private func register(_ name: String, _ help: String, _ labels: [Label], _ new: Metric) -> Metric {
        precondition(Self.isName(name) && labels.allSatisfy { Self.isName($0.name) }, "\(name) is not a metric's name")
        let key = labels.sorted()
        return families.withLock { families in
            if let known = families[name]?.metrics[key] { return known }
            families[name, default: RegisteredFamily(help: help)].metrics[key] = new
            return new
        }
    }

    private static func isName(_ name: String) -> Bool {
        guard let first = name.utf8.first, !(0x30...0x39).contains(first) else { return false }
        return name.utf8.allSatisfy {
            (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0) || $0 == 0x5F
        }
    }
}
