import WireCore

/// Decides what the silence of a binlog stream means.
///
/// A server that waits for changes sends heartbeats. Nothing is received if the connection or the server is dead, and
/// also while the server reads one large event from a slow disk, which may take longer than a dead server may stay
/// undetected. So the first silence ends the connection at once. If the new connection becomes silent before it has
/// passed that position, another connection decides at each limit: if the server responds, the stream is kept and the
/// limit doubles; if not, it ends. The same applies while the server searches for the start position.
///
/// Times and positions are inputs, actions are outputs; the caller reads and connects.
struct StreamLiveness: Sendable {
    /// The time without data after which the stream is checked.
    static let limitMillisecondsMin = 1800
    static let limitMillisecondsMax = 60_000
    /// The interval of reports of a silence.
    static let reportMilliseconds = 60_000

    /// A position in the binlog of one server.
    struct Place: Hashable, Comparable, CustomStringConvertible, Sendable {
        var file: String
        var position: Int64

        var description: String { "\(file):\(position)" }

        /// Files are numbered, with more than six digits if necessary.
        static func < (a: Self, b: Self) -> Bool {
            if a.file == b.file { return a.position < b.position }
            return (a.file.utf8.count, a.file) < (b.file.utf8.count, b.file)
        }
    }

    /// The kind of the received event (except ROTATE), and its position in the file from the header (32 bits).
    enum Arrival: Equatable, Sendable {
        /// The position up to which the server has read.
        case heartbeat(position: UInt32)
        case event(start: UInt32)
        /// An artificial event, in no file.
        case artificialEvent
    }

    enum Action: Equatable, Sendable {
        /// Continue reading.
        case wait
        /// Close the connection, which is considered lost.
        case close
        /// Check over another connection whether the server responds, and report the result.
        case probeServer
    }

    private(set) var limitMilliseconds = Self.limitMillisecondsMin
    // State of this connection.
    private var hasEvents = false
    /// The position up to which the server has read, by its last heartbeat: while it skips excluded transactions it
    /// sends no events.
    private var heartbeatPlace: Place?
    /// The time of the last received bytes; nil while a read has not ended without any.
    private var quietSince: MonotonicInstant?
    private var decisionDue = MonotonicInstant(nanoseconds: 0)
    private var receivedBytes = 0
    private var isUnanswered = false
    // State of all connections.
    /// The position at which a connection became silent, until the stream passes it.
    private var silentPlace: Place?
    private var silentSince: MonotonicInstant?
    private var reportedAt: MonotonicInstant?
    /// Whether the server responded on another connection during this silence.
    private var isServerAnswering = false

    /// A stream was requested over a new connection.
    ///
    /// - Parameter isSameServer: false if positions of earlier connections have no meaning.
    mutating func connectionOpened(isSameServer: Bool) {
        limitMilliseconds = Self.limitMillisecondsMin
        hasEvents = false
        heartbeatPlace = nil
        quietSince = nil
        receivedBytes = 0
        isUnanswered = false
        if !isSameServer { resume() }
    }

    /// The connection ended for another reason than silence.
    mutating func connectionLost() {
        silentSince = nil
        reportedAt = nil
        isServerAnswering = false
    }

    /// Whether all events must be reported; while the stream is normal, heartbeats suffice.
    var needsEvents: Bool { !hasEvents || silentPlace != nil || quietSince != nil }

    /// Something arrived.
    ///
    /// - Parameter place: the end of the last event.
    /// - Returns: whether it is the first event of the connection.
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
            // Beyond 4 GiB the header's 32 bits are not sufficient.
            let continues = start == UInt32(truncatingIfNeeded: place.position)
            reached = continues ? place : Place(file: place.file, position: Int64(start))
        case .artificialEvent: reached = nil
        }
        if let silentPlace {
            // The server waits for changes at that position, or sends what follows it.
            if let reached, reached >= silentPlace { resume() }
        } else {
            resume()
        }
        return !hasEvents
    }

    /// The stream is normal.
    private mutating func resume() {
        limitMilliseconds = Self.limitMillisecondsMin
        silentPlace = nil
        silentSince = nil
        reportedAt = nil
        isServerAnswering = false
    }

    /// The maximum duration of the next read before `waited` is to be called.
    func waitMilliseconds(at now: MonotonicInstant) -> Int {
        // The last read: data may have arrived while the server was being checked.
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
    ///   - milliseconds: the time since the last byte, or since the beginning.
    ///   - receivedBytes: the number of bytes received on the connection, including those of incomplete events.
    ///   - place: the end of the last event.
    mutating func waited(
        milliseconds: Int, receivedBytes: Int, at place: Place, now: MonotonicInstant
    ) -> Action {
        if quietSince == nil || receivedBytes != self.receivedBytes {
            let since = MonotonicInstant(
                nanoseconds: now.nanoseconds - min(now.nanoseconds, UInt64(milliseconds) * 1_000_000))
            // Parts of the awaited event have arrived: that silence is over.
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

    /// The server responded on another connection.
    mutating func serverAnswered(at now: MonotonicInstant) {
        limitMilliseconds = min(limitMilliseconds * 2, Self.limitMillisecondsMax)
        decisionDue = now.advanced(byMilliseconds: limitMilliseconds)
        isServerAnswering = true
    }

    /// The server did not respond, or another server did.
    mutating func serverDidNotAnswer() {
        isUnanswered = true
        isServerAnswering = false
    }

    /// The report of a silence.
    struct Report: Equatable, Sendable {
        /// Its duration.
        var milliseconds: Int
        /// Whether the server responded on another connection.
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
