import KafkaProtocol
import WireCore

/// The broker's identity, generated when the data directory is created.
struct BrokerIdentity: Equatable, Sendable {
    static let nodeID: Int32 = 1
    private static let fileName = "broker.json"
    private static let formatVersion: Int64 = 1

    /// A UUID in Kafka's form.
    let clusterID: String

    init(in directory: DataDirectory) throws(StorageError) {
        if let document = try directory.document(Self.fileName) {
            let path = "\(directory.path)/\(Self.fileName)"
            guard document["format"] == .integer(Self.formatVersion) else {
                throw .damaged(path: path, reason: "its format is not \(Self.formatVersion): another version wrote it")
            }
            guard let clusterID = document["cluster.id"]?.stringValue, !clusterID.isEmpty else {
                throw .damaged(path: path, reason: "it has no member \"cluster.id\"")
            }
            self.clusterID = clusterID
        } else {
            clusterID = KafkaUUID.random().description
            try directory.replace(
                Self.fileName,
                with: ["format": .integer(Self.formatVersion), "cluster.id": .string(clusterID)])
        }
    }
}
