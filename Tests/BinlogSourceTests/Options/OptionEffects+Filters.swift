import ConnectData
import DebeziumPlugins

@testable import BinlogSource

extension OptionEffect {
    private static let everyTable = "p.other.things p.shop.notes p.shop.orders"
    private static let shopOnly = "p.shop.notes p.shop.orders"

    /// The tables whose rows a task reads.
    private static let captured: Observation = { try TaskRun($0).dataTopics.sorted().joined(separator: " ") }
    private static let columns: Observation = { try EmittedRows("nopk", $0).columns }

    /// What is captured.
    static let filters = [
        OptionEffect("database.include.list", "shop", from: everyTable, to: shopOnly, captured),
        OptionEffect("database.exclude.list", "other", from: everyTable, to: shopOnly, captured),
        OptionEffect("database.whitelist", "shop", .v19, from: everyTable, to: shopOnly, captured),
        OptionEffect("database.blacklist", "other", .v19, from: everyTable, to: shopOnly, captured),
        OptionEffect("table.include.list", "shop.orders", from: everyTable, to: "p.shop.orders", captured),
        OptionEffect("table.exclude.list", "other.things", from: everyTable, to: shopOnly, captured),
        OptionEffect("table.whitelist", "shop.orders", .v19, from: everyTable, to: "p.shop.orders", captured),
        OptionEffect("table.blacklist", "other.things", .v19, from: everyTable, to: shopOnly, captured),
        OptionEffect("column.include.list", "alltypes.nopk.v", from: "v,w", to: "v", columns),
        OptionEffect("column.exclude.list", "alltypes.nopk.v", from: "v,w", to: "w", columns),
        OptionEffect("column.whitelist", "alltypes.nopk.v", .v19, from: "v,w", to: "v", columns),
        OptionEffect("column.blacklist", "alltypes.nopk.v", .v19, from: "v,w", to: "w", columns),
    ]
}
