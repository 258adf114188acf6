import ConnectData
import WireCore

// How an expression sees the values of a record: as the Java objects that a connector gives to Debezium's engines.
extension ScriptValue {
    /// - Parameter schema: nil for a value without a schema.
    init(_ value: ConnectValue, _ schema: Schema?, _ language: ExpressionLanguage) {
        switch value {
        case .null: self = .null
        case .boolean(let value): self = .boolean(value)
        case .integer(let value): self = Self.integer(value, schema, language)
        case .float32(let value): self = language == .groovy ? .float(value) : .double(Double(value))
        case .float64(let value): self = .double(value)
        case .string(let text): self = .string(text)
        case .bytes(let bytes):
            self = schema?.logicalType == .decimal
                ? .decimal(ScriptDecimal(unscaled: bytes, scale: schema?.decimalScale ?? 0)) : .buffer(bytes)
        case .array(let items): self = .list(items.map { ScriptValue($0, schema?.valueSchema, language) })
        case .map(let entries):
            self = .map(
                ScriptMap(
                    entries: entries.map {
                        .init(
                            key: ScriptValue($0.key, schema?.keySchema, language),
                            value: ScriptValue($0.value, schema?.valueSchema, language))
                    }))
        case .structure(let value): self = .structure(value)
        case .instant(let milliseconds): self = .date(milliseconds)
        }
    }

    private static func integer(_ value: Int64, _ schema: Schema?, _ language: ExpressionLanguage) -> ScriptValue {
        switch schema?.logicalType {
        case .date: return .date(value.multipliedReportingOverflow(by: 86_400_000).partialValue)
        case .time, .timestamp: return .date(value)
        case .decimal, nil: break
        }
        if language == .javaScript { return .double(Double(value)) }
        switch schema?.type {
        case .int8: return .integer(value, .byte)
        case .int16: return .integer(value, .short)
        case .int32: return .integer(value, .int)
        default: return .integer(value, .long)
        }
    }

    /// `Struct.get`: the default of the schema stands for null.
    static func field(
        _ index: Int, of value: Struct, _ language: ExpressionLanguage, usesDefault: Bool = true
    ) -> ScriptValue {
        let schema = value.schema.fields[index].schema
        if usesDefault, value.values[index].isNull, let defaultValue = schema.defaultValue {
            return ScriptValue(defaultValue, schema, language)
        }
        return ScriptValue(value.values[index], schema, language)
    }
}

extension RecordVariable {
    func value(in record: ConnectRecord, _ language: ExpressionLanguage) -> ScriptValue {
        switch self {
        case .key: return ScriptValue(record.key, record.keySchema, language)
        case .value: return ScriptValue(record.value, record.valueSchema, language)
        case .keySchema: return record.keySchema.map(ScriptValue.schema) ?? .null
        case .valueSchema: return record.valueSchema.map(ScriptValue.schema) ?? .null
        case .topic: return .string(record.topic)
        case .headers:
            // Of several headers with one name, Debezium keeps the last.
            let names = record.headers.map(\.name)
            let entries = record.headers.enumerated().compactMap { index, header -> ScriptMap.Entry? in
                if names[(index + 1)...].contains(where: header.name.isExactly) { return nil }
                return .init(
                    key: .string(header.name),
                    value: .header(ScriptValue(header.value, header.schema, language), header.schema))
            }
            return language == .groovy ? .map(ScriptMap(entries: entries)) : .object(ScriptMap(entries: entries))
        }
    }
}
