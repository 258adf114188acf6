import ConnectData
import WireCore

/// Comparisons of two images of a row. Equal bytes are equal values; the values of different bytes are compared, since
/// some types have several representations.
extension CellDecoder {
    /// Whether the values of all fields are equal.
    func hasSameValues(
        _ a: borrowing Row, _ b: borrowing Row, _ context: inout CellContext
    ) throws(ConversionError) -> Bool {
        for index in 0..<columns.count where !isSameCell(index, of: columns, a, b) {
            return try values(a, &context) == values(b, &context)
        }
        return true
    }

    /// Whether the key is equal.
    func hasSameKey(
        _ a: borrowing Row, _ b: borrowing Row, _ context: inout CellContext
    ) throws(ConversionError) -> Bool {
        for source in plan.keySources {
            switch source {
            case .row(let index):
                if try !hasSameValue(index, of: columns, a, b, &context) { return false }
            case .keyOnly(let index):
                if try !hasSameValue(index, of: keyOnlyColumns, a, b, &context) { return false }
            }
        }
        return true
    }

    private func hasSameValue(
        _ index: Int, of cells: CellColumns<Conversion>, _ a: borrowing Row, _ b: borrowing Row,
        _ context: inout CellContext
    ) throws(ConversionError) -> Bool {
        if isSameCell(index, of: cells, a, b) { return true }
        return try value(index, of: cells, a, &context) == value(index, of: cells, b, &context)
    }

    private func isSameCell(
        _ index: Int, of cells: CellColumns<Conversion>, _ a: borrowing Row, _ b: borrowing Row
    ) -> Bool {
        let cell = Int(cells.columns[index].cell)
        guard cell < a.count, cell < b.count else { return false }
        switch (a.cell(cell), b.cell(cell)) {
        case (nil, nil): return true
        case (let a?, let b?): return a.hasSameBytes(as: b)
        default: return false
        }
    }
}
