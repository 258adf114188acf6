import WireCore

extension SchemaChange {
    var isRecorded: Bool { kind != .truncate }
}

extension HistoryRecord {
    func encoded(for profile: DebeziumProfile) -> [UInt8] { JSONValue.object(position).encoded() }
}
