import ConnectData
import WireCore

extension JavaHashOrder {
    /// The ids without repetitions in the order of their texts: `source.table` joins the names in this order.
    static func sorted(_ ids: [TableID], from first: InitialCapacity = .standard) -> [TableID] {
        var seen: Set<TableID> = []
        let distinct = ids.filter { seen.insert($0).inserted }
        return sorted(distinct, from: first) {
            ($0.database.isEmpty ? $0.table : $0.description).javaHashCode
        }
    }
}
