import ConnectData
import PluginTestSupport
import Testing

@Suite struct TimestampRouterTests {
    /// In Java the message for a record without a timestamp shows the connector's offset.
    @Test func recordsEqualKafkas() throws {
        try TransformCases("kafka/timestamp-router").compare { _, message in
            !message.hasPrefix("Timestamp missing on record: ")
        }
    }

    @Test func recordsOfSourcesHaveNoTimestamp() throws {
        let chain = try TransformationChain(
            configuration: ["transforms": "r", "transforms.r.type": "TimestampRouter"], plugins: TestPlugins.registry)
        let schema = Schema(.structure, name: "V", fields: [.init("a", Schema(.int32)), .init("b", Schema(.string))])
        var record = ConnectRecord(
            topic: "t", partition: 3, keySchema: nil, key: .map([.init(key: .string("k"), value: .float64(1.5))]),
            valueSchema: schema, value: .structure(Struct(schema: schema, values: [.integer(1), .null])),
            headers: [.init("h", schema: Schema(.int32), value: .integer(5)), .init("g", schema: nil, value: .string("x"))])
        let expected = "Timestamp missing on record: ConnectRecord{topic='t', kafkaPartition=3, key={k=1.5}, "
            + "keySchema=null, value=Struct{a=1}, valueSchema=Schema{V:STRUCT}, timestamp=null, headers=ConnectHeaders("
            + "headers=[ConnectHeader(key=h, value=5, schema=Schema{INT32}), ConnectHeader(key=g, value=x, schema=null)])}"
        #expect(throws: DataError(expected)) { _ = try chain.apply(&record) }
    }
}
