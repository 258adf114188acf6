import WireStreams

/// The credentials of a user, without secrets.
public struct SCRAMUser: Sendable, Equatable {
    /// The mechanisms of SCRAM.
    public enum Mechanism: Int8, Sendable {
        /// SCRAM-SHA-256.
        case sha256 = 1
        /// SCRAM-SHA-512.
        case sha512 = 2

        var algorithm: Digest.Algorithm { self == .sha256 ? .sha256 : .sha512 }
    }

    /// The user's name.
    public var name: String
    /// The number of iterations of each mechanism that the user can authenticate with.
    public var iterations: [Mechanism: Int32]
}

/// A change of a user's credentials. Its description contains no secrets.
public struct SCRAMAlteration: Sendable, CustomStringConvertible, CustomReflectable {
    enum Change: Sendable {
        case upsert(password: [UInt8], iterations: Int32)
        case delete
    }

    /// The user's name.
    public let user: String
    /// The mechanism to whose credentials it applies.
    public let mechanism: SCRAMUser.Mechanism
    let change: Change

    /// Creates or replaces the credentials for a mechanism. Only a salted hash of the password is sent.
    ///
    /// - Parameter iterations: 4096 to 16384.
    public static func upsert(
        user: String, _ mechanism: SCRAMUser.Mechanism = .sha256, password: String, iterations: Int32 = 4096
    ) -> SCRAMAlteration {
        SCRAMAlteration(
            user: user, mechanism: mechanism,
            change: .upsert(password: Array(password.utf8), iterations: iterations))
    }

    /// Deletes the credentials for a mechanism.
    public static func delete(user: String, _ mechanism: SCRAMUser.Mechanism) -> SCRAMAlteration {
        SCRAMAlteration(user: user, mechanism: mechanism, change: .delete)
    }

    public var description: String {
        if case .delete = change { "deletion of \(mechanism) of \(user)" } else { "new \(mechanism) of \(user)" }
    }

    public var customMirror: Mirror { Mirror(self, children: [(label: String?, value: Any)]()) }
}
