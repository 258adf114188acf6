import ConnectData

/// Debezium's estimate of how much memory a record uses in Java (`ApproximateStructSizeCalculator`), in bytes.
enum RecordSizeEstimate {
    /// For each entry of the source partition and offset, and each header.
    private static let entrySize: Int64 = 100
    private static let referenceSize: Int64 = 8
    private static let numberSize: Int64 = 24
    private static let stringSize: Int64 = 56
    private static let bytesSize: Int64 = 24
    private static let structSize: Int64 = 56
    private static let arraySize: Int64 = 64
    private static let mapSize: Int64 = 88

    static func size(of record: ConnectRecord) -> Int64 {
        Int64(record.sourceEntryCount + record.headers.count) * entrySize + referenceSize + structure(record.key)
            + structure(record.value) + Int64(record.topic.utf8.count)
    }

    private static func structure(_ value: ConnectValue) -> Int64 {
        guard case .structure(let structure) = value else { return 0 }
        var size = structSize
        for (index, field) in structure.schema.fields.enumerated() where index < structure.values.count {
            size += referenceSize + self.size(of: structure.values[index], field.schema)
        }
        return size
    }

    private static func size(of value: ConnectValue, _ schema: Schema) -> Int64 {
        switch schema.type {
        case .int8, .int16, .int32, .int64, .float32, .float64, .boolean: return numberSize
        case .string:
            guard case .string(let text) = value else { return 0 }
            return stringSize + Int64(text.utf8.count)
        case .bytes:
            guard case .bytes(let bytes) = value else { return 0 }
            return bytesSize + Int64(bytes.count)
        case .structure: return structure(value)
        case .array:
            guard case .array(let items) = value, let schema = schema.valueSchema else { return 0 }
            return items.reduce(arraySize) { $0 + referenceSize + size(of: $1, schema) }
        case .map:
            guard case .map(let entries) = value, let keys = schema.keySchema, let values = schema.valueSchema else {
                return 0
            }
            return entries.reduce(mapSize) {
                $0 + 2 * referenceSize + size(of: $1.key, keys) + size(of: $1.value, values)
            }
        }
    }
}
