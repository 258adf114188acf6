import WireCore

/// A row of a result set. Values are converted when they are accessed.
public struct MySQLRow: Sendable {
    private let batch: RowBatch
    private let index: Int

    init(_ batch: RowBatch, index: Int) {
        self.batch = batch
        self.index = index
    }

    public var columns: [MySQLColumn] { batch.columns.list }

    /// The value of the column at `index`. Precondition: `index` is one of `columns.indices`.
    ///
    /// Throws `.malformed` if the server sent a value that its type does not allow.
    public subscript(index: Int) -> MySQLValue {
        get throws(MySQLError) {
            let column = batch.columns.list[index]
            do throws(WireError) {
                return try batch.withCell(row: self.index, column: index) { (bytes) throws(WireError) in
                    try TextValue.decode(bytes, column)
                }
            } catch { throw .malformed(MySQLProtocolError("text row, column \(column.name)", error)) }
        }
    }

    /// The value of the column with this name.
    ///
    /// Throws `.conversion` if there is no such column.
    public subscript(name: String) -> MySQLValue {
        get throws(MySQLError) { try self[position(of: name)] }
    }

    /// The value of a column as `T`, for example `try row.get("id", as: Int.self)`.
    ///
    /// - Throws: `.conversion` if there is no such column, if the value is NULL and `T` is not optional, or if it is
    ///   not exactly representable as `T`.
    public func get<T: MySQLDecodable>(_ name: String, as type: T.Type = T.self) throws(MySQLError) -> T {
        try get(position(of: name))
    }

    /// The value of the column at `index` as `T`.
    public func get<T: MySQLDecodable>(_ index: Int, as type: T.Type = T.self) throws(MySQLError) -> T {
        let value = try self[index]
        if let result = T(value) { return result }
        throw .conversion(
            MySQLConversionError(
                reason: value == .null ? .null : .notRepresentable(requested: "\(T.self)"),
                column: batch.columns.list[index].name))
    }

    private func position(of name: String) throws(MySQLError) -> Int {
        guard let position = batch.columns.positions[name] else {
            throw .conversion(MySQLConversionError(reason: .noSuchColumn, column: name))
        }
        return position
    }
}
