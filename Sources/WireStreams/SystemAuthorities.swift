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
        let named = (file: environment["SSL_CERT_FILE"].nonEmpty, folder: environment["SSL_CERT_DIR"].nonEmpty)
        // An empty variable names nothing.
        if environment["SSL_CERT_FILE"] != nil || environment["SSL_CERT_DIR"] != nil {
            return try load(into: context, file: named.file, folder: named.folder)
        }
        for file in files where SSL_CTX_load_verify_locations(context, file, nil) == 1 { return }
        for folder in folders where hasCertificates(folder) {
            if SSL_CTX_load_verify_locations(context, nil, folder) == 1 { return }
        }
        throw .tls("this system has no certificate authorities (\(files[0]) and the like)\(remedy)")
    }

    private static let remedy =
        ", so the peer's certificate cannot be verified; configure a trust store (ssl.truststore.location, "
        + "ssl.truststore.certificates), or set SSL_CERT_FILE"

    /// As in OpenSSL, one of the two may be missing.
    private static func load(into context: OpaquePointer, file: String?, folder: String?) throws(StreamError) {
        var reasons: [String] = []
        for (name, isFolder) in [(file, false), (folder, true)] {
            guard let name else { continue }
            guard access(name, R_OK) == 0 else {
                reasons.append("\(name) cannot be read")
                continue
            }
            if isFolder {
                if hasCertificates(name), SSL_CTX_load_verify_locations(context, nil, name) == 1 { continue }
                reasons.append("\(name) has no certificate of an authority by its hash")
            } else {
                if SSL_CTX_load_verify_locations(context, name, nil) == 1 { continue }
                reasons.append("\(name) has no certificate of an authority in PEM form: \(OpenSSLErrorQueue.latest())")
            }
        }
        let count = [file, folder].count { $0 != nil }
        guard reasons.count < max(1, count) else {
            let detail = reasons.isEmpty ? "nothing" : reasons.joined(separator: ", ")
            throw .tls(
                "this system has no certificate authorities (SSL_CERT_FILE and SSL_CERT_DIR name them: \(detail))\(remedy)")
        }
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
