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
        var tls = TLSConfiguration(
            verification: verifiesHostName ? .identity(host: "") : .authority, trust: try trust(prefix),
            identity: try identity(prefix))
        tls.protocols = []
        for name in enabledProtocols {
            guard let version = TLSConfiguration.ProtocolVersion(rawValue: name) else {
                throw .notSupported(prefix + "ssl.enabled.protocols", value: name, what: "A protocol before TLSv1.2")
            }
            tls.protocols.insert(version)
        }
        tls.cipherSuites = cipherSuites
        do throws(StreamError) {
            try TLSConfiguration.checkCipherSuites(cipherSuites)
        } catch {
            throw ConfigError(
                name: prefix + "ssl.cipher.suites", value: cipherSuites.joined(separator: ","), message: "\(error)")
        }
        return tls
    }

    private func trust(_ prefix: String) throws(ConfigError) -> TLSConfiguration.Store? {
        switch trustStore {
        case nil: nil
        case .file(let path, let type, let password):
            try store(path, type, password, keyPassword: nil, prefix + "ssl.truststore.location")
        case .certificates(let text): .inline(certificates: text)
        }
    }

    private func identity(_ prefix: String) throws(ConfigError) -> TLSConfiguration.Store? {
        switch keyStore {
        case nil: return nil
        case .inline(let certificates, let privateKey):
            return .inline(certificates: certificates, privateKey: privateKey, keyPassword: keyPassword)
        case .file(let path, let type, let password):
            let store = try store(path, type, password, keyPassword: keyPassword, prefix + "ssl.keystore.location")
            // The key of a PKCS#12 store is encrypted with the store's password.
            if case .pkcs12 = store, let keyPassword, keyPassword != password {
                throw .notSupported(
                    prefix + "ssl.key.password", value: "[hidden]", what: "A key with a password of its own in PKCS12")
            }
            return store
        }
    }

    private func store(
        _ path: String, _ type: StoreType, _ password: String?, keyPassword: String?, _ property: String
    ) throws(ConfigError) -> TLSConfiguration.Store {
        switch type {
        case .pem: return .pem(path: path, keyPassword: keyPassword)
        case .pkcs12: return .pkcs12(path: path, password: password ?? "")
        case .jks:
            // Java recognizes PKCS#12 although the type is JKS, the default.
            do throws(StreamError) {
                return try .detecting(path: path, password: password, keyPassword: keyPassword)
            } catch {
                throw ConfigError(name: property, value: path, message: "the file cannot be used: \(error)")
            }
        }
    }
}
