import ConnectData
import Testing

@testable import ConnectPlugins

@Suite struct PerSchemaCacheTests {
    /// A full cache keeps its values until another schema needs room.
    @Test func valuesOfFullCacheAreDerivedOnce() throws {
        let schemas = [Schema(.int32), Schema(.int32)]
        var cache = PerSchemaCache<Int>(countMax: 2)
        var derivedCount = 0
        for _ in 0..<3 {
            for schema in schemas {
                _ = try cache.value(for: schema, topic: "t") {
                    derivedCount += 1
                    return derivedCount
                }
            }
        }
        #expect(derivedCount == 2)
    }
}
