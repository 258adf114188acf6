import Foundation
import WireCore

/// The time of log lines: local time as log4j prints it, UTC in JSON.
extension WallTime {
    /// `2026-11-24 22:03:16,123`, in the zone of `TZ` or the system.
    var logText: String { text(localtime_r, "%04d-%02d-%02d %02d:%02d:%02d,%03d") }

    /// `2026-11-24T22:03:16.123Z`.
    var isoText: String { text(gmtime_r, "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ") }

    private func text(
        _ convert: (UnsafePointer<time_t>, UnsafeMutablePointer<tm>) -> UnsafeMutablePointer<tm>?, _ format: String
    ) -> String {
        var (clock, fields) = (time_t(seconds), tm())
        _ = convert(&clock, &fields)
        return String(
            format: format, Int(fields.tm_year) + 1900, Int(fields.tm_mon) + 1, Int(fields.tm_mday),
            Int(fields.tm_hour), Int(fields.tm_min), Int(fields.tm_sec), Int(nanoseconds / 1_000_000))
    }
}
