import Testing
import WireTestSupport

@testable import MySQLWire

@Suite struct GTIDSetTests {
    private let a = "3e11fa47-71ca-11e1-9e33-c80aa9429562"
    private let b = "0e11fa47-71ca-11e1-9e33-c80aa9429562"

    private func set(_ text: String) throws -> GTIDSet { try #require(GTIDSet(text)) }

    @Test func textHasMySQLsCanonicalForm() throws {
        #expect(try set("\(a.uppercased()):5-7:1-3:4,\n \(b):9").description == "\(b):9,\(a):1-7")
        #expect(try set("").description == "")
    }

    @Test(arguments: ["x", "3e11fa47-71ca-11e1-9e33-c80aa9429562", "3e11fa47-71ca-11e1-9e33-c80aa9429562:0",
        "3e11fa47-71ca-11e1-9e33-c80aa9429562:5-3", "3e11fa47-71ca-11e1-9e33-c80aa9429562:tag:1",
        "3e11fa47-71ca-11e1-9e33-c80aa9429562:1-2-3"])
    func invalidSetsAreRefused(text: String) { #expect(GTIDSet(text) == nil) }

    @Test(.timeLimit(.minutes(1))) func setWithManyGapsIsParsedInLinearTime() throws {
        let text = "\(a):" + stride(from: 39_999, through: 1, by: -2).map(String.init).joined(separator: ":")
        let gtids = try set(text)
        #expect(gtids.intervals.values.first?.count == 20_000)
        #expect(gtids.intervals.values.first?.first == 1...1)
    }

    @Test func nextNumbersExtendTheLastInterval() throws {
        var gtids = try set("\(a):1-3")
        gtids.insert(GTID(source: try #require(ServerUUID(a)), number: 4))
        gtids.insert(GTID(source: try #require(ServerUUID(a)), number: 6))
        #expect(gtids.description == "\(a):1-4:6")
        gtids.insert(GTID(source: try #require(ServerUUID(a)), number: 5))
        #expect(gtids.description == "\(a):1-6")
    }

    @Test func setsAreSubtractedUnitedAndCompared() throws {
        let executed = try set("\(a):1-10,\(b):1-5")
        #expect(executed.subtracting(try set("\(a):3-4:10,\(b):1-5")).description == "\(a):1-2:5-9")
        #expect(try set("\(a):1-2").union(try set("\(a):3,\(b):1")).description == "\(b):1,\(a):1-3")
        #expect(try set("\(a):2-3").isSubset(of: executed))
        #expect(try !set("\(a):9-11").isSubset(of: executed))
    }

    /// A multi-threaded replica, or a server restored in parts, may have this number of gaps.
    @Test(.timeLimit(.minutes(1))) func setsWithManyGapsAreParsedAndComparedInTime() throws {
        let odd = try set("\(a):" + (0..<100_000).reversed().map { "\(2 * $0 + 1)" }.joined(separator: ":"))
        let even = try set("\(a):" + (0..<100_000).map { "\(2 * $0 + 2)" }.joined(separator: ":"))
        #expect(odd.union(even) == (try set("\(a):1-200000")))
        #expect(odd.subtracting(even) == odd)
        #expect(try set("\(a):1-200000").subtracting(even) == odd)
        #expect(odd.isSubset(of: odd) && !odd.isSubset(of: even))
    }

    /// Compared with a `Set` of the transaction numbers.
    @Test func subtractionAndComparisonEqualASetOfNumbers() throws {
        var generator = SeededGenerator(seed: 3)
        let source = try #require(ServerUUID(a))
        func numbers() -> Set<UInt64> { Set((0..<8).map { _ in UInt64.random(in: 1...20, using: &generator) }) }
        func gtids(_ numbers: Set<UInt64>) -> GTIDSet {
            var set = GTIDSet()
            for number in numbers { set.insert(GTID(source: source, number: number)) }
            return set
        }
        for _ in 0..<2000 {
            let (x, y) = (numbers(), numbers())
            #expect(gtids(x).subtracting(gtids(y)) == gtids(x.subtracting(y)))
            #expect(gtids(x).isSubset(of: gtids(y)) == x.isSubset(of: y))
            #expect(gtids(x).union(gtids(y)) == gtids(x.union(y)))
            for number in 1...20 as ClosedRange<UInt64> {
                #expect(gtids(x).contains(GTID(source: source, number: number)) == x.contains(number))
            }
        }
    }

    @Test func encodedIntervalsEndAfterTheirLastNumber() throws {
        let bytes = try set("\(a):1-5").encoded()
        #expect(bytes.count == 8 + 16 + 8 + 16)
        #expect(Array(bytes[8..<12]) == [0x3E, 0x11, 0xFA, 0x47])
        #expect(bytes[32] == 1 && bytes[40] == 6)
    }
}
