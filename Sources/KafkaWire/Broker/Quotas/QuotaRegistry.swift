import KafkaProtocol
import Synchronization
import WireCore

/// The quotas of clients in memory and on disk.
final class QuotaRegistry: Sendable {
    private static let fileName = "quotas.json"

    private let directory: DataDirectory
    private let quotas: Mutex<ClientQuotas>

    init(directory: DataDirectory) throws(StorageError) {
        self.directory = directory
        var quotas = ClientQuotas()
        if let document = try directory.document(Self.fileName) {
            do throws(AdminError) {
                for entry in document["quotas"]?.arrayValue ?? [] { try quotas.restore(entry) }
            } catch {
                throw .damaged(path: "\(directory.path)/\(Self.fileName)", reason: error.message)
            }
        }
        self.quotas = Mutex(quotas)
    }

    var current: ClientQuotas { quotas.withLock { $0 } }

    /// Stores the change before it is used. Throws if it is invalid or cannot be stored.
    func apply(
        _ changes: [ClientQuotas.Change], to entity: ClientQuotas.Entity, validateOnly: Bool
    ) throws(AdminError) {
        try quotas.withLock { (quotas) throws(AdminError) in
            var changed = quotas
            try changed.apply(changes, to: entity)
            guard !validateOnly, changed != quotas else { return }
            do throws(StorageError) {
                try directory.replace(Self.fileName, with: ["quotas": .array(changed.documents)])
            } catch {
                throw AdminError(error)
            }
            quotas = changed
        }
    }
}

extension ClientQuotas {
    fileprivate var documents: [JSONValue] {
        entries.map { entity, quotas in
            let names = entity.sorted.map { (name: $0.type, value: $0.name.map { JSONValue.string($0) } ?? .null) }
            let values = quotas.sorted { $0.key < $1.key }.map { (name: $0.key, value: JSONValue.double($0.value)) }
            return .object(["entity": .object(JSONObject(names)), "quotas": .object(JSONObject(values))])
        }
    }

    fileprivate mutating func restore(_ document: JSONValue) throws(AdminError) {
        guard let entity = document.objectValue?["entity"]?.objectValue,
            let quotas = document.objectValue?["quotas"]?.objectValue
        else { throw AdminError(.invalidRequest, "an entry has no entity or no quotas") }
        let names = Dictionary(
            entity.members.map { ($0.name, $0.value.stringValue) }, uniquingKeysWith: { $1 })
        try apply(
            quotas.members.map { member in
                switch member.value {
                case .integer(let number): (member.name, Double(number))
                case .double(let number): (member.name, number)
                default: (member.name, nil)
                }
            }, to: Entity(names: names))
    }
}
