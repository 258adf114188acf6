import KafkaProtocol
import Testing

@testable import KafkaBroker

@Suite struct RegularExpressionTests {
    @Test(arguments: [
        ("orders", ["orders"], ["order", "orderss", "xorders", ""]), ("", [""], ["a"]),
        ("a.*", ["a", "abc"], ["ba", "a\n"]), ("a|bc|", ["a", "bc", ""], ["ab", "c"]),
        ("(a|b)+c?", ["a", "abba", "abc"], ["c", "", "abcc"]), ("[a-c_]{2,3}", ["ab", "a_c"], ["a", "abca", "ad"]),
        ("a{2}", ["aa"], ["a", "aaa"]), ("a{2,}", ["aa", "aaaa"], ["a"]), ("x{,2}", ["x{,2}"], ["xx"]),
        ("[^a-c]", ["d", "-"], ["a", ""]), ("[]a]", ["]", "a"], ["b"]), ("[a-]", ["a", "-"], ["b"]),
        (#"\d+\.\w\S"#, ["12.x-"], ["12-x-", ".x-"]), (#"[\d.]+"#, ["1.2"], ["a"]), (#"\Qa.b\E."#, ["a.bc"], ["axbc"]),
        ("(?i)AbC", ["abc", "ABC"], ["ab"]), ("a(?i:b)c", ["aBc", "abc"], ["aBC"]), ("(?s).", ["\n"], [""]),
        ("^a$", ["a"], ["b"]), (#"\bfoo\b-bar"#, ["foo-bar"], ["foobar"]), ("(?:a)(?P<n>b)", ["ab"], ["a"]),
        ("[[:alpha:]]+[[:^digit:]]", ["ab-"], ["ab1", "1"]), (#"\x41\x{42}"#, ["AB"], ["ab"]), ("a*?b+?", ["aab"], ["a"]),
        ("ü.", ["üx"], ["u"]), ("(a*)*", ["", "aaa"], ["b"]),
    ])
    func wholeTextsAreMatched(_ expression: String, _ matching: [String], _ others: [String]) throws {
        let compiled = try #require(RegularExpression(expression))
        for text in matching { #expect(compiled.matches(text), "\(text)") }
        for text in others { #expect(!compiled.matches(text), "\(text)") }
    }

    @Test(arguments: [
        "(", ")", "[", "[a", "*", "a**", "a{2}{3}", "a{1001}", "a{3,2}", #"\"#, #"\1"#, #"\k"#, "(?=a)", "(?!a)", "(?<=a)b",
        #"\pL"#, "[b-a]", "[[:foo:]]", "(?x)a", #"\x{110000}"#, "((a{1000}){1000})",
        String(repeating: "(", count: 200) + String(repeating: ")", count: 200),
    ])
    func invalidExpressionsAreRefused(_ expression: String) {
        #expect(RegularExpression(expression) == nil)
    }

    /// An engine that tries one possibility after the other would need years.
    @Test func matchingTakesTimeProportionalToTheText() throws {
        let compiled = try #require(RegularExpression("(a*)*(a|aa)+b"))
        #expect(!compiled.matches(String(repeating: "a", count: 20_000)))
    }
}
