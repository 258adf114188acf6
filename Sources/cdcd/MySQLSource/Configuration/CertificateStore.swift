import ConnectData
import Foundation
import WireStreams

/// `database.ssl.truststore` and `database.ssl.keystore`: files in Java's formats or PEM.
enum CertificateStore {
    /// Nil where the property is not set. Throws where the file cannot be read or is a JKS, which only Java reads.
    static func store(
        _ configuration: [String: String], _ property: String
    ) throws(ConfigError) -> TLSConfiguration.Store? {
        guard let path = configuration[property]?.trimmingBlanks, !path.isEmpty else { return nil }
        guard let file = FileHandle(forReadingAtPath: path) else {
            throw ConfigError(name: property, value: path, message: "the file \(path) cannot be read")
        }
        defer { file.closeFile() }
        let head = [UInt8](file.readData(ofLength: 4))
        switch head {
        case [0xFE, 0xED, 0xFE, 0xED], [0xCE, 0xCE, 0xCE, 0xCE]:
            throw ConfigError(
                name: property, value: path,
                message: "\(path) is a Java key store (JKS), which cdcd does not read; convert it with keytool "
                    + "-importkeystore -srckeystore \(path) -destkeystore store.p12 -deststoretype PKCS12")
        default: break
        }
        if head.first == 0x30 {
            return .pkcs12(path: path, password: configuration[property + ".password"] ?? "")
        }
        return .pem(path: path)
    }
}
