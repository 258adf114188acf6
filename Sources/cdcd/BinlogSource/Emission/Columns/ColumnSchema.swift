import ConnectData

/// The schemas of columns, by the kind of their values.
enum ColumnSchema {
    /// The schema of a column's field.
    ///
    /// - Parameter comment: the column's comment, which becomes the schema's documentation.
    static func schema(
        _ kind: ValueKind, _ profile: DebeziumProfile, isOptional: Bool, defaultValue: ConnectValue?,
        comment: String? = nil
    ) -> Schema {
        func plain(
            _ type: SchemaType, _ name: String? = nil, _ parameters: [Schema.Parameter] = []
        ) -> Schema {
            Schema(
                type, isOptional: isOptional, name: name, version: name == nil ? nil : 1, documentation: comment,
                parameters: parameters, defaultValue: defaultValue)
        }
        switch kind {
        case .boolean, .bit: return plain(.boolean)
        case .integer(let type, _): return plain(type.schemaType)
        case .unsignedDecimal:
            let precision: [Schema.Parameter] =
                profile.values.unsignedBigintHasPrecision ? [.init("connect.decimal.precision", "20")] : []
            return plain(.bytes, Names.decimal, [Schema.Parameter("scale", "0")] + precision)
        case .float32: return plain(.float32)
        case .float64: return plain(.float64)
        case .decimal(.precise, let precision, let scale):
            return plain(
                .bytes, Names.decimal,
                [.init("scale", "\(scale)"), .init("connect.decimal.precision", "\(precision)")])
        case .decimal(.string, _, _): return plain(.string)
        case .decimal(.double, _, _): return plain(.float64)
        case .bits(let length): return plain(.bytes, "io.debezium.data.Bits", [.init("length", "\(length)")])
        case .text: return plain(.string)
        case .binary(let mode): return plain(mode == .bytes ? .bytes : .string)
        case .enumeration(let options):
            return plain(.string, "io.debezium.data.Enum", [.init("allowed", options.joined(separator: ","))])
        case .set(let options):
            return plain(.string, "io.debezium.data.EnumSet", [.init("allowed", options.joined(separator: ","))])
        case .json: return plain(.string, "io.debezium.data.Json")
        case .date(.days): return plain(.int32, "io.debezium.time.Date")
        case .date(.connect): return plain(.int32, "org.apache.kafka.connect.data.Date")
        case .date(.iso): return plain(.string, "io.debezium.time.IsoDate")
        case .time(.microseconds): return plain(.int64, "io.debezium.time.MicroTime")
        case .time(.nanoseconds): return plain(.int64, "io.debezium.time.NanoTime")
        case .time(.connect): return plain(.int32, "org.apache.kafka.connect.data.Time")
        case .time(.iso): return plain(.string, "io.debezium.time.IsoTime")
        case .dateTime(.milliseconds): return plain(.int64, "io.debezium.time.Timestamp")
        case .dateTime(.microseconds): return plain(.int64, "io.debezium.time.MicroTimestamp")
        case .dateTime(.nanoseconds): return plain(.int64, "io.debezium.time.NanoTimestamp")
        case .dateTime(.connect): return plain(.int64, "org.apache.kafka.connect.data.Timestamp")
        case .dateTime(.iso): return plain(.string, "io.debezium.time.IsoTimestamp")
        case .timestamp: return plain(.string, "io.debezium.time.ZonedTimestamp")
        case .year: return plain(.int32, "io.debezium.time.Year")
        case .uuid: return plain(.string, "io.debezium.data.Uuid")
        case .vector:
            return Schema(
                .array, isOptional: isOptional, name: "io.debezium.data.FloatVector", version: 1,
                documentation: comment, valueSchema: Schema(.float32))
        case .geometry:
            return Schema(
                // Optional even if the column is not, as in Debezium.
                .structure, isOptional: true, name: "io.debezium.data.geometry.Geometry", version: 1,
                documentation: comment ?? "Geometry",
                fields: [.init("wkb", Schema(.bytes)), .init("srid", Schema(.int32, isOptional: true))])
        case .point:
            return Schema(
                .structure, isOptional: isOptional, name: "io.debezium.data.geometry.Point", version: 1,
                documentation: comment ?? "Geometry (POINT)",
                fields: [
                    .init("x", Schema(.float64)), .init("y", Schema(.float64)),
                    .init("wkb", Schema(.bytes, isOptional: true)), .init("srid", Schema(.int32, isOptional: true)),
                ])
        }
    }

    private enum Names { static let decimal = "org.apache.kafka.connect.data.Decimal" }
}

extension ValueKind {
    /// The value emitted for NULL in a column that is NOT NULL and has no default (a zero date, a damaged value):
    /// Debezium's fallbacks.
    var fallback: ConnectValue {
        switch self {
        case .boolean, .bit: .boolean(false)
        case .integer, .year: .integer(0)
        case .unsignedDecimal, .decimal(.precise, _, _): .bytes([0])
        case .decimal(.string, _, let scale):
            .string(scale > 0 ? "0." + String(repeating: "0", count: scale) : "0")
        case .decimal(.double, _, _), .float64: .float64(0)
        case .float32: .float32(0)
        case .bits: .bytes([])
        case .text, .enumeration, .set, .uuid: .string("")
        case .binary(let mode): mode == .bytes ? .bytes([]) : .string("")
        case .json: .string("{}")
        case .date(let form): form == .iso ? .string("1970-01-01Z") : .integer(0)
        case .time(let form): form == .iso ? .string("00:00:00Z") : .integer(0)
        case .dateTime(let form): form == .iso ? .string(ISOText.epoch) : .integer(0)
        case .timestamp: .string(ISOText.epoch)
        case .vector: .array([])
        case .geometry, .point: .null
        }
    }
}
