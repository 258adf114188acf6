import Foundation
import WireTestSupport

/// A decoder of bytes from a peer, a file or a user, and its initial inputs.
package struct FuzzTarget: Sendable {
    package let name: String
    private let decode: @Sendable (UnsafeRawBufferPointer) throws -> Void
    /// Inputs from captures of real systems (`Fixtures/`).
    package let seeds: @Sendable () throws -> [[UInt8]]

    /// - Parameter decode: throws for input that the decoder refuses; traps if a property of the decoder is violated.
    init(
        _ name: String, seeds: @escaping @Sendable () throws -> [[UInt8]],
        decode: @escaping @Sendable (UnsafeRawBufferPointer) throws -> Void
    ) {
        self.name = name
        self.seeds = seeds
        self.decode = decode
    }

    /// Passes one input to the decoder. Refusing it is as valid as decoding it.
    package func run(_ input: UnsafeRawBufferPointer) {
        do { try decode(input) } catch { _ = "\(error)" }
    }

    private struct KeptInputError: Error {
        let line: Substring
    }

    /// Inputs that runs have found (`Fuzzing/Corpora`), each a line of hexadecimal digits.
    package func keptInputs() throws -> [[UInt8]] {
        let package = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        let file = package.appending(path: "Corpora/\(name).hex")
        guard FileManager.default.fileExists(atPath: file.path) else { return [] }
        return try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map { line in
            guard let bytes = [UInt8](hex: line) else { throw KeptInputError(line: line) }
            return bytes
        }
    }

    package static let all: [FuzzTarget] = [
        .mysqlLogin, .mysqlResults, .binlogEvents, .binlogRows, .jsonBinary, .gtidSets, .characterSets,
        .kafkaResponses, .kafkaRequests, .brokerNodes, .recordBatches, .codecs, .codecRoundTrips, .groupMetadata,
        .httpRequests, .httpResponses, .statements, .properties, .jaas, .json, .jsonConverterDecode, .registryAnswers,
        .schemaFraming, .groovyExpressions, .javaScriptExpressions, .jsonSchemaDecode, .protobufDecode, .avroDecode,
        .datePatterns, .regularExpressions, .transformOptions, .scramMessages, .tokenAnswers,
    ]
}

extension [UInt8] {
    /// A block of exactly this size, so that the address sanitizer detects a read beyond it.
    func withExactBytes<R>(_ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
        let block = UnsafeMutableRawBufferPointer.allocate(byteCount: count, alignment: 1)
        defer { block.deallocate() }
        block.copyBytes(from: self)
        return try body(UnsafeRawBufferPointer(block))
    }
}
