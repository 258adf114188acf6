import Testing

/// A stream decoder under test: it inspects the received bytes and consumes complete messages from their front.
package protocol StreamDecoder {
    associatedtype Message: Equatable

    /// The next message and its number of bytes; nil if more bytes are needed. Throws if the bytes can never become a
    /// message.
    mutating func next(in arrived: UnsafeRawBufferPointer) throws -> (message: Message, consumedBytes: Int)?
}

/// How a captured stream is fed to its decoder.
package enum Feeding: Sendable, CustomStringConvertible {
    case whole
    case bytewise
    /// Cut at random places.
    case randomCuts(seed: UInt64)

    /// Whole, byte by byte, and in three random partitions, one of them different in every run.
    package static var all: [Feeding] {
        [.whole, .bytewise, .randomCuts(seed: 1), .randomCuts(seed: 2), .randomCuts(seed: .random(in: 3 ... .max))]
    }

    package var description: String {
        switch self {
        case .whole: "whole"
        case .bytewise: "byte by byte"
        case .randomCuts(let seed): "cut at random with seed \(seed)"
        }
    }

    /// The lengths of the pieces; their sum is `count`.
    package func pieces(of count: Int) -> [Int] {
        switch self {
        case .whole: return [count]
        case .bytewise: return Array(repeating: 1, count: count)
        case .randomCuts(let seed):
            var generator = SeededGenerator(seed: seed)
            var (left, pieces) = (count, [Int]())
            while left > 0 {
                // Mostly short pieces, sometimes long ones.
                let longest = Bool.random(using: &generator) ? 16 : 4096
                let piece = min(left, Int.random(in: 1...longest, using: &generator))
                pieces.append(piece)
                left -= piece
            }
            return pieces
        }
    }
}

/// Feeds a stream piece by piece and returns the decoded messages.
///
/// The window is copied to a fresh block of exactly its size each time, so that a decoder that reads beyond it is
/// caught by the address sanitizer.
package func messages<D: StreamDecoder>(of bytes: [UInt8], fed feeding: Feeding, to decoder: D) throws -> [D.Message] {
    var decoder = decoder
    var (start, end) = (0, 0)
    var result: [D.Message] = []
    for piece in feeding.pieces(of: bytes.count) {
        end += piece
        while end > start {
            let window = Array(bytes[start..<end])
            guard let (message, consumed) = try window.withUnsafeBytes({ try decoder.next(in: $0) }) else { break }
            try #require(consumed > 0 && consumed <= window.count)
            result.append(message)
            start += consumed
        }
    }
    try #require(start == bytes.count, "the stream ends within a message, \(bytes.count - start) bytes are left")
    return result
}

/// Proves that a stream gives the same messages in every feeding mode, and returns them.
@discardableResult
package func verify<D: StreamDecoder>(
    _ decoder: D, on bytes: [UInt8], feeding modes: [Feeding] = Feeding.all,
    sourceLocation: SourceLocation = #_sourceLocation
) throws -> [D.Message] {
    let expected = try messages(of: bytes, fed: .whole, to: decoder)
    for mode in modes {
        let found = try messages(of: bytes, fed: mode, to: decoder)
        #expect(found == expected, "fed \(mode)", sourceLocation: sourceLocation)
    }
    return expected
}

/// Feeds every prefix of a message to its decoder, then the message with each byte damaged in several ways.
///
/// The decoder may throw or return, but must not trap, which would end the run. Bytes are in blocks of exact size.
///
/// - Parameter decode: throws if the bytes are not a message.
package func survivesDamage(to message: [UInt8], decode: (UnsafeRawBufferPointer) throws -> Void) {
    func attempt(_ bytes: [UInt8]) {
        // Both outcomes are correct; only a trap is a failure.
        do { try bytes.withUnsafeBytes { try decode($0) } } catch {}
    }
    for length in 0..<message.count { attempt(Array(message[..<length])) }
    for index in message.indices {
        for change: UInt8 in [0x01, 0x80, 0xFF] {
            var damaged = message
            damaged[index] ^= change
            attempt(damaged)
        }
    }
}

/// Feeds randomly damaged copies of a message to its decoder: bytes changed, removed, inserted, repeated.
package func survivesMutation(
    of message: [UInt8], rounds: Int, seed: UInt64, decode: (UnsafeRawBufferPointer) throws -> Void
) {
    var generator = SeededGenerator(seed: seed)
    for _ in 0..<rounds where !message.isEmpty {
        var bytes = message
        for _ in 0..<Int.random(in: 1...8, using: &generator) where !bytes.isEmpty {
            let index = Int.random(in: 0..<bytes.count, using: &generator)
            switch Int.random(in: 0..<5, using: &generator) {
            case 0: bytes[index] = .random(in: .min ... .max, using: &generator)
            case 1:
                let significant: [UInt8] = [0, 1, 0x7F, 0x80, 0xFB, 0xFC, 0xFD, 0xFE, 0xFF]
                bytes[index] = significant.randomElement(using: &generator) ?? 0
            case 2: bytes.removeSubrange(index..<min(bytes.count, index + .random(in: 1...8, using: &generator)))
            case 3: bytes.insert(.random(in: .min ... .max, using: &generator), at: index)
            default: bytes[index] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
            }
        }
        do { try bytes.withUnsafeBytes { try decode($0) } } catch {}
    }
}
