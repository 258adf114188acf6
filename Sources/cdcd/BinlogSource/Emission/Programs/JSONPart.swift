import ConnectData
import WireCore

/// The JSON of a part of records whose shared values are the same for all of them: the key, or the value of most rows
/// of a table's snapshot. Used by the task's thread only.
final class JSONPart {
    /// The shared values, as text.
    let fragments: JSONSink.Fragments
    /// Reused for each record.
    @exclusivity(unchecked) var sink: JSONSink

    /// Returns nil if the shared values do not fit the schema: each record then fails with the converter's error.
    init?<Conversion>(
        _ program: ValueProgram<Conversion>, _ plan: JSONSinkPlan, _ inputs: RowInputs,
        constants: JSONSink.Fragments? = nil
    ) {
        var fragments = JSONSink.Fragments()
        sink = JSONSink(plan, ByteWriter(capacityBytes: 1024))
        program.capture(inputs, constants: constants, from: &sink, into: &fragments)
        self.fragments = fragments
        if sink.error != nil { return nil }
    }
}
