import ConnectData
import WireStreams

/// `database.ssl.truststore` and `database.ssl.keystore`: files in PEM, PKCS#12 or Java's own form.
enum CertificateStore {
    static let trust = "database.ssl.truststore"
    static let identity = "database.ssl.keystore"

    /// Nil if the property is not set. Throws where the file cannot be read, or is a key store in Java's own form,
    /// whose keys only Java reads.
    static func store(
        _ configuration: [String: String], _ property: String
    ) throws(ConfigError) -> TLSConfiguration.Store? {
        guard let path = JavaText.trimmedOrNil(configuration[property]) else { return nil }
        let store: TLSConfiguration.Store
        do throws(StreamError) {
            store = try .detecting(path: path, password: configuration[property + ".password"])
        } catch {
            throw ConfigError(name: property, value: path, message: "the file cannot be used: \(error)")
        }
        if property == identity, case .jks = store {
            throw ConfigError(
                name: property, value: path,
                message: "\(path) is a Java key store (JKS), whose keys cdcd does not read; convert it with keytool "
                    + "-importkeystore -srckeystore \(path) -destkeystore store.p12 -deststoretype PKCS12")
        }
        return store
    }
}
