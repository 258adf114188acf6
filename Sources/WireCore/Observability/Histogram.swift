import Synchronization

/// The distribution of values over a few ranges, and their sum: durations, sizes.
package final class Histogram: Sendable {
    /// Ascending inclusive upper bounds; values above the last one are counted in one more range.
    package let bounds: [Double]
    private let counts: [Counter]
    private let sumBits = Atomic<UInt64>(0)

    package init(bounds: [Double]) {
        precondition(zip(bounds, bounds.dropFirst()).allSatisfy { $0 < $1 }, "bounds must ascend")
        self.bounds = bounds
        counts = (0...bounds.count).map { _ in Counter() }
    }

    package func observe(_ value: Double) {
        let index = bounds.firstIndex { value <= $0 } ?? bounds.count
        counts[index].add()
        var old = sumBits.load(ordering: .relaxed)
        while true {
            let new = (Double(bitPattern: old) + value).bitPattern
            let (isDone, current) = sumBits.compareExchange(expected: old, desired: new, ordering: .relaxed)
            if isDone { return }
            old = current
        }
    }

    /// One count for each range, not cumulative. A concurrent update may be in only one of the two numbers.
    package var value: (counts: [Int64], sum: Double) {
        (counts.map(\.value), Double(bitPattern: sumBits.load(ordering: .relaxed)))
    }
}
