import ConnectData
import DebeziumPlugins
import PluginTestSupport

@testable import BinlogSource

extension PropertyEffect {
    private static let everyTable = "p.other.things p.shop.notes p.shop.orders"
    private static let shopOnly = "p.shop.notes p.shop.orders"

    /// The tables whose rows a task reads.
    private static let captured: Observation = { try TaskRun($0).dataTopics.sorted().joined(separator: " ") }
    private static let columns: Observation = { try EmittedRows("nopk", $0).columns }

    /// What is captured.
    static let filters = [
        PropertyEffect("database.include.list", "shop", from: everyTable, to: shopOnly, captured),
        PropertyEffect("database.exclude.list", "other", from: everyTable, to: shopOnly, captured),
        PropertyEffect("database.whitelist", "shop", .v19, from: everyTable, to: shopOnly, captured),
        PropertyEffect("database.blacklist", "other", .v19, from: everyTable, to: shopOnly, captured),
        PropertyEffect("table.include.list", "shop.orders", from: everyTable, to: "p.shop.orders", captured),
        PropertyEffect("table.exclude.list", "other.things", from: everyTable, to: shopOnly, captured),
        PropertyEffect("table.whitelist", "shop.orders", .v19, from: everyTable, to: "p.shop.orders", captured),
        PropertyEffect("table.blacklist", "other.things", .v19, from: everyTable, to: shopOnly, captured),
        PropertyEffect("column.include.list", "alltypes.nopk.v", from: "v,w", to: "v", columns),
        PropertyEffect("column.exclude.list", "alltypes.nopk.v", from: "v,w", to: "w", columns),
        PropertyEffect("column.whitelist", "alltypes.nopk.v", .v19, from: "v,w", to: "v", columns),
        PropertyEffect("column.blacklist", "alltypes.nopk.v", .v19, from: "v,w", to: "w", columns),
    ]
}
