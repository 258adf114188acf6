import ConnectData
import WireCore

/// Spatial values: MySQL puts a SRID (u32 little-endian) before the well-known binary.
enum Geometry {
    static func write<S: ValueSink & ~Copyable>(
        _ cell: UnsafeRawBufferPointer, _ schema: Schema, isPoint: Bool, into sink: inout S,
        _ context: inout CellContext
    ) -> CellOutcome {
        guard cell.count >= 4 + 5 else {
            context.damage = "its geometry has only \(cell.count) bytes"
            return .damaged
        }
        let number = cell.littleEndian(4)
        let binary = UnsafeRawBufferPointer(rebasing: cell[4...])
        // byte order u8 (1: little-endian) | type u32 | x f64 | y f64
        if isPoint, binary.count < 21 || binary[0] != 1 {
            context.damage = "its point has \(binary.count) bytes"
            return .damaged
        }
        sink.beginStructure(schema)
        if isPoint {
            sink.float64(UnsafeRawBufferPointer(rebasing: binary[5..<13]).double)
            sink.float64(UnsafeRawBufferPointer(rebasing: binary[13..<21]).double)
        }
        sink.bytes(binary)
        if number == 0 { sink.null() } else { sink.integer(Int64(Int32(truncatingIfNeeded: number))) }
        sink.endStructure()
        return .written
    }
}
