/// One decoder that meets bytes of a peer, a file or a user, and where its first inputs come from.
package struct FuzzTarget: Sendable {
    package let name: String
    private let decode: @Sendable (UnsafeRawBufferPointer) throws -> Void
    /// Inputs made of what real systems said (`Fixtures/`).
    package let seeds: @Sendable () throws -> [[UInt8]]

    /// - Parameter decode: throws for what the decoder refuses; traps where it breaks its word.
    init(
        _ name: String, seeds: @escaping @Sendable () throws -> [[UInt8]],
        decode: @escaping @Sendable (UnsafeRawBufferPointer) throws -> Void
    ) {
        self.name = name
        self.seeds = seeds
        self.decode = decode
    }

    /// Gives the decoder one input. To refuse it is as good as to read it.
    package func run(_ input: UnsafeRawBufferPointer) {
        do { try decode(input) } catch { _ = "\(error)" }
    }

    package static let all: [FuzzTarget] = [
        .mysqlLogin, .mysqlResults, .binlogEvents, .binlogRows, .jsonBinary, .gtidSets, .characterSets,
        .kafkaResponses, .kafkaRequests, .recordBatches, .groupMetadata, .httpRequests, .httpResponses,
        .statements, .properties, .jaas, .json, .jsonConverterDecode,
    ]
}

extension [UInt8] {
    /// A block of exactly this size, so that the address sanitizer sees a read beyond it.
    func withExactBytes<R>(_ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
        let block = UnsafeMutableRawBufferPointer.allocate(byteCount: count, alignment: 1)
        defer { block.deallocate() }
        block.copyBytes(from: self)
        return try body(UnsafeRawBufferPointer(block))
    }
}
