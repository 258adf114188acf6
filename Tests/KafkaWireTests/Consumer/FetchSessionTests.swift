import KafkaProtocol
import Testing

@testable import KafkaWire

@Suite struct FetchSessionTests {
    private static let (a, b, c) = (TopicPartition("t", 0), TopicPartition("t", 1), TopicPartition("u", 0))
    private static let id = KafkaUUID(high: 1, low: 2)

    private static func at(_ offset: Int64, id: KafkaUUID = .zero) -> FetchSession.Partition {
        FetchSession.Partition(topicID: id, offset: offset, bytesMax: 100)
    }

    /// A session with the partitions a and b at offset 0, and the next epoch 1.
    private static func open() -> FetchSession {
        var session = FetchSession()
        _ = session.request([a: at(0), b: at(0)])
        #expect(session.received(.none, sessionID: 7, partitions: [a, b]) == true)
        return session
    }

    @Test func firstRequestNamesEverythingAndAsksForASession() {
        var session = FetchSession()
        let request = session.request([Self.b: Self.at(5), Self.a: Self.at(0)]) { $1 < $0 }
        #expect(request == FetchSession.SessionRequest(sessionID: 0, epoch: 0, partitions: [Self.b, Self.a]))
    }

    @Test func laterRequestsNameWhatHasChanged() {
        var session = Self.open()
        let second = session.request([Self.a: Self.at(3), Self.b: Self.at(0), Self.c: Self.at(9)])
        #expect(second == FetchSession.SessionRequest(sessionID: 7, epoch: 1, partitions: [Self.a, Self.c]))
        #expect(session.received(.none, sessionID: 7, partitions: [Self.a]) == true)
        let third = session.request([Self.a: Self.at(3), Self.c: Self.at(9)])
        #expect(third == FetchSession.SessionRequest(sessionID: 7, epoch: 2, forgotten: [Self.b: .zero]))
        #expect(session.received(.none, sessionID: 7, partitions: []) == true)
        #expect(session.request([Self.a: Self.at(3), Self.c: Self.at(9)]).epoch == 3)
    }

    @Test func brokerWithoutSessionsGetsFullRequests() {
        var session = FetchSession()
        for _ in 0..<3 {
            let request = session.request([Self.a: Self.at(0)])
            #expect(request == FetchSession.SessionRequest(sessionID: 0, epoch: 0, partitions: [Self.a]))
            #expect(session.received(.none, sessionID: 0, partitions: [Self.a]) == true)
        }
        #expect(!session.isOpen)
    }

    @Test func sessionThatTheBrokerClosesIsBegunAgain() {
        var session = Self.open()
        _ = session.request([Self.a: Self.at(1)])
        #expect(session.received(.none, sessionID: 0, partitions: [Self.a]) == true)
        #expect(session.request([Self.a: Self.at(1)]).partitions == [Self.a])
    }

    @Test(arguments: [
        (KafkaErrorCode.fetchSessionIDNotFound, Int32(0)), (.invalidFetchSessionEpoch, 7),
        (.fetchSessionTopicIDError, 7)
    ])
    func refusedSessionIsReplacedByAFullRequest(_ code: KafkaErrorCode, _ sessionID: Int32) {
        var session = Self.open()
        _ = session.request([Self.a: Self.at(1), Self.b: Self.at(0)])
        #expect(session.received(code, sessionID: 0, partitions: []) == false)
        let request = session.request([Self.a: Self.at(1), Self.b: Self.at(0)])
        #expect(
            request == FetchSession.SessionRequest(sessionID: sessionID, epoch: 0, partitions: [Self.a, Self.b]))
    }

    /// The broker may have processed the request: the epoch that it expects is not known.
    @Test func lostRequestIsFollowedByAFullOneThatClosesTheSession() {
        var session = Self.open()
        _ = session.request([Self.a: Self.at(1), Self.b: Self.at(0)])
        session.failed()
        let request = session.request([Self.a: Self.at(1)])
        #expect(request == FetchSession.SessionRequest(sessionID: 7, epoch: 0, partitions: [Self.a]))
        #expect(session.received(.none, sessionID: 8, partitions: [Self.a]) == true)
        #expect(session.request([Self.a: Self.at(1)]).sessionID == 8)
    }

    @Test func partitionThatWasNotAskedForIsRefused() {
        var session = Self.open()
        _ = session.request([Self.a: Self.at(1)])
        #expect(session.received(.none, sessionID: 7, partitions: [Self.a, Self.c]) == false)
        _ = session.request([Self.a: Self.at(1)])
        #expect(session.received(.none, sessionID: 7, partitions: [nil]) == false)
    }

    @Test func topicThatWasCreatedAgainIsForgottenWithItsFormerID() {
        var session = FetchSession()
        _ = session.request([Self.a: Self.at(0, id: Self.id)])
        #expect(session.received(.none, sessionID: 7, partitions: [Self.a]) == true)
        let other = KafkaUUID(high: 3, low: 4)
        let request = session.request([Self.a: Self.at(0, id: other)])
        #expect(request.partitions == [Self.a] && request.forgotten == [Self.a: Self.id] && request.usesTopicIDs)
    }

    @Test func namesAndIDsAreNotMixedInASession() {
        var session = FetchSession()
        _ = session.request([Self.a: Self.at(0, id: Self.id)])
        #expect(session.received(.none, sessionID: 7, partitions: [Self.a]) == true)
        let request = session.request([Self.a: Self.at(0, id: Self.id), Self.c: Self.at(0)])
        #expect(!request.usesTopicIDs && request.epoch == 0 && request.sessionID == 7)
        #expect(request.partitions == [Self.a, Self.c])
    }

    @Test func closingRequestHasTheFinalEpoch() {
        let session = Self.open()
        #expect(session.isOpen)
        #expect(session.closingRequest() == FetchSession.SessionRequest(sessionID: 7, epoch: -1))
    }
}
