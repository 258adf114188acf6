/// Prometheus' text format, version 0.0.4. Source: "Exposition formats" of its documentation.
package enum PrometheusText {
    package static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    package static func encode(_ families: [MetricsRegistry.Family]) -> [UInt8] {
        var writer = ByteWriter(capacityBytes: 4096)
        for family in families {
            guard let first = family.samples.first else { continue }
            let type = switch first.value {
            case .counter: "counter"
            case .gauge: "gauge"
            case .histogram: "histogram"
            }
            writer.utf8("# HELP \(family.name) \(escaped(family.help, quote: false))\n")
            writer.utf8("# TYPE \(family.name) \(type)\n")
            for sample in family.samples { encode(sample, of: family.name, into: &writer) }
        }
        return writer.array()
    }

    private static func encode(_ sample: MetricsRegistry.Sample, of name: String, into writer: inout ByteWriter) {
        switch sample.value {
        case .counter(let value), .gauge(let value):
            writer.utf8("\(name)\(labels(sample.labels)) \(value)\n")
        case .histogram(let bounds, let counts, let sum):
            var total: Int64 = 0
            for (index, count) in counts.enumerated() {
                total += count
                let bound = index < bounds.count ? "\(bounds[index])" : "+Inf"
                let all = sample.labels + [MetricsRegistry.Label("le", bound)]
                writer.utf8("\(name)_bucket\(labels(all)) \(total)\n")
            }
            writer.utf8("\(name)_sum\(labels(sample.labels)) \(sum)\n")
            writer.utf8("\(name)_count\(labels(sample.labels)) \(total)\n")
        }
    }

    private static func labels(_ labels: [MetricsRegistry.Label]) -> String {
        guard !labels.isEmpty else { return "" }
        let pairs = labels.map { "\($0.name)=\"\(escaped($0.value, quote: true))\"" }
        return "{\(pairs.joined(separator: ","))}"
    }

    private static func escaped(_ text: String, quote: Bool) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\"" where quote: result += "\\\""
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
