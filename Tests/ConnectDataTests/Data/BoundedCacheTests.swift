import ConnectData
import Testing

@Suite struct BoundedCacheTests {
    @Test func valueIsDerivedOnceAndFullCacheIsEmptied() throws {
        var cache = BoundedCache<Int, String>(countMax: 2)
        var made: [Int] = []
        func value(_ key: Int) -> String {
            cache.value(for: key) {
                made.append(key)
                return "\(key)"
            }
        }
        #expect([1, 2, 1, 2].map(value) == ["1", "2", "1", "2"])
        #expect(made == [1, 2])
        #expect(value(3) == "3" && value(3) == "3" && made == [1, 2, 3])
        #expect(value(1) == "1" && made == [1, 2, 3, 1])
    }

    @Test func errorIsNotCached() throws {
        var cache = BoundedCache<Int, String>(countMax: 0)
        #expect(throws: DataError.self) { try cache.value(for: 1) { () throws(DataError) in throw DataError("x") } }
        #expect(cache.value(for: 1) { "1" } == "1")
        #expect(cache.value(for: 1) { "2" } == "1")
    }
}
