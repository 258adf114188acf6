/// The columns of a result set; shared by its rows.
final class RowColumns: Sendable {
    let list: [MySQLColumn]
    /// The index of the first column with each name.
    let positions: [String: Int]

    init(_ list: [MySQLColumn]) {
        self.list = list
        positions = Dictionary(zip(list.map(\.name), list.indices), uniquingKeysWith: { first, _ in first })
    }
}
