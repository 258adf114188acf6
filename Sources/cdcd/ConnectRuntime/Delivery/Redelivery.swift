import WireCore

/// When a batch that a sink task has refused is passed to it again. A value without a clock.
///
/// The task may set the time. Otherwise Connect waits until the next commit of offsets; here the pauses grow from a
/// quarter of a second to five seconds.
struct Redelivery: Equatable {
    private static let firstPauseMilliseconds = 250
    private static let pauseMillisecondsMax = 5000

    /// nil: there is no such batch.
    private(set) var deadline: MonotonicInstant?
    private var pauseMilliseconds = firstPauseMilliseconds

    var isActive: Bool { deadline != nil }

    /// The batch was refused.
    ///
    /// - Parameter timeoutMilliseconds: as the task has set it; nil if it has not.
    mutating func begin(after timeoutMilliseconds: Int?, at now: MonotonicInstant) {
        deadline = now.advanced(byMilliseconds: timeoutMilliseconds ?? pauseMilliseconds)
        pauseMilliseconds = min(pauseMilliseconds * 2, Self.pauseMillisecondsMax)
    }

    /// The batch was accepted or discarded.
    mutating func end() { self = Redelivery() }
}
