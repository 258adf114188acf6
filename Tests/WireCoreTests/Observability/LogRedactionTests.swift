import Testing

@testable import WireCore

@Suite struct LogRedactionTests {
    private func redacted(_ text: String, _ values: [String]) -> String {
        var redaction = LogRedaction()
        for value in values { redaction.add(value, "${\(value.utf8.count)}") }
        return redaction.applied(to: text)
    }

    @Test func valuesAreReplacedByTheirVariables() {
        #expect(redacted("user dora, 'dora'", ["dora"]) == "user ${4}, '${4}'")
        #expect(redacted("a-dora-b", ["dora", "a-dora-b"]) == "${8}")
        #expect(redacted("xlong-wordy", ["long-word"]) == "x${9}y")
        #expect(redacted("pin 123456", ["123456"]) == "pin ${6}")
    }

    @Test func textsThatAreNoSecretsStay() {
        #expect(redacted("fedora has true 3306 abc", ["dora", "true", "3306", "abc", ""]) == "fedora has true 3306 abc")
    }

    @Test func messagesAreRedacted() {
        let system = LogSystem()
        system.redact([(value: "hidden-word", substitute: "${x}")])
        #expect(system.redacted("is hidden-word") == "is ${x}")
    }
}
