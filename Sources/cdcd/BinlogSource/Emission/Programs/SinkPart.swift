import ConnectData
import WireCore

/// The bytes of a part of records whose shared values are the same for all of them: the key, or the value of most rows
/// of a table's snapshot. Used by the task's thread only.
final class SinkPart<Sink: ByteSink & ~Copyable> {
    /// The shared values, as bytes.
    let fragments: SinkFragments
    /// Reused for each record.
    @exclusivity(unchecked) var sink: Sink

    /// Returns nil if the shared values do not fit the schema: each record then fails with the converter's error.
    init?<Conversion>(
        _ program: ValueProgram<Conversion>, _ plan: Sink.Plan, _ inputs: RowInputs, constants: SinkFragments? = nil
    ) {
        var fragments = SinkFragments()
        sink = Sink(plan, ByteWriter(capacityBytes: 1024))
        program.capture(inputs, constants: constants, from: &sink, into: &fragments)
        self.fragments = fragments
        if sink.error != nil { return nil }
    }
}
