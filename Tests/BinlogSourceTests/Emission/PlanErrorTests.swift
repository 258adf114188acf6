import Testing

@testable import BinlogSource

@Suite struct PlanErrorTests {
    private static let table = TableID(database: "shop", table: "orders")

    @Test func planErrorNamesTableColumnReasonAndRemedy() {
        let column = PlanError(table: Self.table, column: "area", "its type is unknown", remedy: "Exclude it")
        #expect(column.description == "Column area of table shop.orders cannot be captured: its type is unknown. Exclude it")
        let rows = PlanError(table: Self.table, "its table map is damaged")
        #expect(rows.description == "Rows of table shop.orders cannot be captured: its table map is damaged")
    }

    @Test func conversionErrorNamesTableColumnReasonAndRemedy() {
        let column = ConversionError(Self.table, column: "at", "it has no value", remedy: "Choose another mode")
        #expect(column.description == "Column at of table shop.orders: it has no value. Choose another mode")
        let row = ConversionError(Self.table, column: nil, "the row has 2 cells, not 3")
        #expect(row.description == "Table shop.orders: the row has 2 cells, not 3")
    }

    @Test func remedyForAColumnNamesTheOptionWithTheColumn() {
        #expect(
            PlanError.remedy(excluding: "area", of: Self.table)
                == "Exclude the column with column.exclude.list=shop.orders.area")
    }
}
