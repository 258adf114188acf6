import WireCore

/// XA_PREPARE_LOG_EVENT: one-phase flag u8 | format id u32 | global transaction id length u32 | branch qualifier
/// length u32 | both
package struct XAPrepareEvent: Equatable, Sendable {
    /// `XA COMMIT … ONE PHASE`: the transaction is committed, and no later statement decides it.
    package let isOnePhase: Bool
    package let formatID: UInt32
    package let globalID: [UInt8]
    package let branchQualifier: [UInt8]

    /// The identifier as the server writes it in the statements of the transaction: `X'78',X'',1`.
    public var identifier: String {
        "X'\(HexText.text(globalID))',X'\(HexText.text(branchQualifier))',\(formatID)"
    }

    /// XIDDATASIZE is 128: 64 bytes for each of the two parts.
    static let partBytesMax: UInt32 = 64

    init(body: UnsafeRawBufferPointer) throws(WireError) {
        var reader = ByteReader(body, base: EventHeader.bytes)
        isOnePhase = try reader.byte() != 0
        formatID = try reader.littleEndian(UInt32.self)
        let lengths = (try reader.littleEndian(UInt32.self), try reader.littleEndian(UInt32.self))
        guard max(lengths.0, lengths.1) <= Self.partBytesMax else {
            throw WireError(.badLength(Int(max(lengths.0, lengths.1))), at: reader.absoluteOffset)
        }
        globalID = try reader.array(Int(lengths.0))
        branchQualifier = try reader.array(Int(lengths.1))
    }
}
