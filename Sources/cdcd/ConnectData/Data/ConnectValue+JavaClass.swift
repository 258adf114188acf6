extension Schema {
    /// The name of the Java class that has values of the schema, as `Class.getName` gives it.
    package var javaClassName: String {
        switch (logicalType, type) {
        case (.date, .int32), (.time, .int32), (.timestamp, .int64): "java.util.Date"
        case (.decimal, .bytes): "java.math.BigDecimal"
        case (_, .int8): "java.lang.Byte"
        case (_, .int16): "java.lang.Short"
        case (_, .int32): "java.lang.Integer"
        case (_, .int64): "java.lang.Long"
        case (_, .float32): "java.lang.Float"
        case (_, .float64): "java.lang.Double"
        case (_, .boolean): "java.lang.Boolean"
        case (_, .string): "java.lang.String"
        case (_, .bytes): "[B"
        case (_, .array): "java.util.ArrayList"
        case (_, .map): "java.util.HashMap"
        case (_, .structure): "org.apache.kafka.connect.data.Struct"
        }
    }
}

extension ConnectValue {
    /// The name of the Java class that has the value, for messages; `null` for null.
    ///
    /// - Parameter schema: of the value. Integers without a schema are those that converters create: `Long`.
    package func javaClassName(_ schema: Schema?) -> String {
        if isNull { return "null" }
        if let schema { return schema.javaClassName }
        switch self {
        case .null: return "null"
        case .boolean: return "java.lang.Boolean"
        case .integer: return "java.lang.Long"
        case .float32: return "java.lang.Float"
        case .float64: return "java.lang.Double"
        case .string: return "java.lang.String"
        case .bytes: return "[B"
        case .array: return "java.util.ArrayList"
        case .map: return "java.util.HashMap"
        case .structure: return "org.apache.kafka.connect.data.Struct"
        case .instant: return "java.util.Date"
        }
    }

    /// The struct, if the value is one.
    ///
    /// - Parameter purpose: of the transform, for the error, as Java's class `Requirements` has it.
    package func requiringStruct(_ schema: Schema?, for purpose: String) throws(DataError) -> Struct {
        if case .structure(let value) = self { return value }
        throw DataError("Only Struct objects supported for [\(purpose)], found: \(javaClassName(schema))")
    }

    /// The entries of the map, if the value is one.
    package func requiringMap(for purpose: String) throws(DataError) -> [MapEntry] {
        if case .map(let entries) = self { return entries }
        throw DataError(
            "Only Map objects supported in absence of schema for [\(purpose)], found: \(javaClassName(nil))")
    }
}

extension SchemaType {
    /// The constant of Java's `Schema.Type`.
    package var javaName: String {
        switch self {
        case .int8: "INT8"
        case .int16: "INT16"
        case .int32: "INT32"
        case .int64: "INT64"
        case .float32: "FLOAT32"
        case .float64: "FLOAT64"
        case .boolean: "BOOLEAN"
        case .string: "STRING"
        case .bytes: "BYTES"
        case .array: "ARRAY"
        case .map: "MAP"
        case .structure: "STRUCT"
        }
    }
}
