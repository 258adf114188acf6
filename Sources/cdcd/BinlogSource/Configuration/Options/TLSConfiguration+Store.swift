import ConnectData
import WireStreams

/// `database.ssl.truststore` and `database.ssl.keystore`: files in PEM, PKCS#12 or Java's own form.
extension TLSConfiguration.Store {
    /// Detects the form of a file; the password is still missing.
    ///
    /// - Throws: an error that names the property if the file cannot be read, or is a key store in Java's own form,
    ///   whose keys only Java reads.
    static func detecting(path: String, property: String) throws(ConfigError) -> TLSConfiguration.Store {
        let store: TLSConfiguration.Store
        do throws(StreamError) {
            store = try .detecting(path: path, password: nil)
        } catch {
            throw ConfigError(name: property, value: path, message: "the file cannot be used: \(error)")
        }
        if property == "database.ssl.keystore", case .jks = store {
            throw ConfigError(
                name: property, value: path,
                message: "\(path) is a Java key store (JKS), whose keys cdcd does not read; convert it with keytool "
                    + "-importkeystore -srckeystore \(path) -destkeystore store.p12 -deststoretype PKCS12")
        }
        return store
    }

    func with(password: String) -> TLSConfiguration.Store {
        switch self {
        case .pem: self
        case .pkcs12(let path, _): .pkcs12(path: path, password: password)
        case .jks(let path, _): .jks(path: path, password: password)
        }
    }
}
