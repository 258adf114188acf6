/// URLs in the texts of properties.
package enum URLText {
    /// The text, which may be a list of URLs with commas between them, without the user information of its URLs.
    package static func withoutUserInformation(_ text: String) -> String {
        text.split(separator: ",", omittingEmptySubsequences: false).map { url in
            guard let mark = url.firstRange(of: "://") else { return String(url) }
            let authority = url[mark.upperBound...].prefix { $0 != "/" && $0 != "?" && $0 != "#" }
            guard let at = authority.lastIndex(of: "@") else { return String(url) }
            return String(url[..<mark.upperBound] + url[url.index(after: at)...])
        }.joined(separator: ",")
    }
}
