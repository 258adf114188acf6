/// Finds the repetitions in the blocks of a frame.
struct ZstandardMatcher: ~Copyable {
    enum Strategy: Equatable {
        /// Takes the first match that a hash table finds.
        case fast
        /// Searches chains of earlier occurrences, this many places at most, and delays a match for a longer one.
        case thorough(searchesMax: Int)
    }

    /// The distances that the decoder knows at the beginning of the next block.
    private(set) var recentDistances = (1, 4, 8)

    private let strategy: Strategy
    private let content: UnsafePointer<UInt8>
    private let contentBytes: Int
    private let windowBytes: Int
    private let hashBits: Int
    /// The number of bytes that are hashed.
    private let hashedBytes: Int
    /// For each hash the last place + 1; 0: none.
    private let heads: UnsafeMutablePointer<UInt32>
    /// For each place in the window the one before with the same hash, + 1.
    private let chains: UnsafeMutablePointer<UInt32>?
    /// A thorough search looks that far back at most: further, the processor's caches are too small for it.
    private static let chainedPlacesLog = 20
    private let chainMask: Int
    private var insertedCount = 0

    init(_ content: UnsafePointer<UInt8>, count: Int, windowBytes: Int, _ strategy: Strategy) {
        self.content = content
        self.strategy = strategy
        contentBytes = count
        self.windowBytes = windowBytes
        let sizeBits = Int.bitWidth - max(count, 1).leadingZeroBitCount
        switch strategy {
        case .fast:
            hashedBytes = count <= 16 << 10 ? 5 : 6
            hashBits = min(max(sizeBits, 6), 15)
            chains = nil
            chainMask = 0
        case .thorough:
            hashedBytes = count <= 256 << 10 ? 4 : 5
            hashBits = min(max(sizeBits, 6), 18)
            let places = 1 << min(sizeBits, Self.chainedPlacesLog)
            chains = .allocate(capacity: places)
            chainMask = places - 1
        }
        heads = .allocate(capacity: 1 << hashBits)
        heads.initialize(repeating: 0, count: 1 << hashBits)
    }

    deinit {
        heads.deallocate()
        chains?.deallocate()
    }

    /// Finds the sequences of a block, and makes its literals and sequences.
    mutating func find(in block: Range<Int>, _ found: inout ZstandardSequences) {
        found.reset()
        let literal: Int
        switch strategy {
        case .fast: literal = findFast(in: block, &found)
        case .thorough(let searchesMax): literal = findThoroughly(in: block, searchesMax: searchesMax, &found)
        }
        found.appendLiterals(content + literal, block.upperBound - literal)
    }

    /// After a block that is stored without its sequences.
    mutating func restore(_ distances: (Int, Int, Int)) { recentDistances = distances }

    /// No longer match is searched than one of that length.
    private static let sufficientBytes = 256

    /// Hashes and comparisons read eight bytes.
    private static let readBytes = 8

    // MARK: Fast

    /// Returns the first of the literals after the last sequence.
    private mutating func findFast(in block: Range<Int>, _ found: inout ZstandardSequences) -> Int {
        let (content, heads) = (content, heads)
        let end = content + block.upperBound
        let searchEnd = block.upperBound - Self.readBytes - 1
        let shift = UInt64(64 - hashBits)
        let keep = UInt64(64 - hashedBytes * 8)
        func slot(_ place: Int) -> Int { Self.slot(content + place, keep: keep, shift: shift) }
        var (recent1, recent2, recent3) = recentDistances
        var literal = block.lowerBound
        var place = block.lowerBound
        while place < searchEnd {
            let head = slot(place)
            let candidate = Int(heads[head]) &- 1
            heads[head] = UInt32(truncatingIfNeeded: place &+ 1)
            let length: Int
            let next = place &+ 1
            if recent1 <= next, Self.word(content + next) == Self.word(content + (next &- recent1)) {
                length = 4 &+ MatchLength.count(content + (next &- recent1 &+ 4), content + (next &+ 4), end: end)
                found.append(
                    literal: content + literal, literalLength: next &- literal, matchLength: length, distance: 1)
                place = next
            } else if candidate >= 0, place &- candidate <= windowBytes,
                Self.word(content + candidate) == Self.word(content + place)
            {
                var (start, source) = (place, candidate)
                let forward = 4 &+ MatchLength.count(content + (candidate &+ 4), content + (place &+ 4), end: end)
                while start > literal, source > 0, content[start &- 1] == content[source &- 1] {
                    start &-= 1
                    source &-= 1
                }
                length = forward &+ place &- start
                let distance = start &- source
                (recent1, recent2, recent3) = (distance, recent1, recent2)
                found.append(
                    literal: content + literal, literalLength: start &- literal, matchLength: length,
                    distance: distance &+ 3)
                place = start
            } else {
                // The longer nothing was found, the larger the steps.
                place &+= 1 &+ (place &- literal) &>> 7
                continue
            }
            let matched = next
            place &+= length
            literal = place
            guard place < searchEnd else { break }
            heads[slot(matched &+ 1)] = UInt32(truncatingIfNeeded: matched &+ 2)
            heads[slot(place &- 2)] = UInt32(truncatingIfNeeded: place &- 1)
            // Without literals the number 1 means the second distance.
            while place < searchEnd, recent2 <= place,
                Self.word(content + place) == Self.word(content + (place &- recent2))
            {
                let length = 4
                    &+ MatchLength.count(content + (place &- recent2 &+ 4), content + (place &+ 4), end: end)
                (recent1, recent2) = (recent2, recent1)
                heads[slot(place)] = UInt32(truncatingIfNeeded: place &+ 1)
                found.append(literal: content + place, literalLength: 0, matchLength: length, distance: 1)
                place &+= length
                literal = place
            }
        }
        recentDistances = (recent1, recent2, recent3)
        return literal
    }

    @inline(__always)
    private static func slot(_ address: UnsafePointer<UInt8>, keep: UInt64, shift: UInt64) -> Int {
        let word = UInt64(littleEndian: UnsafeRawPointer(address).loadUnaligned(as: UInt64.self))
        return Int(truncatingIfNeeded: ((word &<< keep) &* 0xCF1B_BCDC_B7A5_6463) &>> shift)
    }

    @inline(__always)
    private static func word(_ address: UnsafePointer<UInt8>) -> UInt32 {
        UnsafeRawPointer(address).loadUnaligned(as: UInt32.self)
    }

    // MARK: Thorough

    private struct Match {
        var place: Int
        var length = 0
        /// The distance, or 0 for the first of the recent ones.
        var distance = 0
    }

    private mutating func findThoroughly(
        in block: Range<Int>, searchesMax: Int, _ found: inout ZstandardSequences
    ) -> Int {
        let searchEnd = block.upperBound - Self.readBytes
        var literal = block.lowerBound
        var place = block.lowerBound
        while place < searchEnd {
            var match = best(at: place, literal: literal, block.upperBound, searchesMax: searchesMax)
            guard match.length >= ZstandardSequences.matchLengthMin, Self.gain(match) >= Self.gainMin else {
                place += 1 + (place - literal) >> 8
                continue
            }
            while match.place + 1 < searchEnd, match.length < Self.sufficientBytes {
                let later = best(at: match.place + 1, literal: literal, block.upperBound, searchesMax: searchesMax)
                // A literal more, and perhaps a distance, must pay.
                guard Self.gain(later) > Self.gain(match) + 4 else { break }
                match = later
            }
            if match.distance > 0 {
                while match.place > literal, match.place - match.distance > 0,
                    content[match.place - 1] == content[match.place - 1 - match.distance]
                {
                    match.place -= 1
                    match.length += 1
                }
                recentDistances = (match.distance, recentDistances.0, recentDistances.1)
            }
            found.append(
                literal: content + literal, literalLength: match.place - literal, matchLength: match.length,
                distance: match.distance == 0 ? 1 : match.distance + 3)
            place = match.place + match.length
            place = appendSecondRecent(at: place, searchEnd, block.upperBound, &found)
            literal = place
        }
        return literal
    }

    /// Appends copies from the second of the recent distances, for which the number 1 stands where no literals precede.
    /// Returns the place after them.
    @inline(__always)
    private mutating func appendSecondRecent(
        at start: Int, _ searchEnd: Int, _ end: Int, _ found: inout ZstandardSequences
    ) -> Int {
        let content = content
        var place = start
        while place < searchEnd {
            let (recent1, recent2, recent3) = recentDistances
            guard recent2 <= place, Self.word(content + place) == Self.word(content + (place &- recent2)) else { break }
            let length = 4
                &+ MatchLength.count(content + (place &- recent2 &+ 4), content + (place &+ 4), end: content + end)
            recentDistances = (recent2, recent1, recent3)
            found.append(literal: content + place, literalLength: 0, matchLength: length, distance: 1)
            place &+= length
        }
        return place
    }

    /// A copy with less gain would take about as many bits as the literals that it replaces.
    private static let gainMin = 4

    /// Four times the length, less the bits of the distance.
    private static func gain(_ match: Match) -> Int {
        match.length * 4 - (Int.bitWidth - match.distance.leadingZeroBitCount)
    }

    private mutating func best(at place: Int, literal: Int, _ end: Int, searchesMax: Int) -> Match {
        var best = Match(place: place)
        let (content, chainMask) = (content, chainMask)
        let limit = content + end
        let recent = recentDistances.0
        // Without literals the number 1 would mean another distance.
        if place > literal, recent <= place, Self.word(content + place) == Self.word(content + (place &- recent)) {
            best.length = 4
                &+ MatchLength.count(content + (place &- recent &+ 4), content + (place &+ 4), end: limit)
        }
        guard let chains else { return best }
        insert(through: place, chains)
        var candidate = Int(chains[place & chainMask]) &- 1
        let oldest = max(0, place &- min(windowBytes, chainMask))
        var searches = searchesMax
        while candidate >= oldest, searches > 0, best.length < Self.sufficientBytes, place &+ best.length < end {
            searches &-= 1
            // Most candidates differ in the byte that would make them longer than the best one.
            if content[candidate &+ best.length] == content[place &+ best.length],
                Self.word(content + candidate) == Self.word(content + place)
            {
                let found = Match(
                    place: place,
                    length: 4 &+ MatchLength.count(content + (candidate &+ 4), content + (place &+ 4), end: limit),
                    distance: place &- candidate)
                if found.length > best.length, Self.gain(found) > Self.gain(best) { best = found }
            }
            candidate = Int(chains[candidate & chainMask]) &- 1
        }
        return best
    }

    /// Enters the places up to this one into the chains.
    @inline(__always)
    private mutating func insert(through place: Int, _ chains: UnsafeMutablePointer<UInt32>) {
        let (content, heads, chainMask) = (content, heads, chainMask)
        let (shift, keep) = (UInt64(64 &- hashBits), UInt64(64 &- hashedBytes &* 8))
        var next = insertedCount
        while next <= place {
            let slot = Self.slot(content + next, keep: keep, shift: shift)
            chains[next & chainMask] = heads[slot]
            next &+= 1
            heads[slot] = UInt32(truncatingIfNeeded: next)
        }
        insertedCount = next
    }
}
