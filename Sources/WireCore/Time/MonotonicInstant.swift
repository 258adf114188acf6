import Glibc

/// A point on a clock that never jumps, in nanoseconds since an arbitrary start.
///
/// State machines take it as an argument instead of reading the clock.
@usableFromInline package struct MonotonicInstant: Comparable, Hashable, Sendable {
    package let nanoseconds: UInt64

    package init(nanoseconds: UInt64) { self.nanoseconds = nanoseconds }

    @usableFromInline package static var now: MonotonicInstant {
        // ContinuousClock computes with 128 bits, which takes five times as long.
        var now = timespec()
        clock_gettime(CLOCK_MONOTONIC, &now)
        return MonotonicInstant(
            nanoseconds: UInt64(truncatingIfNeeded: now.tv_sec) &* 1_000_000_000
                &+ UInt64(truncatingIfNeeded: now.tv_nsec))
    }

    @usableFromInline package static func < (a: Self, b: Self) -> Bool { a.nanoseconds < b.nanoseconds }

    /// The instant that is later by a duration, at most the end of the clock's range (292 years).
    package func advanced(byMilliseconds milliseconds: Int) -> MonotonicInstant {
        let (span, spanIsTooLong) = UInt64(max(0, milliseconds)).multipliedReportingOverflow(by: 1_000_000)
        let (later, isTooLate) = nanoseconds.addingReportingOverflow(span)
        let end = UInt64(Int64.max)
        return MonotonicInstant(nanoseconds: spanIsTooLong || isTooLate ? end : min(end, later))
    }

    /// As `milliseconds(since:)`, rounded up: a wait of this time does not end before this instant.
    package func millisecondsRoundedUp(since earlier: MonotonicInstant) -> Int {
        let (start, end) = (Int(clamping: earlier.nanoseconds), Int(clamping: nanoseconds))
        return end > start ? (end - start + 999_999) / 1_000_000 : milliseconds(since: earlier)
    }

    /// Milliseconds since `earlier`; negative if `earlier` is later.
    @usableFromInline package func milliseconds(since earlier: MonotonicInstant) -> Int {
        (Int(clamping: nanoseconds) - Int(clamping: earlier.nanoseconds)) / 1_000_000
    }
}
