import Foundation
import KafkaProtocol

/// Replaces consecutive segments with one that compaction has written, so that a crash leaves the old ones or the new
/// one.
///
/// The new files are written with the suffix `.cleaned`. The log is then renamed to `BASE-END.log.swap`, where END is
/// the base offset of the first segment that stays: from then on it is valid, and the old files are removed, now or at
/// the next start. Indexes that get lost are rebuilt.
enum SegmentReplacement {
    static let draftSuffix = ".cleaned"

    /// - Parameter bases: the base offsets of the old segments, of which the first is that of the new one.
    static func replace(_ bases: [Int64], end: Int64, in directory: String) throws(StorageError) {
        guard let base = bases.first else { return }
        let swapPath = "\(directory)/\(base)-\(end).log.swap"
        try DataDirectory.move(LogSegment.path(directory, base, "log") + draftSuffix, to: swapPath)
        try finish(bases, swapPath: swapPath, in: directory)
        for suffix in ["index", "timeindex", "txnindex"] {
            let path = LogSegment.path(directory, base, suffix)
            guard rename(path + draftSuffix, path) == 0 || errno == ENOENT else { throw .last("rename", path) }
        }
    }

    private static func finish(_ bases: [Int64], swapPath: String, in directory: String) throws(StorageError) {
        guard let base = bases.first else { return }
        for old in bases {
            try DataDirectory.remove(LogSegment.path(directory, old, "index"))
            try DataDirectory.remove(LogSegment.path(directory, old, "timeindex"))
            guard old != base else { continue }
            for suffix in ["log", "txnindex", "snapshot"] {
                try DataDirectory.remove(LogSegment.path(directory, old, suffix))
            }
        }
        // The snapshot at the beginning stays valid.
        try DataDirectory.move(swapPath, to: LogSegment.path(directory, base, "log"))
    }

    /// Completes the replacements that an earlier process began, and removes its drafts.
    static func complete(in directory: String, _ names: [String]) throws(StorageError) {
        for name in names where name.hasSuffix(".log.swap") {
            let range = name.dropLast(".log.swap".count).split(separator: "-").map { Int64($0) }
            guard range.count == 2, let base = range[0], let end = range[1] else { continue }
            let bases = names.compactMap { LogSegment.baseOffset($0, suffix: "log") }.filter { $0 > base && $0 < end }
            try finish([base] + bases.sorted(), swapPath: "\(directory)/\(name)", in: directory)
            let transactions = LogSegment.path(directory, base, "txnindex")
            guard rename(transactions + draftSuffix, transactions) == 0 || errno == ENOENT else {
                throw .last("rename", transactions)
            }
        }
        for name in names where name.hasSuffix(draftSuffix) || name.hasSuffix(".tmp") {
            try DataDirectory.remove("\(directory)/\(name)")
        }
    }
}
