import ConnectData
import WireCore

/// The conversion of values to a type, as `Cast` does it.
enum CastValue: Sendable {
    case int8, int16, int32, int64, float32, float64, boolean, string

    /// nil if `Cast` does not convert to the type.
    init?(_ type: SchemaType) {
        switch type {
        case .int8: self = .int8
        case .int16: self = .int16
        case .int32: self = .int32
        case .int64: self = .int64
        case .float32: self = .float32
        case .float64: self = .float64
        case .boolean: self = .boolean
        case .string: self = .string
        case .bytes, .array, .map, .structure: return nil
        }
    }

    var type: SchemaType {
        switch self {
        case .int8: .int8
        case .int16: .int16
        case .int32: .int32
        case .int64: .int64
        case .float32: .float32
        case .float64: .float64
        case .boolean: .boolean
        case .string: .string
        }
    }

    static func unsupportedInput(_ type: SchemaType) -> String {
        "Cast transformation does not support casting from \(type.javaName); supported types are "
            + "[INT8, INT16, INT32, INT64, FLOAT32, FLOAT64, BOOLEAN, STRING, BYTES]"
    }

    /// The converted value. Null stays.
    ///
    /// - Parameter schema: nil if the value has none.
    func value(of value: ConnectValue, _ schema: Schema?) throws(DataError) -> ConnectValue {
        switch value {
        case .null: return .null
        case .array, .map, .structure: throw DataError(Self.unsupportedInput(schema?.type ?? value.composedType))
        case .instant:
            throw DataError(
                "Cast transformation was passed a value of type class \(value.javaClassName(schema)) which is not "
                    + "supported by Connect's data API")
        case .boolean(let flag):
            return self == .string ? .string(flag ? "true" : "false") : number(ofInteger: flag ? 1 : 0)
        case .integer(let number):
            if self == .string {
                return .string(UTCText.connectDate(number, schema?.logicalType) ?? "\(number)")
            }
            return self.number(ofInteger: number)
        case .float32(let number):
            if self == .string { return .string(JavaNumber.text(number)) }
            return self == .float32 ? value : self.number(ofFloat: Double(number))
        case .float64(let number):
            return self == .string ? .string(JavaNumber.text(number)) : self.number(ofFloat: number)
        case .string(let text): return try parse(text)
        case .bytes(let bytes):
            if let schema, schema.logicalType == .decimal { return decimal(bytes, scale: schema.decimalScale) }
            if self == .string { return .string(Self.base64(bytes)) }
            throw DataError("Unexpected type in Cast transformation: class \(value.javaClassName(schema))")
        }
    }

    private static func base64(_ bytes: [UInt8]) -> String {
        var writer = ByteWriter()
        writer.base64(bytes)
        return String(decoding: writer.array(), as: UTF8.self)
    }

    private func number(ofInteger value: Int64) -> ConnectValue {
        switch self {
        case .int8: .integer(Int64(Int8(truncatingIfNeeded: value)))
        case .int16: .integer(Int64(Int16(truncatingIfNeeded: value)))
        case .int32: .integer(Int64(Int32(truncatingIfNeeded: value)))
        case .int64: .integer(value)
        case .float32: .float32(Float(value))
        case .float64: .float64(Double(value))
        case .boolean: .boolean(value != 0)
        case .string: .string("\(value)")
        }
    }

    /// Java's narrowing: the nearest `int` or `long`, whose lowest bits a `byte` or `short` gets; 0 if not a number.
    private func number(ofFloat value: Double) -> ConnectValue {
        func nearest<T: FixedWidthInteger>(_ type: T.Type) -> Int64 {
            if value.isNaN { return 0 }
            return Int64(T(exactly: value.rounded(.towardZero)) ?? (value < 0 ? T.min : T.max))
        }
        switch self {
        case .int8, .int16, .int32: return number(ofInteger: nearest(Int32.self))
        case .int64: return .integer(nearest(Int64.self))
        case .float32: return .float32(Float(value))
        case .float64: return .float64(value)
        case .boolean: return .boolean(nearest(Int64.self) != 0)
        case .string: return .string(JavaNumber.text(value))
        }
    }

    private func decimal(_ unscaled: [UInt8], scale: Int) -> ConnectValue {
        let text = UnscaledDecimal.javaText(unscaled, scale: scale)
        guard self != .string, let number = DecimalText(text) else { return .string(text) }
        switch self {
        case .float32: return .float32(number.float)
        case .float64: return .float64(number.double)
        case .int8, .int16, .int32, .int64, .boolean, .string: return self.number(ofInteger: number.truncatedInteger)
        }
    }

    private func parse(_ text: String) throws(DataError) -> ConnectValue {
        let parsed: ConnectValue?
        switch self {
        case .int8: parsed = Int8(JavaIntegerText.asciiDigits(text)).map { .integer(Int64($0)) }
        case .int16: parsed = Int16(JavaIntegerText.asciiDigits(text)).map { .integer(Int64($0)) }
        case .int32: parsed = Int32(JavaIntegerText.asciiDigits(text)).map { .integer(Int64($0)) }
        case .int64: parsed = Int64(JavaIntegerText.asciiDigits(text)).map { .integer($0) }
        case .float32: parsed = JavaFloatText(text)?.float.map { .float32($0) }
        case .float64: parsed = JavaFloatText(text)?.double.map { .float64($0) }
        case .boolean: parsed = .boolean(text.lowercased() == "true")
        case .string: parsed = .string(text)
        }
        guard let parsed else { throw DataError("Value (\(text)) was out of range for requested data type") }
        return parsed
    }
}

extension ConnectValue {
    /// The type of a value without a schema that is composed of others.
    fileprivate var composedType: SchemaType {
        switch self {
        case .array: .array
        case .map: .map
        case .null, .boolean, .integer, .float32, .float64, .string, .bytes, .structure, .instant: .structure
        }
    }
}
