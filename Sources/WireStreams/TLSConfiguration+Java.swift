import WireCore

/// A TLS setting of Java that cannot be used here.
package struct JavaTLSError: Error, Equatable, Sendable {
    /// The name of Kafka's property, `ssl.cipher.suites` for example.
    package let property: String
    /// Never a secret.
    package let value: String
    package let reason: String
}

extension TLSConfiguration {
    /// The configuration of a client with these settings; the host is set for each connection.
    ///
    /// - Throws: `JavaTLSError`, which names the property.
    package init(_ settings: JavaTLSSettings) throws(JavaTLSError) {
        self.init(
            verification: settings.verifiesHostName ? .identity(host: "") : .authority, trust: try settings.trust(),
            identity: try settings.identity())
        protocols = try settings.protocols()
        cipherSuites = settings.cipherSuites.filter { $0 != Self.renegotiationSignal }
        do throws(StreamError) {
            try TLSConfiguration.checkCipherSuites(cipherSuites)
        } catch {
            throw JavaTLSError(
                property: "ssl.cipher.suites", value: cipherSuites.joined(separator: ","), reason: "\(error)")
        }
    }
}

extension TLSConfiguration {
    /// A value in Java's lists of suites that is no suite (RFC 5746); OpenSSL sends it by itself.
    private static let renegotiationSignal = "TLS_EMPTY_RENEGOTIATION_INFO_SCSV"
}

extension JavaTLSSettings {
    /// Java knows them and does not negotiate them unless its security properties are changed (RFC 8996).
    private static let olderProtocols: Set = ["TLSv1.1", "TLSv1", "SSLv3", "SSLv2Hello"]

    fileprivate func protocols() throws(JavaTLSError) -> Set<TLSConfiguration.ProtocolVersion> {
        var protocols: Set<TLSConfiguration.ProtocolVersion> = []
        for name in enabledProtocols where !Self.olderProtocols.contains(name) {
            guard let version = TLSConfiguration.ProtocolVersion(rawValue: name) else {
                throw JavaTLSError(
                    property: "ssl.enabled.protocols", value: name, reason: "only TLSv1.2 and TLSv1.3 are supported")
            }
            protocols.insert(version)
        }
        if enabledProtocols.isEmpty { protocols = Set(TLSConfiguration.ProtocolVersion.allCases) }
        if protocols.isEmpty {
            throw JavaTLSError(
                property: "ssl.enabled.protocols", value: enabledProtocols.joined(separator: ","),
                reason: "only TLSv1.2 and TLSv1.3 are supported; name at least one of them")
        }
        if let protocolMax { protocols = protocols.filter { $0.rawValue <= protocolMax } }
        if protocols.isEmpty {
            throw JavaTLSError(
                property: "ssl.protocol", value: protocolMax ?? "",
                reason: "ssl.enabled.protocols has only later versions; leave ssl.protocol out")
        }
        return protocols
    }

    fileprivate func trust() throws(JavaTLSError) -> TLSConfiguration.Store? {
        switch trustStore {
        case nil: nil
        case .file(let path, let type, let password):
            try store(path, type, password, keyPassword: nil, property: "ssl.truststore.location")
        case .certificates(let text): .inline(certificates: text)
        }
    }

    fileprivate func identity() throws(JavaTLSError) -> TLSConfiguration.Store? {
        switch keyStore {
        case nil: return nil
        case .inline(let certificates, let privateKey):
            return .inline(certificates: certificates, privateKey: privateKey, keyPassword: keyPassword)
        case .file(let path, let type, let password):
            let store = try store(path, type, password, keyPassword: keyPassword, property: "ssl.keystore.location")
            // The key of a PKCS#12 store is encrypted with the store's password.
            if case .pkcs12 = store, let keyPassword, keyPassword != password {
                throw JavaTLSError(
                    property: "ssl.key.password", value: "[hidden]",
                    reason: "a key with a password of its own in PKCS12 is not supported")
            }
            return store
        }
    }

    private func store(
        _ path: String, _ type: StoreType, _ password: String?, keyPassword: String?, property: String
    ) throws(JavaTLSError) -> TLSConfiguration.Store {
        switch type {
        case .pem: return .pem(path: path, keyPassword: keyPassword)
        case .jks, .pkcs12:
            // Java recognizes each of the two formats although the type is the other one.
            do throws(StreamError) {
                return try .detecting(path: path, password: password, keyPassword: keyPassword)
            } catch {
                throw JavaTLSError(property: property, value: path, reason: "the file cannot be used: \(error)")
            }
        }
    }
}
