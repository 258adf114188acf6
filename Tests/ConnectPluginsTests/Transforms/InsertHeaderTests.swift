import ConnectData
import PluginTestSupport
import Testing

@Suite struct InsertHeaderTests {
    private static let configuration = [
        "transforms": "h", "transforms.h.type": "org.apache.kafka.connect.transforms.InsertHeader",
        "transforms.h.header": "origin",
    ]

    private func headers(_ literal: String, before: [ConnectRecord.Header] = []) throws -> [ConnectRecord.Header] {
        let chain = try TransformationChain(
            configuration: Self.configuration.merging(["transforms.h.value.literal": literal]) { $1 },
            plugins: TestPlugins.registry)
        var record = ConnectRecord(
            topic: "t", keySchema: nil, key: .null, valueSchema: nil, value: .null, headers: before)
        #expect(try chain.apply(&record))
        return record.headers
    }

    @Test func recordsEqualKafkas() throws { try TransformCases("kafka/insert-header").compare() }

    @Test func headerIsAddedAfterOthers() throws {
        let first = ConnectRecord.Header("origin", schema: Schema(.boolean), value: .boolean(true))
        let expected = ConnectRecord.Header("origin", schema: Schema(.string), value: .string("x"))
        #expect(try headers("x") == [expected])
        #expect(try headers("x", before: [first]) == [first, expected])
    }

    @Test func typeIsInferredFromTheLiteral() throws {
        #expect(try headers("1000").first?.schema?.type == .int16)
        #expect(try headers("[1,2]").first?.value == .array([.integer(1), .integer(2)]))
        #expect(try headers("null") == [ConnectRecord.Header("origin", schema: nil, value: .null)])
    }

    /// The errors of a real worker.
    @Test func missingPropertiesAreReportedAsByConnect() {
        let validation = ConnectorValidation(
            ["transforms": "h", "transforms.h.type": "InsertHeader"], connectorVersion: "1", plugins: TestPlugins.registry)
        let errors = validation.framework.filter { $0.name.hasPrefix("transforms.h.") && !$0.errors.isEmpty }
        #expect(errors.map(\.name) == ["transforms.h.header", "transforms.h.value.literal"])
        #expect(errors.map(\.errors) == ["header", "value.literal"].map { name in
            ["Missing required configuration \"transforms.h.\(name)\" which has no default value.",
                "Invalid value null for configuration \(name): entry must be non null"]
        })
    }
}
