/// A struct that is made of the fields of another: derived once for each schema, for values and shapes alike.
package struct StructPlan: Sendable {
    /// What a field of the new struct gets.
    package enum Source: Sendable {
        /// A field, by its index.
        /// - Parameter default: replaces null; nil: null stays.
        case field(Int, default: ConnectValue? = nil)
        /// A field of a nested struct. If one of the structs is null, it is null.
        /// - Parameter path: indexes, the outermost first; at least two.
        case nested([Int], default: ConnectValue?)
        case constant(ConnectValue)
        case topic
        /// Null if the record has none.
        case partition, timestamp
        /// Null if the record is not consumed.
        case offset

        /// A field as `Struct.get` reads it, or as `Struct.getWithoutDefault` does.
        package init(_ index: Int, of schema: Schema, replacesNull: Bool) {
            self = .field(index, default: replacesNull ? schema.fields[index].nonNullDefault : nil)
        }
    }

    /// Of the new struct.
    package let schema: Schema
    private let sources: [Source]
    /// The fields for which Java sets no value if it is null, so that it is not checked.
    private let unchecked: Set<Int>
    /// The errors for values of fields that have another type than their sources.
    private let misfits: [Int: DataError]
    /// The error for a source's record, which has no offset; nil if the struct has none.
    private let offsetError: DataError?

    /// - Parameters:
    ///   - sources: for each field of the schema.
    ///   - unchecked: the fields that stay unset if they are null, even if they are required.
    ///   - misfits: the errors for fields that only null fits.
    ///   - offsetError: the error for a record without an offset.
    package init(
        _ schema: Schema, _ sources: [Source], unchecked: Set<Int> = [], misfits: [Int: DataError] = [:],
        offsetError: DataError? = nil
    ) {
        precondition(schema.fields.count == sources.count)
        self.schema = schema
        self.sources = sources
        self.unchecked = unchecked
        self.misfits = misfits
        self.offsetError = offsetError
    }

    /// The new struct.
    ///
    /// - Throws: if a required field is null, or if a value does not have the type of its field.
    package func structure(
        of values: ContiguousArray<ConnectValue>, _ record: borrowing ConnectRecord
    ) throws(DataError) -> ConnectValue {
        if let offsetError, record.consumedOffset == nil { throw offsetError }
        var result = ContiguousArray<ConnectValue>()
        result.reserveCapacity(sources.count)
        for index in sources.indices {
            let value = sources[index].value(in: values, record)
            if value.isNull, !unchecked.contains(index) {
                try schema.fields[index].schema.checkNull(value, field: schema.fields[index].name)
            } else if !misfits.isEmpty, let error = misfits[index], !value.isNull {
                throw error
            }
            result.append(value)
        }
        return .structure(Struct(schema: schema, values: result))
    }

    /// The shape of the new struct; nil if it depends on values.
    ///
    /// - Parameter fields: of the struct that it is made of.
    /// - Throws: if a required field is always null.
    package func shape(of fields: [ValueShape], topic: String) throws(DataError) -> ValueShape? {
        // Only a source's records have shapes.
        if let offsetError { throw offsetError }
        guard misfits.isEmpty else { return nil }
        var result: [ValueShape] = []
        for (index, source) in sources.enumerated() {
            guard let shape = source.shape(in: fields, topic: topic) else { return nil }
            let field = schema.fields[index]
            if !field.schema.isOptional, !unchecked.contains(index) {
                switch shape {
                case .constant(.null): try field.schema.checkNull(.null, field: field.name)
                // A converter would write the default of a null that `apply` refuses.
                case .input(_, nil): if field.schema.defaultValue != nil { return nil }
                case .constant, .input, .structure: break
                }
            }
            result.append(shape)
        }
        return .structure(result)
    }
}

extension StructPlan.Source {
    /// The value that a record has.
    ///
    /// - Parameter values: of the fields of the struct.
    package func value(
        in values: ContiguousArray<ConnectValue>, _ record: borrowing ConnectRecord
    ) -> ConnectValue {
        switch self {
        case .field(let index, let replacement):
            let value = values[index]
            return value.isNull ? replacement ?? .null : value
        case .nested(let path, let replacement):
            var value = values[path[0]]
            for index in path.dropFirst() {
                guard case .structure(let nested) = value else { return .null }
                value = nested.values[index]
            }
            return value.isNull ? replacement ?? .null : value
        case .constant(let value): return value
        case .topic: return .string(record.topic)
        case .partition: return record.partition.map { .integer(Int64($0)) } ?? .null
        case .timestamp: return record.timestampMilliseconds.map { .integer($0) } ?? .null
        case .offset: return record.consumedOffset.map { .integer($0) } ?? .null
        }
    }

    /// The shape that records have; nil if it depends on values.
    ///
    /// - Parameter fields: of the struct.
    package func shape(in fields: [ValueShape], topic: String) -> ValueShape? {
        switch self {
        case .field(let index, let replacement): return fields[index].replacingNull(byDefault: replacement)
        case .nested(let path, let replacement):
            var shape = fields[path[0]]
            for index in path.dropFirst() {
                switch shape {
                case .structure(let nested): shape = nested[index]
                case .constant(.null): return .null
                case .constant(.structure(let value)): shape = .constant(value.values[index])
                case .constant, .input: return nil
                }
            }
            return shape.replacingNull(byDefault: replacement)
        case .constant(let value): return .constant(value)
        case .topic: return .constant(.string(topic))
        // Records of a shape have none of them.
        case .partition, .timestamp, .offset: return .null
        }
    }
}

extension ValueShape {
    /// The shape with a default in place of null; nil leaves null.
    package func replacingNull(byDefault replacement: ConnectValue?) -> ValueShape {
        replacement.map { replacingNull(by: $0) } ?? self
    }
}
