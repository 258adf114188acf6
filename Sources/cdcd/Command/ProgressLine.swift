import Foundation
import WireCore

/// The number of records so far, for a user who waits: a line of the standard error, if that is a terminal, which is
/// written again each second.
struct ProgressLine {
    private let isShown: Bool
    private var next = MonotonicInstant.now.advanced(byMilliseconds: 1000)
    private var hasLine = false

    /// - Parameter hides: whether a terminal shows what progresses.
    init(unless hides: Bool) { isShown = Terminal.isStandardError && !hides }

    mutating func show(_ count: Int) {
        guard isShown, case let now = MonotonicInstant.now, now >= next else { return }
        next = now.advanced(byMilliseconds: 1000)
        hasLine = true
        try? FileHandle.standardError.write(contentsOf: Data("\r\(count) records".utf8))
    }

    /// Removes the line.
    mutating func clear() {
        guard hasLine else { return }
        hasLine = false
        try? FileHandle.standardError.write(contentsOf: Data("\r\u{1B}[K".utf8))
    }
}
