import ConnectData
import PluginTestSupport
import Testing

@testable import DebeziumPlugins

@Suite struct GeometryTransformTests {
    @Test(arguments: ["swap-geometry-coordinates", "geometry-format-transformer"])
    func recordsEqualDebeziums(cases: String) throws {
        // A geometry that is too short is an exception without a message in Java.
        try TransformCases("debezium-3.6/\(cases)").compare(
            expectsMessage: { exceptionClass, _ in exceptionClass != "java.nio.BufferUnderflowException" })
    }

    @Test func everyOptionIsConsumed() {
        let swapped = OptionConsumption.unused(
            of: SwapGeometryCoordinates.options, into: SwapGeometryCoordinates.Settings(), values: ["srids": "5"])
        let formatted = OptionConsumption.unused(
            of: GeometryFormatTransformer.options, into: GeometryFormatTransformer.Settings(), values: ["format": "ewkb"])
        #expect(swapped + formatted == [])
    }

    /// Collections within collections, deeper than the limit.
    @Test func deepGeometryIsAnError() {
        let level: [UInt8] = [1, 7, 0, 0, 0, 1, 0, 0, 0]
        let nested = WellKnownBinary((0..<10_000).flatMap { _ in level })
        #expect(throws: DataError("Failed to swap EWKB/WKB coordinates")) {
            var geometry = nested
            try geometry.swapCoordinates()
        }
    }
}
