import Testing

@testable import BinlogSource

/// The statements are those of MySQL 9.7's SHOW GRANTS.
@Suite struct GrantsTests {
    private static let table = TableID(database: "shop", table: "order")

    private func check(_ statements: String...) -> PrivilegeCheck {
        PrivilegeCheck(grants: Grants(statements: statements), address: "db:3306")
    }

    @Test func globalPrivilegesAreRecognized() throws {
        let check = check("GRANT SELECT, RELOAD, REPLICATION SLAVE, REPLICATION CLIENT ON *.* TO `u`@`%`")
        #expect(check.grants.account == "`u`@`%`")
        try check.checkStreaming()
        try check.checkReading([Self.table])
    }

    @Test func allPrivilegesIncludesEveryPrivilege() throws {
        let check = check("GRANT ALL PRIVILEGES ON *.* TO `root`@`localhost` WITH GRANT OPTION")
        #expect(check.grants.account == "`root`@`localhost`")
        try check.checkStreaming()
        try check.checkReading([Self.table])
    }

    @Test func missingPrivilegesAreNamedWithTheirGrantStatement() throws {
        let check = check("GRANT REPLICATION CLIENT ON *.* TO `u`@`%`", "GRANT SELECT ON `other`.* TO `u`@`%`")
        let streaming = #expect(throws: ConnectorError.self) { try check.checkStreaming() }
        #expect(streaming?.remedy == "GRANT REPLICATION SLAVE ON *.* TO `u`@`%`; then restart the connector.")
        let reading = #expect(throws: ConnectorError.self) { try check.checkReading([Self.table]) }
        #expect(reading?.remedy?.contains("GRANT SELECT ON `shop`.`order` TO `u`@`%`;") == true)
        #expect(check.lockingFailure.remedy == "GRANT RELOAD ON *.* TO `u`@`%`; then restart the connector.")
    }

    @Test func databaseAndTablePrivilegesApplyToTheirTables() throws {
        try check("GRANT SELECT ON `sh_p`.* TO `u`@`%`").checkReading([Self.table])
        try check("GRANT SELECT, INSERT ON `shop`.`order` TO `u`@`%`").checkReading([Self.table])
        #expect(throws: ConnectorError.self) { try check(#"GRANT SELECT ON `sh\_p`.* TO `u`@`%`"#).checkReading([Self.table]) }
        #expect(throws: ConnectorError.self) { try check("GRANT SELECT ON `shop`.`x` TO `u`@`%`").checkReading([Self.table]) }
    }

    @Test func columnPrivilegesRolesAndRevokesDoNotCountAsTablePrivileges() throws {
        #expect(throws: ConnectorError.self) {
            try check("GRANT SELECT (`a`, `b`), INSERT ON `shop`.`order` TO `u`@`%`").checkReading([Self.table])
        }
        #expect(throws: ConnectorError.self) { try check("GRANT `role`@`%` TO `u`@`%`").checkReading([Self.table]) }
        #expect(throws: ConnectorError.self) {
            try check("GRANT SELECT ON *.* TO `u`@`%`", "REVOKE SELECT ON `shop`.* FROM `u`@`%`").checkReading([Self.table])
        }
    }
}
