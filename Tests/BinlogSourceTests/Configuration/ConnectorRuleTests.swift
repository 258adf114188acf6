import ConnectData
import DebeziumPlugins
import Testing

@testable import BinlogSource

@Suite struct ConnectorRuleTests {
    @Test(arguments: [DebeziumProfile.v19, .v36]) func everyOptionThatARuleReadsIsDeclared(profile: DebeziumProfile) {
        let options = ConnectorOptions.all(profile)
        for rule in ConnectorRule.all(profile) {
            #expect(rule.names.filter { options[$0] == nil } == [])
        }
    }

    @Test(arguments: [
        ("3.6", "max.batch.size", "8192", "max.queue.size"), ("3.6", "topic.prefix", " a", "topic.prefix"),
        ("1.9", "database.server.name", "h", "database.server.name"),
        ("3.6", "database.ssl.truststore", "/nowhere/store", "database.ssl.truststore"),
    ])
    func problemIsAttributedToAProperty(generation: String, name: String, value: String, blamed: String) {
        let configuration = ConnectorOptionsTests.right(generation).merging([name: value]) { $1 }
        let values = ConnectorConfigValidation(configuration).result.values
        #expect(values.filter { !$0.errors.isEmpty }.map(\.name) == [blamed])
    }

    @Test func olderNamesOfListsCountOnlyInTheOlderGeneration() {
        let lists = ["table.whitelist": "a.b", "table.blacklist": "c.d"]
        let old = ConnectorConfigValidation(ConnectorOptionsTests.right("1.9").merging(lists) { $1 }).result
        let new = ConnectorConfigValidation(ConnectorOptionsTests.right("3.6").merging(lists) { $1 }).result
        #expect(old.values.filter { !$0.errors.isEmpty }.map(\.name) == ["table.blacklist"])
        #expect(new.errorCount == 0 && new.warnings.count == 2)
    }
}
