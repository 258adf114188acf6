/// Unions and enumerations, for which Connect has no types: the names by which Confluent's converters mark them.
package enum SumType {
    /// The parameters with `generalized.sum.type.support`.
    package static let union = "org.apache.kafka.connect.data.Union"
    package static let enumeration = "org.apache.kafka.connect.data.Enum"
    /// The schema of a union of a JSON Schema.
    package static let jsonUnion = "io.confluent.connect.json.OneOf"
}

extension Schema {
    /// Whether a struct of a JSON Schema holds one of several values, each in a field of its own.
    package var isUnion: Bool {
        type == .structure && (name == SumType.jsonUnion || parameter(SumType.union) != nil)
    }
}
