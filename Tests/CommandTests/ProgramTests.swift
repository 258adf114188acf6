import Foundation
import KafkaBroker
import KafkaProtocol
import KafkaWire
import Testing
import WireStreams

/// Output, messages on stderr and exit codes of the program.
@Suite struct ProgramTests {
    private let scratch: ScratchDirectory

    init() throws { scratch = try ScratchDirectory() }

    /// Complete properties of a worker. No broker listens at their address, and the worker soon exits.
    private func properties(_ more: [String: String] = [:]) throws -> String {
        let complete = [
            "bootstrap.servers": "127.0.0.1:1", "default.api.timeout.ms": "1", "group.id": "g",
            "listeners": "http://127.0.0.1:0", "rest.advertised.port": "8083", "config.storage.topic": "c",
            "offset.storage.topic": "o", "status.storage.topic": "s", "config.storage.replication.factor": "1",
            "offset.storage.replication.factor": "1", "status.storage.replication.factor": "1",
            "key.converter": "org.apache.kafka.connect.json.JsonConverter",
            "value.converter": "org.apache.kafka.connect.json.JsonConverter",
        ].merging(more) { $1 }
        return try scratch.file("worker.properties", complete.map { "\($0)=\($1)\n" }.joined())
    }

    @Test(arguments: [["--help"], ["-h"], ["help"]])
    func helpNamesEveryCommandAndTheExitCodes(arguments: [String]) throws {
        let run = try ProgramRun(arguments)
        for word in ["worker", "broker", "help", "completion", "--version", "Exit codes: 0 success"] {
            #expect(run.output.contains(word))
        }
        #expect(run.errors.isEmpty && run.exitCode == 0)
    }

    @Test(arguments: ["worker", "broker", "completion", "help"])
    func helpCommandAndHelpOptionPrintTheSame(command: String) throws {
        let run = try ProgramRun(["help", command])
        #expect(run.output.hasPrefix("Usage: cdcd \(command) [OPTION]...") && run.exitCode == 0)
        #expect(try ProgramRun([command, "--help"]).output == run.output)
    }

    @Test(arguments: [["--version"], ["-V"], ["worker", "--version"]])
    func versionIsOneLine(arguments: [String]) throws {
        let run = try ProgramRun(arguments)
        #expect(run.output.wholeMatch(of: /cdcd \d+\.\d+\.\d+\n/) != nil && run.errors.isEmpty && run.exitCode == 0)
    }

    @Test(arguments: [
        ([], "a command or a properties file is needed", "cdcd --help"),
        (["wroker"], "there is no command or file `wroker`; did you mean `worker`?", "cdcd --help"),
        (["nothing.txt"], "there is no command or file `nothing.txt`", "cdcd --help"),
        ([""], "there is no command or file ``", "cdcd --help"),
        (["--versoin"], "there is no option `--versoin`; did you mean `--version`?", "cdcd help worker"),
        (["broker", "--lisen", "x"], "there is no option `--lisen`; did you mean `--listen`?", "cdcd help broker"),
        (["broker", "--data-dir="], "`--data-dir` needs a DIRECTORY", "cdcd help broker"),
        (["broker", "--fault", "api=Produce,error=NOPE"], "`error` is not the name of an error of Kafka: NOPE", "cdcd help broker"),
        (["broker", "--control", "9092"], "`--control=9092` is not of the form HOST:PORT", "cdcd help broker"),
        (["broker", "--api-versions", "2.0"], "`2.0` is not a release of Kafka from 2.1 to 4.3", "cdcd help broker"),
        (["broker", "--listen", "9092"], "`--listen=9092` is not of the form HOST:PORT", "cdcd help broker"),
        (["worker"], "FILE is missing", "cdcd help worker"),
        (["worker", "a", "b"], "`b` is one operand too many", "cdcd help worker"),
        (["worker", "f", "--log-format", "jsno"], "did you mean `json`?", "cdcd help worker"),
        (["help", "brokre"], "there is no command `brokre`; did you mean `broker`?", "cdcd help help"),
        (["completion", "csh"], "completions exist for bash, zsh and fish, not for `csh`", "cdcd help completion"),
    ] as [([String], String, String)])
    func usageErrorIsReportedOnStderrWithExitCodeTwo(arguments: [String], message: String, help: String) throws {
        let run = try ProgramRun(arguments)
        #expect(run.errors.hasPrefix("cdcd: ") && run.errors.contains(message), "\(run.errors)")
        #expect(run.errors.hasSuffix("Try `\(help)` for more.\n"))
        #expect(run.exitCode == 2 && run.output.isEmpty)
    }

    /// Otherwise the connection to the broker gets their descriptors.
    @Test func closedStandardStreamsAreErrors() throws {
        let broker = try DevelopmentBroker(
            listen: SocketAddress(host: "127.0.0.1", port: 0), dataDirectory: "\(scratch.path)/broker")
        broker.start()
        defer { broker.stop() }
        let output = try ProgramRun(["topics", "list", "-b", "\(broker.address)"], closed: 1)
        #expect(output.errors == "cdcd: cannot write to the standard output: Bad file descriptor\n")
        #expect(output.exitCode == 1)
        let input = try ProgramRun(["produce", "-b", "\(broker.address)", "t"], closed: 0)
        #expect(input.errors == "cdcd: cannot read the standard input: Bad file descriptor; records stored: 0\n")
        #expect(input.exitCode == 1)
        #expect(try ProgramRun(["topics", "list", "-b", "\(broker.address)"], closed: 2).exitCode == 0)
    }

    @Test func unreadableFileIsNamedWithTheReason() throws {
        let missing = try ProgramRun(["/no/such.properties"])
        #expect(missing.errors == "cdcd: cannot read /no/such.properties: No such file or directory\n")
        let directory = try ProgramRun(["worker", scratch.path])
        #expect(directory.errors == "cdcd: cannot read \(scratch.path): Is a directory\n")
        let endless = try ProgramRun(["worker", "/dev/zero"])
        #expect(endless.errors.hasPrefix("cdcd: /dev/zero is no properties file"))
        let malformed = try scratch.file("bad.properties", "a=1\nb=\\u12\n")
        let line = try ProgramRun([malformed])
        #expect(line.errors.hasPrefix("cdcd: \(malformed), line 2: malformed \\uXXXX encoding"))
        #expect([missing, directory, endless, line].map(\.exitCode) == [1, 1, 1, 1])
    }

    /// Root can read every file, so the test runs for other users only.
    @Test(.enabled(if: geteuid() != 0, "root may read every file"))
    func fileWithoutReadPermissionIsNamedWithTheReason() throws {
        let file = try properties()
        try FileManager.default.setAttributes([.posixPermissions: 0], ofItemAtPath: file)
        let run = try ProgramRun([file])
        #expect(run.errors == "cdcd: cannot read \(file): Permission denied\n" && run.exitCode == 1)
    }

    @Test func propertiesAreReadFromAPipe() throws {
        let pipe = "\(scratch.path)/pipe"
        #expect(mkfifo(pipe, 0o600) == 0)
        startThread(named: "pipe") {
            // Waits until the program opens its side.
            let end = open(pipe, O_WRONLY)
            _ = "security.protocol=TLS\n".withCString { write(end, $0, strlen($0)) }
            close(end)
        }
        let run = try ProgramRun(["worker", pipe])
        #expect(run.errors.contains("security.protocol=TLS") && run.exitCode == 1)
    }

    @Test func sigtermEndsAWorkerThatWaitsForItsProperties() throws {
        let pipe = "\(scratch.path)/pipe"
        #expect(mkfifo(pipe, 0o600) == 0)
        let run = try ProgramRun(["worker", pipe], terminateAt: "initializing")
        #expect(run.signal == SIGTERM)
    }

    @Test func everyInvalidPropertyIsReportedOnStderr() throws {
        let run = try ProgramRun(["worker", try properties([
            "security.protocol": "TLS", "producer.acks": "2", "bootstrap.servers": ",", "group.id": "",
        ])])
        for name in ["security.protocol=TLS: ", "producer.acks=2: ", "bootstrap.servers=,: ", "group.id"] {
            #expect(run.errors.contains("\n  \(name)"), "\(run.errors)")
        }
        #expect(run.errors.hasPrefix("cdcd: The worker's properties cannot be used") && run.exitCode == 1)
    }

    @Test func unknownPropertyIsAWarningAndUnreachableBrokersEndTheWorker() throws {
        let run = try ProgramRun([try properties(["ofset.flush.interval.ms": "1", "plugin.path": "/usr/share/java"])])
        #expect(run.output.contains("] WARN The property ofset.flush.interval.ms is not known to Kafka Connect"))
        #expect(run.output.contains("] INFO Accepted, but of use to a Java worker only: plugin.path"))
        #expect(run.errors.contains("127.0.0.1:1") && run.exitCode == 1, "\(run.errors)")
    }

    @Test func logLinesHaveTheConfiguredFormatAndLevel() throws {
        let run = try ProgramRun([
            "worker", "--log-format=json", "--log-level", "warn", try properties(["ofset": "1"]),
        ])
        let lines = run.output.split(separator: "\n")
        #expect(!lines.isEmpty)
        for line in lines {
            let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: String]
            #expect(["WARN", "ERROR"].contains(object?["level"] ?? "") && object?["message"] != nil)
        }
    }

    @Test func unwritableOutputIsAnError() throws {
        let run = try ProgramRun(["--help"], standardOutput: "/dev/full")
        #expect(run.errors == "cdcd: cannot write to the standard output: No space left on device\n")
        #expect(run.exitCode == 1)
    }

    @Test func portInUseFailsTheStart() throws {
        let taken = try SocketListener(address: SocketAddress(host: "127.0.0.1", port: 0))
        defer { taken.stop() }
        let run = try ProgramRun(["worker", try properties(["listeners": "http://\(taken.address)"])])
        #expect(run.errors.contains("REST cannot listen: ") && run.errors.contains("Address already in use"))
        #expect(run.exitCode == 1)
    }

    @Test(.timeLimit(.minutes(1))) func sigtermStopsAWorkerAndItsBrokerCleanly() throws {
        let free = try SocketListener(address: SocketAddress(host: "127.0.0.1", port: 0))
        let broker = free.address
        free.stop()
        let file = try properties(["bootstrap.servers": "\(broker)", "default.api.timeout.ms": "30000"])
        let run = try ProgramRun(
            ["worker", "--dev-broker", "\(scratch.path)/broker", file], terminateAt: "Kafka Connect started")
        #expect(run.exitCode == 0 && run.errors.isEmpty, "\(run.errors)")
        #expect(run.output.contains("SIGTERM: shutting down") && run.output.contains("Kafka Connect stopped"))
    }

    @Test(.timeLimit(.minutes(1))) func brokerOpensADirectoryWithMorePartitionsThanDescriptors() throws {
        let directory = try ScratchDirectory()
        let broker = try DevelopmentBroker(
            listen: SocketAddress(host: "127.0.0.1", port: 0), dataDirectory: directory.path + "/data")
        broker.start()
        let client = KafkaClient(KafkaClientConfiguration(bootstrapServers: [broker.address]))
        try KafkaAdmin(client).createTopics([NewTopic(name: "t", partitions: 100)]).get()
        client.close()
        broker.stop()
        let run = try ProgramRun(
            ["broker", "--listen", "127.0.0.1:0", "--data-dir", directory.path + "/data"],
            terminateAt: "The development broker listens on", descriptorLimit: 64)
        #expect(run.exitCode == 0)
        #expect(run.errors == "")
    }

    @Test(.timeLimit(.minutes(1))) func sigtermStopsABrokerCleanly() throws {
        let run = try ProgramRun(
            ["broker", "-l", "127.0.0.1:0", "-d", "\(scratch.path)/broker"], terminateAt: "The development broker listens on")
        #expect(run.exitCode == 0 && run.errors.isEmpty, "\(run.errors)")
        #expect(run.output.contains("SIGTERM: shutting down"))
    }
}
