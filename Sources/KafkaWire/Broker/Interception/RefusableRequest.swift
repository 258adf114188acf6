import KafkaProtocol

/// A request that can be answered with an error: as a whole, as Kafka's `getErrorResponse` does, or for some of its
/// entries.
protocol RefusableRequest: KafkaRequest {
    /// What the request's entries can name.
    static var entryFields: RequestEntry.Fields { get }
    /// Whether the client expects a response.
    var isAnswered: Bool { get }

    /// The response with this error for every entry.
    func refusal(_ code: KafkaErrorCode) -> Response

    /// The request with those of its entries that are included, or nil if there are none.
    func selecting(_ isIncluded: (RequestEntry) -> Bool) -> Self?

    /// Adds the response for some of a request's entries to that for the others.
    static func add(_ part: Response, to response: inout Response)

    /// Handles the request apart from the entries that are refused.
    ///
    /// - Parameter handle: is called with what it must refuse itself, and returns nil if the request has no response.
    func response(
        refusing refusal: EntryRefusal, version: Int16,
        _ handle: (Self, EntryRefusal?) throws -> Response?
    ) throws -> Response?
}

extension RefusableRequest {
    static var entryFields: RequestEntry.Fields { [] }
    var isAnswered: Bool { true }

    func selecting(_ isIncluded: (RequestEntry) -> Bool) -> Self? { isIncluded(RequestEntry()) ? self : nil }

    static func add(_ part: Response, to response: inout Response) { response = part }

    func response(
        refusing refusal: EntryRefusal, version: Int16,
        _ handle: (Self, EntryRefusal?) throws -> Response?
    ) throws -> Response? {
        try partialResponse(refusing: refusal, version: version, handle) { $0.refusal(refusal.code) }
    }

    /// - Parameter refused: the response for the entries that are refused.
    func partialResponse(
        refusing refusal: EntryRefusal, version: Int16,
        _ handle: (Self, EntryRefusal?) throws -> Response?, refused: (Self) -> Response
    ) rethrows -> Response? {
        guard !refusal.filter.isAll, let rest = selecting({ !refusal.contains($0) }) else { return refused(self) }
        guard let part = selecting(refusal.contains) else { return try handle(self, nil) }
        guard var response = try handle(rest, nil) else { return nil }
        Self.add(refused(part), to: &response)
        return response
    }

    /// All entries.
    var requestEntries: [RequestEntry] {
        var entries: [RequestEntry] = []
        _ = selecting { entry in
            entries.append(entry)
            return true
        }
        return entries
    }
}

/// A response with one error code for the whole request, and no other field that a refusal has to set.
protocol ErrorCodeResponse: KafkaMessage {
    init()
    var errorCode: KafkaErrorCode { get set }
}

extension RefusableRequest where Response: ErrorCodeResponse {
    func refusal(_ code: KafkaErrorCode) -> Response {
        var response = Response()
        response.errorCode = code
        return response
    }
}

/// A request about one group.
protocol GroupRequest: RefusableRequest {
    var groupID: String { get }
}

extension GroupRequest {
    static var entryFields: RequestEntry.Fields { .group }

    func selecting(_ isIncluded: (RequestEntry) -> Bool) -> Self? {
        isIncluded(RequestEntry(group: groupID)) ? self : nil
    }
}
