/// Splits a stream of bytes into lines that end with `\n`, `\r` or `\r\n`, as `FileStreamSourceTask` of Kafka does.
///
/// A line is complete only when its terminator has been read; a `\r` at the end of the read bytes may be the first half
/// of `\r\n`.
struct LineSplitter {
    /// The bytes that do not belong to a returned line yet.
    private var pending: [UInt8] = []
    private var lineStart = 0
    private var scanned = 0
    /// The position in the stream after the last returned line, in bytes.
    private(set) var position: Int64

    init(position: Int64) { self.position = position }

    var pendingByteCount: Int { pending.count - lineStart }

    mutating func feed(_ bytes: UnsafeRawBufferPointer) {
        if lineStart > 0 {
            pending.removeFirst(lineStart)
            scanned -= lineStart
            lineStart = 0
        }
        pending.append(contentsOf: bytes)
    }

    /// The next complete line without its terminator; nil if more bytes are needed.
    mutating func next() -> String? {
        while scanned < pending.count {
            let byte = pending[scanned]
            guard byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") else {
                scanned += 1
                continue
            }
            var end = scanned + 1
            if byte == UInt8(ascii: "\r") {
                guard end < pending.count else { return nil }
                if pending[end] == UInt8(ascii: "\n") { end += 1 }
            }
            let line = String(decoding: pending[lineStart..<scanned], as: UTF8.self)
            position += Int64(end - lineStart)
            (lineStart, scanned) = (end, end)
            return line
        }
        return nil
    }
}
