import Foundation
import KafkaProtocol
import WireCore
import WireStreams

/// The library's side of `scripts/compare-libraries`: each command does what a program of another project does, and
/// prints one line of JSON.
@main
enum LibraryBenchmarks {
    static let usage = """
        usage: LibraryBenchmarks checksum NAME BYTES MEGABYTES           a checksum of BYTES, of MEGABYTES in all
               LibraryBenchmarks codec NAME compress|expand LEVEL IN OUT ROUNDS
               LibraryBenchmarks values FILE ROWS                        binlog events of FILE to typed values
               LibraryBenchmarks binlog HOST:PORT FILE                   the binlog from FILE to its end, as --raw
               LibraryBenchmarks produce HOST:PORT TOPIC RECORDS BYTES LINGER BATCH-BYTES CODEC records|batches
               LibraryBenchmarks latency HOST:PORT TOPIC RECORDS BYTES LINGER BATCH-BYTES CODEC RECORDS-A-SECOND
               LibraryBenchmarks consume HOST:PORT TOPIC RECORDS
        """

    static func main() {
        do {
            var arguments = Array(CommandLine.arguments.dropFirst())
            guard !arguments.isEmpty else { throw BenchmarkError(usage) }
            let outcome: Outcome
            switch (arguments.removeFirst(), arguments.count) {
            case ("checksum", 3):
                outcome = try computeChecksums(
                    arguments[0], inputBytes: try count(arguments[1]), totalMegabytes: try count(arguments[2]))
            case ("codec", 6):
                outcome = try runCodec(
                    arguments[0], direction: arguments[1], level: Int32(arguments[2]), input: arguments[3],
                    output: arguments[4], rounds: try count(arguments[5]))
            case ("values", 2): outcome = try decodeValues(file: arguments[0], rowCount: try count(arguments[1]))
            case ("binlog", 2): outcome = try receiveBinlog(from: try address(arguments[0]), file: arguments[1])
            case ("produce", 8):
                outcome = try produce(try workload(arguments), reportsBatches: arguments[7] == "batches")
            case ("latency", 8):
                return try printJSON(measureLatency(try workload(arguments), recordsPerSecond: try count(arguments[7])))
            case ("consume", 3):
                outcome = try consume(
                    from: try address(arguments[0]), topic: arguments[1], recordCount: try count(arguments[2]))
            default: throw BenchmarkError(usage)
            }
            try printJSON(outcome)
        } catch {
            FileHandle.standardError.write(Data("LibraryBenchmarks: \(error)\n".utf8))
            exit(2)
        }
    }

    private static func printJSON(_ outcome: some Encodable) throws {
        print(String(decoding: try JSONEncoder().encode(outcome), as: UTF8.self))
    }

    private static func workload(_ arguments: [String]) throws -> ProducerWorkload {
        guard let codec = CompressionCodec.allCases.first(where: { "\($0)" == arguments[6] }) else {
            throw BenchmarkError("\(arguments[6]) is not a codec")
        }
        return ProducerWorkload(
            broker: try address(arguments[0]), topic: arguments[1], recordCount: try count(arguments[2]),
            valueBytes: try count(arguments[3]), lingerMilliseconds: try count(arguments[4]),
            batchBytesMax: try count(arguments[5]), codec: codec)
    }

    private static func count(_ text: String) throws -> Int {
        guard let count = Int(text), count >= 0 else { throw BenchmarkError("\(text) is not a number") }
        return count
    }

    private static func address(_ text: String) throws -> SocketAddress {
        guard let address = SocketAddress(text) else { throw BenchmarkError("\(text) is not HOST:PORT") }
        return address
    }
}

/// What a command did. The time is that of the work, without connecting; the caller measures the process's CPU time.
struct Outcome: Encodable {
    /// Rows, events, records or items.
    var count: Int
    var bytes: Int
    var seconds: Double

    static func timed(_ body: () throws -> (count: Int, bytes: Int)) rethrows -> Outcome {
        let start = MonotonicInstant.now
        let (count, bytes) = try body()
        let seconds = Double(MonotonicInstant.now.nanoseconds - start.nanoseconds) / 1e9
        return Outcome(count: count, bytes: bytes, seconds: seconds)
    }
}

struct BenchmarkError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
