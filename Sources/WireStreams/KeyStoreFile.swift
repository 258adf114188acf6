import Foundation

extension TLSConfiguration.Store {
    /// The store in a file, its format given by its first bytes, as Java does whatever the file is called.
    ///
    /// - Parameter password: nil opens a JKS without checking whether it is whole, and a PKCS#12 that has none.
    /// Throws `.tls` where the file cannot be read or is none of the forms.
    package static func detecting(path: String, password: String?) throws(StreamError) -> TLSConfiguration.Store {
        let start = try KeyStoreFile.bytes(path).prefix(4096)
        if start.starts(with: JavaKeyStore.magic) { return .jks(path: path, password: password) }
        // A PKCS#12 store is a SEQUENCE of DER.
        if start.first == 0x30 { return .pkcs12(path: path, password: password ?? "") }
        if String(decoding: start, as: UTF8.self).contains("-----BEGIN ") { return .pem(path: path) }
        throw .tls("\(path) is neither a PEM file nor a PKCS#12 or JKS store")
    }
}

enum KeyStoreFile {
    /// Stores of authorities have some hundred kilobytes.
    static let bytesMax = 16 << 20

    static func bytes(_ path: String) throws(StreamError) -> [UInt8] {
        let content: Data
        do {
            let file = try FileHandle(forReadingFrom: URL(filePath: path))
            // One byte more than is allowed is enough to refuse it, whatever the file is: a device has no end.
            content = try file.read(upToCount: bytesMax + 1) ?? Data()
        } catch {
            throw .tls("\(path) cannot be read: \((error as NSError).localizedDescription)")
        }
        guard content.count <= bytesMax else { throw .tls("\(path) is too large for a store of certificates") }
        return [UInt8](content)
    }
}
