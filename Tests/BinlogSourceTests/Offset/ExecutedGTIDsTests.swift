import MySQLWire
import Testing
import WireTestSupport

@testable import BinlogSource

@Suite struct ExecutedGTIDsTests {
    private static let first = "aaaaaaaa-0000-0000-0000-000000000001"
    private static let second = "bbbbbbbb-0000-0000-0000-000000000002"
    private static let third = "cccccccc-0000-0000-0000-000000000003"

    private static func position(_ text: String) throws -> GTIDPosition { .mySQL(try #require(GTIDSet(text))) }

    @Test func sourcesOfAStoredPositionAreSorted() throws {
        let executed = ExecutedGTIDs(try Self.position("\(Self.second):1-5,\(Self.first):7"))
        #expect(executed.text == "\(Self.first):7-7,\(Self.second):1-5")
    }

    @Test func excludedSourcesStandLast() throws {
        let position = try Self.position("\(Self.first):7,\(Self.second):1-5,\(Self.third):2")
        var executed = ExecutedGTIDs(position) { $0.description != Self.first }
        #expect(executed.text == "\(Self.second):1-5,\(Self.third):2-2,\(Self.first):7-7")
        executed.insert(.mySQL(GTID(source: try #require(ServerUUID(Self.first)), number: 8)))
        #expect(executed.text == "\(Self.second):1-5,\(Self.third):2-2,\(Self.first):7-8")
        #expect(executed.position == .mySQL(try #require(GTIDSet("\(Self.first):7-8,\(Self.second):1-5,\(Self.third):2"))))
    }

    @Test func newSourceIsAppended() throws {
        var executed = ExecutedGTIDs(try Self.position("\(Self.second):1-5"))
        executed.insert(.mySQL(GTID(source: try #require(ServerUUID(Self.first)), number: 3)))
        #expect(executed.text == "\(Self.second):1-5,\(Self.first):3-3")
    }

    @Test func transactionWithinAGapJoinsIntervals() throws {
        var executed = ExecutedGTIDs(try Self.position("\(Self.first):1-3:7"))
        let source = try #require(ServerUUID(Self.first))
        for number: UInt64 in [5, 8, 4] { executed.insert(.mySQL(GTID(source: source, number: number))) }
        #expect(executed.text == "\(Self.first):1-5:7-8")
        executed.insert(.mySQL(GTID(source: source, number: 6)))
        #expect(executed.text == "\(Self.first):1-8")
        executed.insert(.mySQL(GTID(source: source, number: 6)))
        #expect(executed.text == "\(Self.first):1-8")
    }

    /// Sources in any order, with gaps and repetitions: the text always has the set's transactions, and a copy keeps
    /// those of its time.
    @Test(arguments: 0..<20 as Range<UInt64>) func textAndPositionHaveTheTransactionsOfTheSet(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let sources = try [Self.first, Self.second, Self.third].map { try #require(ServerUUID($0)) }
        var set = GTIDSet()
        var executed = ExecutedGTIDs(.mySQL(set))
        var copy = (executed, text: "")
        for step in 0..<200 {
            let source = sources[Int.random(in: 0..<3, using: &generator)]
            let last = set.intervals[source]?.last?.upperBound ?? 0
            let number = Bool.random(using: &generator) ? last + 1 : UInt64.random(in: 1...60, using: &generator)
            for _ in 0..<Int.random(in: 1...3, using: &generator) {
                set.insert(GTID(source: source, number: number))
                executed.insert(.mySQL(GTID(source: source, number: number)))
            }
            try #require(executed.position == .mySQL(set), "seed \(seed), step \(step)")
            try #require(GTIDSet(executed.text) == set, "seed \(seed), step \(step)")
            #expect(copy.0.text == copy.text, "seed \(seed), step \(step)")
            if step % 7 == 0 { copy = (executed, executed.text) }
        }
    }
}
