import ConnectData

/// Debezium's `io.debezium.transforms.EnforceRecordSize`: shortens large texts and bytes of rows in records that are
/// estimated to be larger than a limit, each in proportion to its size.
package final class EnforceRecordSize: Transformation {
    package static let plugin = PluginDescriptor.since2(
        "io.debezium.transforms.EnforceRecordSize", PluginProperties(options.definition)
    ) { context throws(ConfigError) in try EnforceRecordSize(context.properties) }

    struct Settings: Sendable {
        /// In bytes.
        var sizeMax: Int64 = 0
        var compressionRatio = 1.0
        /// In bytes or UTF-16 units.
        var fieldSizeMin: Int64 = 25_000
    }

    static let options = ConfigOptions<Settings>([
        ConfigOption(
            ConfigKey(
                "max.bytes", .int, isRequired: true, importance: .high,
                documentation: "The size above which a record's texts and bytes are shortened."),
            use: .consumed { input, settings throws(ConfigError) in
                guard case .integer(let value) = input.setting else { return }
                guard value > 0 else { throw problem("max.bytes", "\(value)", "Must be a positive integer") }
                settings.sizeMax = value
            }),
        ConfigOption(
            ConfigKey(
                "compression.ratio", .double, defaultValue: "1.0",
                documentation: "The estimated size of a record is multiplied by this ratio, for records that are "
                    + "smaller as bytes of Kafka."),
            use: .consumed { input, settings throws(ConfigError) in
                guard case .double(let value) = input.setting else { return }
                if value <= 0 { throw problem("compression.ratio", "\(value)", "Must be a positive number") }
                settings.compressionRatio = value
            }),
        ConfigOption(
            ConfigKey(
                "min.field.size", .int, defaultValue: "25000",
                documentation: "Texts and bytes up to this size are not shortened."),
            use: .consumed { input, settings throws(ConfigError) in
                guard case .integer(let value) = input.setting else { return }
                guard value >= 0 else { throw problem("min.field.size", "\(value)", "Must be non-negative") }
                settings.fieldSizeMin = value
            }),
    ])

    private static func problem(_ name: String, _ value: String, _ reason: String) -> ConfigError {
        ConfigError(name: name, value: value, reason: reason)
    }

    private let settings: Settings

    init(_ properties: [String: String]) throws(ConfigError) {
        settings = try Self.options.parse(properties, into: Settings())
    }

    package var keepsHeaders: Bool { true }

    package func apply(_ record: inout ConnectRecord) throws -> Bool {
        guard case .structure(var value) = record.value else { return true }
        let size = Self.roundedUp(Double(RecordSizeEstimate.size(of: record)) * settings.compressionRatio)
        let excess = size - settings.sizeMax
        guard excess > 0 else { return true }
        let rows = ["before", "after"].compactMap { name in
            value.schema.index(of: name).map { LargeFields(value, $0, settings) }
        }
        let total = rows.reduce(0) { $0 + $1.size }
        guard total > 0 else { return true }
        for row in rows where row.size > 0 {
            let share = Self.roundedUp(Double(row.size) / Double(total) * Double(excess))
            row.shorten(&value, by: share)
        }
        record.value = .structure(value)
        record.sharesHeaders = false
        return true
    }

    package func apply(to shape: inout RecordShape) throws -> ShapeChange {
        guard let schema = shape.valueSchema, schema.type == .structure, shape.value != .null else { return .applied }
        return ["before", "after"].contains { schema.index(of: $0) != nil } ? .dependsOnValues : .applied
    }

    /// `(long) Math.ceil(value)`.
    static func roundedUp(_ value: Double) -> Int64 {
        if value.isNaN { return 0 }
        return Int64(exactly: value.rounded(.up)) ?? (value < 0 ? .min : .max)
    }
}

/// The texts and bytes of a row that can be shortened.
private struct LargeFields {
    private let rowIndex: Int
    private var fields: [(index: Int, size: Int64, value: ConnectValue)] = []
    private(set) var size: Int64 = 0

    init(_ value: Struct, _ rowIndex: Int, _ settings: EnforceRecordSize.Settings) {
        self.rowIndex = rowIndex
        guard case .structure(let row) = value.values[rowIndex] else { return }
        for (index, field) in row.schema.fields.enumerated() {
            let value = row.values[index].isNull ? field.schema.defaultValue ?? .null : row.values[index]
            let size: Int
            switch value {
            case .string(let text): size = text.utf16.count
            // The bytes of a number or of bits would be another value.
            case .bytes(let bytes) where field.schema.name == nil: size = bytes.count
            case .null, .boolean, .integer, .float32, .float64, .bytes, .array, .map, .structure, .instant: continue
            }
            guard size > settings.fieldSizeMin else { continue }
            fields.append((index, Int64(size), value))
            self.size += Int64(size)
        }
    }

    /// The first UTF-16 units, without the half of a character that Java would keep.
    private static func prefix(of text: String, _ length: Int) -> String {
        var units = text.utf16.prefix(length)
        if let last = units.last, UTF16.isLeadSurrogate(last) { units.removeLast() }
        return String(decoding: units, as: UTF16.self)
    }

    /// - Parameter excess: How much shorter the fields become together.
    func shorten(_ value: inout Struct, by excess: Int64) {
        guard excess > 0, case .structure(let row) = value.values[rowIndex] else { return }
        var values = row.values
        for field in fields {
            let share = Int32(
                clamping: EnforceRecordSize.roundedUp(Double(field.size) / Double(size) * Double(excess)))
            let length = Int(max(0, field.size - Int64(share)))
            switch field.value {
            case .string(let text): values[field.index] = .string(Self.prefix(of: text, length))
            case .bytes(let bytes): values[field.index] = .bytes(Array(bytes.prefix(length)))
            case .null, .boolean, .integer, .float32, .float64, .array, .map, .structure, .instant: continue
            }
        }
        var fields = value.values
        fields[rowIndex] = .structure(Struct(schema: row.schema, values: values))
        value = Struct(schema: value.schema, values: fields)
    }
}
