import ConnectData
import Glibc
import WireCore
import WireStreams

/// Reads one file from its stored position on and waits for more lines at its end.
///
/// The file stays open: as with Java's task, a renamed file is read until the task restarts.
final class FileStreamSourceTask: SourceTask {
    private static let readBytes = 64 << 10
    /// The maximum length of a line.
    private static let lineBytesMax = 256 << 20
    /// The poll interval for a file that is missing or has no more lines.
    private static let pollMilliseconds = 1000
    private static let lineSchema = Schema(.string)

    private let settings: FileStreamSourceConnector.Settings
    private let context: any SourceTaskContext
    private let logger: Logger

    init(_ settings: FileStreamSourceConnector.Settings, context: any SourceTaskContext) {
        self.settings = settings
        self.context = context
        logger = Logger(
            "org.apache.kafka.connect.file.FileStreamSourceTask",
            context: "[\(context.connectorName)|task-\(context.taskID)] ")
    }

    private var partition: JSONObject { ["filename": .string(settings.file)] }

    func run(sink: any RecordSink, control: TaskControl) throws {
        let stopped = Monitor(())
        let handler = control.onStop { stopped.update { _ in } }
        defer { control.removeStopHandler(handler) }
        func pause() {
            let deadline = MonotonicInstant.now.advanced(byMilliseconds: Self.pollMilliseconds)
            _ = stopped.wait(until: deadline) { _ in control.isStopping ? true : nil }
        }
        var opened: Int32?
        while !control.isStopping {
            opened = try open()
            if opened != nil { break }
            logger.warn(
                "Couldn't find file \(settings.file) for FileStreamSourceTask, sleeping to wait for it to be created")
            pause()
        }
        guard let descriptor = opened else { return }
        defer { close(descriptor) }
        let position = try storedPosition()
        guard lseek(descriptor, off_t(position), SEEK_SET) >= 0 else { throw failure("seek to position \(position) in") }
        var lines = LineSplitter(position: position)
        while !control.isStopping {
            if try !read(descriptor, into: &lines) { pause() }
            try emit(&lines, to: sink, control)
        }
    }

    /// Returns nil if the file does not exist.
    private func open() throws -> Int32? {
        let descriptor = Glibc.open(settings.file, O_RDONLY | O_CLOEXEC)
        if descriptor >= 0 { return descriptor }
        guard errno == ENOENT else { throw failure("open") }
        return nil
    }

    private func storedPosition() throws -> Int64 {
        guard let position = try context.storedOffset(for: partition)?["position"], !position.isNull else { return 0 }
        guard let bytes = position.integerValue, bytes >= 0 else {
            throw ConnectError("Offset position is the incorrect type")
        }
        return bytes
    }

    /// Returns false at the end of the file.
    private func read(_ descriptor: Int32, into lines: inout LineSplitter) throws -> Bool {
        guard lines.pendingByteCount <= Self.lineBytesMax else {
            throw ConnectError(
                "The line at position \(lines.position) of \(settings.file) is longer than \(Self.lineBytesMax) bytes")
        }
        return try withUnsafeTemporaryAllocation(byteCount: Self.readBytes, alignment: 1) { buffer in
            var count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
            while count < 0, errno == EINTR { count = Glibc.read(descriptor, buffer.baseAddress, buffer.count) }
            guard count >= 0 else { throw failure("read") }
            lines.feed(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
            return count > 0
        }
    }

    /// Emits the complete lines, with a checkpoint after each batch.
    private func emit(_ lines: inout LineSplitter, to sink: any RecordSink, _ control: TaskControl) throws {
        let batchMax = max(1, settings.batchRecordCount)
        var batchCount = 0
        while !control.isStopping, let line = lines.next() {
            try sink.emit(
                ConnectRecord(
                    topic: settings.topic, keySchema: nil, key: .null, valueSchema: Self.lineSchema,
                    value: .string(line), timestampMilliseconds: WallTime.now.epochMilliseconds))
            batchCount += 1
            guard batchCount >= batchMax else { continue }
            try sink.checkpoint(partition: partition, offset: ["position": .integer(lines.position)])
            batchCount = 0
        }
        if batchCount > 0 {
            try sink.checkpoint(partition: partition, offset: ["position": .integer(lines.position)])
        }
    }

    private func failure(_ operation: String) -> ConnectError {
        let reason = String(cString: strerror(errno))
        return ConnectError("Error while trying to \(operation) file \(settings.file): \(reason)")
    }
}
