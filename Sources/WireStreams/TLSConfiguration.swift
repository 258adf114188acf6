/// What one side of a TLS connection presents and requires.
public struct TLSConfiguration: Sendable, Equatable {
    /// How the peer's certificate is checked.
    public enum Verification: Sendable, Equatable {
        /// Not at all: the connection is encrypted, but the peer is not authenticated.
        case none
        /// It must be signed by a trusted authority.
        case authority
        /// It must also be issued for this host name or address.
        case identity(host: String)
    }

    /// The versions of TLS. Earlier versions are not secure and not supported (RFC 8996).
    ///
    /// The raw values are Java's names.
    public enum ProtocolVersion: String, Sendable, CaseIterable {
        case tls12 = "TLSv1.2"
        case tls13 = "TLSv1.3"
    }

    /// Certificates and keys: in a file, which is read for each connection, or as text.
    public enum Store: Sendable, Equatable {
        /// A PEM file: certificates, for an identity also its private key.
        ///
        /// - keyPassword: decrypts the private key; nil if it is not encrypted.
        case pem(path: String, keyPassword: String? = nil)
        /// A PKCS#12 file (`.p12`, `.pfx`), whose password is also that of its key.
        case pkcs12(path: String, password: String)
        /// A file in Java's own format.
        ///
        /// - password: verifies the integrity of the file; nil does not verify it.
        /// - keyPassword: decrypts the private key; nil is `password`.
        case jks(path: String, password: String?, keyPassword: String? = nil)
        /// PEM texts. Line breaks may be replaced by blanks, as in a file of properties.
        ///
        /// - certificates: the authorities, or an identity's certificate followed by its chain.
        /// - privateKey: of an identity; nil: it is in `certificates`.
        /// - keyPassword: decrypts the private key; nil if it is not encrypted.
        case inline(certificates: String, privateKey: String? = nil, keyPassword: String? = nil)
    }

    public var verification: Verification
    /// The host that a client requests (Server Name Indication, RFC 6066), by which a proxy for several servers selects
    /// one; nil sends none. An IP address is never sent, as the RFC requires.
    public var serverName: String?
    /// The trusted authorities; nil: the system's, from the files that `SSL_CERT_FILE` and `SSL_CERT_DIR` name or that
    /// distributions install.
    public var trust: Store?
    /// Own certificate chain and key; nil: none.
    public var identity: Store?
    /// The versions that may be negotiated, at least one.
    public var protocols: Set<ProtocolVersion> = [.tls12, .tls13]
    /// The permitted cipher suites by their registered names (RFC 8447), which are also Java's, for example
    /// `TLS_AES_256_GCM_SHA384`; empty: OpenSSL's defaults. A protocol version without any suite is not negotiated.
    public var cipherSuites: [String] = []

    public init(
        verification: Verification, serverName: String? = nil, trust: Store? = nil, identity: Store? = nil
    ) {
        self.verification = verification
        self.serverName = serverName
        self.trust = trust
        self.identity = identity
    }

    /// The same configuration for a connection to `host`: its name is requested and, if names are verified, required.
    package func connecting(to host: String) -> TLSConfiguration {
        var copy = self
        copy.serverName = host
        if case .identity = verification { copy.verification = .identity(host: host) }
        return copy
    }
}

extension TLSConfiguration.Store: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Without passwords, keys and certificates.
    public var description: String {
        switch self {
        case .pem(let path, _): "PEM \(path)"
        case .pkcs12(let path, _): "PKCS12 \(path)"
        case .jks(let path, _, _): "JKS \(path)"
        case .inline: "PEM text"
        }
    }

    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
