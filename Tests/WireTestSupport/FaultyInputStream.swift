import Foundation
import WireStreams

/// An input stream over bytes in memory that fragments reads at random, reproducibly for a seed.
package final class FaultyInputStream: InputStream, FailureReportingStream {
    /// What follows the last byte.
    package enum Ending: Sendable, Equatable {
        /// The peer closed the connection.
        case closed
        /// ECONNRESET.
        case reset
        /// No byte arrives within the time limit.
        case stalled(milliseconds: Int)
    }

    private let bytes: [UInt8]
    private let ending: Ending
    private let readBytesMax: Int
    private var position = 0
    private var generator: SeededGenerator
    package private(set) var failure: StreamError?

    /// - Parameter readBytesMax: the maximum number of bytes of a read; most return fewer.
    package init(_ bytes: [UInt8], seed: UInt64, readBytesMax: Int = 64, ending: Ending = .closed) {
        self.bytes = bytes
        self.ending = ending
        self.readBytesMax = readBytesMax
        generator = SeededGenerator(seed: seed)
        super.init(data: Data())
    }

    package override func open() {}
    package override func close() {}
    package override var hasBytesAvailable: Bool { true }
    package override var streamStatus: Stream.Status { failure == nil ? .open : .error }
    package override var streamError: (any Error)? { failure }

    package override func read(_ buffer: UnsafeMutablePointer<UInt8>, maxLength count: Int) -> Int {
        guard position < bytes.count else {
            switch ending {
            case .closed: return 0
            case .reset: failure = .system(errno: ECONNRESET, operation: "receive")
            case .stalled(let milliseconds): failure = .timedOut(milliseconds: milliseconds)
            }
            return -1
        }
        let longest = min(count, bytes.count - position, readBytesMax)
        let length = Int.random(in: 1...max(1, longest), using: &generator)
        bytes[position..<(position + length)].withUnsafeBufferPointer { piece in
            guard let source = piece.baseAddress else { return }
            buffer.update(from: source, count: length)
        }
        position += length
        return length
    }

    package override func getBuffer(
        _ buffer: UnsafeMutablePointer<UnsafeMutablePointer<UInt8>?>, length count: UnsafeMutablePointer<Int>
    ) -> Bool { false }
}

/// An output stream that records what is written and accepts a random part of each write.
package final class RecordingOutputStream: OutputStream, FailureReportingStream {
    package private(set) var written: [UInt8] = []
    private var generator: SeededGenerator
    private let bytesMax: Int
    package private(set) var failure: StreamError?

    /// - Parameter bytesMax: a write beyond this number of bytes fails with EPIPE.
    package init(seed: UInt64 = 0, bytesMax: Int = .max) {
        self.bytesMax = bytesMax
        generator = SeededGenerator(seed: seed)
        super.init(toMemory: ())
    }

    /// Foundation requires this initializer of every subclass.
    package required init(toMemory: ()) {
        bytesMax = .max
        generator = SeededGenerator(seed: 0)
        super.init(toMemory: ())
    }

    package override func open() {}
    package override func close() {}
    package override var hasSpaceAvailable: Bool { true }
    package override var streamStatus: Stream.Status { failure == nil ? .open : .error }
    package override var streamError: (any Error)? { failure }

    package override func write(_ buffer: UnsafePointer<UInt8>, maxLength count: Int) -> Int {
        let length = Int.random(in: 1...max(1, count), using: &generator)
        guard written.count + length <= bytesMax else {
            failure = .system(errno: EPIPE, operation: "send")
            return -1
        }
        written.append(contentsOf: UnsafeBufferPointer(start: buffer, count: length))
        return length
    }
}
