import Synchronization
import WireCore
import WireStreams

/// A MySQL server that answers from a script and records what clients did, for behaviour that only the server can
/// observe. Every login succeeds. The server stops when the object is released.
final class FakeMySQLServer: Sendable {
    enum Answer: Sendable {
        case ok
        case rows([String], [[String?]])
        case failure(code: UInt16, message: String)
        /// No answer; the connection stays open until the client closes it.
        case silence
    }

    struct Script: Sendable {
        var host = "127.0.0.1"
        /// Used for connections that request TLS; nil offers no TLS.
        var tls: TLSServerConfiguration?
        /// Whether a client that connects gets a greeting.
        var greets = true
        var variables: [String: String] = [:]
        /// The answers to statements with these prefixes; the first match is used.
        var answers: [(start: String, answer: Answer)] = []
        /// Has precedence over `answers`: for answers that change.
        var changingAnswer: @Sendable (String) -> Answer? = { _ in nil }
        /// The logins that are refused with ER_CON_COUNT_ERROR, counted from 0.
        var refusedLogins: Set<Int> = []
        /// The events that a replica gets; then the stream ends with error 1236.
        var events: [[UInt8]] = []
    }

    struct Login: Sendable, Equatable {
        var user: String
        /// The client's authentication response to the challenge "12345678901234567890".
        var proof: [UInt8]
        var isEncrypted: Bool
    }

    struct Statement: Sendable {
        var text: String
        var at: MonotonicInstant
    }

    /// What clients did.
    struct Observations: Sendable {
        var logins: [Login] = []
        /// The number of clients that got a greeting or were refused.
        var connectionCount = 0
        var statements: [Statement] = []
        /// Statements and variables without an answer in the script; a client may repeat them.
        var unknown: Set<String> = []
        /// When clients sent COM_QUIT.
        var quits: [MonotonicInstant] = []
        /// When a replica requested the binlog.
        var dumpedAt: MonotonicInstant?
        var replicaID: UInt32?
    }

    /// The message of the error that ends the stream of events.
    static let endOfLog = "end of the test's log"

    private let script: Script
    private let server: SocketServer
    private let state = Mutex(Observations())

    var address: SocketAddress { server.address }
    var observations: Observations { state.withLock { $0 } }

    init(_ script: Script) throws {
        self.script = script
        server = try SocketServer(
            listen: SocketAddress(host: script.host, port: 0), name: "fake-mysql", connectionsMax: 10,
            logger: Logger("FakeMySQLServer"))
        server.start { [weak self] streams, _ in self?.serve(streams) }
    }

    deinit {
        server.stopAccepting()
        server.cutAll()
    }

    private func serve(_ streams: StreamPair) {
        streams.setTimeouts(20_000, 20_000)
        defer { streams.canceller.cancel() }
        do {
            var session = FakeMySQLSession(streams)
            guard script.greets else {
                _ = try session.receive()
                return
            }
            let number = state.withLock { state in
                defer { state.connectionCount += 1 }
                return state.connectionCount
            }
            if script.refusedLogins.contains(number) {
                return try session.send(.failure(code: 1040, message: "Too many connections"))
            }
            let login = try session.login(tls: script.tls)
            state.withLock { $0.logins.append(login) }
            while let command = try session.receive() {
                guard try answer(command, &session) else { return }
            }
        } catch {
            // The client may disconnect at any time; what it did until then is recorded.
        }
    }

    /// Returns false if the connection ends.
    private func answer(_ command: [UInt8], _ session: inout FakeMySQLSession) throws -> Bool {
        switch command.first {
        case 0x03:
            let text = String(decoding: command.dropFirst(), as: UTF8.self)
            state.withLock { $0.statements.append(Statement(text: text, at: .now)) }
            let answer = answer(to: text)
            if case .silence = answer {
                _ = try session.receive()
                return false
            }
            try session.send(answer)
            return true
        case 0x15:
            let id = command[1..<5].reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
            state.withLock { $0.replicaID = id }
            try session.send(.ok)
            return true
        case 0x12, 0x1E:
            state.withLock { $0.dumpedAt = .now }
            for event in script.events { try session.send(event: event) }
            try session.send(.failure(code: 1236, message: Self.endOfLog))
            return true
        default:
            state.withLock { $0.quits.append(.now) }
            return false
        }
    }

    private func answer(to text: String) -> Answer {
        if let answer = script.changingAnswer(text) { return answer }
        if let found = script.answers.first(where: { text.hasPrefix($0.start) }) { return found.answer }
        if text.hasPrefix("SELECT @") {
            let name = String(text.split { ".@ ".contains($0) }.last ?? "").lowercased()
            if let value = script.variables[name] { return .rows([name], [[value]]) }
            state.withLock { _ = $0.unknown.insert(text) }
            return .failure(code: 1193, message: "Unknown system variable '\(name)'")
        }
        let silent = ["SET ", "START ", "ROLLBACK", "SAVEPOINT", "RELEASE", "FLUSH ", "LOCK ", "UNLOCK ", "COMMIT"]
        if silent.contains(where: { text.hasPrefix($0) }) { return .ok }
        state.withLock { _ = $0.unknown.insert(text) }
        return .failure(code: 1064, message: "the fake server has no answer to \(text)")
    }
}
