import Foundation

/// Splits a stream of bytes into records at a delimiter. A machine: bytes in, records out.
struct RecordSplitter {
    /// A record has more bytes than a producer can send.
    struct TooLargeError: Error, Equatable {
        let bytesMax: Int
    }

    private let delimiter: [UInt8]
    private let recordBytesMax: Int
    private var buffer: [UInt8] = []
    /// The position in the buffer from which no delimiter has been looked for.
    private var scanned = 0

    /// - Parameter delimiter: not empty.
    init(delimiter: [UInt8], recordBytesMax: Int) {
        precondition(!delimiter.isEmpty)
        self.delimiter = delimiter
        self.recordBytesMax = recordBytesMax
    }

    /// The records that end in `bytes`, without their delimiters.
    mutating func append(_ bytes: some Collection<UInt8>) throws(TooLargeError) -> [[UInt8]] {
        buffer += bytes
        var (records, start) = ([[UInt8]](), 0)
        while let end = delimiterPosition() {
            guard end - start <= recordBytesMax else { throw TooLargeError(bytesMax: recordBytesMax) }
            records.append(Array(buffer[start..<end]))
            start = end + delimiter.count
            scanned = start
        }
        guard buffer.count - start <= recordBytesMax + delimiter.count else {
            throw TooLargeError(bytesMax: recordBytesMax)
        }
        buffer.removeFirst(start)
        scanned -= start
        return records
    }

    /// The last record, which no delimiter ends; nil if there is none.
    mutating func finish() -> [UInt8]? {
        defer { (buffer, scanned) = ([], 0) }
        return buffer.isEmpty ? nil : buffer
    }

    private mutating func delimiterPosition() -> Int? {
        let (start, delimiter) = (scanned, delimiter)
        let (found, end) = buffer.withUnsafeBytes { bytes -> (Int?, Int) in
            var position = start
            while position + delimiter.count <= bytes.count {
                let rest = UnsafeRawBufferPointer(rebasing: bytes[position...(bytes.count - delimiter.count)])
                guard let base = rest.baseAddress, let match = memchr(base, Int32(delimiter[0]), rest.count) else {
                    return (nil, bytes.count - delimiter.count + 1)
                }
                position += UnsafeRawPointer(match) - base
                if bytes[position..<position + delimiter.count].elementsEqual(delimiter) { return (position, position) }
                position += 1
            }
            return (nil, position)
        }
        scanned = end
        return found
    }
}
