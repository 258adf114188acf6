/// The part of a record on which a transform with the variants `$Key` and `$Value` operates.
package enum RecordPart: String, Sendable, CaseIterable {
    case key = "Key"
    case value = "Value"
}

extension ConnectRecord {
    package func schema(of part: RecordPart) -> Schema? {
        switch part {
        case .key: keySchema
        case .value: valueSchema
        }
    }

    package func value(of part: RecordPart) -> ConnectValue {
        switch part {
        case .key: key
        case .value: value
        }
    }

    package mutating func set(_ part: RecordPart, _ schema: Schema?, _ value: ConnectValue) {
        switch part {
        case .key:
            keySchema = schema
            key = value
        case .value:
            valueSchema = schema
            self.value = value
        }
    }
}

extension RecordShape {
    package func schema(of part: RecordPart) -> Schema? {
        switch part {
        case .key: keySchema
        case .value: valueSchema
        }
    }

    package func value(of part: RecordPart) -> ValueShape {
        switch part {
        case .key: key
        case .value: value
        }
    }

    package mutating func set(_ part: RecordPart, _ schema: Schema?, _ value: ValueShape) {
        switch part {
        case .key:
            keySchema = schema
            key = value
        case .value:
            valueSchema = schema
            self.value = value
        }
    }
}
