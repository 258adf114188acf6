import ConnectData
import MySQLWire
import Synchronization
import WireCore
import WireStreams

/// Reads the definitions of tables with SHOW CREATE TABLE. If there are many, over several connections: a server needs
/// most of a statement's time for reading its data dictionary, and answers each connection from a thread of its own.
struct DefinitionReader {
    let configuration: MySQLConnectorConfig
    let control: TaskControl
    /// The server of the first connection, to which the others must lead too.
    let serverUUID: String?
    /// `lock_wait_timeout` of the sessions.
    let lockTimeoutSeconds: Int
    let logger: Logger

    static let connectionsMax = 4
    /// The number of tables for which another connection is opened.
    static let tablesPerConnection = 100
    /// The number of tables that a connection reads between two looks at what the others have done.
    private static let tablesPerStep = 16

    /// The server's errors if it accepts no further connection of the account: those that are open are sufficient.
    private static let connectionLimitCodes: Set<UInt16> = [
        1040,  // ER_CON_COUNT_ERROR
        1203,  // ER_TOO_MANY_USER_CONNECTIONS
        1226,  // ER_USER_LIMIT_REACHED
    ]

    /// - Parameter connection: is used too; it is in the session's time zone afterwards as it was before.
    /// - Returns: the texts; tables that do not exist are missing.
    func definitions(of tables: [TableID], on connection: MySQLConnection) throws -> [TableID: String] {
        let work = Work(tables)
        let count = min(Self.connectionsMax, tables.count / Self.tablesPerConnection)
        let helpers = (1..<max(1, count)).map { _ in ThreadCompletion() }
        for completion in helpers {
            startThread(named: "definition-reader", completion: completion) { [self] in help(work) }
        }
        work.run { try read(work, on: connection) }
        for completion in helpers { completion.wait() }
        return try work.result()
    }

    /// The work of a thread with a connection of its own.
    private func help(_ work: Work) {
        work.run {
            let connection: MySQLConnection
            do {
                connection = try ServerSession.open(configuration, control, serverUUID: serverUUID)
            } catch let failure as SessionError {
                guard case .server(let answer) = failure.error, Self.connectionLimitCodes.contains(answer.code) else {
                    throw failure
                }
                logger.info("The definitions are read over fewer connections: \(answer)")
                return
            }
            try ServerSession.withConnection(connection, control) { connection in
                try connection.execute("SET SESSION lock_wait_timeout = \(lockTimeoutSeconds)")
                try read(work, on: connection)
            }
        }
    }

    private func read(_ work: Work, on connection: MySQLConnection) throws {
        try ServerSession.inServerZone(configuration, connection) {
            while let tables = work.next(Self.tablesPerStep) {
                work.add(try tables.compactMap { table in
                    try Self.definition(of: table, connection).map { (table, $0) }
                })
            }
        }
    }

    static func definition(of table: TableID, _ connection: MySQLConnection) throws(MySQLError) -> String? {
        do throws(MySQLError) {
            let result = try connection.queryText("SHOW CREATE TABLE \(SQLText.quoted(table))")
            return result.rows.first.flatMap { $0.count > 1 ? $0[1] : nil }
        } catch {
            // It was dropped after the list was read.
            guard case .server(let answer) = error, [1146, 1049].contains(answer.code) else { throw error }
            return nil
        }
    }

    /// The tables that are left and the definitions that were read, shared by the connections' threads.
    private final class Work: Sendable {
        private struct State {
            var rest: ArraySlice<TableID>
            var definitions: [TableID: String] = [:]
            var failure: (any Error)?
        }

        private let state: Mutex<State>

        init(_ tables: [TableID]) {
            var state = State(rest: tables[...])
            state.definitions.reserveCapacity(tables.count)
            self.state = Mutex(state)
        }

        /// The next tables to be read; nil if there are none, or another thread has failed.
        func next(_ countMax: Int) -> [TableID]? {
            state.withLock { state in
                guard state.failure == nil, !state.rest.isEmpty else { return nil }
                defer { state.rest = state.rest.dropFirst(countMax) }
                return Array(state.rest.prefix(countMax))
            }
        }

        func add(_ definitions: [(TableID, String)]) {
            state.withLock { state in
                for (table, text) in definitions { state.definitions[table] = text }
            }
        }

        /// Runs the part of one thread. The first error of any thread is that of the whole.
        func run(_ body: () throws -> Void) {
            do { try body() } catch { state.withLock { $0.failure = $0.failure ?? error } }
        }

        func result() throws -> [TableID: String] {
            try state.withLock { state in
                if let failure = state.failure { throw failure }
                return state.definitions
            }
        }
    }
}
