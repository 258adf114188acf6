import Testing

@testable import ConnectRuntime

@Suite struct SecretFormsTests {
    @Test func valuesAreKnownWithoutTheirWhiteSpace() {
        #expect(SecretForms.forms(of: "hidden\n") == ["hidden\n", #"hidden\n"#, "hidden%0A", "hidden"])
    }

    @Test func valuesAreKnownAsInJSONAndInURLs() {
        let forms = SecretForms.forms(of: #"a"b\c d@é"#)
        #expect(forms == [#"a"b\c d@é"#, #"a\"b\\c d@é"#, "a%22b%5Cc%20d%40%C3%A9"])
        #expect(SecretForms.forms(of: "p%40ss") == ["p%40ss", "p%2540ss", "p@ss"])
    }

    @Test func userInformationOfURLsIsKnown() {
        let forms = SecretForms.forms(of: "http://dora:p%40ss@a/b,https://x:last@c")
        #expect(Set(["dora:p%40ss", "dora:p@ss", "p%40ss", "p@ss", "x:last", "last"]).isSubset(of: forms))
    }

    @Test func itemsOfListsAreKnown() {
        #expect(Set(["first", "second"]).isSubset(of: SecretForms.forms(of: "first, second")))
    }
}
