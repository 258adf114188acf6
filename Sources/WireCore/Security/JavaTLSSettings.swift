/// TLS settings in the terms of Java's key stores, as the properties `ssl.*` of Kafka's clients and of schema
/// registries give them. Plain data: nothing is opened or decoded.
package struct JavaTLSSettings: Sendable, Equatable {
    package enum StoreType: String, Sendable { case jks = "JKS", pkcs12 = "PKCS12", pem = "PEM" }

    package enum TrustStore: Sendable, Equatable {
        case file(path: String, type: StoreType, password: String?)
        /// Certificates in PEM.
        case certificates(String)
    }

    package enum KeyStore: Sendable, Equatable {
        /// The password is optional only for PEM.
        case file(path: String, type: StoreType, password: String?)
        /// Certificate chain and private key in PEM.
        case inline(certificateChain: String, privateKey: String)
    }

    /// nil: the system's authorities.
    package var trustStore: TrustStore?
    /// nil: no client certificate.
    package var keyStore: KeyStore?
    /// The password of the private key in the key store.
    package var keyPassword: String?
    /// Java's names, in the order of preference.
    package var enabledProtocols: [String] = []
    /// Java's name of the latest version that is negotiated (`ssl.protocol`); nil: the latest of all.
    package var protocolMax: String?
    /// Java's names; empty: the defaults.
    package var cipherSuites: [String] = []
    /// Whether the server's certificate must match the host (`ssl.endpoint.identification.algorithm` is not empty).
    package var verifiesHostName = true

    package init() {}
}

extension JavaTLSSettings: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Without passwords, keys and certificates.
    package var description: String {
        let trust =
            switch trustStore {
            case .file(let path, let type, _): "\(type.rawValue) \(path)"
            case .certificates: "PEM certificates"
            case nil: "system"
            }
        let key =
            switch keyStore {
            case .file(let path, let type, _): "\(type.rawValue) \(path)"
            case .inline: "PEM key"
            case nil: "none"
            }
        return "SSL(trust store: \(trust), key store: \(key), protocols: \(enabledProtocols.joined(separator: ",")))"
    }

    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: ["description": description]) }
}
