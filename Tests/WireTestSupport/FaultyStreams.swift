import Foundation
import WireStreams

/// A receiving stream over bytes in memory that behaves like a bad network, the same way for the same seed.
public final class FaultyInputStream: InputStream, FailureReportingStream {
    /// What comes after the last byte.
    public enum Ending: Sendable, Equatable {
        /// The peer closed in order.
        case closed
        /// ECONNRESET.
        case reset
        /// Nothing more comes within the time limit.
        case stalled(milliseconds: Int)
    }

    private let bytes: [UInt8]
    private let ending: Ending
    private let readBytesMax: Int
    private var position = 0
    private var generator: SeededGenerator
    public private(set) var failure: StreamError?

    /// - Parameter readBytesMax: no read gives more; most give less.
    public init(_ bytes: [UInt8], seed: UInt64, readBytesMax: Int = 64, ending: Ending = .closed) {
        self.bytes = bytes
        self.ending = ending
        self.readBytesMax = readBytesMax
        generator = SeededGenerator(seed: seed)
        super.init(data: Data())
    }

    public override func open() {}
    public override func close() {}
    public override var hasBytesAvailable: Bool { true }
    public override var streamStatus: Stream.Status { failure == nil ? .open : .error }
    public override var streamError: (any Error)? { failure }

    public override func read(_ buffer: UnsafeMutablePointer<UInt8>, maxLength count: Int) -> Int {
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

    public override func getBuffer(
        _ buffer: UnsafeMutablePointer<UnsafeMutablePointer<UInt8>?>, length count: UnsafeMutablePointer<Int>
    ) -> Bool { false }
}

/// A sending stream that keeps what is written, taking a random part of each write.
public final class RecordingOutputStream: OutputStream, FailureReportingStream {
    public private(set) var written: [UInt8] = []
    private var generator: SeededGenerator
    private let bytesMax: Int
    public private(set) var failure: StreamError?

    /// - Parameter bytesMax: the write that would go beyond fails with EPIPE.
    public init(seed: UInt64 = 0, bytesMax: Int = .max) {
        self.bytesMax = bytesMax
        generator = SeededGenerator(seed: seed)
        super.init(toMemory: ())
    }

    /// Foundation demands this initialiser of every subclass.
    public required init(toMemory: ()) {
        bytesMax = .max
        generator = SeededGenerator(seed: 0)
        super.init(toMemory: ())
    }

    public override func open() {}
    public override func close() {}
    public override var hasSpaceAvailable: Bool { true }
    public override var streamStatus: Stream.Status { failure == nil ? .open : .error }
    public override var streamError: (any Error)? { failure }

    public override func write(_ buffer: UnsafePointer<UInt8>, maxLength count: Int) -> Int {
        let length = Int.random(in: 1...max(1, count), using: &generator)
        guard written.count + length <= bytesMax else {
            failure = .system(errno: EPIPE, operation: "send")
            return -1
        }
        written.append(contentsOf: UnsafeBufferPointer(start: buffer, count: length))
        return length
    }
}
