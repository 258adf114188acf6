import Foundation
import KafkaProtocol
import WireCore

/// The cluster's identity, generated when the data directory is created.
///
/// It is stored in `meta.properties`, as Kafka's brokers store theirs, with the id of the first node.
struct BrokerIdentity: Equatable, Sendable {
    static let fileName = "meta.properties"

    /// A UUID in Kafka's form.
    let clusterID: String
    /// The id of the data directory, a UUID in Kafka's form (DescribeLogDirs does not show it; `meta.properties` has
    /// it).
    let directoryID: String

    init(in directory: DataDirectory) throws(StorageError) {
        let path = "\(directory.path)/\(Self.fileName)"
        if access(path, F_OK) == 0 {
            let properties = try Self.properties(at: path)
            guard properties["version"] == "1" else {
                throw .damaged(path: path, reason: "its version is not 1")
            }
            guard let clusterID = properties["cluster.id"], let directoryID = properties["directory.id"] else {
                throw .damaged(path: path, reason: "it has no cluster.id and directory.id")
            }
            self.clusterID = clusterID
            self.directoryID = directoryID
        } else {
            clusterID = KafkaUUID.random().description
            directoryID = KafkaUUID.random().description
            let text = """
                cluster.id=\(clusterID)
                directory.id=\(directoryID)
                node.id=1
                version=1

                """
            try directory.replaceFile(at: path, with: Array(text.utf8))
        }
    }

    private static func properties(at path: String) throws(StorageError) -> [String: String] {
        let file = try AppendOnlyFile(path: path)
        let bytes = try file.read(count: try file.lengthBytes(), at: 0)
        var properties: [String: String] = [:]
        for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") where !line.hasPrefix("#") {
            let parts = line.split(separator: "=", maxSplits: 1).map(String.init)
            if parts.count == 2 { properties[parts[0]] = parts[1] }
        }
        return properties
    }
}
