import ConnectData

/// The metadata of one record, from its value or from its headers (`RecordAndMetadata`).
struct CloudEventMetadata {
    let source: Struct
    let operation: String?
    let transaction: Struct?
    let connector: String
    /// nil: generated.
    let id: String?
    let type: String?
    let traceParent: String?
    let dataSchemaName: String

    /// Returns nil if the record is no change event.
    init?(
        _ record: Struct, _ headers: [RawHeader], _ options: CloudEventsOptions,
        decodeHeader: (RawHeader) throws -> SchemaAndValue
    ) throws {
        func last(_ name: String) -> RawHeader? { headers.last { $0.name == name } }
        func header(_ name: String, isOptional: Bool = false) throws -> ConnectValue {
            guard let header = last(name) else {
                if isOptional { return .null }
                throw DataError("Header `\(name)` was not provided")
            }
            return try decodeHeader(header).value
        }
        func text(_ name: String, isOptional: Bool = false) throws -> String? {
            let value = try header(name, isOptional: isOptional)
            if value.isNull { return nil }
            guard let text = value.stringValue else { throw DataError("Header `\(name)` is not a string") }
            return text
        }
        func structure(_ name: String, isOptional: Bool = false) throws -> Struct? {
            let value = try header(name, isOptional: isOptional)
            if value.isNull { return nil }
            guard let row = value.structValue else { throw DataError("Header `\(name)` is not a struct") }
            return row
        }
        let sources = options.metadata
        let isInHeaders = sources.common == .header
        if isInHeaders, last("source") == nil || last("op") == nil { return nil }
        let found = isInHeaders
            ? try structure("source") : try FieldAccess("source", in: record.schema).value(in: record).structValue
        guard let source = found else { throw DataError("The record has no source") }
        self.source = source
        connector = try FieldAccess("connector", in: source.schema).string(in: source) ?? "null"
        guard options.profile.connectors.contains(connector) else {
            throw DataError("No usable CloudEvents converters for connector type \"\(connector)\"")
        }
        operation = isInHeaders
            ? try text("op") : try FieldAccess("op", in: record.schema).string(in: record)
        transaction = isInHeaders
            ? try structure("transaction", isOptional: true) : record.schema.index(of: "transaction").flatMap { record.values[$0].structValue }
        id = try Self.given(sources.id, "id") { try text("id") }
        type = try Self.given(sources.type, "type") { try text("type") }
        if options.addsTraceParent {
            guard sources.traceParent == .header else {
                throw DataError(
                    "Value for `traceparent` CloudEvents field currently can't be obtained from a record value and can "
                        + "only be obtained from a record header")
            }
            traceParent = try text("traceparent", isOptional: true)
            if traceParent == nil { throw Self.missing("traceparent") }
        } else {
            traceParent = nil
        }
        dataSchemaName = sources.dataSchemaName == .header
            ? try text("dataSchemaName") ?? "null" : options.profile.dataSchemaName(connector)
    }

    private static func given(
        _ source: CloudEventSources.Source, _ name: String, _ header: () throws -> String?
    ) throws -> String? {
        switch source {
        case .generate: return nil
        case .header:
            guard let text = try header() else { throw missing(name) }
            return text
        case .value: throw missing(name)
        }
    }

    private static func missing(_ name: String) -> DataError {
        DataError("Invalid value: null used for required field: \"\(name)\", schema type: STRING")
    }
}
