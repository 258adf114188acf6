import Testing
import WireCore
import WireTestSupport

@testable import MySQLWire

/// Captured conversations with real servers, in every feeding mode.
@Suite struct ConversationTests {
    static let names = Conversation.all(in: "mysql") + Conversation.all(in: "mariadb")

    @Test func conversationsAreFound() { #expect(Self.names.count > 40) }

    @Test(arguments: names)
    func conversationsDecodeToTheirGoldenFiles(name: String) throws {
        let conversation = try Conversation(name)
        try verify(CapturedPackets(), on: conversation.fromServer)
        try expectGolden(try ConversationDump(conversation, feeding: .whole).text, at: "\(name)/expected.txt")
    }

    @Test(arguments: names)
    func conversationsDecodeTheSameInEveryFeedingMode(name: String) throws {
        let conversation = try Conversation(name)
        let expected = try ConversationDump(conversation, feeding: .whole).lines
        for feeding in Feeding.all.dropFirst() {
            #expect(try ConversationDump(conversation, feeding: feeding).lines == expected, "fed \(feeding)")
        }
    }
}
