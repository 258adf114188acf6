import ConnectData
import WireStreams

extension TLSConfiguration {
    /// The system's authorities, and a certificate for the host.
    static var systemTrust: TLSConfiguration { TLSConfiguration(verification: .identity(host: "")) }
}

extension SSLProperties {
    /// The TLS configuration of a client with these properties; the host is set for each connection.
    ///
    /// - Parameter prefix: of the properties, for messages.
    /// - Throws: an error that names a property whose value cannot be used here.
    func tlsConfiguration(prefix: String) throws(ConfigError) -> TLSConfiguration {
        if !cipherSuites.isEmpty {
            throw .notSupported(
                prefix + "ssl.cipher.suites", value: cipherSuites.joined(separator: ","), what: "A choice of cipher suites")
        }
        // Both versions are always negotiated.
        guard Set(["TLSv1.2", "TLSv1.3"]).isSubset(of: enabledProtocols) else {
            throw .notSupported(
                prefix + "ssl.enabled.protocols", value: enabledProtocols.joined(separator: ","),
                what: "Other protocols than TLSv1.2 and TLSv1.3, or only one of them,")
        }
        return TLSConfiguration(
            verification: verifiesHostName ? .identity(host: "") : .authority, trust: try trust(prefix),
            identity: try identity(prefix))
    }

    private func trust(_ prefix: String) throws(ConfigError) -> TLSConfiguration.Store? {
        switch trustStore {
        case nil: return nil
        case .file(let path, .pem, _): return .pem(path: path)
        case .file(let path, .pkcs12, let password): return .pkcs12(path: path, password: password ?? "")
        case .file(let path, .jks, let password): return try store(path, password, prefix + "ssl.truststore.location")
        case .certificates:
            throw .notSupported(
                prefix + "ssl.truststore.certificates", value: "[hidden]", what: "PEM within the configuration (a file is)")
        }
    }

    private func identity(_ prefix: String) throws(ConfigError) -> TLSConfiguration.Store? {
        let store: TLSConfiguration.Store
        switch keyStore {
        case nil: return nil
        case .file(let path, .pem, _):
            if keyPassword != nil {
                throw .notSupported(prefix + "ssl.key.password", value: "[hidden]", what: "An encrypted key in PEM")
            }
            return .pem(path: path)
        case .file(let path, .pkcs12, let password): store = .pkcs12(path: path, password: password ?? "")
        case .file(let path, .jks, let password):
            store = try self.store(path, password, prefix + "ssl.keystore.location")
        case .inline:
            throw .notSupported(
                prefix + "ssl.keystore.key", value: "[hidden]", what: "PEM within the configuration (a file is)")
        }
        switch store {
        case .pem: return store
        case .pkcs12(_, let password):
            // The key of a PKCS#12 store is encrypted with the store's password.
            if let keyPassword, keyPassword != password {
                throw .notSupported(
                    prefix + "ssl.key.password", value: "[hidden]", what: "A key with a password of its own in PKCS12")
            }
            return store
        case .jks(let path, _):
            throw ConfigError(
                name: prefix + "ssl.keystore.location", value: path,
                message: "\(path) is a Java key store (JKS), whose keys cdcd does not read; convert it with keytool "
                    + "-importkeystore -srckeystore \(path) -destkeystore store.p12 -deststoretype PKCS12")
        }
    }

    /// Java recognizes PKCS#12 although the type is JKS, the default.
    private func store(
        _ path: String, _ password: String?, _ property: String
    ) throws(ConfigError) -> TLSConfiguration.Store {
        do throws(StreamError) {
            return try .detecting(path: path, password: password)
        } catch {
            throw ConfigError(name: property, value: path, message: "the file cannot be used: \(error)")
        }
    }
}
