import WireCore

/// An element of a request to change offsets, before it is checked.
struct RequestedOffset: Equatable, Sendable {
    /// nil: null or missing.
    let partition: JSONObject?
    /// nil removes the partition's offset.
    let offset: JSONObject?
}
