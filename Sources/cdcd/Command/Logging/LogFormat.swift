import Foundation
import WireCore

/// The format of log lines.
enum LogFormat: String, CaseIterable {
    /// Kafka Connect's own layout, `[2026-11-24 22:03:16,123] INFO [inventory|task-0] text (logger)`.
    case connect
    /// One JSON object a line, for log collectors.
    case json

    /// One entry of the log with its line feed.
    func line(time: WallTime, level: LogLevel, logger: String, context: String, message: String) -> String {
        switch self {
        case .connect:
            let text = Self.escaped(context) + Self.escaped(message, breaksBefore: ["Caused by: ", "Remedy: "])
            return "[\(time.logText)] \(level.name) \(text) (\(logger))\n"
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

    /// The text with its control characters escaped as in Java's source code, so that a server's message, a statement
    /// or a name cannot end the line and forge another one, nor drive a terminal.
    ///
    /// - Parameter breaksBefore: the texts that may begin a line of their own inside an entry. None of them begins like
    ///   an entry.
    static func escaped(_ text: String, breaksBefore: [String] = []) -> String {
        guard text.unicodeScalars.contains(where: isControl) else { return text }
        var escaped = String.UnicodeScalarView()
        var rest = text.unicodeScalars[...]
        while let scalar = rest.popFirst() {
            switch scalar {
            case "\n" where breaksBefore.contains(where: { rest.starts(with: $0.unicodeScalars) }):
                escaped.append(scalar)
            case "\n": escaped.append(contentsOf: "\\n".unicodeScalars)
            case "\r": escaped.append(contentsOf: "\\r".unicodeScalars)
            case "\t": escaped.append(contentsOf: "\\t".unicodeScalars)
            case _ where isControl(scalar):
                let digits = String(scalar.value, radix: 16)
                let zeros = String(repeating: "0", count: max(0, 4 - digits.utf8.count))
                escaped.append(contentsOf: "\\u\(zeros)\(digits)".unicodeScalars)
            default: escaped.append(scalar)
            }
        }
        return String(escaped)
    }

    /// Controls, the separators of lines and paragraphs, and what changes the direction of the text that follows.
    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x00...0x1F, 0x7F...0x9F, 0x2028...0x202E, 0x2066...0x2069: true
        default: false
        }
    }
}
