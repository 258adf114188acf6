import BinlogSource
import ConnectData
import ConnectRuntime
import DebeziumPlugins
import HTTPWire
import WireCore
import WireTestSupport

extension FuzzTarget {
    /// Requests to the REST port. The result does not depend on how they are split.
    ///
    /// Input: the place of the split | the client's stream
    static let httpRequests = FuzzTarget("http-requests") {
        let heads = [
            "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
            "GET  /connectors/a/config  HTTP/1.1\r\nHost: a:8083\r\nAccept: */*\r\n\r\n",
            "POST /connectors HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n{}",
            "PUT /a?b=c%20d HTTP/1.1\r\nhost: a\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n0\r\nT: u\r\n\r\n",
            "GET http://a/b HTTP/1.0\r\nConnection: keep-alive\r\n\r\nGET /c HTTP/1.1\r\nHost: a\r\n\r\n",
        ]
        let captured = try Fixtures.text("connect/rest/http.jsonl").split(separator: "\n").map { line in
            let object = try JSONValue.parse(String(line)).objectValue ?? [:]
            func text(_ name: String) -> String { object[name]?.stringValue ?? "" }
            let body = text("body")
            return "\(text("method")) \(text("path")) HTTP/1.1\r\nHost: a\r\nContent-Length: \(body.utf8.count)\r\n\r\n"
                + body
        }
        return (heads + captured).map { [UInt8($0.utf8.count / 2 & 0xFF)] + $0.utf8 }
    } decode: { input in
        guard let cut = input.first.map({ Int($0) }) else { return }
        let stream = UnsafeRawBufferPointer(rebasing: input.dropFirst())
        let whole = HTTPConversation(of: [stream])
        let place = min(cut, stream.count)
        let halves = HTTPConversation(of: [
            UnsafeRawBufferPointer(rebasing: stream[..<place]), UnsafeRawBufferPointer(rebasing: stream[place...]),
        ])
        precondition(whole.requests == halves.requests, "the result depends on where the stream was split")
        precondition((whole.error == nil) == (halves.error == nil), "what was refused depends on the cut")
    }

    /// Responses to our own client. The result does not depend on how they are split.
    ///
    /// Input: the place of the split | the server's stream
    static let httpResponses = FuzzTarget("http-response") {
        let captured = try [
            "connect-root", "connect-head", "connect-plugins", "connect-bad", "registry-root", "registry-subjects",
            "python-file", "connect-loggers-chunked",
        ].map { try Fixtures.bytes("http/\($0).response") }
        let written = [
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;a=b\r\nabc\r\n0\r\nX: y\r\n\r\n",
            "HTTP/1.0 200 OK\r\n\r\nto the end",
        ].map { [UInt8]($0.utf8) }
        return (captured + written).map { [UInt8($0.count / 2 & 0xFF)] + $0 }
    } decode: { input in
        guard let cut = input.first.map({ Int($0) }) else { return }
        let stream = UnsafeRawBufferPointer(rebasing: input.dropFirst())
        let place = min(cut, stream.count)
        let whole = HTTPReceivedResponse(of: [stream])
        let halves = HTTPReceivedResponse(of: [
            UnsafeRawBufferPointer(rebasing: stream[..<place]), UnsafeRawBufferPointer(rebasing: stream[place...]),
        ])
        precondition(whole.head == halves.head, "the result depends on where the stream was split")
        precondition((whole.error == nil) == (halves.error == nil), "what was refused depends on the cut")
        precondition(whole.error != nil || whole.body == halves.body, "the body depends on the cut")
    }

    /// Statements of any kind: parsed, and applied to the schema.
    static let statements = FuzzTarget("statements") {
        var seeds: Set<[UInt8]> = []
        for line in try Fixtures.bytes("ddl/statements.jsonl").split(separator: 0x0A) {
            let object = try JSONValue.parse([UInt8](line)).objectValue ?? [:]
            let texts = (object["statements"]?.arrayValue ?? []).compactMap { $0.objectValue?["ddl"]?.stringValue }
            seeds.insert([UInt8](texts.joined(separator: ";\n").utf8.prefix(4096)))
        }
        return Array(seeds)
    } decode: { input in
        let text = String(decoding: input, as: UTF8.self)
        for generation in [DebeziumGeneration.v19, .v36] {
            let rules = SchemaRules(profile: DebeziumProfile(generation: generation))
            var schema = DatabaseSchema(rules: rules)
            for statement in text.split(separator: "\n") {
                _ = try? schema.apply(String(statement), defaultDatabase: "d")
            }
            _ = try? schema.apply(text, defaultDatabase: "d", sqlMode: .ansiQuotes)
        }
    }

    /// Java's properties files.
    static let properties = FuzzTarget("properties") {
        let lines = try Fixtures.bytes("connect/validation.jsonl").split(separator: 0x0A).prefix(20)
        return [
            "a=1\nb:2\nc 3\nd = 4\n", "# a\n! b\n\n  c = d\\\n   e\\\r\n f\r", "k\\ e\\=y=\\u0041\\t\\n\\u00e4",
            "a=\\u12", "a\\",
        ].map { [UInt8]($0.utf8) } + lines.map { [UInt8]($0) }
    } decode: { input in
        _ = try JavaProperties.parse(Array(input))
    }

    /// Values of `sasl.jaas.config`. Neither a description nor an error contains an option's value.
    static let jaas = FuzzTarget("jaas") {
        try Fixtures.bytes("java/jaas.txt").split(separator: 0x0A).map { [UInt8]($0.prefix { $0 != 0x09 }) }
    } decode: { input in
        let configuration = try JAASConfiguration(parsing: String(decoding: input, as: UTF8.self))
        precondition(!configuration.loginModule.isEmpty, "a login module without a name")
        // A name may be the same text as a value.
        let names = [configuration.loginModule] + configuration.options.keys
        for value in configuration.options.values
        where value.utf8.count > 200 && !names.contains(where: { $0.contains(value) }) {
            precondition(!"\(configuration)".contains(value), "a description shows an option's value")
        }
    }

    /// JSON documents. A decoded document can be encoded, and decodes to the same value.
    static let json = FuzzTarget("json") {
        var seeds: [[UInt8]] = []
        let names = [
            "connect/rest/lifecycle.jsonl", "connect/internal-topics/configs.jsonl",
            "connect/internal-topics/offsets.jsonl", "connect/converted-values.json", "debezium/envelopes/3.6.jsonl",
        ]
        for name in names {
            seeds += try Fixtures.bytes(name).split(separator: 0x0A).filter { $0.count <= 4096 }.map { [UInt8]($0) }
        }
        let numbers = "[1e400,-0.0,1.5E-7,9223372036854775808]"
        let escapes = #"{"a":"\ud83d\ude00\ud800","a":null}"#
        return seeds + [[UInt8](numbers.utf8), [UInt8](escapes.utf8)]
    } decode: { input in
        _ = try JSONValue.parse(input, numbersAsText: true)
        let value = try JSONValue.parse(input)
        let written = value.encoded()
        let again = try JSONValue.parse(written)
        precondition(again.encoded() == written, "a document's text parses to another document")
    }

    /// The messages that workers of the group exchange through the broker.
    static let groupMetadata = FuzzTarget("group-metadata") {
        let assignment = GroupAssignment(
            leader: "m", leaderURL: "http://a:8083/", configOffset: 7, connectors: ["a"],
            tasks: [TaskID(connector: "a", task: 0)], revokedConnectors: ["b"])
        let member = MemberMetadata(url: "http://a:8083/", configOffset: 7, allocation: assignment)
        return (0..<3).flatMap { [assignment.encoded(version: $0), member.encoded(version: $0)] }
    } decode: { input in
        let bytes = Array(input)
        _ = try? MemberMetadata.decode(bytes)
        _ = try GroupAssignment.decode(bytes)
    }
}

/// The result of a server's stream.
private struct HTTPReceivedResponse {
    private(set) var head: HTTPResponseHead?
    private(set) var body: [UInt8] = []
    private(set) var error: HTTPClientError?

    init(of pieces: [UnsafeRawBufferPointer]) {
        var parser = HTTPResponseParser(method: "GET")
        do throws(HTTPClientError) {
            for piece in pieces {
                parser.feed(piece)
                try drain(&parser)
            }
            try parser.end()
            try drain(&parser)
        } catch {
            self.error = error
        }
    }

    private mutating func drain(_ parser: inout HTTPResponseParser) throws(HTTPClientError) {
        while true {
            switch try parser.next() {
            case .needMore, .end: return
            case .informational: continue
            case .head(let head): self.head = head
            case .body(let bytes): body += bytes
            }
        }
    }
}

/// The result of a client's stream.
private struct HTTPConversation {
    private(set) var requests: [HTTPRequest] = []
    private(set) var error: HTTPProtocolError?

    init(of pieces: [UnsafeRawBufferPointer]) {
        var parser = HTTPRequestParser()
        do throws(HTTPProtocolError) {
            for piece in pieces {
                parser.feed(piece)
                var outcome = try parser.next()
                while outcome != .needMore {
                    if case .request(let request) = outcome { requests.append(request) }
                    outcome = try parser.next()
                }
            }
        } catch {
            self.error = error
        }
    }
}
