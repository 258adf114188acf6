import Testing
import WireTestSupport

@testable import MySQLWire

@Suite struct ResultSetDecoderTests {
    private static let withoutEOF: CapabilityFlags = [.protocol41, .deprecateEOF]

    private func receive(_ packets: [[UInt8]], _ capabilities: CapabilityFlags) throws -> [ResultSetDecoder.Event] {
        var decoder = ResultSetDecoder(capabilities: capabilities)
        return try packets.map { packet in try packet.withUnsafeBytes { try decoder.receive($0) } }
    }

    /// The packets of the server's turn with that number.
    private func turn(_ name: String, _ number: Int) throws -> [[UInt8]] {
        let turns = try Conversation(name).turns.filter(\.isFromServer)
        return try messages(of: turns[number].bytes, fed: .whole, to: CapturedPackets())
    }

    @Test(arguments: [("results", true), ("results-with-eof", false)])
    func resultsEndWithOKOrEOF(name: String, hasDeprecatedEOF: Bool) throws {
        // Turns: greeting, OK, then one for each statement.
        let packets = try turn("mysql/9.7.4/query/\(name)", 2)
        let events = try receive(packets, hasDeprecatedEOF ? Self.withoutEOF : [.protocol41])
        #expect(events.filter { $0 == .row }.count == 2)
        guard case .finished(let packet) = events.last else {
            Issue.record("not finished")
            return
        }
        #expect(!packet.hasMoreResults && packet.affectedRows == 0)
    }

    @Test func errorAfterRowsIsThrown() throws {
        let packets = try turn("mysql/9.7.4/query/error-among-rows", 2)
        #expect(packets.last?.first == 0xFF)
        #expect(throws: MySQLError.server(
            MySQLServerError(code: 1690, sqlState: "22003", message: "DOUBLE value is out of range in 'exp(`t`.`n`)'"))
        ) { try receive(packets, Self.withoutEOF) }
        #expect(try receive(Array(packets.dropLast()), Self.withoutEOF).contains(.row))
    }

    @Test func localInfileRequestIsRefused() {
        // LOAD DATA LOCAL: 0xFB and a file name.
        #expect(throws: MySQLError.self) { try receive([[0xFB] + Array("/etc/passwd".utf8)], Self.withoutEOF) }
    }

    @Test(arguments: [
        [0xFE, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF], [0xFC, 0xFF, 0xFF], [0x00], [],
    ] as [[UInt8]])
    func invalidHeadersAreRejected(packet: [UInt8]) {
        #expect(throws: MySQLError.self) { try receive([packet], Self.withoutEOF) }
    }

    @Test func rowWithTooFewOrTooManyCellsIsRejected() throws {
        func row(_ bytes: [UInt8], _ columns: Int) throws {
            try bytes.withUnsafeBytes { _ = try TextRow($0, columnCount: columns, reusing: []) }
        }
        try row([1, 0x41, 0xFB], 2)
        #expect(throws: (any Error).self) { try row([1, 0x41], 2) }
        #expect(throws: (any Error).self) { try row([1, 0x41, 0xFB], 1) }
        #expect(throws: (any Error).self) { try row([5, 0x41], 1) }
        #expect(throws: (any Error).self) { try row([0xFF], 1) }
    }

    @Test(arguments: ConversationTests.names.filter { $0.contains("/query/") })
    func damagedResultsThrow(name: String) throws {
        for number in 2..<(try Conversation(name).turns.filter(\.isFromServer).count) {
            let packets = try turn(name, number)
            for index in packets.indices where packets[index].count < 600 {
                survivesDamage(to: packets[index]) { packet in
                    var decoder = ResultSetDecoder(capabilities: Self.withoutEOF)
                    for before in packets[..<index] { _ = try before.withUnsafeBytes { try decoder.receive($0) } }
                    if try decoder.receive(packet) == .row { _ = try TextRow(packet, columnCount: 3, reusing: []) }
                }
            }
        }
    }
}
