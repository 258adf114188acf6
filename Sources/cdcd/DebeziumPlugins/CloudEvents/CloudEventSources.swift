import ConnectData

/// `metadata.source`: where the metadata of an event comes from.
struct CloudEventSources: Sendable, Equatable {
    enum Source: String, Sendable { case value, header, generate }

    static let standard = "value,id:generate,type:generate,traceparent:header,dataSchemaName:generate"

    /// Of the fields `source`, `op` and `transaction`.
    private(set) var common = Source.value
    private(set) var id = Source.generate
    private(set) var type = Source.generate
    private(set) var traceParent = Source.generate
    private(set) var dataSchemaName = Source.generate

    init() {}

    /// - Throws: an error with Debezium's text, or its own if Debezium fails for each record.
    init(_ items: [String], name: String) throws(ConfigError) {
        func fail(_ message: String) -> ConfigError { ConfigError(name: name, message: message) }
        guard let first = items.first, let common = Source(rawValue: first.lowercased()) else {
            throw fail("Global metadata source must be value or header")
        }
        guard common != .generate else { throw fail("Global metadata source can't be GENERATE") }
        self.common = common
        (id, type, traceParent, dataSchemaName) = (common, common, common, common)
        for item in items.dropFirst() {
            let parts = item.javaSplit(":")
            guard parts.count > 1 else { throw fail("Field source of `\(item)` is missing") }
            guard let source = Source(rawValue: JavaText.trim(parts[1]).lowercased()) else {
                throw fail("Field source `\(parts[1])` is not valid")
            }
            guard source != .value else { throw fail("Field metadata source can't be VALUE") }
            switch parts[0] {
            case "id": id = source
            case "type": type = source
            case "traceparent": traceParent = source
            case "dataSchemaName": dataSchemaName = source
            default: throw fail("Field `\(parts[0])` is not allowed to set custom source")
            }
        }
    }

    /// Headers that are not enabled are not read.
    mutating func complete(addsTraceParent: Bool, namesData: Bool) {
        if traceParent == .header, !addsTraceParent { traceParent = .generate }
        if dataSchemaName == .header, !namesData { dataSchemaName = .generate }
    }

    var readsHeaders: Bool { [common, id, type, traceParent, dataSchemaName].contains(.header) }
}
