import HTTPWire

/// The endpoints of Connect 4.3.
enum RESTEndpoint: Equatable, Sendable {
    case root
    case health
    case connectors
    case connector(String)
    case connectorConfig(String)
    case connectorStatus(String)
    case connectorTasks(String)
    case taskStatus(TaskID)
    case taskRestart(TaskID)
    case connectorRestart(String)
    case connectorPause(String)
    case connectorResume(String)
    case connectorStop(String)
    case connectorTopics(String)
    case connectorTopicsReset(String)
    case connectorOffsets(String)
    case connectorFence(String)
    case plugins
    case pluginConfig(String)
    case pluginValidation(String)
    case loggers
    case logger(String)

    /// The methods that Connect knows here, HEAD and OPTIONS apart.
    var methods: [String] {
        switch self {
        case .connectors: ["POST", "GET"]
        case .connector: ["GET", "DELETE"]
        case .connectorConfig: ["GET", "PUT", "PATCH"]
        case .connectorTasks: ["GET", "POST"]
        case .connectorOffsets: ["GET", "PATCH", "DELETE"]
        case .logger: ["GET", "PUT"]
        case .taskRestart, .connectorRestart: ["POST"]
        case .connectorPause, .connectorResume, .connectorStop, .connectorTopicsReset, .connectorFence,
            .pluginValidation:
            ["PUT"]
        case .root, .health, .connectorStatus, .taskStatus, .connectorTopics, .plugins, .pluginConfig, .loggers: ["GET"]
        }
    }

    /// What an `Allow` header and an OPTIONS answer name.
    var allowed: [String] { (methods.contains("GET") ? ["HEAD"] : []) + methods + ["OPTIONS"] }

    /// The endpoint of a path.
    ///
    /// - Throws: a `RESTError` of 404 for a path that Connect does not know, of 400 for one that is malformed.
    init(path: String) throws(RESTError) {
        let segments = try Self.segments(of: path)
        let notFound = RESTError(404, "HTTP 404 Not Found")
        func task(_ name: String, _ number: String) throws(RESTError) -> TaskID {
            guard let task = Int32(number) else { throw notFound }
            return TaskID(connector: name, task: Int(task))
        }
        switch (segments.count, segments.first) {
        case (0, _): self = .root
        case (1, "health"): self = .health
        case (1, "connectors"): self = .connectors
        case (2, "connectors"): self = .connector(segments[1])
        case (3, "connectors"):
            let name = segments[1]
            switch segments[2] {
            case "config": self = .connectorConfig(name)
            case "status": self = .connectorStatus(name)
            case "tasks": self = .connectorTasks(name)
            case "restart": self = .connectorRestart(name)
            case "pause": self = .connectorPause(name)
            case "resume": self = .connectorResume(name)
            case "stop": self = .connectorStop(name)
            case "topics": self = .connectorTopics(name)
            case "offsets": self = .connectorOffsets(name)
            case "fence": self = .connectorFence(name)
            default: throw notFound
            }
        case (4, "connectors") where segments[2] == "topics" && segments[3] == "reset":
            self = .connectorTopicsReset(segments[1])
        case (5, "connectors") where segments[2] == "tasks" && segments[4] == "status":
            self = .taskStatus(try task(segments[1], segments[3]))
        case (5, "connectors") where segments[2] == "tasks" && segments[4] == "restart":
            self = .taskRestart(try task(segments[1], segments[3]))
        case (1, "connector-plugins"): self = .plugins
        case (3, "connector-plugins") where segments[2] == "config": self = .pluginConfig(segments[1])
        case (4, "connector-plugins") where segments[2] == "config" && segments[3] == "validate":
            self = .pluginValidation(segments[1])
        case (2, "admin") where segments[1] == "loggers": self = .loggers
        case (3, "admin") where segments[1] == "loggers": self = .logger(segments[2])
        default: throw notFound
        }
    }

    /// The parts between slashes, decoded, without matrix parameters; one slash at the end does not count.
    private static func segments(of path: String) throws(RESTError) -> [String] {
        guard path.hasPrefix("/") else { throw RESTError(404, "HTTP 404 Not Found") }
        var parts = path.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
        if parts.last?.isEmpty == true { parts.removeLast() }
        var segments: [String] = []
        for part in parts {
            let name = part.prefix { $0 != ";" }
            guard !name.isEmpty else { throw RESTError(400, "Ambiguous URI empty segment") }
            guard let decoded = PercentEncoding.decode(name) else { throw RESTError(400, "Bad Request") }
            segments.append(decoded)
        }
        return segments
    }
}

/// RFC 3986, 2.1, in UTF-8.
enum PercentEncoding {
    /// Nil for a percent sign without two hexadecimal digits, or bytes that are no UTF-8.
    static func decode(_ text: some StringProtocol, plusIsBlank: Bool = false) -> String? {
        var bytes: [UInt8] = []
        let source = Array(text.utf8)
        var index = 0
        while index < source.count {
            let byte = source[index]
            if byte == UInt8(ascii: "%") {
                guard index + 2 < source.count, let high = hex(source[index + 1]),
                    let low = hex(source[index + 2])
                else { return nil }
                bytes.append(high << 4 | low)
                index += 3
                continue
            }
            bytes.append(plusIsBlank && byte == UInt8(ascii: "+") ? 0x20 : byte)
            index += 1
        }
        return String(validating: bytes, as: UTF8.self)
    }

    /// A segment of a path: everything escaped but what RFC 3986 allows there.
    static func encodeSegment(_ text: String) -> String {
        var encoded = ""
        for byte in text.utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E:
                encoded.unicodeScalars.append(UnicodeScalar(byte))
            // ! $ & ' ( ) * + , ; = : @ /
            case 0x21, 0x24, 0x26...0x2C, 0x2F, 0x3A, 0x3B, 0x3D, 0x40:
                encoded.unicodeScalars.append(UnicodeScalar(byte))
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                encoded += "%" + (digits.utf8.count == 1 ? "0" : "") + digits
            }
        }
        return encoded
    }

    private static func hex(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46: byte - 0x41 + 10
        case 0x61...0x66: byte - 0x61 + 10
        default: nil
        }
    }
}

/// The parameters behind the question mark, in their order. One that cannot be decoded is taken as it stands.
struct QueryParameters: Sendable {
    private let items: [(name: String, value: String)]

    init(_ query: String?) {
        items = (query ?? "").split(separator: "&").map { item in
            let mark = item.firstIndex(of: "=")
            let name = mark.map { item[..<$0] } ?? item
            let value = mark.map { item[item.index(after: $0)...] } ?? ""
            return (
                name: PercentEncoding.decode(name, plusIsBlank: true) ?? String(name),
                value: PercentEncoding.decode(value, plusIsBlank: true) ?? String(value))
        }
    }

    func values(_ name: String) -> [String] { items.filter { $0.name == name }.map(\.value) }

    /// As Java's `Boolean.valueOf`: anything but `true` is false.
    func isTrue(_ name: String) -> Bool { values(name).first?.lowercased() == "true" }
}
