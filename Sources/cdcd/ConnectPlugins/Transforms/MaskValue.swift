import ConnectData

/// What `MaskField` puts in place of values: Java chooses it by their classes.
struct MaskValue {
    /// nil: zero, or what is empty.
    let replacement: String?

    /// In place of a value of the schema.
    func value(of schema: Schema) throws(DataError) -> ConnectValue {
        switch (schema.logicalType, schema.type) {
        case (.decimal, .bytes): return .bytes(try decimal(schema))
        case (.date, _), (.time, _), (.timestamp, _): return try unreplaced(.integer(0), schema)
        case (_, .int8): return try integer(Int8.self)
        case (_, .int16): return try integer(Int16.self)
        case (_, .int32): return try integer(Int32.self)
        case (_, .int64): return try integer(Int64.self)
        case (_, .float32): return .float32(Float(try double()))
        case (_, .float64): return .float64(try double())
        case (_, .string): return .string(replacement ?? "")
        case (_, .boolean): return try unreplaced(.boolean(false), schema)
        case (_, .array): return try unreplaced(.array([]), schema)
        case (_, .map): return try unreplaced(.map([]), schema)
        case (_, .bytes): throw refusal(.null, schema)
        case (_, .structure): throw refusal(.null, schema)
        }
    }

    /// In place of a value that is not null.
    ///
    /// - Parameter schema: nil if it has none.
    func value(for value: ConnectValue, _ schema: Schema?) throws(DataError) -> ConnectValue {
        switch value {
        case .null: return .null
        case .boolean: return try unreplaced(.boolean(false), schema)
        case .integer: return try integer(Int64.self)
        case .float32: return .float32(Float(try double()))
        case .float64: return .float64(try double())
        case .string: return .string(replacement ?? "")
        case .array: return try unreplaced(.array([]), schema)
        case .map: return try unreplaced(.map([]), schema)
        case .instant: return try unreplaced(.instant(0), schema)
        case .bytes, .structure: throw refusal(value, schema)
        }
    }

    private func integer<T: FixedWidthInteger>(_ type: T.Type) throws(DataError) -> ConnectValue {
        guard let number = try number() else { return .integer(0) }
        return .integer(Int64(T(truncatingIfNeeded: number.truncatedInteger)))
    }

    private func double() throws(DataError) -> Double { try number()?.double ?? 0 }

    /// The replacement as a number.
    private func number() throws(DataError) -> DecimalText? {
        guard let replacement else { return nil }
        guard let number = DecimalText(replacement) else {
            throw DataError("Unable to convert \(replacement) (class java.lang.String) to a number")
        }
        return number
    }

    /// Java keeps the replacement's own scale, which converters refuse or ignore; here it gets the schema's.
    private func decimal(_ schema: Schema) throws(DataError) -> [UInt8] {
        guard let replacement else { return [0] }
        guard let number = DecimalText(replacement) else {
            throw DataError("Unable to convert \(replacement) (class java.lang.String) to number")
        }
        guard let bytes = number.unscaled(scale: schema.decimalScale) else {
            throw DataError(
                "Decimal value has mismatching scale for given Decimal schema. value has scale \(number.scale), "
                    + "schema has scale \(schema.decimalScale)")
        }
        return bytes
    }

    private func unreplaced(_ empty: ConnectValue, _ schema: Schema?) throws(DataError) -> ConnectValue {
        if replacement == nil { return empty }
        throw refusal(empty, schema)
    }

    private func refusal(_ value: ConnectValue, _ schema: Schema?) -> DataError {
        let name = schema?.javaClassName ?? value.javaClassName(nil)
        return DataError(
            replacement == nil
                ? "Cannot mask value of type: class \(name)"
                : "Cannot mask value of type class \(name) with custom replacement.")
    }
}
