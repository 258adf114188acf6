/// The records in flight, and the checkpoints that wait for them.
///
/// Records carry the tag that was open when they were appended. `seal` closes the open tag with the checkpoint that may
/// be committed once all its records, and all before them, are finished. Acknowledgements may come for the open tag
/// too, and in any order. A value without I/O: the sink and the producer's threads share it under one lock.
struct InFlightLedger<Checkpoint> {
    fileprivate struct Entry {
        /// nil while the tag is open: more records may follow.
        var emitted: Int?
        var finished = 0
        var checkpoint: Checkpoint?
    }

    private var entries: [Entry] = [Entry()]
    /// The tag of `entries[first]`.
    private var firstTag: UInt64
    private var first = 0
    /// Records of sealed tags that are not finished.
    private var outstandingSealed = 0

    /// - Parameter tag: the first one that is open.
    init(openTag tag: UInt64 = 0) { firstTag = tag }

    /// The tag that the next record carries.
    var openTag: UInt64 { firstTag + UInt64(entries.count - 1 - first) }

    /// Whether every record that was emitted is finished.
    /// - Parameter openEmitted: records emitted so far under the open tag.
    func isSettled(openEmitted: Int) -> Bool {
        outstandingSealed == 0 && entries[entries.count - 1].finished >= openEmitted
    }

    /// Records that are not finished yet.
    /// - Parameter openEmitted: records emitted so far under the open tag.
    func outstandingCount(openEmitted: Int) -> Int {
        outstandingSealed + max(0, openEmitted - entries[entries.count - 1].finished)
    }

    /// Closes the open tag, under which `emitted` records went out, and opens the next.
    ///
    /// A checkpoint without records replaces one that still waits if `replaces` returns true for it; otherwise a source
    /// without rows would fill the ledger while the brokers are unavailable.
    mutating func seal(
        emitted: Int, checkpoint: Checkpoint, replaces: (_ waiting: Checkpoint) -> Bool = { _ in false }
    ) {
        let last = entries.count - 1
        precondition(entries[last].finished <= emitted, "more records finished than emitted")
        if emitted == 0, last > first, let waiting = entries[last - 1].checkpoint, replaces(waiting) {
            entries[last - 1].checkpoint = checkpoint
            return
        }
        entries[last].emitted = emitted
        entries[last].checkpoint = checkpoint
        outstandingSealed += emitted - entries[last].finished
        entries.append(Entry())
    }

    /// `count` records of `tag` are acknowledged or skipped.
    mutating func finish(tag: UInt64, count: Int) {
        precondition(tag >= firstTag && tag <= openTag, "a tag that is not in flight")
        let index = first + Int(tag - firstTag)
        entries[index].finished += count
        guard let emitted = entries[index].emitted else { return }
        precondition(entries[index].finished <= emitted, "more records finished than emitted")
        outstandingSealed -= count
    }

    /// Removes and returns the checkpoints of all tags before the first that is not finished, in their order.
    mutating func takeFinishedPrefix() -> [Checkpoint] {
        var taken: [Checkpoint] = []
        while let emitted = entries[first].emitted, entries[first].finished == emitted {
            if let checkpoint = entries[first].checkpoint { taken.append(checkpoint) }
            entries[first].checkpoint = nil
            first += 1
            firstTag += 1
        }
        // Moves the rest to the front from time to time, so that each entry is moved at most once on average.
        if first > 64, first > entries.count / 2 {
            entries.removeSubrange(0..<first)
            first = 0
        }
        return taken
    }
}

extension InFlightLedger: Sendable where Checkpoint: Sendable {}
extension InFlightLedger.Entry: Sendable where Checkpoint: Sendable {}
