/// A point on the clock that never jumps, in nanoseconds since an arbitrary start.
///
/// State machines take one as an argument instead of asking for the time.
public struct MonotonicInstant: Comparable, Hashable, Sendable {
    public let nanoseconds: UInt64

    public init(nanoseconds: UInt64) { self.nanoseconds = nanoseconds }

    public static var now: MonotonicInstant {
        let (seconds, attoseconds) = (ContinuousClock.now - ContinuousClock.processStart).components
        let nanoseconds = UInt64(max(0, attoseconds)) / 1_000_000_000
        return MonotonicInstant(nanoseconds: UInt64(max(0, seconds)) * 1_000_000_000 + nanoseconds)
    }

    public static func < (a: Self, b: Self) -> Bool { a.nanoseconds < b.nanoseconds }

    public func advanced(byMilliseconds milliseconds: Int) -> MonotonicInstant {
        MonotonicInstant(nanoseconds: nanoseconds &+ UInt64(max(0, milliseconds)) &* 1_000_000)
    }

    /// Milliseconds from `earlier` to here; negative where `earlier` is later.
    public func milliseconds(since earlier: MonotonicInstant) -> Int {
        (Int(bitPattern: UInt(nanoseconds)) - Int(bitPattern: UInt(earlier.nanoseconds))) / 1_000_000
    }
}

extension ContinuousClock {
    fileprivate static let processStart = ContinuousClock.now
}
