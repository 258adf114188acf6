import WireCore

/// A set of GTIDs: for each server the intervals of numbers, sorted, disjoint and not adjacent.
public struct GTIDSet: Hashable, Sendable, CustomStringConvertible {
    /// Both ends belong to the interval.
    public private(set) var intervals: [ServerUUID: [ClosedRange<UInt64>]] = [:]

    /// The largest transaction number that MySQL assigns.
    public static let numberMax = UInt64(Int64.max)

    public init() {}

    /// - Parameter intervals: for each source not empty, sorted, disjoint and not adjacent.
    package init(normalised intervals: [ServerUUID: [ClosedRange<UInt64>]]) { self.intervals = intervals }

    /// Parses MySQL's text, `uuid:1-5:7,uuid2:1`, with optional spaces and line breaks. Returns nil for anything else,
    /// including tags.
    public init?(_ text: String) {
        var lists: [ServerUUID: [ClosedRange<UInt64>]] = [:]
        for part in text.split(separator: ",") {
            let words = part.split(separator: ":").map { $0.filter { !$0.isWhitespace } }
            guard let first = words.first, !first.isEmpty else {
                if part.allSatisfy(\.isWhitespace) { continue }
                return nil
            }
            guard let uuid = ServerUUID(first), words.count > 1 else { return nil }
            for word in words.dropFirst() {
                let ends = word.split(separator: "-", omittingEmptySubsequences: false).map { UInt64($0) }
                guard let low = ends.first ?? nil, let high = ends.last ?? nil, ends.count <= 2,
                    low > 0, low <= high, high <= Self.numberMax
                else { return nil }
                lists[uuid, default: []].append(low...high)
            }
        }
        intervals = lists.mapValues(Self.normalised)
    }

    public var isEmpty: Bool { intervals.isEmpty }
    public var sources: [ServerUUID] { intervals.keys.sorted() }

    public mutating func insert(_ gtid: GTID) {
        let number = gtid.number
        // The usual case, without a copy: the next number of a server.
        if let last = intervals[gtid.source]?.last, last.upperBound < .max, number == last.upperBound + 1 {
            let extended = last.lowerBound...number
            intervals[gtid.source]?.removeLast()
            intervals[gtid.source]?.append(extended)
            return
        }
        if let last = intervals[gtid.source]?.last, last.upperBound < number {
            intervals[gtid.source]?.append(number...number)
            return
        }
        intervals[gtid.source] = Self.normalised((intervals[gtid.source] ?? []) + [number...number])
    }

    private static func normalised(_ list: [ClosedRange<UInt64>]) -> [ClosedRange<UInt64>] {
        var result: [ClosedRange<UInt64>] = []
        for range in list.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if let last = result.last, last.upperBound == .max || range.lowerBound <= last.upperBound + 1 {
                result[result.count - 1] = last.lowerBound...max(last.upperBound, range.upperBound)
            } else {
                result.append(range)
            }
        }
        return result
    }

    public func contains(_ gtid: GTID) -> Bool {
        Self.holds(intervals[gtid.source] ?? [], gtid.number...gtid.number)
    }

    public func isSubset(of other: GTIDSet) -> Bool {
        intervals.allSatisfy { uuid, list in
            let theirs = other.intervals[uuid] ?? []
            return list.allSatisfy { Self.holds(theirs, $0) }
        }
    }

    private static func holds(_ list: [ClosedRange<UInt64>], _ range: ClosedRange<UInt64>) -> Bool {
        // The first interval that does not end before the range.
        var (low, high) = (0, list.count)
        while low < high {
            let middle = (low + high) / 2
            if list[middle].upperBound < range.lowerBound { low = middle + 1 } else { high = middle }
        }
        return low < list.count && list[low].lowerBound <= range.lowerBound && range.upperBound <= list[low].upperBound
    }

    public func union(_ other: GTIDSet) -> GTIDSet {
        var result = self
        for (uuid, list) in other.intervals { result.intervals[uuid] = Self.normalised((intervals[uuid] ?? []) + list) }
        return result
    }

    public func intersection(_ other: GTIDSet) -> GTIDSet { subtracting(subtracting(other)) }

    public func subtracting(_ other: GTIDSet) -> GTIDSet {
        var result = GTIDSet()
        for (uuid, list) in intervals {
            let left = Self.difference(list, other.intervals[uuid] ?? [])
            if !left.isEmpty { result.intervals[uuid] = left }
        }
        return result
    }

    /// The intervals of `list` without `holes`, in one pass over both.
    private static func difference(
        _ list: [ClosedRange<UInt64>], _ holes: [ClosedRange<UInt64>]
    ) -> [ClosedRange<UInt64>] {
        var left: [ClosedRange<UInt64>] = []
        var hole = 0
        for range in list {
            while hole < holes.count, holes[hole].upperBound < range.lowerBound { hole += 1 }
            // The range's first number that is neither removed nor already added; nil if there is none.
            var start: UInt64? = range.lowerBound
            var index = hole
            while let from = start, index < holes.count, holes[index].lowerBound <= range.upperBound {
                if from < holes[index].lowerBound { left.append(from...(holes[index].lowerBound - 1)) }
                start = holes[index].upperBound < range.upperBound ? holes[index].upperBound + 1 : nil
                index += 1
            }
            if let start { left.append(start...range.upperBound) }
            hole = max(hole, index - 1)
        }
        return left
    }

    /// Only the transactions of servers that `isIncluded` accepts.
    public func filtered(_ isIncluded: (ServerUUID) -> Bool) -> GTIDSet {
        var result = GTIDSet()
        result.intervals = intervals.filter { isIncluded($0.key) }
        return result
    }

    /// MySQL's canonical text: servers in the order of their UUIDs, without spaces.
    public var description: String {
        sources.map { uuid in
            "\(uuid):" + (intervals[uuid] ?? []).map { range in
                range.lowerBound == range.upperBound ? "\(range.lowerBound)" : "\(range.lowerBound)-\(range.upperBound)"
            }.joined(separator: ":")
        }.joined(separator: ",")
    }

    /// The binary encoding in `COM_BINLOG_DUMP_GTID`: count u64, then for each server: UUID 16 bytes | interval count
    /// u64 | start u64 and exclusive end u64 of each.
    public func encoded() -> [UInt8] {
        var writer = ByteWriter()
        writer.littleEndian(UInt64(intervals.count))
        for uuid in sources {
            let list = intervals[uuid] ?? []
            writer.bytes(uuid.bytes)
            writer.littleEndian(UInt64(list.count))
            for range in list {
                writer.littleEndian(range.lowerBound)
                writer.littleEndian(range.upperBound &+ 1)
            }
        }
        return writer.array()
    }
}
