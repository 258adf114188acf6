import Synchronization
import WireCore
import WireStreams

/// The users: those of the configuration, and those that clients have created for SCRAM, which are in the data
/// directory, salted and hashed.
final class UserRegistry: CredentialSource {
    private static let fileName = "users.json"
    private static let saltBytes = 16

    typealias Credentials = [String: [SASLServerMechanism: SCRAMCredential]]

    private let directory: DataDirectory
    private let passwords: [String: String]
    /// Of the configuration's users.
    private let configured: Credentials
    private let stored: Mutex<Credentials>

    init(directory: DataDirectory, passwords: [String: String]) throws(StorageError) {
        self.directory = directory
        self.passwords = passwords
        var configured: Credentials = [:]
        for (user, password) in passwords {
            for mechanism in SASLServerMechanism.allCases {
                guard let algorithm = mechanism.algorithm else { continue }
                let salt = SecureRandom.bytes(Self.saltBytes)
                let iterations = SCRAMCredential.iterationsRange.lowerBound
                let keys = SCRAM.Keys(algorithm, password: Array(password.utf8), salt: salt, iterations: iterations)
                configured[user, default: [:]][mechanism] = SCRAMCredential(salt: salt, iterations: iterations, keys)
            }
        }
        self.configured = configured
        stored = Mutex(try Self.read(directory))
    }

    func password(of user: String) -> String? { passwords[user] }

    func credential(of user: String, _ mechanism: SASLServerMechanism) -> SCRAMCredential? {
        stored.withLock { $0[user]?[mechanism] } ?? configured[user]?[mechanism]
    }

    /// The credentials that clients have created.
    var all: Credentials { stored.withLock { $0 } }

    /// Changes them; they survive the end of the process when this returns.
    func change(_ body: (inout Credentials) -> Void) throws(StorageError) {
        try stored.withLock { (stored) throws(StorageError) in
            var changed = stored
            body(&changed)
            try directory.replace(Self.fileName, with: Self.document(changed))
            stored = changed
        }
    }

    // MARK: File

    private static func document(_ credentials: Credentials) -> JSONObject {
        var document = JSONObject()
        for (user, mechanisms) in credentials.sorted(by: { $0.key < $1.key }) where !mechanisms.isEmpty {
            var entry = JSONObject()
            for mechanism in SASLServerMechanism.allCases {
                guard let credential = mechanisms[mechanism] else { continue }
                entry[mechanism.rawValue] = .object([
                    "salt": .string(SCRAM.base64(credential.salt)),
                    "iterations": .integer(Int64(credential.iterations)),
                    "stored_key": .string(SCRAM.base64(credential.storedKey)),
                    "server_key": .string(SCRAM.base64(credential.serverKey)),
                ])
            }
            document[user] = .object(entry)
        }
        return document
    }

    private static func read(_ directory: DataDirectory) throws(StorageError) -> Credentials {
        var credentials: Credentials = [:]
        guard let document = try directory.document(fileName) else { return credentials }
        for (user, mechanisms) in document.members {
            for (name, value) in mechanisms.objectValue?.members ?? [] {
                guard let mechanism = SASLServerMechanism(rawValue: name), let fields = value.objectValue,
                    let iterations = fields["iterations"]?.integerValue,
                    let salt = fields["salt"]?.stringValue.flatMap({ Base64.decode($0) }),
                    let storedKey = fields["stored_key"]?.stringValue.flatMap({ Base64.decode($0) }),
                    let serverKey = fields["server_key"]?.stringValue.flatMap({ Base64.decode($0) })
                else {
                    throw .damaged(path: "\(directory.path)/\(fileName)", reason: "the credential of a user is incomplete")
                }
                credentials[user, default: [:]][mechanism] = SCRAMCredential(
                    salt: salt, iterations: Int(iterations), storedKey: storedKey, serverKey: serverKey)
            }
        }
        return credentials
    }
}
