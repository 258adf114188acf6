/// A value with its schema (`org.apache.kafka.connect.data.SchemaAndValue`).
package struct SchemaAndValue: Sendable, Hashable {
    /// nil: the value has no schema.
    package let schema: Schema?
    package let value: ConnectValue

    package init(_ schema: Schema?, _ value: ConnectValue) {
        self.schema = schema
        self.value = value
    }

    package static let null = SchemaAndValue(nil, .null)
}
