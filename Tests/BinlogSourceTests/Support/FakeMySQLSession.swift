import WireCore
import WireStreams

/// The server's side of one connection: packets, the login, answers.
struct FakeMySQLSession {
    private var streams: StreamPair
    private var sequence: UInt8 = 0

    private static let challenge = Array("12345678901234567890".utf8)

    struct UnexpectedPacketError: Error {}

    init(_ streams: StreamPair) { self.streams = streams }

    // MARK: Packets

    /// Nil if the client has closed.
    mutating func receive() throws -> [UInt8]? {
        guard let header = try receive(count: 4) else { return nil }
        sequence = header[3] &+ 1
        return try receive(count: Int(header[0]) | Int(header[1]) << 8 | Int(header[2]) << 16)
    }

    private func receive(count: Int) throws -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: count)
        var filled = 0
        while filled < count {
            let read = try bytes.withUnsafeMutableBytes { buffer in
                try streams.input.readSome(into: UnsafeMutableRawBufferPointer(rebasing: buffer[filled...]))
            }
            if read == 0 { return nil }
            filled += read
        }
        return bytes
    }

    private mutating func send(packet: [UInt8]) throws {
        let length = packet.count
        let head = [UInt8(length & 0xFF), UInt8(length >> 8 & 0xFF), UInt8(length >> 16), sequence]
        sequence &+= 1
        try (head + packet).withUnsafeBytes { try streams.output.writeAll($0) }
    }

    // MARK: Login

    /// Greets, reads the HandshakeResponse41 and accepts it.
    mutating func login(tls: TLSServerConfiguration?) throws -> FakeMySQLServer.Login {
        let flags: [UInt32] = [0, 2, 3, 9, 13, 15, 17, 19, 20, 21, 24] + (tls == nil ? [] : [11])
        let capabilities = flags.reduce(UInt32(0)) { $0 | 1 << $1 }
        var writer = ByteWriter()
        writer.byte(10)
        writer.utf8("9.7.4")
        writer.byte(0)
        writer.littleEndian(UInt32(1))
        writer.bytes(Array(Self.challenge[..<8]))
        writer.byte(0)
        writer.littleEndian(UInt16(truncatingIfNeeded: capabilities))
        writer.byte(255)
        writer.littleEndian(UInt16(2))
        writer.littleEndian(UInt16(capabilities >> 16))
        writer.byte(21)
        writer.zeros(10)
        writer.bytes(Array(Self.challenge[8...]))
        writer.byte(0)
        writer.utf8("mysql_native_password")
        writer.byte(0)
        try send(packet: writer.array())
        var response = try receive() ?? []
        let isEncrypted = response.count == 32
        if isEncrypted, let tls {
            streams = try streams.acceptingTLS(TLSContext(tls))
            response = try receive() ?? []
        }
        guard response.count > 33, let end = response[32...].firstIndex(of: 0) else { throw UnexpectedPacketError() }
        let proofBytes = Int(response[end + 1])
        guard end + 2 + proofBytes <= response.count else { throw UnexpectedPacketError() }
        try send(.ok)
        return FakeMySQLServer.Login(
            user: String(decoding: response[32..<end], as: UTF8.self),
            proof: Array(response[(end + 2)..<(end + 2 + proofBytes)]), isEncrypted: isEncrypted)
    }

    // MARK: Answers

    mutating func send(_ answer: FakeMySQLServer.Answer) throws {
        switch answer {
        case .ok: try send(packet: [0, 0, 0, 2, 0, 0, 0])
        case .failure(let code, let message):
            try send(packet: [0xFF, UInt8(code & 0xFF), UInt8(code >> 8)] + Array("#HY000\(message)".utf8))
        case .silence: break
        case .rows(let columns, let rows):
            try send(packet: [UInt8(columns.count)])
            for column in columns { try send(packet: Self.definition(of: column)) }
            for row in rows { try send(packet: row.flatMap { Self.cell($0) }) }
            try send(packet: [0xFE, 0, 0, 2, 0, 0, 0])
        }
    }

    mutating func send(event: [UInt8]) throws { try send(packet: [0] + event) }

    private static func definition(of column: String) -> [UInt8] {
        ["def", "", "", "", column, ""].flatMap { cell($0) } + [0x0C, 45, 0, 0, 4, 0, 0, 0xFD, 0, 0, 0, 0, 0]
    }

    private static func cell(_ text: String?) -> [UInt8] {
        guard let bytes = text.map({ Array($0.utf8) }) else { return [0xFB] }
        if bytes.count < 251 { return [UInt8(bytes.count)] + bytes }
        return [0xFC, UInt8(bytes.count & 0xFF), UInt8(bytes.count >> 8)] + bytes
    }
}
