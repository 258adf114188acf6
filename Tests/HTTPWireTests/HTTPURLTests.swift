import Testing

@testable import HTTPWire

@Suite struct HTTPURLTests {
    @Test func urlIsParsedAndPrinted() throws {
        let url = try #require(HTTPURL("HTTPS://me:pa%40ss@Registry.Example:8443/a%20b/c?x=1&y#part"))
        #expect(url.scheme == .https && url.host == "registry.example" && url.port == 8443)
        #expect(url.userInfo == "me:pa%40ss" && url.path == "/a%20b/c" && url.query == "x=1&y")
        #expect(url.description == "https://registry.example:8443/a%20b/c?x=1&y")
        let plain = try #require(HTTPURL("http://[::1]"))
        #expect(plain.host == "::1" && plain.port == 80 && plain.path == "/" && plain.authority == "[::1]")
        #expect(HTTPURL("http://a?q")?.target == "/?q")
    }

    @Test(arguments: [
        "", "a/b", "ftp://a/", "http://", "http:///x", "http://a:99999/", "http://a:0/", "http://a b/", "http://a/\r\n",
        "http://ä/", "http://a/ü",
    ])
    func invalidURLsAreRejected(text: String) { #expect(HTTPURL(text) == nil) }

    /// Most of RFC 3986, 5.4, with an http base.
    @Test(arguments: [
        ("g", "http://a/b/c/g"), ("./g", "http://a/b/c/g"), ("g/", "http://a/b/c/g/"), ("/g", "http://a/g"),
        ("//g", "http://g/"), ("?y", "http://a/b/c/d;p?y"), ("g?y", "http://a/b/c/g?y"), ("", "http://a/b/c/d;p?q"),
        (".", "http://a/b/c/"), ("..", "http://a/b/"), ("../g", "http://a/b/g"), ("../../../g", "http://a/g"),
        ("/./g", "http://a/g"), ("g#s", "http://a/b/c/g"), ("https://x:1/y", "https://x:1/y"),
        ("http://u:p@x/y", "http://x/y"), ("g;x=1/../y", "http://a/b/c/y"), ("?a=http://x/", "http://a/b/c/d;p?a=http://x/"),
    ])
    func referencesAreResolved(reference: String, expected: String) throws {
        let base = try #require(HTTPURL("http://a/b/c/d;p?q"))
        #expect(base.resolving(reference)?.description == expected)
    }

    @Test(arguments: ["ftp://x/", "javascript:alert(1)", "g h", "mailto:a@b"])
    func otherSchemesAreNotResolved(reference: String) throws {
        #expect(try #require(HTTPURL("http://a/b")).resolving(reference) == nil)
    }

    @Test func segmentsAndParametersAreEncoded() throws {
        let base = try #require(HTTPURL("http://r:8081/apis/"))
        let url = base.appending(segments: ["subjects", "a/b ü?"], parameters: [("normalize", "a&b=c+d")])
        #expect(url.description == "http://r:8081/apis/subjects/a%2Fb%20%C3%BC%3F?normalize=a%26b%3Dc%2Bd")
        #expect(PercentEncoding.decode(url.path) == "/apis/subjects/a/b ü?")
    }
}
