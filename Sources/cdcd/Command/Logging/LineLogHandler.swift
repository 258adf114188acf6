import Foundation
import Synchronization
import WireCore
import WireStreams

/// Writes log lines to a descriptor without ever waiting for its reader.
///
/// A line is written at once if the descriptor accepts it. Otherwise (a pipe that is not read, a stopped terminal)
/// lines wait in `LogQueue` for a thread that writes them later. Once the queue is full, lines are dropped, and one
/// line reports their number: a log that is not read must not stop replication.
final class LineLogHandler: LogHandler {
    private struct State: Sendable {
        var queue: LogQueue
        var hasWriter = false
    }

    private let format: LogFormat
    private let descriptor: Int32
    private let state: Mutex<State>
    /// The number of bytes that a writable pipe accepts without waiting (Linux's PIPE_BUF).
    private static let chunkBytes = 4096

    init(format: LogFormat, descriptor: Int32 = STDOUT_FILENO, queueBytesMax: Int = 4 << 20) {
        self.format = format
        self.descriptor = descriptor
        state = Mutex(State(queue: LogQueue(bytesMax: queueBytesMax)))
    }

    func write(level: LogLevel, logger: String, context: String, message: String) {
        let line = format.line(time: .now, level: level, logger: logger, context: context, message: message)
        let startsWriter = state.withLock { state -> Bool in
            state.queue.append(Array(line.utf8), droppedLine: droppedLine)
            guard !state.hasWriter else { return false }
            state.hasWriter = !writeReady(&state)
            return state.hasWriter
        }
        if startsWriter { startThread(named: "log-writer", stackBytes: 128 << 10) { [self] in writeLater() } }
    }

    private func droppedLine(_ count: Int) -> [UInt8] {
        let message = "\(count) log lines were dropped because the log was not read fast enough"
        return Array(format.line(time: .now, level: .warn, logger: "cdcd.log", context: "", message: message).utf8)
    }

    /// Writes as much as the descriptor accepts now. Returns true once nothing is left, also if the descriptor has an
    /// error.
    private func writeReady(_ state: inout State) -> Bool {
        while let chunk = state.queue.next(bytesMax: Self.chunkBytes, droppedLine: droppedLine) {
            guard isReady(waitMilliseconds: 0) else { return false }
            let count = chunk.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count >= 0 {
                state.queue.remove(bytes: count)
            } else if errno == EAGAIN {
                // Another process that shares the descriptor has set O_NONBLOCK.
                return false
            } else if errno != EINTR {
                state.queue.removeAll()
            }
        }
        return true
    }

    /// Whether a write would not wait. An error of the descriptor counts as ready, since the write returns it.
    private func isReady(waitMilliseconds: Int32) -> Bool {
        var poll = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        return Glibc.poll(&poll, 1, waitMilliseconds) > 0
    }

    /// Writes queued lines until none is left.
    private func writeLater() {
        while true {
            _ = isReady(waitMilliseconds: 1000)
            let isDone = state.withLock { state -> Bool in
                guard writeReady(&state) else { return false }
                state.hasWriter = false
                return true
            }
            if isDone { return }
        }
    }

    func flush(timeoutMilliseconds: Int) {
        let deadline = MonotonicInstant.now.advanced(byMilliseconds: timeoutMilliseconds)
        while true {
            if state.withLock({ writeReady(&$0) }) { return }
            let left = deadline.milliseconds(since: .now)
            if left <= 0 { return }
            _ = isReady(waitMilliseconds: Int32(clamping: left))
        }
    }
}

/// A bounded queue of lines. A line that does not fit is counted and dropped.
struct LogQueue: Sendable {
    private let bytesMax: Int
    private var bytes: [UInt8] = []
    private var start = 0
    private var droppedCount = 0

    init(bytesMax: Int) { self.bytesMax = bytesMax }

    private var count: Int { bytes.count - start }

    /// - Parameter droppedLine: makes the line that reports how many lines were dropped before this one.
    mutating func append(_ line: [UInt8], droppedLine: (Int) -> [UInt8]) {
        // One line always fits, however long it is.
        guard count == 0 || count + line.count <= bytesMax else {
            droppedCount += 1
            return
        }
        reportDropped(droppedLine)
        bytes += line
    }

    /// The first bytes, at most `bytesMax` of them; nil if nothing waits.
    mutating func next(bytesMax: Int, droppedLine: (Int) -> [UInt8]) -> ArraySlice<UInt8>? {
        if count == 0 { reportDropped(droppedLine) }
        return count == 0 ? nil : bytes[start..<min(start + bytesMax, bytes.count)]
    }

    private mutating func reportDropped(_ line: (Int) -> [UInt8]) {
        guard droppedCount > 0 else { return }
        bytes += line(droppedCount)
        droppedCount = 0
    }

    /// Removes bytes that were written.
    mutating func remove(bytes count: Int) {
        start += count
        if start == bytes.count {
            // A large buffer is not kept.
            bytes.removeAll(keepingCapacity: bytes.count <= 64 << 10)
            start = 0
        } else if start > bytes.count / 2 {
            bytes.removeSubrange(..<start)
            start = 0
        }
    }

    mutating func removeAll() {
        bytes = []
        start = 0
        droppedCount = 0
    }
}
