import ConnectData

/// VECTOR: little-endian single floats.
enum FloatVector {
    static func value(_ cell: UnsafeRawBufferPointer) -> CellResult {
        guard cell.count % 4 == 0 else { return .damaged("its vector has \(cell.count) bytes") }
        return .value(
            .array((0..<cell.count / 4).map { index in
                .float32(UnsafeRawBufferPointer(rebasing: cell[(index * 4)..<(index * 4 + 4)]).float)
            }))
    }
}
