/// One instance of a connector's plugin on this worker, from its creation to its end.
struct ConnectorRun: Hashable, Sendable {
    let name: String
    /// Unique in the process: a later instance of the same connector has a higher number.
    let number: Int
}
