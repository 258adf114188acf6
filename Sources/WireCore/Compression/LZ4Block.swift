/// LZ4's block format (lz4/lz4, `lz4_Block_format.md`): sequences of a token, literals and a copy.
///
/// The token's upper four bits are the number of literals, the lower four the length of the copy - 4; 15 means that
/// bytes follow that are added, up to one that is below 255. The copy's distance has 2 bytes. The last sequence has no
/// copy.
enum LZ4Block {
    /// How a block is compressed.
    enum Strategy {
        /// Takes the first match that a hash table finds.
        case fast
        /// Searches chains of earlier occurrences, this many places at most, and delays a match for a longer one.
        case thorough(searchesMax: Int)
    }

    private static let codec = "lz4"
    static let inputBytesMax = 1 << 16
    private static let minimumMatch = 4
    /// The last match begins at least 12 bytes before the end, and the last five bytes are literals.
    private static let matchLimitBytes = 12
    private static let lastLiteralBytes = 5
    /// No longer match is searched than one of that length.
    private static let sufficientBytes = 1024

    static func compressedBytesMax(_ byteCount: Int) -> Int { byteCount + byteCount / 255 + 16 }

    // MARK: Compression

    /// The memory of the search; one serves all blocks of a frame.
    struct SearchTables: ~Copyable {
        static let hashBits = 13
        fileprivate let heads: UnsafeMutablePointer<UInt16>
        /// For each place the distance to the one before with the same hash; 0: none. Only for `.thorough`.
        fileprivate let chains: UnsafeMutablePointer<UInt16>?

        init(_ strategy: Strategy) {
            heads = .allocate(capacity: 1 << Self.hashBits)
            if case .thorough = strategy { chains = .allocate(capacity: inputBytesMax) } else { chains = nil }
        }

        deinit {
            heads.deallocate()
            chains?.deallocate()
        }
    }

    /// Writes a block. Precondition: 1 to `inputBytesMax` bytes, and room for `compressedBytesMax`.
    ///
    /// - Returns: the size of the block.
    static func compress(
        _ start: UnsafePointer<UInt8>, count: Int, _ strategy: Strategy, _ tables: borrowing SearchTables,
        to target: UnsafeMutablePointer<UInt8>
    ) -> Int {
        tables.heads.update(repeating: 0, count: 1 << SearchTables.hashBits)
        var output = Output(target: target, literal: start)
        if count > matchLimitBytes {
            switch strategy {
            case .fast: compressFast(start, count: count, tables.heads, &output)
            case .thorough(let searchesMax):
                if let chains = tables.chains {
                    var search = ChainSearch(
                        start: start, end: start + count - lastLiteralBytes, heads: tables.heads, chains: chains,
                        searchesMax: searchesMax)
                    compressThoroughly(start, count: count, &search, &output)
                }
            }
        }
        output.appendLast(end: start + count)
        return output.target - target
    }

    private static func compressFast(
        _ start: UnsafePointer<UInt8>, count: Int, _ heads: UnsafeMutablePointer<UInt16>, _ output: inout Output
    ) {
        let matchEnd = start + (count - lastLiteralBytes)
        let searchEnd = start + (count - matchLimitBytes)
        var position = start + 1
        search: while true {
            var skip = 64
            var next = position
            var candidate = start
            repeat {
                position = next
                next = position + skip &>> 6
                skip &+= 1
                if next > searchEnd { break search }
                let slot = hash(position)
                candidate = start + Int(heads[slot])
                heads[slot] = UInt16(truncatingIfNeeded: position - start)
            } while word(position) != word(candidate)

            while position > output.literal, candidate > start, position[-1] == candidate[-1] {
                position -= 1
                candidate -= 1
            }
            repeat {
                let length = minimumMatch
                    &+ MatchLength.count(candidate + minimumMatch, position + minimumMatch, end: matchEnd)
                output.append(at: position, distance: position - candidate, length: length)
                position += length
                if position > searchEnd { break search }
                heads[hash(position - 2)] = UInt16(truncatingIfNeeded: position - 2 - start)
                let slot = hash(position)
                candidate = start + Int(heads[slot])
                heads[slot] = UInt16(truncatingIfNeeded: position - start)
            } while word(position) == word(candidate)
            position += 1
        }
    }

    private static func compressThoroughly(
        _ start: UnsafePointer<UInt8>, count: Int, _ search: inout ChainSearch, _ output: inout Output
    ) {
        let searchEnd = start + (count - matchLimitBytes)
        var position = start
        var match = search.best(at: position)
        while position <= searchEnd {
            guard match.length >= minimumMatch else {
                position += 1
                if position <= searchEnd { match = search.best(at: position) }
                continue
            }
            if position < searchEnd, match.length < sufficientBytes {
                let later = search.best(at: position + 1)
                if later.length > match.length {
                    position += 1
                    match = later
                    continue
                }
            }
            output.append(at: position, distance: match.distance, length: match.length)
            position += match.length
            if position <= searchEnd { match = search.best(at: position) }
        }
    }

    @inline(__always)
    private static func word(_ address: UnsafePointer<UInt8>) -> UInt32 {
        UInt32(littleEndian: UnsafeRawPointer(address).loadUnaligned(as: UInt32.self))
    }

    @inline(__always)
    private static func hash(_ address: UnsafePointer<UInt8>) -> Int {
        Int((word(address) &* 2_654_435_761) &>> UInt32(32 - SearchTables.hashBits))
    }

    /// The places with equal hashes, each with the distance to the one before.
    private struct ChainSearch {
        let start: UnsafePointer<UInt8>
        /// Where matches end.
        let end: UnsafePointer<UInt8>
        let heads: UnsafeMutablePointer<UInt16>
        let chains: UnsafeMutablePointer<UInt16>
        let searchesMax: Int
        /// The number of places that are in the chains.
        var insertedCount = 0

        /// The longest match at a place, at least three bytes before the end; its length is 0 if there is none.
        mutating func best(at position: UnsafePointer<UInt8>) -> (distance: Int, length: Int) {
            let offset = position - start
            while insertedCount <= offset { insert(insertedCount) }
            var best = (distance: 0, length: 0)
            var candidate = offset
            for _ in 0..<searchesMax {
                let step = Int(chains[candidate])
                guard step > 0, best.length < sufficientBytes else { break }
                candidate &-= step
                let place = start + candidate
                guard word(place) == word(position),
                    best.length == 0 || position + best.length < end && place[best.length] == position[best.length]
                else { continue }
                let length = minimumMatch
                    &+ MatchLength.count(place + minimumMatch, position + minimumMatch, end: end)
                if length > best.length { best = (offset &- candidate, length) }
            }
            return best
        }

        /// The heads are places + 1, so that 0 is none; the last place of a block is in no chain.
        private mutating func insert(_ offset: Int) {
            let slot = hash(start + offset)
            let head = Int(heads[slot])
            chains[offset] = head == 0 ? 0 : UInt16(truncatingIfNeeded: offset &- (head &- 1))
            heads[slot] = UInt16(truncatingIfNeeded: offset &+ 1)
            insertedCount = offset &+ 1
        }
    }

    /// The sequences that have been written.
    private struct Output {
        var target: UnsafeMutablePointer<UInt8>
        /// Where the literals of the next sequence begin.
        var literal: UnsafePointer<UInt8>

        @inline(__always)
        mutating func append(at position: UnsafePointer<UInt8>, distance: Int, length: Int) {
            let token = target
            appendLiterals(count: position - literal)
            target[0] = UInt8(truncatingIfNeeded: distance)
            target[1] = UInt8(truncatingIfNeeded: distance &>> 8)
            target += 2
            let code = length &- minimumMatch
            if code < 15 {
                token.pointee |= UInt8(truncatingIfNeeded: code)
            } else {
                token.pointee |= 15
                appendLength(code &- 15)
            }
            literal = position + length
        }

        mutating func appendLast(end: UnsafePointer<UInt8>) { appendLiterals(count: end - literal) }

        /// Writes the token also.
        @inline(__always)
        private mutating func appendLiterals(count: Int) {
            if count < 15 {
                target.pointee = UInt8(truncatingIfNeeded: count &<< 4)
                target += 1
            } else {
                target.pointee = 15 << 4
                target += 1
                appendLength(count &- 15)
            }
            target.update(from: literal, count: count)
            target += count
        }

        @inline(__always)
        private mutating func appendLength(_ length: Int) {
            var rest = length
            while rest >= 255 {
                target.pointee = 255
                target += 1
                rest &-= 255
            }
            target.pointee = UInt8(truncatingIfNeeded: rest)
            target += 1
        }
    }

    // MARK: Expansion

    /// Appends the content of a block, at most `contentBytesMax`.
    ///
    /// - Parameter historyBytes: how many of the bytes before may be copied.
    static func expand(
        _ block: UnsafeRawBufferPointer, contentBytesMax: Int, historyBytes: Int, into writer: inout ByteWriter
    ) throws(CompressionError) {
        guard let source = block.baseAddress?.assumingMemoryBound(to: UInt8.self) else {
            throw .corrupt(codec: codec, reason: "a block is empty")
        }
        // A byte adds 255 bytes at most, so that a small block needs little memory.
        let room = min(contentBytesMax, block.count * 255)
        let target = writer.room(for: room + WideCopy.slackBytes)
        guard let end = expand(source, count: block.count, to: target, count: room, history: target - historyBytes)
        else { throw .corrupt(codec: codec, reason: "a block is damaged or too large") }
        writer.end = end
    }

    /// Writes the content of a block. The memory has `WideCopy.slackBytes` more than `targetCount`.
    ///
    /// - Returns: the address after the content; nil if the block is damaged or its content larger.
    private static func expand(
        _ source: UnsafePointer<UInt8>, count: Int, to target: UnsafeMutablePointer<UInt8>, count targetCount: Int,
        history: UnsafeMutablePointer<UInt8>
    ) -> UnsafeMutablePointer<UInt8>? {
        var source = source
        let end = source + count
        // Before it, 32 bytes can be read.
        let wideEnd = end - min(count, 32)
        var target = target
        let targetEnd = target + targetCount
        while source < end {
            let token = Int(source.pointee)
            source += 1
            var literals = token &>> 4
            if literals < 15, source < wideEnd, literals <= targetEnd - target {
                WideCopy.copy(from: source, to: target, count: 16)
            } else {
                if literals == 15 {
                    guard let more = length(&source, end) else { return nil }
                    literals &+= more
                }
                guard literals <= end - source, literals <= targetEnd - target else { return nil }
                target.update(from: source, count: literals)
            }
            source += literals
            target += literals
            if source == end { return target }

            guard end - source >= 2 else { return nil }
            let distance = Int(source[0]) | Int(source[1]) &<< 8
            source += 2
            var copied = token & 15
            if copied == 15 {
                guard let more = length(&source, end) else { return nil }
                copied &+= more
            }
            copied &+= minimumMatch
            guard distance > 0, distance <= target - history, copied <= targetEnd - target else { return nil }
            WideCopy.repeatBytes(at: distance, to: target, count: copied)
            target += copied
        }
        return nil
    }

    /// The sum of the bytes that extend a length; nil if the block ends within them.
    @inline(__always)
    private static func length(_ source: inout UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>) -> Int? {
        var sum = 0
        while source < end {
            let byte = source.pointee
            source += 1
            sum &+= Int(byte)
            if byte < 255 { return sum }
        }
        return nil
    }
}
