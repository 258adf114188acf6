import ConnectData
import WireCore

/// The memory of an emitter for one record, reused for each. Taken out of the emitter for the duration of an event.
struct RecordMemory: ~Copyable {
    enum Part { case key, value }

    /// nil while a sink has it, as `value`.
    private var key: ByteWriter? = ByteWriter(capacityBytes: 1024)
    private var value: ByteWriter? = ByteWriter(capacityBytes: 16 << 10)
    var cells = CellContext()
    /// Memory for the shared values of an event.
    var fragments = SinkFragments()

    /// Lends the memory of a part to a sink.
    @inline(__always)
    mutating func withSink<S: ByteSink & ~Copyable, R>(
        _ part: Part, _ plan: S.Plan, _ body: (inout S, inout RecordMemory) throws -> R
    ) throws -> R {
        try withSink(part, plan, (), ()) { sink, memory, _, _ in try body(&sink, &memory) }
    }

    /// Lends the memory of a part to a sink for a change.
    ///
    /// - Parameters:
    ///   - before, after: passed to `body`, since a closure cannot capture borrowed rows.
    @inline(__always)
    mutating func withSink<S: ByteSink & ~Copyable, Row: ~Copyable, R>(
        _ part: Part, _ plan: S.Plan, _ before: borrowing Row, _ after: borrowing Row,
        _ body: (inout S, inout RecordMemory, _ before: borrowing Row, _ after: borrowing Row) throws -> R
    ) throws -> R {
        var sink = S(plan, take(part))
        do {
            let result = try body(&sink, &self, before, after)
            give(part, sink.takeWriter())
            return result
        } catch {
            give(part, sink.takeWriter())
            throw error
        }
    }

    /// Lends the memory of the key, empty, to a converter.
    mutating func withKeyWriter<R>(_ body: (inout ByteWriter) -> R) -> R {
        var writer = take(.key)
        let result = body(&writer)
        give(.key, writer)
        return result
    }

    /// The bytes of the key that was written last.
    func withKey<R>(_ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
        switch key {
        case .some(let writer): try writer.withUnsafeBytes(body)
        case .none: preconditionFailure("a sink has the memory of the key")
        }
    }

    private mutating func take(_ part: Part) -> ByteWriter {
        // If it is in use, for a record within another, that one gets memory of its own.
        var writer = (part == .key ? key.take() : value.take()) ?? ByteWriter(capacityBytes: 1024)
        writer.reset()
        return writer
    }

    private mutating func give(_ part: Part, _ writer: consuming ByteWriter) {
        switch part {
        case .key: key = consume writer
        case .value: value = consume writer
        }
    }
}
