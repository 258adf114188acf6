import ConnectData
import PluginTestSupport
import Testing

@testable import DebeziumPlugins

@Suite struct PartitionRoutingTests {
    @Test func recordsEqualDebeziums() throws { try TransformCases("debezium-3.6/partition-routing").compare() }

    @Test func hashesOfAllTypesEqualJavas() throws {
        try TransformCases("debezium-3.6/partition-routing-types").compare()
    }

    /// The connector's bytes are a `ByteBuffer`: jshell's `ByteBuffer.wrap(new byte[] {1, -1, 3}).hashCode()`.
    @Test func bytesAreHashedAsBuffers() {
        #expect(ConnectValue.bytes([1, 0xFF, 3]).javaHash(Schema(.bytes)) == 32644)
    }

    @Test func everyOptionIsConsumed() {
        let unused = OptionConsumption.unused(
            of: PartitionRouting.options, into: PartitionRouting.Settings(), values: ["partition.hash.function": "murmur"])
        #expect(unused == [])
    }
}
