import ConnectData

/// Debezium's `io.debezium.transforms.ContentBasedRouter`: sends records to the topic that an expression gives.
package final class ContentBasedRouter: Transformation {
    package static let className = "io.debezium.transforms.ContentBasedRouter"

    private static let key = ConfigKey(
        "topic.expression", .string, importance: .high,
        documentation: "An expression for the topic of a record. A record for which it is null keeps its topic.",
        orderInGroup: 1, width: .medium, displayName: "Topic name expression", validator: ScriptingOptions.isPresent)

    package static let plugin = ScriptedTransform.plugin(className, expressionKey: key) { ContentBasedRouter($0) }

    private let script: ScriptedTransform

    private init(_ script: ScriptedTransform) { self.script = script }

    package var keepsHeaders: Bool { true }

    package func apply(_ record: inout ConnectRecord) throws -> Bool {
        switch try script.apply(record) {
        case .keep, .result(.null), .result(.undefined): return true
        case .drop: return false
        case .result(.string(let topic)):
            record.topic = topic
            record.sharesHeaders = false
            return true
        case .result(let value): throw script.mismatch(value, expected: "String", record.topic)
        }
    }

    package func apply(to shape: inout RecordShape) throws -> ShapeChange {
        try script.applies(to: shape.topic) ? .dependsOnValues : .applied
    }
}
