import Testing

@testable import BinlogSource

@Suite struct ServerSettingsCheckTests {
    private func check(_ changes: [String: String], version: String = "9.7.4", streams: Bool = true) throws {
        var variables = [
            "log_bin": "ON", "binlog_format": "ROW", "binlog_row_image": "FULL", "binlog_row_value_options": "",
            "binlog_transaction_compression": "OFF",
        ]
        variables.merge(changes) { $1 }
        try ServerSettingsCheck.check(
            ServerFacts(version: version, variables: variables), profile: .v36, streams: streams, at: "db:3306")
    }

    @Test func aServerThatLogsEveryRowIsAccepted() throws { try check([:]) }

    @Test func whatWouldLoseRowsIsNamedWithItsRemedy() throws {
        let cases: [(String, String, String, String)] = [
            ("log_bin", "OFF", "does not write a binlog", "Remove skip-log-bin"),
            ("binlog_format", "MIXED", "to use a ROW binlog_format, which", "SET PERSIST binlog_format = 'ROW';"),
            ("binlog_row_image", "MINIMAL", "to use a FULL binlog_row_image, which", "SET PERSIST binlog_row_image = 'FULL';"),
            ("binlog_row_value_options", "PARTIAL_JSON", "JSON", "SET PERSIST binlog_row_value_options = '';"),
            ("binlog_transaction_compression", "ON", "compresses", "SET PERSIST binlog_transaction_compression = OFF;"),
        ]
        for (name, value, summary, remedy) in cases {
            let error = #expect(throws: ConnectorError.self) { try check([name: value]) }
            #expect(error?.summary.contains(summary) == true)
            #expect(error?.remedy?.contains(remedy) == true)
            // A snapshot alone needs no binlog.
            try check([name: value], streams: false)
        }
    }

    @Test func mariaDBIsRefusedByName() throws {
        let error = #expect(throws: ConnectorError.self) { try check([:], version: "11.8.9-MariaDB") }
        #expect(error?.cause?.contains("not supported yet") == true)
    }
}
