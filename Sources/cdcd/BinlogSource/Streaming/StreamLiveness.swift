import WireCore

/// Decides what the silence of a binlog stream means.
///
/// A server that waits for changes sends heartbeats. Nothing comes where the connection or the server is dead, and also
/// while the server reads one large event from a slow disk, which may take longer than a dead server may stay
/// unnoticed. So the first silence ends the connection at once. Where the new connection falls silent without having
/// got beyond that place, another connection decides at each limit: if the server answers, the stream is kept and the
/// limit doubles; if not, it ends. The same holds while the server searches for the place to begin.
///
/// Times and places go in, actions come out; the caller reads and connects.
struct StreamLiveness: Sendable {
    /// How long nothing may come before something is done about it.
    static let limitMillisecondsMin = 1800
    static let limitMillisecondsMax = 60_000
    /// How often a silence that lasts is reported.
    static let reportMilliseconds = 60_000

    /// A place in the binlog of one server.
    struct Place: Hashable, Comparable, CustomStringConvertible, Sendable {
        var file: String
        var position: Int64

        var description: String { "\(file):\(position)" }

        /// Files are numbered, with more digits where six do not suffice.
        static func < (a: Self, b: Self) -> Bool {
            if a.file == b.file { return a.position < b.position }
            return (a.file.utf8.count, a.file) < (b.file.utf8.count, b.file)
        }
    }

    /// What came, ROTATE apart, and where the header says that it stands in the file (32 bits).
    enum Arrival: Equatable, Sendable {
        /// How far the server has read.
        case heartbeat(position: UInt32)
        case event(start: UInt32)
        /// Made up for the stream, in no file.
        case artificialEvent
    }

    enum Action: Equatable, Sendable {
        /// Read on.
        case wait
        /// Close the connection: it is as good as lost.
        case close
        /// Find out over another connection whether the server answers, and report the result.
        case probeServer
    }

    private(set) var limitMilliseconds = Self.limitMillisecondsMin
    // Of this connection.
    private var hasEvents = false
    /// How far the server has read, by its last heartbeat: in skipping what is not asked for it sends no events.
    private var heartbeatPlace: Place?
    /// When the last bytes came; nil while a read has not ended without any.
    private var quietSince: MonotonicInstant?
    private var decisionDue = MonotonicInstant(nanoseconds: 0)
    private var receivedBytes = 0
    private var isUnanswered = false
    // Over all connections.
    /// Where a connection fell silent, until the stream gets beyond.
    private var silentPlace: Place?
    private var silentSince: MonotonicInstant?
    private var reportedAt: MonotonicInstant?
    /// Whether the server answered another connection during this silence.
    private var isServerAnswering = false

    /// A stream was asked for over a new connection.
    ///
    /// - Parameter isSameServer: false where places of the connections before mean nothing.
    mutating func connectionOpened(isSameServer: Bool) {
        limitMilliseconds = Self.limitMillisecondsMin
        hasEvents = false
        heartbeatPlace = nil
        quietSince = nil
        receivedBytes = 0
        isUnanswered = false
        if !isSameServer { resume() }
    }

    /// The connection ended, and not because it was silent.
    mutating func connectionLost() {
        silentSince = nil
        reportedAt = nil
        isServerAnswering = false
    }

    /// Whether all events have to be reported; where the stream runs as it should, heartbeats suffice.
    var needsEvents: Bool { !hasEvents || silentPlace != nil || quietSince != nil }

    /// Something arrived.
    ///
    /// - Parameter place: the end of the last event.
    /// - Returns: whether it is the connection's first.
    mutating func received(_ arrival: Arrival, at place: Place) -> Bool {
        defer { hasEvents = true }
        quietSince = nil
        isUnanswered = false
        let reached: Place?
        switch arrival {
        case .heartbeat(let position):
            reached = Place(file: place.file, position: Int64(position))
            heartbeatPlace = reached
        case .event(let start):
            // Beyond 4 GiB the header's bits do not suffice.
            let continues = start == UInt32(truncatingIfNeeded: place.position)
            reached = continues ? place : Place(file: place.file, position: Int64(start))
        case .artificialEvent: reached = nil
        }
        if let silentPlace {
            // The server waits for changes at that place, or sends what comes after it.
            if let reached, reached >= silentPlace { resume() }
        } else {
            resume()
        }
        return !hasEvents
    }

    /// The stream runs as it should.
    private mutating func resume() {
        limitMilliseconds = Self.limitMillisecondsMin
        silentPlace = nil
        silentSince = nil
        reportedAt = nil
        isServerAnswering = false
    }

    /// How long to read at most before `waited` is to be called.
    func waitMilliseconds(at now: MonotonicInstant) -> Int {
        // The last look: the answer may have come while the server was being asked.
        if isUnanswered { return 1 }
        var wait = quietSince == nil ? limitMilliseconds : decisionDue.milliseconds(since: now)
        if let last = reportedAt ?? silentSince {
            wait = min(wait, Self.reportMilliseconds - now.milliseconds(since: last))
        }
        return max(1, wait)
    }

    /// A read ended without a whole event.
    ///
    /// - Parameters:
    ///   - milliseconds: how long it waited since the last byte, or since it began.
    ///   - receivedBytes: how many bytes have come over the connection, those of events in parts included.
    ///   - place: the end of the last event.
    mutating func waited(
        milliseconds: Int, receivedBytes: Int, at place: Place, now: MonotonicInstant
    ) -> Action {
        if quietSince == nil || receivedBytes != self.receivedBytes {
            let since = MonotonicInstant(
                nanoseconds: now.nanoseconds - min(now.nanoseconds, UInt64(milliseconds) * 1_000_000))
            // Parts of the event that is awaited have come: that silence was another one.
            if quietSince != nil { connectionLost() }
            quietSince = since
            silentSince = silentSince ?? since
            decisionDue = since.advanced(byMilliseconds: limitMilliseconds)
            isUnanswered = false
            self.receivedBytes = receivedBytes
        }
        if isUnanswered { return .close }
        guard now >= decisionDue else { return .wait }
        if !hasEvents || silentPlace != nil { return .probeServer }
        silentPlace = max(place, heartbeatPlace ?? place)
        return .close
    }

    /// The server answered over another connection.
    mutating func serverAnswered(at now: MonotonicInstant) {
        limitMilliseconds = min(limitMilliseconds * 2, Self.limitMillisecondsMax)
        decisionDue = now.advanced(byMilliseconds: limitMilliseconds)
        isServerAnswering = true
    }

    /// The server did not answer, or another one did.
    mutating func serverDidNotAnswer() {
        isUnanswered = true
        isServerAnswering = false
    }

    /// What is to be reported of a silence.
    struct Report: Equatable, Sendable {
        /// Its duration.
        var milliseconds: Int
        /// Whether the server answered another connection.
        var isServerAnswering: Bool
    }

    /// The report of a silence, if one is due: once a minute.
    mutating func dueReport(at now: MonotonicInstant) -> Report? {
        guard let silentSince, let last = reportedAt ?? self.silentSince,
            now.milliseconds(since: last) >= Self.reportMilliseconds
        else { return nil }
        reportedAt = now
        return Report(milliseconds: now.milliseconds(since: silentSince), isServerAnswering: isServerAnswering)
    }
}
