import Foundation

extension TLSConfiguration.Store {
    /// The store in a file. Its format is determined by its first bytes, as Java does, whatever the file's name.
    ///
    /// - Parameters:
    ///   - password: nil opens a JKS without verifying its integrity, and a PKCS#12 that has no password.
    ///   - keyPassword: of the private key in a PEM file or JKS.
    /// - Throws: `.tls` if the file cannot be read or has none of the formats.
    package static func detecting(
        path: String, password: String?, keyPassword: String? = nil
    ) throws(StreamError) -> TLSConfiguration.Store {
        let start = try KeyStoreFile.bytes(path).prefix(4096)
        if start.starts(with: JavaKeyStore.magic) {
            return .jks(path: path, password: password, keyPassword: keyPassword)
        }
        // A PKCS#12 store is a SEQUENCE of DER.
        if start.first == 0x30 { return .pkcs12(path: path, password: password ?? "") }
        if String(decoding: start, as: UTF8.self).contains("-----BEGIN ") {
            return .pem(path: path, keyPassword: keyPassword)
        }
        throw .tls("\(path) is neither a PEM file nor a PKCS#12 or JKS store")
    }
}

enum KeyStoreFile {
    /// Stores of certificate authorities have some hundred kilobytes.
    static let bytesMax = 16 << 20

    static func bytes(_ path: String) throws(StreamError) -> [UInt8] {
        let content: Data
        do {
            let file = try FileHandle(forReadingFrom: URL(filePath: path))
            // Reading one byte more than the limit is enough to refuse a file, even a device without an end.
            content = try file.read(upToCount: bytesMax + 1) ?? Data()
        } catch {
            throw .tls("\(path) cannot be read: \((error as NSError).localizedDescription)")
        }
        guard content.count <= bytesMax else { throw .tls("\(path) is too large for a store of certificates") }
        return [UInt8](content)
    }
}
