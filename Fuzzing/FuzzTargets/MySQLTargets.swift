import BinlogSource
import MySQLWire
import WireCore
import WireTestSupport

extension FuzzTarget {
    /// Packets from a server during log-in: framing, greeting, authentication.
    ///
    /// Input: options (bit 0 TLS if offered, bit 1 the public key may be requested) | the server's stream
    static let mysqlLogin = FuzzTarget("mysql-login") {
        try CapturedStreams.mysqlNames.filter { $0.contains("/handshake/") }.flatMap { name in
            let stream = try Conversation(name).fromServer
            return (0..<4).map { [UInt8($0)] + stream }
        }
    } decode: { input in
        guard let options = input.first else { return }
        let account = Handshake.Account(
            user: "root", password: "secret", database: nil, allowPublicKeyRetrieval: options & 2 != 0)
        var handshake = Handshake(account: account, tls: options & 1 != 0 ? .ifOffered : .never)
        try eachPacket(of: UnsafeRawBufferPointer(rebasing: input.dropFirst())) { packet in
            if case .startTLS = try handshake.receive(packet) { _ = handshake.tlsStarted() }
        }
    }

    /// A response to a query: column definitions and rows in the text protocol.
    ///
    /// Input: whether EOF packets are deprecated | the server's stream
    static let mysqlResults = FuzzTarget("mysql-results") {
        try CapturedStreams.mysqlNames.filter { $0.contains("/query/") }.flatMap { name in
            try Conversation(name).turns.filter(\.isFromServer).flatMap { turn in
                let packets = CapturedStreams.packets(of: turn.bytes)
                return [UInt8(0), 1].map { [$0] + CapturedStreams.stream(of: packets, from: 0) }
            }
        }
    } decode: { input in
        guard let isDeprecated = input.first else { return }
        var decoder = ResultSetDecoder(capabilities: isDeprecated & 1 != 0 ? .deprecateEOF : [])
        var columnCount = 0
        try eachPacket(of: UnsafeRawBufferPointer(rebasing: input.dropFirst())) { packet in
            switch try decoder.receive(packet) {
            case .columns(let columns): columnCount = columns.count
            case .row:
                let row = try TextRow(packet, columnCount: columnCount, reusing: [])
                for index in 0..<row.count { _ = row.text(index) }
            case .progress, .finished: break
            }
        }
    }

    /// Passes every whole packet to `body`, with any sequence numbers.
    private static func eachPacket(
        of stream: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) throws -> Void
    ) throws {
        var framer = PacketFramer()
        var rest = stream
        while rest.count >= PacketFramer.headerBytes {
            framer.nextSequence = rest[3]
            guard case .packet(_, let totalBytes) = try framer.next(in: rest) else { return }
            try body(UnsafeRawBufferPointer(rebasing: rest[PacketFramer.headerBytes..<totalBytes]))
            rest = UnsafeRawBufferPointer(rebasing: rest[totalBytes...])
        }
    }

    /// Texts of GTID sets, and operations on them.
    ///
    /// Input: two texts with a line feed between them
    static let gtidSets = FuzzTarget("gtid-sets") {
        let a = "3e11fa47-71ca-11e1-9e33-c80aa9429562"
        let b = "8a94f357-aab4-11df-86ab-c80aa9429562"
        return [
            "\(a):1-5\n\(a):3", "\(a):1-3:11:47-49, \(b):1-27\n\(b):3-9,\(a):2-12",
            "\(a):1-9223372036854775807\n\(a):7-7", "\(a):tag:1-5\n", ",\(a):1 , \(a):2\n\(a):1-2:4-6",
        ].map { [UInt8]($0.utf8) }
    } decode: { input in
        let texts = input.split(separator: 0x0A, maxSplits: 1, omittingEmptySubsequences: false)
        let sets = texts.map { text in
            let text = String(decoding: text, as: UTF8.self)
            return GTIDSet(text)
        }
        guard let first = sets.first ?? nil, let second = sets.last ?? nil else { return }
        precondition(GTIDSet(first.description) == first, "a set's text parses to another set")
        let union = first.union(second)
        precondition(first.isSubset(of: union) && second.isSubset(of: union))
        let rest = first.subtracting(second)
        precondition(rest.isSubset(of: first) && rest.subtracting(second) == rest)
        precondition(rest.union(second) == union, "what was taken away and given back is not what was")
        _ = union.encoded()
    }

    /// Text in any of MySQL's character sets, decoded as the server and as Debezium does.
    ///
    /// Input: collation number u16 | bytes
    static let characterSets = FuzzTarget("character-sets") {
        (0..<320).compactMap { number in
            guard MySQLCharacterSet(collation: number) != nil else { return nil }
            return [UInt8(number & 0xFF), UInt8(number >> 8)] + (0...255).map { UInt8($0) }
        }
    } decode: { input in
        guard input.count >= 2, let set = MySQLCharacterSet(collation: Int(input[0]) | Int(input[1]) << 8) else {
            return
        }
        let text = UnsafeRawBufferPointer(rebasing: input[2...])
        _ = set.decode(text)
        _ = JavaEncoding(set).decode(text)
    }
}
