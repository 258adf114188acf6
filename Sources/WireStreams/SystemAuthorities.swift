import COpenSSL
import Foundation

/// The certificate authorities that the system trusts.
enum SystemAuthorities {
    /// Where distributions install them. A static binary runs on all of them, so OpenSSL's own default, a path of the
    /// system on which it was built, is not enough.
    static let files = [
        "/etc/ssl/certs/ca-certificates.crt",  // Debian, Ubuntu, Alpine, Arch
        "/etc/pki/tls/certs/ca-bundle.crt",  // Fedora, RHEL, Amazon Linux
        "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",  // RHEL 7 and later
        "/etc/ssl/ca-bundle.pem",  // SUSE
        "/etc/pki/tls/cacert.pem",
        "/etc/ssl/cert.pem",  // Alpine, BSD
    ]

    private static let folders = ["/etc/ssl/certs", "/etc/pki/tls/certs"]

    /// Loads them into an OpenSSL context: those that `SSL_CERT_FILE` and `SSL_CERT_DIR` name, otherwise the first file
    /// that exists, otherwise a folder.
    static func load(
        into context: OpaquePointer, environment: [String: String] = ProcessInfo.processInfo.environment,
        files: [String] = files, folders: [String] = folders
    ) throws(StreamError) {
        defer { ERR_clear_error() }
        let chosen = (file: environment["SSL_CERT_FILE"], folder: environment["SSL_CERT_DIR"])
        if chosen.file != nil || chosen.folder != nil {
            // An empty variable names nothing.
            for name in [chosen.file, chosen.folder] {
                if let name, !name.isEmpty, access(name, R_OK) != 0 {
                    throw .tls("\(name), which SSL_CERT_FILE or SSL_CERT_DIR names, cannot be read")
                }
            }
            guard SSL_CTX_load_verify_locations(context, chosen.file.nonEmpty, chosen.folder.nonEmpty) == 1 else {
                let name = chosen.file.nonEmpty ?? "SSL_CERT_FILE"
                throw .tls("\(name) has no certificate of an authority in PEM form: \(OpenSSLErrorQueue.latest())")
            }
            return
        }
        for file in files where SSL_CTX_load_verify_locations(context, file, nil) == 1 { return }
        for folder in folders where hasCertificates(folder) {
            if SSL_CTX_load_verify_locations(context, nil, folder) == 1 { return }
        }
        throw .tls(
            "this system has no certificate authorities (\(files[0]) and the like), so the peer's certificate cannot be "
                + "verified; configure a trust store (ssl.truststore.location, ssl.truststore.certificates), or set "
                + "SSL_CERT_FILE")
    }

    /// A folder in which OpenSSL finds certificates by the hash of their subject, for example `5ed36f99.0`.
    private static func hasCertificates(_ folder: String) -> Bool {
        guard let directory = opendir(folder) else { return false }
        defer { closedir(directory) }
        while let entry = readdir(directory) {
            let isHashed = withUnsafeBytes(of: &entry.pointee.d_name) { name in
                name.prefix(8).allSatisfy { ("0"..."9").contains(Unicode.Scalar($0)) || ("a"..."f").contains(Unicode.Scalar($0)) }
                    && name[8] == UInt8(ascii: ".")
            }
            if isHashed { return true }
        }
        return false
    }
}

extension String? {
    fileprivate var nonEmpty: String? { self?.isEmpty == true ? nil : self }
}
