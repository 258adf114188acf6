import Foundation
import KafkaWire
import Testing
import WireStreams
import WireTestSupport

/// The options of `cdcd broker` for listeners, users and TLS.
@Suite struct BrokerOptionsTests {
    private let scratch: ScratchDirectory
    private static let certificates = Fixtures.folder.appending(path: "tls").path

    init() throws { scratch = try ScratchDirectory() }

    @Test(arguments: [
        (["--listen", "FTP://h:1"], "`--listen=FTP://h:1` is not of the form"),
        (["--listen", "h:1", "--listen", "h:2"], "is the second listener PLAINTEXT: give it a name"),
        (["--advertised", "nowhere"], "`--advertised=nowhere` is not of the form [NAME=]HOST:PORT"),
        (["--advertised", "other=h:1"], "does not name a listener"),
        (["--listen", "SSL://h:1"], "the listener SSL needs `--tls-cert`"),
        (["--listen", "a=SASL_SSL://h:1"], "the listener a needs `--tls-cert`"),
        (["--tls-key", "x.pem"], "the options of TLS need `--tls-cert`"),
        (["--tls-client-auth", "required"], "the options of TLS need `--tls-cert`"),
        (["--tls-client-auth", "maybe"], "`--tls-client-auth=maybe` is not none, requested or required"),
        (["--reauth-ms", "soon"], "`--reauth-ms=soon` is not a number of milliseconds"),
        (["--reauth-ms", "-1"], "`--reauth-ms=-1` is not a number of milliseconds"),
        (["--fault", "api=Produce,move_leader=after"], "`move_leader` needs a cluster of several nodes"),
        (["--fault", "node=3,delay_ms=1", "--nodes", "2"], "`node` does not exist: the nodes are 1 to 2"),
        (["--user", "secretly"], "a user is not of the form NAME:PASSWORD"),
        (["--users", "/no/such/file"], "`--users=/no/such/file` cannot be read"),
        (["--tls-cert", "a.pem", "--tls-key", "/no/such/key"], "cannot be read"),
    ] as [([String], String)])
    func invalidOptionIsAUsageError(options: [String], message: String) throws {
        let run = try ProgramRun(["broker"] + options)
        #expect(run.errors.contains(message), "\(run.errors)")
        #expect(run.exitCode == 2 && run.output.isEmpty)
    }

    @Test func passwordOfAnInvalidUserIsNotShown() throws {
        let file = "\(scratch.path)/users.txt"
        try Data("alice:topsecret\n:othersecret\n".utf8).write(to: URL(filePath: file))
        let run = try ProgramRun(["broker", "--users", file])
        #expect(run.exitCode == 2 && !run.errors.contains("secret"), "\(run.errors)")
    }

    /// The log says what each listener is, and no password.
    @Test(.timeLimit(.minutes(1))) func brokerListensWithEachProtocol() throws {
        let run = try ProgramRun(
            [
                "broker", "-d", "\(scratch.path)/broker", "-l", "127.0.0.1:0", "-l", "SSL://127.0.0.1:0",
                "-l", "SASL_PLAINTEXT://127.0.0.1:0", "-l", "inside=SASL_SSL://127.0.0.1:0", "--user", "alice:topsecret",
                "--tls-cert", "\(Self.certificates)/server.pem", "--tls-ca", "\(Self.certificates)/ca.pem",
                "--tls-client-auth", "required", "--reauth-ms", "60000", "--advertised", "inside=kafka.example:9093",
            ], terminateAt: "kafka.example:9093")
        #expect(run.exitCode == 0 && run.errors.isEmpty, "\(run.errors)")
        for word in ["(PLAINTEXT)", "(SSL)", "(SASL_PLAINTEXT)", "(SASL_SSL)"] {
            #expect(run.output.contains(word), "\(word): \(run.output)")
        }
        #expect(!run.output.contains("topsecret"))
    }

    @Test func certificateWithoutItsKeyIsReported() throws {
        let run = try ProgramRun(
            [
                "broker", "-d", "\(scratch.path)/broker", "-l", "SSL://127.0.0.1:0",
                "--tls-cert", "\(Self.certificates)/ca.pem",
            ])
        #expect(run.exitCode == 1 && run.errors.contains("cdcd: "), "\(run.errors)")
    }
}
