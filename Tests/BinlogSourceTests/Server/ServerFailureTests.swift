import MySQLWire
import Testing
import WireStreams

@testable import BinlogSource

/// MySQLWire's errors are data; the connector adds the remedies.
@Suite struct ServerFailureTests {
    private static let server = MySQLConfiguration(address: SocketAddress(host: "db", port: 3306), user: "cdc")

    private static func description(
        _ reason: MySQLAuthenticationError.Reason, isMariaDB: Bool = false
    ) -> String {
        let error = MySQLAuthenticationError(reason, user: "cdc", isMariaDB: isMariaDB)
        return ServerFailure.connecting(.authentication(error), server).description
    }

    @Test func publicKeyRetrievalErrorNamesTheConnectorOption() {
        let text = Self.description(.publicKeyRetrievalNotAllowed)
        #expect(text.contains("Failed to authenticate to the database at db:3306 with user 'cdc'"))
        #expect(text.contains("Public Key Retrieval is not allowed"))
        #expect(text.contains("database.ssl.mode=required") && text.contains("database.allowPublicKeyRetrieval=true"))
    }

    @Test func clearTextPasswordErrorNamesTLS() {
        let text = Self.description(.clearTextPasswordWithoutTLS)
        #expect(text.contains("database.ssl.mode=required") && !text.contains("allowPublicKeyRetrieval"))
    }

    @Test func remedyForAnUnsupportedPluginIsAnAlterUserStatement() {
        let plugin = MySQLAuthenticationError.Reason.unsupportedPlugin("client_ed25519")
        #expect(Self.description(plugin).contains("IDENTIFIED WITH caching_sha2_password BY"))
        #expect(
            Self.description(plugin, isMariaDB: true).contains("IDENTIFIED VIA mysql_native_password USING PASSWORD"))
    }

    @Test func missingTLSErrorNamesTheServerSettings() {
        let text = ServerFailure.connecting(.unsupported(.tlsNotOffered), Self.server).description
        #expect(text.contains("ssl_cert") && text.contains("database.ssl.mode"))
    }

    @Test func positionBeyondFourGibibytesHasGTIDsAsRemedy() {
        let error = MySQLError.unsupported(.binlogPosition(file: "binlog.000009", position: 5_000_000_000))
        let text = ServerFailure.running("Reading the binlog", error, Self.server).description
        #expect(text.contains("5000000000 in binlog.000009") && text.contains("gtid_mode=ON"))
    }

    @Test(arguments: [
        (EventType.partialUpdateRows, "binlog_row_value_options"),
        (.transactionPayload, "binlog_transaction_compression"), (.taggedGTID, "gtid_next"),
        (.mariaDBQueryCompressed, "log_bin_compress"),
    ])
    func unsupportedEventsHaveARemedy(type: EventType, setting: String) {
        let text = UnsupportedEvent.failure(type, file: "binlog.000001", position: 4).description
        #expect(text.contains("\(type)") && text.contains(setting))
    }
}
