import ConnectData

/// Where the geometries in structs of one schema are, and which fields have defaults: Debezium's transforms of
/// geometries replace every null by its default.
struct GeometryPlan {
    private indirect enum Step {
        case geometry(wkb: Int, srid: Int)
        case structure([(index: Int, replacement: ConnectValue?, step: Step?)])
        case array(Step)
        case map(key: Step?, value: Step?)
    }

    private let step: Step?

    /// - Parameter entersCollections: whether geometries in arrays and maps count.
    init(_ schema: Schema, entersCollections: Bool) {
        step = Self.step(schema, entersCollections, isTop: true)
    }

    private static func step(_ schema: Schema, _ entersCollections: Bool, isTop: Bool = false) -> Step? {
        switch schema.type {
        case .structure:
            let isGeometry = !isTop && schema.name == "io.debezium.data.geometry.Geometry"
            if isGeometry, let wkb = schema.index(of: "wkb"), let srid = schema.index(of: "srid") {
                return .geometry(wkb: wkb, srid: srid)
            }
            let fields = schema.fields.enumerated().compactMap { index, field in
                let inner = step(field.schema, entersCollections)
                let replacement = field.schema.defaultValue
                return inner == nil && replacement == nil ? nil : (index, replacement, inner)
            }
            return fields.isEmpty ? nil : .structure(fields)
        case .array:
            return entersCollections ? schema.valueSchema.flatMap { step($0, true) }.map { .array($0) } : nil
        case .map:
            guard entersCollections else { return nil }
            let key = schema.keySchema.flatMap { step($0, true) }
            let value = schema.valueSchema.flatMap { step($0, true) }
            return key == nil && value == nil ? nil : .map(key: key, value: value)
        case .int8, .int16, .int32, .int64, .float32, .float64, .boolean, .string, .bytes: return nil
        }
    }

    /// Changes the geometries of a value.
    ///
    /// - Parameter change: gets the bytes and the SRID.
    func apply(
        _ value: inout ConnectValue, _ change: (inout [UInt8], Int32?) throws(DataError) -> Void
    ) throws(DataError) {
        if let step { try Self.apply(step, &value, change) }
    }

    private static func apply(
        _ step: Step, _ value: inout ConnectValue, _ change: (inout [UInt8], Int32?) throws(DataError) -> Void
    ) throws(DataError) {
        switch (step, value) {
        case (.geometry(let wkb, let srid), .structure(var geometry)):
            guard case .bytes(var bytes) = geometry.values[wkb] else { return }
            let schema = geometry.schema.fields[srid].schema
            let number = geometry.values[srid].integerValue ?? schema.defaultValue?.integerValue
            try change(&bytes, number.flatMap { Int32(exactly: $0) })
            geometry.values[wkb] = .bytes(bytes)
            value = .structure(geometry)
        case (.structure(let fields), .structure(var row)):
            value = .null
            for (index, replacement, inner) in fields {
                if row.values[index].isNull { row.values[index] = replacement ?? .null }
                if let inner { try apply(inner, &row.values[index], change) }
            }
            value = .structure(row)
        case (.array(let inner), .array(var items)):
            for index in items.indices { try apply(inner, &items[index], change) }
            value = .array(items)
        case (.map(let keyStep, let valueStep), .map(let entries)):
            var changed: [ConnectValue.MapEntry] = []
            for entry in entries {
                var (key, item) = (entry.key, entry.value)
                if let keyStep { try apply(keyStep, &key, change) }
                if let valueStep { try apply(valueStep, &item, change) }
                changed.append(.init(key: key, value: item))
            }
            value = .map(changed)
        default: return
        }
    }

    /// Replaces nulls in a shape by their defaults.
    ///
    /// - Returns: false if there are geometries.
    func apply(_ shape: inout ValueShape) -> Bool {
        guard let step else { return true }
        return Self.apply(step, &shape)
    }

    private static func apply(_ step: Step, _ shape: inout ValueShape) -> Bool {
        if shape == .null { return true }
        guard case .structure(let steps) = step, var fields = shape.fields else { return false }
        for (index, replacement, inner) in steps {
            if let replacement { fields[index] = fields[index].replacingNull(by: replacement) }
            if let inner, !apply(inner, &fields[index]) { return false }
        }
        shape = .structure(fields)
        return true
    }
}
