import ConnectData
import WireStreams

/// `database.ssl.truststore` and `database.ssl.keystore`: files in PEM, PKCS#12 or Java's own form.
extension TLSConfiguration.Store {
    /// Detects the form of a file; the password is still missing.
    ///
    /// - Throws: an error that names the property if the file cannot be read.
    static func detecting(path: String, property: String) throws(ConfigError) -> TLSConfiguration.Store {
        do throws(StreamError) {
            return try .detecting(path: path, password: nil)
        } catch {
            throw ConfigError(name: property, value: path, message: "the file cannot be used: \(error)")
        }
    }

    func with(password: String) -> TLSConfiguration.Store {
        switch self {
        case .pem, .inline: self
        case .pkcs12(let path, _): .pkcs12(path: path, password: password)
        case .jks(let path, _, _): .jks(path: path, password: password)
        }
    }
}
