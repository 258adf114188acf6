/// The structure of the records of one kind, for example of the inserts of one version of a table: what `ConnectRecord`
/// has, with shapes in place of values. They have neither a partition nor a timestamp of their own: a transform that
/// sets one depends on values.
package struct RecordShape: Sendable, Hashable {
    package struct Header: Sendable, Hashable {
        package let name: String
        package let schema: Schema?
        package let value: ValueShape

        package init(_ name: String, schema: Schema?, value: ValueShape) {
            self.name = name
            self.schema = schema
            self.value = value
        }
    }

    package var topic: String
    package var keySchema: Schema?
    package var key: ValueShape
    /// nil with a null value: a tombstone.
    package var valueSchema: Schema?
    package var value: ValueShape
    package var headers: [Header]

    package init(
        topic: String, keySchema: Schema?, key: ValueShape, valueSchema: Schema?, value: ValueShape, headers: [Header]
    ) {
        self.topic = topic
        self.keySchema = keySchema
        self.key = key
        self.valueSchema = valueSchema
        self.value = value
        self.headers = headers
    }
}

/// What a transform does to all records of one shape.
package enum ShapeChange: Sendable {
    /// It has changed the shape as it changes each record, or leaves the records as they are.
    case applied
    /// It drops the records.
    case dropped
    /// It reads values, so that it must be applied to each record.
    case dependsOnValues
}
