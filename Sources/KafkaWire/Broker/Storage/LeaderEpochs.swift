import KafkaProtocol

/// The offsets at which the epochs of a partition's leaders began (Kafka's `LeaderEpochFileCache`).
struct LeaderEpochs: Equatable, Sendable {
    struct Epoch: Equatable, Sendable {
        var number: Int32
        var startOffset: Int64
    }

    /// In order of number and of offset.
    private(set) var epochs: [Epoch] = []

    init() {}

    init(_ epochs: [Epoch]) { self.epochs = epochs }

    /// Records that records from `offset` on have this epoch. Returns whether it is a new one.
    mutating func begin(_ number: Int32, at offset: Int64) -> Bool {
        guard number > (epochs.last?.number ?? -1) else { return false }
        // An epoch in which nothing was written has no records that could be found.
        while let last = epochs.last, last.startOffset >= offset { epochs.removeLast() }
        epochs.append(Epoch(number: number, startOffset: offset))
        return true
    }

    /// The last epoch that is not later than `number`, and the offset at which the next one begins
    /// (OffsetForLeaderEpoch).
    ///
    /// - Parameter current: the leader's epoch, in which nothing may have been written yet.
    /// - Returns: nil if `number` is later than the leader's epoch.
    func end(of number: Int32, endOffset: Int64, current: Int32) -> Epoch? {
        if number >= current { return number == current ? Epoch(number: number, startOffset: endOffset) : nil }
        let next = epochs.firstIndex { $0.number > number } ?? epochs.count
        let nextOffset = next < epochs.count ? epochs[next].startOffset : endOffset
        // An epoch before all that are known ends where these begin.
        return Epoch(number: next > 0 ? epochs[next - 1].number : number, startOffset: nextOffset)
    }

    /// The epoch of the record at `offset`.
    func epoch(at offset: Int64) -> Int32? { epochs.last { $0.startOffset <= offset }?.number }

    /// Removes what lies before the start of the log.
    mutating func removeEpochs(before startOffset: Int64) {
        guard let first = epochs.lastIndex(where: { $0.startOffset <= startOffset }) else { return }
        epochs.removeFirst(first)
        epochs[0].startOffset = max(epochs[0].startOffset, startOffset)
    }
}
