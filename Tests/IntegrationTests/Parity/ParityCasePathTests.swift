import RecordTestSupport
import Testing

extension ConnectorTests {
    /// The rows of all parity cases, written as bytes, equal the records of values that are transformed and converted.
    @Suite struct ParityCasePathTests {
        /// The cases that are not run.
        private static let skipped = [
            "mariadb-basics": "the connector for MariaDB is not available",
        ]

        /// The cases whose configuration is refused, with the reason.
        private static let refused = [
            "incremental-snapshot": "The option signal.data.collection is not supported yet",
            "outbox": "Class io.debezium.transforms.outbox.EventRouter could not be found",
            "transactions-and-metadata": "The option provide.transaction.metadata is not supported yet",
        ]

        @Test func bytesEqualConvertedRecordsInAllParityCases() throws {
            let server = try #require(RealServers.mysql)
            let (own, others) = (try ParityCase.ofProject(), try ParityCase.ofReferenceSystems())
            let cases = own + (others ?? [])
            if others != nil {
                let known = Set(cases.map(\.name))
                for name in [Self.skipped, Self.refused].flatMap(\.keys) {
                    #expect(known.contains(name), "there is no case \(name)")
                }
            }
            var caseCount = 0
            var total = EncodingSink.Comparison()
            for parityCase in cases where Self.skipped[parityCase.name] == nil {
                let name = parityCase.name
                do {
                    let found = try ParityCaseRun(parityCase, server: server).run()
                    #expect(Self.refused[name] == nil, "\(name) is not refused")
                    #expect(found.comparedCount > 0, "\(name): no record was compared")
                    for difference in found.differences { Issue.record("\(name): \(difference)") }
                    caseCount += 1
                    total.add(found)
                } catch {
                    let isExpected = Self.refused[name].map { "\(error)".contains($0) } ?? false
                    if !isExpected { Issue.record("\(name): \(error)") }
                }
            }
            print(
                "\(caseCount) parity cases: \(total.comparedCount) records compared, \(total.valuesOnlyCount) not",
                "written as bytes")
        }
    }
}
