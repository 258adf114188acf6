import Foundation
import Synchronization
import WireCore

/// How log lines look.
enum LogFormat: String, CaseIterable {
    /// Kafka Connect's own layout, `[2026-11-24 22:03:16,123] INFO [inventory|task-0] text (logger)`.
    case connect
    /// One JSON object a line, for log collectors.
    case json
}

/// Writes each log line with one `write` to a descriptor, so that lines of several threads do not mix.
final class LineLogHandler: LogHandler {
    private let format: LogFormat
    private let descriptor: Int32
    private let order = Mutex(())

    init(format: LogFormat, descriptor: Int32 = STDOUT_FILENO) {
        self.format = format
        self.descriptor = descriptor
    }

    func write(level: LogLevel, logger: String, context: String, message: String) {
        let line = Self.line(
            format: format, time: .now, level: level, logger: logger, context: context, message: message)
        let bytes = Array(line.utf8)
        order.withLock { _ in
            var sent = 0
            while sent < bytes.count {
                let count = bytes[sent...].withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
                if count < 0 {
                    if errno == EINTR { continue }
                    // Nobody is left to be told: the reader of the log is gone.
                    return
                }
                sent += count
            }
        }
    }

    static func line(
        format: LogFormat, time: WallTime, level: LogLevel, logger: String, context: String, message: String
    ) -> String {
        switch format {
        case .connect:
            return "[\(time.logText)] \(level.name) \(context)\(message) (\(logger))\n"
        case .json:
            var writer = ByteWriter(capacityBytes: 256)
            writer.literal("{\"timestamp\":")
            writer.jsonString(time.isoText)
            writer.literal(",\"level\":")
            writer.jsonString(level.name)
            writer.literal(",\"logger\":")
            writer.jsonString(logger)
            if !context.isEmpty {
                writer.literal(",\"context\":")
                writer.jsonString(context.trimmingCharacters(in: CharacterSet(charactersIn: "[] ")))
            }
            writer.literal(",\"message\":")
            writer.jsonString(message)
            writer.literal("}\n")
            return String(decoding: writer.array(), as: UTF8.self)
        }
    }
}
