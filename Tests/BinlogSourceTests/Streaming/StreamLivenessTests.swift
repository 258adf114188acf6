import Testing
import WireCore

@testable import BinlogSource

@Suite struct StreamLivenessTests {
    /// The machine under test, with a clock and a stream that the test controls.
    private struct Stream {
        var liveness = StreamLiveness()
        var now = MonotonicInstant(nanoseconds: 0).advanced(byMilliseconds: 1_000_000)
        var receivedBytes = 0
        var place = StreamLiveness.Place(file: "binlog.000007", position: 500)
        var reports: [Int] = []
        /// Of the last report.
        var isServerAnswering: Bool?

        mutating func connect(isSameServer: Bool = true, events: [StreamLiveness.Arrival] = [.artificialEvent]) {
            liveness.connectionOpened(isSameServer: isSameServer)
            receivedBytes = 0
            for event in events { receive(event) }
        }

        mutating func receive(_ arrival: StreamLiveness.Arrival, endingAt end: Int64? = nil) {
            receivedBytes += 100
            _ = liveness.received(arrival, at: place)
            if let end { place.position = end }
        }

        /// Reads nothing until the machine returns an action.
        mutating func readNothing() -> (action: StreamLiveness.Action, milliseconds: Int) {
            let start = now
            while true {
                let wait = liveness.waitMilliseconds(at: now)
                now = now.advanced(byMilliseconds: wait)
                let action = liveness.waited(milliseconds: wait, receivedBytes: receivedBytes, at: place, now: now)
                if let report = liveness.dueReport(at: now) {
                    reports.append(report.milliseconds)
                    isServerAnswering = report.isServerAnswering
                }
                if action != .wait { return (action, now.milliseconds(since: start)) }
            }
        }

        /// The first connection becomes silent and is replaced.
        mutating func closeOnce() {
            connect()
            _ = readNothing()
            connect()
        }
    }

    @Test func firstSilenceClosesTheConnection() {
        var stream = Stream()
        stream.connect()
        stream.receive(.event(start: 500), endingAt: 700)
        #expect(stream.readNothing() == (.close, 1800))
    }

    @Test func secondSilenceProbesTheServer() {
        var stream = Stream()
        stream.closeOnce()
        #expect(stream.readNothing() == (.probeServer, 1800))
        for limit in [3600, 7200, 14_400, 28_800, 57_600, 60_000, 60_000] {
            stream.liveness.serverAnswered(at: stream.now)
            #expect(stream.readNothing() == (.probeServer, limit))
        }
    }

    @Test func unansweredProbeClosesTheConnectionUnlessBytesArrived() {
        var stream = Stream()
        stream.closeOnce()
        _ = stream.readNothing()
        stream.liveness.serverDidNotAnswer()
        var other = stream
        #expect(stream.readNothing() == (.close, 1))
        // A part of the event arrived during the probe.
        other.receivedBytes += 1
        #expect(other.readNothing() == (.probeServer, 1800))
    }

    @Test func eventAfterTheSilentPositionRestoresTheShortLimit() {
        var stream = Stream()
        stream.connect()
        stream.receive(.event(start: 500), endingAt: 700)
        _ = stream.readNothing()
        stream.place.position = 500
        stream.connect()
        // The beginning of the transaction is sent again.
        stream.receive(.event(start: 500), endingAt: 700)
        #expect(stream.readNothing() == (.probeServer, 1800))
        stream.liveness.serverAnswered(at: stream.now)
        stream.receive(.event(start: 700), endingAt: 900_000)
        #expect(!stream.liveness.needsEvents)
        #expect(stream.readNothing() == (.close, 1800))
    }

    @Test func heartbeatAtTheSilentPositionEndsTheSilence() {
        var stream = Stream()
        stream.closeOnce()
        // While the server skips delivered transactions, its heartbeats have earlier positions.
        stream.receive(.heartbeat(position: 300))
        #expect(stream.readNothing() == (.probeServer, 1800))
        stream.liveness.serverAnswered(at: stream.now)
        stream.receive(.heartbeat(position: 500))
        #expect(stream.readNothing() == (.close, 1800))
    }

    /// With GTIDs, a stream begins with the first events of its file, whatever was requested.
    @Test func eventsAtTheFileStartAreNoProgress() {
        var stream = Stream()
        stream.connect(events: [.event(start: 4)])
        stream.place.position = 197
        stream.receive(.heartbeat(position: 500))
        _ = stream.readNothing()
        stream.connect(events: [.event(start: 4)])
        stream.receive(.event(start: 126))
        #expect(stream.readNothing() == (.probeServer, 1800))
        stream.receive(.event(start: 500))
        #expect(stream.readNothing() == (.close, 1800))
    }

    @Test func positionInTheNextFileIsProgress() {
        var stream = Stream()
        stream.closeOnce()
        stream.place = StreamLiveness.Place(file: "binlog.000008", position: 4)
        stream.receive(.event(start: 4), endingAt: 126)
        #expect(stream.readNothing() == (.close, 1800))
        let million = StreamLiveness.Place(file: "binlog.1000000", position: 4)
        #expect(StreamLiveness.Place(file: "binlog.999999", position: 8) < million)
    }

    @Test func positionBeyondFourGibibytesIsProgress() {
        var stream = Stream()
        stream.place.position = 5_000_000_000
        stream.closeOnce()
        stream.receive(.event(start: UInt32(truncatingIfNeeded: 5_000_000_000 as Int64)))
        #expect(stream.readNothing() == (.close, 1800))
    }

    @Test func positionsOfAnotherServerAreIgnored() {
        var stream = Stream()
        stream.closeOnce()
        stream.connect(isSameServer: false)
        #expect(stream.readNothing() == (.close, 1800))
    }

    /// The server searches its files before it sends the first event.
    @Test func silenceBeforeTheFirstEventProbesTheServer() {
        var stream = Stream()
        stream.connect(events: [])
        #expect(stream.readNothing() == (.probeServer, 1800))
        stream.liveness.serverAnswered(at: stream.now)
        #expect(stream.readNothing() == (.probeServer, 3600))
        stream.liveness.serverAnswered(at: stream.now)
        stream.receive(.artificialEvent)
        #expect(stream.readNothing() == (.close, 1800))
    }

    @Test func silenceIsReportedOncePerMinuteWithItsDuration() {
        var stream = Stream()
        stream.closeOnce()
        while stream.reports.count < 4 {
            _ = stream.readNothing()
            stream.liveness.serverAnswered(at: stream.now)
        }
        #expect(stream.reports == [60_000, 120_000, 180_000, 240_000])
        #expect(stream.isServerAnswering == true)
    }

    @Test func reportMentionsNoAnswerIfNoneArrived() {
        var stream = Stream()
        stream.closeOnce()
        while stream.reports.isEmpty {
            let action = stream.readNothing().action
            if action == .probeServer { stream.liveness.serverDidNotAnswer() } else { stream.connect() }
        }
        #expect(stream.isServerAnswering == false)
    }

    @Test func partialEventEndsTheSilence() {
        var stream = Stream()
        stream.closeOnce()
        for _ in 0..<5 {
            _ = stream.readNothing()
            stream.liveness.serverAnswered(at: stream.now)
        }
        stream.receivedBytes += 1
        let since = stream.now
        while stream.now.milliseconds(since: since) < 59_999 {
            #expect(stream.reports.isEmpty)
            _ = stream.readNothing()
            stream.liveness.serverAnswered(at: stream.now)
        }
        _ = stream.readNothing()
        #expect(stream.reports.first == 60_000)
    }
}
