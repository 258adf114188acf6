import WireCore

/// The trusted certificates and the keys of a JKS file, the default key store format before Java 9.
///
/// Layout, all big-endian: magic u32 | version u32 (1 or 2) | entry count u32 | entries | SHA-1 over the password in
/// UTF-16, the words "Mighty Aphrodite" and everything before. An entry: tag u32 | alias (u16 length, text) | date u64,
/// then for tag 2 a certificate: type (u16 length, text; version 2 only) | u32 length | DER, and for tag 1 an
/// encrypted key (u32 length, bytes) and its chain (u32 count, certificates). Source:
/// `sun.security.provider.JavaKeyStore`.
struct JavaKeyStore {
    static let magic: [UInt8] = [0xFE, 0xED, 0xFE, 0xED]
    private static let entriesMax = 10_000

    /// In DER, in the order of the file.
    let trustedCertificates: [[UInt8]]
    let keys: [JavaKeyEntry]

    /// The command that converts the store to a format that can be read.
    static func conversion(of path: String) -> String {
        "keytool -importkeystore -srckeystore \(path) -destkeystore \(path).p12 -deststoretype PKCS12"
    }

    init(path: String, password: String?) throws(StreamError) {
        let bytes = try KeyStoreFile.bytes(path)
        var parsed: Result<JavaKeyStore, WireError>?
        bytes.withUnsafeBytes { content in
            parsed = Result { () throws(WireError) in try JavaKeyStore(content) }
        }
        switch parsed {
        case .success(let store)?: self = store
        case .failure(let fault)?: throw .tls("\(path) is a damaged JKS store: \(fault)")
        case nil: throw .tls("\(path) is empty")
        }
        guard let password else { return }
        let salt = password.utf16.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] } + Array("Mighty Aphrodite".utf8)
        guard Digest.sha1(salt + bytes.dropLast(20)) == Array(bytes.suffix(20)) else {
            throw .tls("\(path) does not open with its password")
        }
    }

    init(_ bytes: UnsafeRawBufferPointer) throws(WireError) {
        var reader = ByteReader(bytes)
        guard try reader.array(4) == Self.magic else { throw WireError(.invalidValue("no JKS store"), at: 0) }
        let version = try reader.bigEndian(UInt32.self)
        guard version == 1 || version == 2 else { throw WireError(.invalidValue("JKS version \(version)"), at: 4) }
        let count = Int(try reader.bigEndian(UInt32.self))
        guard count <= Self.entriesMax else { throw WireError(.badLength(count), at: 8) }
        var trusted: [[UInt8]] = []
        var keys: [JavaKeyEntry] = []
        for _ in 0..<count {
            let tag = try reader.bigEndian(UInt32.self)
            try reader.skip(Int(try reader.bigEndian(UInt16.self)))
            try reader.skip(8)
            switch tag {
            case 1:
                let protected = try reader.array(Int(try reader.bigEndian(UInt32.self)))
                var chain: [[UInt8]] = []
                for _ in 0..<(try reader.bigEndian(UInt32.self)) {
                    chain.append(try Self.certificate(&reader, version))
                }
                keys.append(JavaKeyEntry(encryptedKey: protected, chain: chain))
            case 2: trusted.append(try Self.certificate(&reader, version))
            default: throw WireError(.invalidValue("JKS entry \(tag)"), at: reader.absoluteOffset)
            }
        }
        guard reader.remainingBytes == 20 else {
            throw WireError(.trailingBytes(reader.remainingBytes), at: reader.absoluteOffset)
        }
        trustedCertificates = trusted
        self.keys = keys
    }

    @_lifetime(reader: copy reader)
    private static func certificate(_ reader: inout ByteReader, _ version: UInt32) throws(WireError) -> [UInt8] {
        if version == 2 { try reader.skip(Int(try reader.bigEndian(UInt16.self))) }
        return try reader.array(Int(try reader.bigEndian(UInt32.self)))
    }
}
