import ConnectData
import Testing

@Suite struct ConfigOptionsTests {
    private enum Mode: String { case fast, slow }

    private struct Target: Sendable {
        var count: Int32 = 0
        var limit: Int?
        var isOn = false
        var text = ""
        var optionalText: String? = "unset"
        var items: [String] = []
        var mode = Mode.fast
        var headers: [String: String] = [:]
        var length = 0
    }

    private static let options = ConfigOptions<Target>([
        ConfigOption(ConfigKey("count", .int, defaultValue: "5", validator: .atLeast(1)), into: \.count),
        ConfigOption(ConfigKey("limit", .long), into: \.limit),
        ConfigOption(ConfigKey("on", .boolean, isRequired: true), into: \.isOn),
        ConfigOption(ConfigKey("text", .string, defaultValue: "d"), into: \.text),
        ConfigOption(ConfigKey("optional", .string), into: \.optionalText),
        ConfigOption(ConfigKey("items", .list, defaultValue: "x,y"), into: \.items),
        ConfigOption(ConfigKey("mode", .string, defaultValue: "fast"), supported: ["slow"], choice: \.mode),
        ConfigOption(group: "header.", into: \.headers),
        ConfigOption(ConfigKey("password", .password)) { input, target throws(ConfigError) in
            if input.text == "wrong" { throw ConfigError(name: input.name, message: "refused by the consumer") }
            target.length = input.text?.utf8.count ?? 0
        },
        ConfigOption(ConfigKey("tuning", .int, defaultValue: "1"), use: .withoutEffect(reason: "there is no such part")),
        ConfigOption(ConfigKey("jvm", .string), use: .javaOnly),
        ConfigOption(ConfigKey("security", .string), supported: ["PLAINTEXT"], use: .refused(remedy: "leave it out")),
        ConfigOption(ConfigKey("ssl.*", .string), prefix: "ssl.", use: .withoutEffect(reason: "there is no TLS")),
    ])

    private func read(
        _ configuration: [String: String], prefix: String = ""
    ) -> (Target, ConfigOptions<Target>.Findings) {
        var target = Target()
        let findings = Self.options.read(configuration, prefix: prefix, into: &target)
        return (target, findings)
    }

    @Test func givenValuesAndDefaultsAreConsumed() throws {
        let target = try Self.options.parse(
            ["on": " TRUE ", "limit": "7", "mode": "SLOW", "header.a": "1", "password": " p "], into: Target())
        #expect(target.isOn && target.limit == 7 && target.mode == .slow && target.headers == ["a": "1"])
        #expect(target.count == 5 && target.text == "d" && target.items == ["x", "y"] && target.optionalText == nil)
        #expect(target.length == 3, "a consumer can read the untrimmed text")
    }

    @Test func errorsAreCollectedInOrderOfDeclaration() {
        let (_, findings) = read(["count": "0", "limit": "x", "mode": "steady", "password": "wrong"])
        #expect(findings.errors.map(\.message) == [
            "Invalid value 0 for configuration count: Value must be at least 1",
            "Invalid value x for configuration limit: Not a number of type LONG",
            "Missing required configuration \"on\" which has no default value.",
            "Invalid value steady for configuration mode: Value must be one of fast, slow", "refused by the consumer",
        ])
    }

    @Test func nonDefaultPropertiesWithoutEffectAreListed() {
        let (_, findings) = read(["on": "true", "tuning": "2", "ssl.protocol": "x", "jvm": "y"])
        #expect(findings.errors.isEmpty)
        #expect(findings.withoutEffect.map(\.name) == ["ssl.protocol", "tuning"])
        #expect(findings.withoutEffect.map(\.reason) == ["there is no TLS", "there is no such part"])
        #expect(findings.javaOnly == ["jvm"])
        #expect(read(["on": "true", "tuning": "1"]).1.withoutEffect.isEmpty)
    }

    @Test func unsupportedValuesAreRefusedWithARemedy() {
        #expect(read(["on": "true", "security": "plaintext"]).1.errors.isEmpty)
        let errors = read(["on": "true", "security": "SSL"]).1.errors
        #expect(errors.map(\.message) == ["Invalid value SSL for configuration security: leave it out"])
    }

    @Test func prefixIsAddedToEveryName() {
        let (target, findings) = read(["p.on": "true", "p.limit": "x", "on": "false", "p.header.a": "1"], prefix: "p.")
        #expect(target.isOn && target.headers == ["a": "1"])
        #expect(findings.errors.map(\.name) == ["p.limit"])
    }

    @Test func overridesChangeOnlyGivenValues() {
        var target = Target()
        target.count = 9
        let findings = Self.options.read(["text": "new"], into: &target, appliesDefaults: false)
        #expect(findings.errors.isEmpty && target.count == 9 && target.text == "new" && target.optionalText == "unset")
    }

    @Test func namesAreFoundExactlyOrByPrefix() {
        #expect(Self.options["count"] != nil && Self.options["ssl.x"] != nil)
        #expect(Self.options["ssl."] == nil && Self.options["other"] == nil)
    }

    @Test(arguments: [(" a\u{0}\t", "a"), ("\u{A0}a", "\u{A0}a"), (" \n", ""), ("a b", "a b"), (" e\u{301} ", "e\u{301}")])
    func trimRemovesTheSameCharactersAsInJava(_ text: String, _ trimmed: String) {
        #expect(JavaText.trim(text) == trimmed)
    }
}
