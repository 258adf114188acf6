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
            "transactions-and-metadata": "The option provide.transaction.metadata is not supported yet",
        ]

        /// The transforms that must be applied to each record, at least with some of their options or columns.
        private static let dependingOnValues = [
            "Cast$Key", "Cast$Value", "HeaderFrom$Key", "HeaderFrom$Value", "MaskField$Key", "MaskField$Value",
            "TimestampConverter$Key", "TimestampConverter$Value", "TimestampRouter", "ValueToKey",
        ].map { "org.apache.kafka.connect.transforms." + $0 } + [
            "ContentBasedRouter", "EnforceRecordSize", "ExtractChangedRecordState", "ExtractSchemaToNewRecord",
            "Filter", "GeometryFormatTransformer", "HeaderToValue", "SchemaChangeEventFilter",
            "SwapGeometryCoordinates", "TimezoneConverter", "VectorToJsonConverter", "outbox.EventRouter",
            "partitions.PartitionRouting",
        ].map { "io.debezium.transforms." + $0 }

        /// The options with which ExtractNewRecordState must be applied to each record, at least to some of them.
        private static let optionsDependingOnValues = [".add.headers", ".drop.fields.header.name", ".route.by.field"]

        private static func mayDependOnValues(_ configuration: [String: String]) -> Bool {
            configuration.contains { name, value in
                dependingOnValues.contains(value) || optionsDependingOnValues.contains { name.hasSuffix($0) }
            }
        }

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
                    if !Self.mayDependOnValues(parityCase.configuration) {
                        let isCompared = found.comparedCount > 0 || !parityCase.canWriteRows
                        #expect(isCompared, "\(name): no record was compared")
                        #expect(found.valueDependentCount == 0, "\(name): the transforms depend on values")
                    }
                    for difference in found.differences { Issue.record("\(name): \(difference)") }
                    caseCount += 1
                    total.add(found)
                } catch {
                    let isExpected = Self.refused[name].map { "\(error)".contains($0) } ?? false
                    if !isExpected { Issue.record("\(name): \(error)") }
                }
            }
            print(
                "\(caseCount) parity cases: \(total.comparedCount) records compared,",
                "\(total.valueDependentCount) depend on values, \(total.valuesOnlyCount) not written as bytes")
        }
    }
}
