/// The schemas of the structs of a sink's plan.
struct StructSchemas {
    private let schemas: [Schema]
    /// For each an equal schema that is another object; retained so that it is not compared again.
    private var equalSchemas: [Schema?]

    init(_ schemas: [Schema]) {
        self.schemas = schemas
        equalSchemas = Array(repeating: nil, count: schemas.count)
    }

    /// Whether a struct with this schema fits that of an index: the same object, or an equal one.
    mutating func accepts(_ schema: Schema, at index: Int) -> Bool {
        if schemas[index] === schema || equalSchemas[index] === schema { return true }
        guard schema == schemas[index] else { return false }
        equalSchemas[index] = schema
        return true
    }
}
