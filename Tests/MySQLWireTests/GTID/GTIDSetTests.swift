import Testing

@testable import MySQLWire

@Suite struct GTIDSetTests {
    private let a = "3e11fa47-71ca-11e1-9e33-c80aa9429562"
    private let b = "0e11fa47-71ca-11e1-9e33-c80aa9429562"

    private func set(_ text: String) throws -> GTIDSet { try #require(GTIDSet(text)) }

    @Test func textIsBroughtIntoMySQLsCanonicalForm() throws {
        #expect(try set("\(a.uppercased()):5-7:1-3:4,\n \(b):9").description == "\(b):9,\(a):1-7")
        #expect(try set("").description == "")
    }

    @Test(arguments: ["x", "3e11fa47-71ca-11e1-9e33-c80aa9429562", "3e11fa47-71ca-11e1-9e33-c80aa9429562:0",
        "3e11fa47-71ca-11e1-9e33-c80aa9429562:5-3", "3e11fa47-71ca-11e1-9e33-c80aa9429562:tag:1",
        "3e11fa47-71ca-11e1-9e33-c80aa9429562:1-2-3"])
    func whatIsNoSetIsRefused(text: String) { #expect(GTIDSet(text) == nil) }

    @Test(.timeLimit(.minutes(1))) func aSetFullOfHolesIsReadInTimeThatGrowsWithIt() throws {
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

    @Test func theBinaryFormEndsIntervalsBehindTheirLastNumber() throws {
        let bytes = try set("\(a):1-5").encoded()
        #expect(bytes.count == 8 + 16 + 8 + 16)
        #expect(Array(bytes[8..<12]) == [0x3E, 0x11, 0xFA, 0x47])
        #expect(bytes[32] == 1 && bytes[40] == 6)
    }
}
