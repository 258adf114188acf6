import ConnectData
import WireCore

/// The memory of an emitter for one record, reused for each. Taken out of the emitter for the duration of an event.
struct RecordMemory: ~Copyable {
    /// nil while a sink has it, as `value`.
    private var key: ByteWriter? = ByteWriter(capacityBytes: 1024)
    private var value: ByteWriter? = ByteWriter(capacityBytes: 16 << 10)
    var cells = CellContext()
    /// Memory for the shared values of an event.
    var jsonFragments = JSONSink.Fragments()

    mutating func takeKey() -> ByteWriter { Self.emptied(key.take()) }
    mutating func takeValue() -> ByteWriter { Self.emptied(value.take()) }
    mutating func giveBack(key writer: consuming ByteWriter) { key = consume writer }
    mutating func giveBack(value writer: consuming ByteWriter) { value = consume writer }

    /// - Parameter writer: nil if it is in use, for a record within another.
    private static func emptied(_ writer: consuming ByteWriter?) -> ByteWriter {
        var writer = writer ?? ByteWriter(capacityBytes: 1024)
        writer.reset()
        return writer
    }

    /// The bytes of the key that was written last.
    func withKey<R>(_ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
        switch key {
        case .some(let writer): try writer.withUnsafeBytes(body)
        case .none: preconditionFailure("a sink has the memory of the key")
        }
    }
}
