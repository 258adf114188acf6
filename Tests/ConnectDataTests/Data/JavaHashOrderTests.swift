import ConnectData
import Testing
import WireCore

@Suite struct JavaHashOrderTests {
    /// Java 17's `hashCode()` of each partition, and the order of a `new HashMap(n)` with all n of them.
    @Test(arguments: [
        (
            #"[{"server":"session"},{"other":"x"}]"#, [-1_135_432_235, 106_069_864], [1, 0]
        ),
        (
            #"[{"filename":"/data/0.txt"},{"filename":"/data/1.txt"},{"filename":"/data/2.txt"},"#
                + #"{"filename":"/data/3.txt"},{"filename":"/data/4.txt"}]"#,
            [-1_258_626_949, -1_259_824_134, -1_260_473_479, -1_261_655_304, -1_254_931_833], [0, 1, 3, 4, 2]
        ),
        (
            #"[{"a":null,"b":true,"c":1.5},{"l":["x",2],"m":{"k":"v"}},{"z":-1}]"#, [1_073_218_929, 4759, 122],
            [0, 2, 1]
        ),
    ])
    func partitionsAreOrderedAsInJavasHashMap(json: String, hashes: [Int32], order: [Int]) throws {
        let partitions = try #require(JSONValue.parse(json).arrayValue)
        #expect(partitions.map { JavaHashOrder.hash($0) } == hashes)
        let sorted = JavaHashOrder.sorted(Array(partitions.indices), from: .sized) {
            JavaHashOrder.hash(partitions[$0])
        }
        #expect(sorted == order)
    }

    /// Thirteen partitions of two members with numbers beyond 32 bits.
    @Test func orderEqualsJavasAfterTheTableHasGrown() {
        let partitions = (0..<13).map { number in
            JSONObject([
                (name: "server", value: .string("s\(number)")),
                (name: "shard", value: .integer(Int64(number) * 7_000_000_000)),
            ])
        }
        let sorted = JavaHashOrder.sorted(Array(partitions.indices), from: .sized) {
            JavaHashOrder.hash(partitions[$0])
        }
        #expect(sorted == [9, 8, 3, 10, 2, 11, 7, 6, 12, 4, 5, 0, 1])
    }
}
