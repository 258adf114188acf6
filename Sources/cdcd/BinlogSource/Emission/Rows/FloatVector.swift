import ConnectData

/// VECTOR: little-endian single floats.
enum FloatVector {
    static func write<S: ValueSink & ~Copyable>(
        _ cell: UnsafeRawBufferPointer, into sink: inout S, _ context: inout CellContext
    ) -> CellOutcome {
        guard cell.count % 4 == 0 else {
            context.damage = "its vector has \(cell.count) bytes"
            return .damaged
        }
        let array = sink.beginArray(count: cell.count / 4)
        for index in 0..<cell.count / 4 {
            sink.item(index, of: array)
            sink.float32(UnsafeRawBufferPointer(rebasing: cell[(index * 4)..<(index * 4 + 4)]).float)
        }
        sink.endArray(array)
        return .written
    }
}
