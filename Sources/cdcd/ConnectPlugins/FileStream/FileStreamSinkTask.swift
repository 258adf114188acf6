import ConnectData
import Glibc
import WireCore

/// Appends lines to one file, which stays open, or to the standard output.
///
/// A batch is written by the time that `put` returns. Java's task ignores errors of the file; here they fail the task.
final class FileStreamSinkTask: SinkTask {
    private static let standardOutput: Int32 = 1

    /// nil: the standard output.
    private let file: String?
    private let descriptor: Int32
    private let logger: Logger

    /// Opens or creates the file.
    init(file: String?, context: any SinkTaskContext) throws {
        self.file = file
        logger = Logger(
            "org.apache.kafka.connect.file.FileStreamSinkTask",
            context: "[\(context.connectorName)|task-\(context.taskID)] ")
        guard let file else {
            descriptor = Self.standardOutput
            return
        }
        descriptor = Glibc.open(file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else {
            let reason = String(cString: strerror(errno))
            throw ConnectError("Couldn't find or create file '\(file)' for FileStreamSinkTask\nCaused by: \(reason)")
        }
    }

    func put(_ records: [SinkRecord]) throws {
        guard !records.isEmpty else { return }
        var lines = ""
        // By index, which does not copy the record.
        for index in records.indices {
            records[index].record.value.appendJavaText(records[index].record.valueSchema, to: &lines)
            lines += "\n"
        }
        try write(&lines)
    }

    private func write(_ lines: inout String) throws {
        try lines.withUTF8 { bytes in
            var written = 0
            while written < bytes.count {
                let count = Glibc.write(descriptor, bytes.baseAddress.map { $0 + written }, bytes.count - written)
                if count < 0, errno == EINTR { continue }
                guard count >= 0 else {
                    let reason = String(cString: strerror(errno))
                    throw ConnectError("Error while trying to write to \(file ?? "the standard output"): \(reason)")
                }
                written += count
            }
        }
    }

    func stop() {
        if descriptor != Self.standardOutput { Glibc.close(descriptor) }
    }
}
