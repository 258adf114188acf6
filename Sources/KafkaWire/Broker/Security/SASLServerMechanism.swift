import WireStreams

/// The mechanisms of listeners with SASL, in the order in which Kafka's configuration usually lists them.
enum SASLServerMechanism: String, Sendable, CaseIterable {
    case plain = "PLAIN"
    case scramSHA256 = "SCRAM-SHA-256"
    case scramSHA512 = "SCRAM-SHA-512"

    /// nil for a mechanism without a hash function.
    var algorithm: Digest.Algorithm? {
        switch self {
        case .plain: nil
        case .scramSHA256: .sha256
        case .scramSHA512: .sha512
        }
    }

    /// `ScramMechanism.type` in Kafka's messages; nil for another mechanism.
    var scramType: Int8? {
        switch self {
        case .plain: nil
        case .scramSHA256: 1
        case .scramSHA512: 2
        }
    }

    init?(scramType: Int8) {
        guard let found = Self.allCases.first(where: { $0.scramType == scramType }) else { return nil }
        self = found
    }
}

/// What the broker stores of a user's password for one mechanism of SCRAM: nothing that authenticates a client.
struct SCRAMCredential: Equatable, Sendable {
    var salt: [UInt8]
    var iterations: Int
    var storedKey: [UInt8]
    var serverKey: [UInt8]

    /// Kafka's limits (`ScramMechanism.minIterations`, `maxIterations`).
    static let iterationsRange = 4096...16_384

    init(salt: [UInt8], iterations: Int, storedKey: [UInt8], serverKey: [UInt8]) {
        self.salt = salt
        self.iterations = iterations
        self.storedKey = storedKey
        self.serverKey = serverKey
    }

    init(salt: [UInt8], iterations: Int, _ keys: SCRAM.Keys) {
        self.init(salt: salt, iterations: iterations, storedKey: keys.stored, serverKey: keys.server)
    }
}

/// The users of a broker.
protocol CredentialSource: Sendable {
    /// The password for PLAIN; nil if there is no such user.
    func password(of user: String) -> String?
    /// nil if there is no such user, or it has no credential for the mechanism.
    func credential(of user: String, _ mechanism: SASLServerMechanism) -> SCRAMCredential?
}
