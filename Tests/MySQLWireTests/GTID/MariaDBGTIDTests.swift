import MySQLWire
import Testing

@Suite struct MariaDBGTIDTests {
    @Test func listHoldsTheLastTransactionOfEachDomain() throws {
        var list = try #require(MariaDBGTIDList("1-2-5, 0-1-100,\n0-3-90"))
        #expect(list.description == "0-1-100,1-2-5")
        list.insert(MariaDBGTID(domain: 0, serverID: 2, number: 101))
        list.insert(MariaDBGTID(domain: 2, serverID: 1, number: 1))
        list.insert(MariaDBGTID(domain: 1, serverID: 2, number: 4))
        #expect(list.description == "0-2-101,1-2-5,2-1-1")
        #expect(list.filtered { $0.source == "1-2" }.description == "1-2-5")
    }

    @Test func laterNumbersOfADomainContainEarlierOnes() throws {
        let early = try #require(MariaDBGTIDList("0-1-100"))
        let late = try #require(MariaDBGTIDList("0-2-101,1-2-5"))
        #expect(early.isSubset(of: late))
        #expect(!late.isSubset(of: early))
        #expect(MariaDBGTIDList().isSubset(of: early))
        #expect(!GTIDPosition.mariaDB(early).isSubset(of: .mySQL(GTIDSet())))
    }

    @Test(arguments: ["0-1", "0-1-", "a-1-2", "0-1-2-3", "4294967296-1-1", "0-1--1", "0-1-18446744073709551616", "0-+1-1"])
    func invalidListsAreRefused(text: String) { #expect(MariaDBGTIDList(text) == nil) }

    @Test func emptyTextIsAnEmptyList() { #expect(MariaDBGTIDList(" ")?.isEmpty == true && MariaDBGTIDList("")?.isEmpty == true) }
}
