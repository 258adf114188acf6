import Glibc

/// A moment of civil time, counted from 1970-01-01T00:00:00Z. It jumps when the system's clock is set: measure
/// durations with `MonotonicInstant`.
package struct WallTime: Hashable, Sendable {
    /// Whole seconds since the epoch, rounded down.
    package let seconds: Int64
    /// The fraction of the second: 0 to 999,999,999.
    package let nanoseconds: Int64

    /// - Parameter nanoseconds: the fraction of the second, 0 to 999,999,999.
    package init(seconds: Int64, nanoseconds: Int64) {
        self.seconds = seconds
        self.nanoseconds = nanoseconds
    }

    package static var now: WallTime {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        return WallTime(seconds: Int64(now.tv_sec), nanoseconds: Int64(now.tv_nsec))
    }

    /// Whole milliseconds since the epoch, rounded down.
    package var epochMilliseconds: Int64 { seconds * 1000 + nanoseconds / 1_000_000 }

    /// Whole microseconds since the epoch, rounded down.
    package var epochMicroseconds: Int64 { seconds * 1_000_000 + nanoseconds / 1000 }
}
