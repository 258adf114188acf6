import ConnectData

/// Spatial values: MySQL puts a SRID (u32 little-endian) before the well-known binary.
enum Geometry {
    static func value(_ cell: UnsafeRawBufferPointer, _ schema: Schema, isPoint: Bool) -> CellResult {
        guard cell.count >= 4 + 5 else { return .damaged("its geometry has only \(cell.count) bytes") }
        let number = cell.littleEndian(4)
        let srid = number == 0 ? ConnectValue.null : .integer(Int64(Int32(truncatingIfNeeded: number)))
        let binary = UnsafeRawBufferPointer(rebasing: cell[4...])
        guard isPoint else {
            return .value(.structure(Struct(schema: schema, values: [.bytes([UInt8](binary)), srid])))
        }
        // byte order u8 (1: little-endian) | type u32 | x f64 | y f64
        guard binary.count >= 21, binary[0] == 1 else { return .damaged("its point has \(binary.count) bytes") }
        let x = UnsafeRawBufferPointer(rebasing: binary[5..<13]).double
        let y = UnsafeRawBufferPointer(rebasing: binary[13..<21]).double
        return .value(
            .structure(Struct(schema: schema, values: [.float64(x), .float64(y), .bytes([UInt8](binary)), srid])))
    }
}
