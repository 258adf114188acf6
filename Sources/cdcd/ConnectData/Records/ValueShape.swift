/// The structure of a key or value whose contents are not read: which parts of what the connector produces it has, and
/// where. Transforms that act on structure only rearrange shapes; the result is compiled once for each version of a
/// table.
package indirect enum ValueShape: Sendable, Hashable {
    /// A value that all records have.
    case constant(ConnectValue)
    /// A value that the connector writes for each record, by its own number.
    /// - Parameter default: replaces null; nil: null stays.
    case input(Int, default: ConnectValue? = nil)
    /// The fields, in the schema's order.
    case structure([ValueShape])

    /// The fields of a struct.
    package var fields: [ValueShape]? { if case .structure(let fields) = self { fields } else { nil } }

    /// What no record has. Whether it is Kafka's null depends on its schema and the converter.
    package static var null: ValueShape { .constant(.null) }

    /// The shape with a value in place of null.
    package func replacingNull(by replacement: ConnectValue) -> ValueShape {
        switch self {
        case .constant(.null): .constant(replacement)
        case .input(let id, nil): .input(id, default: replacement)
        case .constant, .input, .structure: self
        }
    }

    /// The value of the shape.
    ///
    /// - Parameters:
    ///   - schema: of the value; needed for structs.
    ///   - input: the value of an input, by its number.
    package func value(_ schema: Schema?, inputs input: (Int) -> ConnectValue) -> ConnectValue {
        switch self {
        case .constant(let value): return value
        case .input(let id, let replacement):
            let value = input(id)
            return value.isNull ? replacement ?? .null : value
        case .structure(let fields):
            guard let schema, schema.fields.count == fields.count else {
                preconditionFailure("a struct's shape does not have the fields of its schema")
            }
            return .structure(
                Struct(
                    schema: schema,
                    values: ContiguousArray(
                        zip(fields, schema.fields).map { $0.value($1.schema, inputs: input) })))
        }
    }
}
