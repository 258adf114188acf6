import ConnectData

/// Debezium's `io.debezium.transforms.Filter`: keeps the records for which a condition is true.
package final class Filter: Transformation {
    package static let className = "io.debezium.transforms.Filter"

    private static let key = ConfigKey(
        "condition", .string, importance: .high,
        documentation: "An expression that is true for the records to be kept.", orderInGroup: 1, width: .medium,
        displayName: "Filtering condition", validator: ScriptingOptions.isPresent)

    package static let plugin = ScriptedTransform.plugin(className, expressionKey: key) { Filter($0) }

    private let script: ScriptedTransform

    private init(_ script: ScriptedTransform) { self.script = script }

    package var keepsHeaders: Bool { true }

    package func apply(_ record: inout ConnectRecord) throws -> Bool {
        switch try script.apply(record) {
        case .keep: return true
        case .drop: return false
        case .result(.boolean(let isKept)): return isKept
        case .result(let value): throw script.mismatch(value, expected: "Boolean", record.topic)
        }
    }

    package func apply(to shape: inout RecordShape) throws -> ShapeChange {
        try script.applies(to: shape.topic) ? .dependsOnValues : .applied
    }
}
