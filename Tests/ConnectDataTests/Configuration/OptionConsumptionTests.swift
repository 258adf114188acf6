import PluginTestSupport
import Testing

@testable import ConnectData

@Suite struct OptionConsumptionTests {
    private struct Target {
        var used = 0
        var group: [String: String] = [:]
    }

    @Test func consumerThatIgnoresItsValueIsFound() {
        let options = ConfigOptions<Target>([
            ConfigOption(ConfigKey("used", .int, defaultValue: "7"), into: \.used),
            ConfigOption(ConfigKey("ignored", .int)) { _, _ in },
            ConfigOption(group: "group.", into: \.group),
            ConfigOption(ConfigKey("tuning", .int), use: .withoutEffect(reason: "")),
        ])
        #expect(OptionConsumption.unused(of: options, into: Target()) == ["ignored"])
    }

    @Test func everyOptionOfTheFrameworkIsConsumed() {
        #expect(OptionConsumption.unused(of: TaskLimit.options, into: TaskLimit()) == [])
        #expect(
            OptionConsumption.unused(of: ErrorHandling.options, into: ErrorHandling(), values: ["errors.tolerance": "all"]) == [])
        #expect(OptionConsumption.unused(of: TopicCreation.Group.options, into: TopicCreation.Group()) == [])
        #expect(OptionConsumption.unused(of: TopicCreation.Group.defaultOptions, into: TopicCreation.Group()) == [])
    }

    @Test func everyOptionOfTLSIsConsumed() throws {
        let stores = ["ssl.truststore.type": "PEM", "ssl.keystore.type": "PEM"]
        let values = stores.merging(["ssl.endpoint.identification.algorithm": "", "ssl.protocol": "TLSv1.2"]) { $1 }
        let unused = OptionConsumption.unused(of: SSLProperties.options, into: try SSLProperties([:]), values: values)
        #expect(unused == [])
    }
}
