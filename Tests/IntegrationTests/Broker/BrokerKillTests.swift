import Foundation
import KafkaProtocol
import KafkaWire
import Testing
import WireStreams

/// The broker as a process of its own, killed while kcat writes to it.
@Suite(.serialized) struct BrokerKillTests {
    @Test func acknowledgedRecordsSurviveAKillOfTheBrokerExactlyOnce() throws {
        let kcat = try ExternalProgram.kcat()
        let scratch = try ScratchDirectory()
        defer { withExtendedLifetime(scratch) {} }
        var broker = try BrokerProcess(dataDirectory: scratch.path + "/data", port: try BrokerProcess.freePort())
        defer { broker.kill() }

        let producer = try ChildProcess(
            kcat.path,
            [
                "-b", broker.address, "-P", "-E", "-t", "lines", "-X", "enable.idempotence=true", "-X", "log_level=0",
                "-X", "reconnect.backoff.max.ms=100", "-X", "retry.backoff.ms=20",
            ])

        let (rounds, linesPerRound) = (5, 20_000)
        for round in 0..<rounds {
            let lines = (0..<linesPerRound).map { "\(round * linesPerRound + $0)\n" }.joined()
            try producer.write(lines)
            // Killed in the middle of the round, as soon as some of its records are stored.
            try broker.waitForRecords(round * linesPerRound + 1)
            broker.kill()
            try broker.start()
        }
        #expect(producer.finish() == 0)

        let expected = (0..<(rounds * linesPerRound)).map { "\($0)\n" }.joined()
        let read = try kcat.run(["-b", broker.address, "-C", "-t", "lines", "-e", "-q", "-X", "check.crcs=true"])
        #expect(read == expected)
    }
}

/// `cdcd broker` on a fixed port, which can be killed and started again.
struct BrokerProcess {
    /// The executable that is built into the same folder as the tests.
    static let program: String? = {
        guard let tests = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe") else { return nil }
        let path = URL(filePath: tests).deletingLastPathComponent().appending(path: "cdcd").path
        return FileManager.default.isExecutableFile(atPath: path) ? path : nil
    }()

    let address: String
    private let dataDirectory: String
    private var process: ChildProcess?

    static func freePort() throws -> UInt16 {
        try SocketListener(address: SocketAddress(host: "127.0.0.1", port: 0)).address.port
    }

    init(dataDirectory: String, port: UInt16) throws {
        address = "127.0.0.1:\(port)"
        self.dataDirectory = dataDirectory
        try start()
    }

    mutating func start() throws {
        let program = try #require(Self.program, "the program cdcd is not built beside the tests")
        process = try ChildProcess(
            program, ["broker", "--listen", address, "--data-dir", dataDirectory, "--log-level", "error"])
    }

    /// Sends SIGKILL and waits until the process has ended.
    func kill() { process?.kill() }

    /// Returns when the topic `lines` has at least this number of records.
    func waitForRecords(_ count: Int) throws {
        let bootstrap = try #require(SocketAddress(address))
        let client = KafkaClient(KafkaClientConfiguration(bootstrapServers: [bootstrap]))
        defer { client.close() }
        let admin = KafkaAdmin(client)
        let deadline = ContinuousClock.now + .seconds(60)
        while ContinuousClock.now < deadline {
            let ends = try? admin.endOffsets("lines")
            if let end = ends?[0], end >= Int64(count) { return }
        }
        throw ExternalProgram.Failure(description: "fewer than \(count) records within a minute")
    }
}
