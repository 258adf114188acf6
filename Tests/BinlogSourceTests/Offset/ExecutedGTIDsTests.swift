import MySQLWire
import Testing

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
}
