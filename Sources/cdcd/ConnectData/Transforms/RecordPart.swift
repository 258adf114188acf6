/// The part of a record on which a transform with the variants `$Key` and `$Value` operates.
package enum RecordPart: String, Sendable, CaseIterable {
    case key = "Key"
    case value = "Value"
}

/// What has a key and a value with their schemas: records and their shapes.
package protocol KeyedByRecordPart {
    associatedtype Content

    var keySchema: Schema? { get set }
    var key: Content { get set }
    var valueSchema: Schema? { get set }
    var value: Content { get set }
}

extension KeyedByRecordPart {
    package func schema(of part: RecordPart) -> Schema? {
        switch part {
        case .key: keySchema
        case .value: valueSchema
        }
    }

    package func value(of part: RecordPart) -> Content {
        switch part {
        case .key: key
        case .value: value
        }
    }

    package mutating func set(_ part: RecordPart, _ schema: Schema?, _ content: Content) {
        switch part {
        case .key:
            keySchema = schema
            key = content
        case .value:
            valueSchema = schema
            value = content
        }
    }
}

extension ConnectRecord: KeyedByRecordPart {}
extension RecordShape: KeyedByRecordPart {}
