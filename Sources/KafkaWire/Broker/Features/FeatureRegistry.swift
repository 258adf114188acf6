import Synchronization
import WireCore

/// The versions of the cluster's features that are in use, in memory and on disk.
final class FeatureRegistry: Sendable {
    private static let fileName = "features.json"

    private let directory: DataDirectory
    private let levels: Mutex<[String: Int16]>

    /// - Parameter transactionVersion: applies until another one is set.
    init(directory: DataDirectory, transactionVersion: Int16) throws(StorageError) {
        self.directory = directory
        var levels = [ClusterFeature.transactionVersion.name: transactionVersion]
        for (name, value) in try directory.document(Self.fileName)?.members ?? [] {
            guard let level = value.integerValue.flatMap({ Int16(exactly: $0) }) else {
                throw .damaged(path: "\(directory.path)/\(Self.fileName)", reason: "\"\(name)\" is not a version")
            }
            levels[name] = level
        }
        self.levels = Mutex(levels)
    }

    /// The version that is in use.
    func level(of feature: ClusterFeature) -> Int16 {
        let level = levels.withLock { $0[feature.name] } ?? feature.supported.upperBound
        return min(max(level, feature.supported.lowerBound), feature.supported.upperBound)
    }

    /// Stores the versions before they are used.
    func set(_ changed: [String: Int16]) throws(StorageError) {
        try levels.withLock { (levels) throws(StorageError) in
            let merged = levels.merging(changed) { $1 }
            guard merged != levels else { return }
            let members = merged.sorted { $0.key < $1.key }.map { name, level in
                (name: name, value: JSONValue.integer(Int64(level)))
            }
            try directory.replace(Self.fileName, with: JSONObject(members))
            levels = merged
        }
    }
}
