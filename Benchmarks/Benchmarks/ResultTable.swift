import Foundation

/// Measurements as lines of one format, whatever the filter.
struct ResultTable {
    private let baseline: [String: Measurement]?

    init(baseline: [Measurement]?) {
        self.baseline = baseline.map { Dictionary($0.map { ($0.name, $0) }, uniquingKeysWith: { $1 }) }
    }

    var head: String {
        let columns = Self.padded("benchmark", 44) + Self.right("ns/unit", 12) + Self.right("spread", 8)
            + Self.right("MB/s", 9) + Self.right("bytes", 9) + Self.right("allocs", 9) + "  unit"
        return baseline == nil ? columns : columns + Self.right("ratio", 12)
    }

    func line(_ found: Measurement) -> String {
        var line = Self.padded(found.name, 44)
        line += Self.right(Self.number(found.medianNanoseconds), 12)
        line += Self.right("\(Int(found.spreadPercent.rounded())) %", 8)
        line += Self.right(found.megabytesPerSecond.map(Self.number) ?? "-", 9)
        line += Self.right(found.bytesPerUnit.map { "\(Int($0.rounded()))" } ?? "-", 9)
        line += Self.right(String(format: "%.2f", found.allocationsPerUnit), 9)
        line += "  " + Self.padded(found.unit, 9)
        guard let baseline else { return line }
        let ratio = baseline[found.name].map { String(format: "%.2f", found.medianNanoseconds / $0.medianNanoseconds) }
        return line + Self.right(ratio ?? "new", 7)
    }

    private static func number(_ value: Double) -> String { String(format: value < 100 ? "%.1f" : "%.0f", value) }

    private static func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(1, width - text.count))
    }

    private static func right(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(1, width - text.count)) + text
    }
}
