import ConnectData

/// The messages and enumerations of a .proto file and its imports, with the types of their fields resolved.
struct ProtobufTypes {
    enum FieldType: Hashable {
        case scalar(ProtobufScalar)
        /// By its index in `messages`.
        case message(Int)
        /// By its index in `enumerations`.
        case enumeration(Int)
    }

    struct Message {
        let fullName: String
        let name: String
        let isProto3: Bool
        let declaration: ProtobufMessage
        /// Of the fields of `declaration`.
        var fieldTypes: [FieldType] = []
        /// The places of the fields, by number.
        var places: [Int32: Int] = [:]
    }

    struct Enumeration {
        let fullName: String
        let isProto3: Bool
        let declaration: ProtobufEnumeration
    }

    /// The maximum number of messages and enumerations, and of files.
    private static let countMax = 10_000
    /// The maximum length of a full name, which is looked up in each scope around a field.
    private static let nameBytesMax = 2_000

    private(set) var messages: [Message] = []
    private(set) var enumerations: [Enumeration] = []
    private var places: [String: FieldType] = [:]
    private var paths: Set<String> = []

    /// - Parameter imported: the text of an imported file that the registry has.
    /// - Throws: `DataError` if a type or file is missing.
    init(_ file: ProtobufFile, imported: (_ path: String) -> String?) throws(DataError) {
        try add(file, imported)
        for index in messages.indices { try resolve(index) }
    }

    private mutating func add(_ file: ProtobufFile, _ imported: (String) -> String?) throws(DataError) {
        let scope = file.package ?? ""
        for message in file.messages { try add(message, scope, file.isProto3) }
        for enumeration in file.enumerations { try add(enumeration, scope, file.isProto3) }
        for path in file.imports where paths.insert(path).inserted {
            if path == "google/protobuf/wrappers.proto" {
                try add(ProtobufKnownTypes.wrappers, imported)
            } else if let text = imported(path) ?? ProtobufKnownTypes.text(of: path) {
                try add(try ProtobufTextParser.parse(text), imported)
            } else {
                throw DataError("Could not find \(path), which a Protobuf schema imports")
            }
        }
    }

    private mutating func add(_ message: ProtobufMessage, _ scope: String, _ isProto3: Bool) throws(DataError) {
        let fullName = try declare(message.name, scope, .message(messages.count))
        messages.append(
            Message(fullName: fullName, name: message.name, isProto3: isProto3, declaration: message))
        for nested in message.messages { try add(nested, fullName, isProto3) }
        for nested in message.enumerations { try add(nested, fullName, isProto3) }
    }

    private mutating func add(
        _ enumeration: ProtobufEnumeration, _ scope: String, _ isProto3: Bool
    ) throws(DataError) {
        let fullName = try declare(enumeration.name, scope, .enumeration(enumerations.count))
        guard !enumeration.symbols.isEmpty else { throw DataError("The enumeration \(fullName) has no symbols") }
        enumerations.append(Enumeration(fullName: fullName, isProto3: isProto3, declaration: enumeration))
    }

    private mutating func declare(_ name: String, _ scope: String, _ type: FieldType) throws(DataError) -> String {
        let fullName = scope.isEmpty ? name : "\(scope).\(name)"
        guard fullName.utf8.count <= Self.nameBytesMax else {
            throw DataError("A Protobuf name is longer than \(Self.nameBytesMax) bytes: \(fullName.prefix(100))")
        }
        guard places.count < Self.countMax else { throw DataError("A Protobuf schema has more than \(Self.countMax) types") }
        guard places.updateValue(type, forKey: fullName) == nil else {
            throw DataError("\"\(fullName)\" is already defined in a Protobuf schema")
        }
        return fullName
    }

    private mutating func resolve(_ index: Int) throws(DataError) {
        let message = messages[index]
        var types: [FieldType] = []
        var numbers: [Int32: Int] = [:]
        for (place, field) in message.declaration.fields.enumerated() {
            types.append(try type(named: field.type, in: message.fullName))
            guard numbers.updateValue(place, forKey: field.number) == nil else {
                throw DataError("Field number \(field.number) has already been used in \"\(message.fullName)\"")
            }
        }
        messages[index].fieldTypes = types
        messages[index].places = numbers
    }

    /// Finds a type by a name as a field states it: in the innermost scope in which it exists.
    private func type(named name: String, in scope: String) throws(DataError) -> FieldType {
        if let scalar = ProtobufScalar(rawValue: name) { return .scalar(scalar) }
        if name.hasPrefix(".") {
            if let found = places[String(name.dropFirst())] { return found }
        } else {
            var scope = Substring(scope)
            while true {
                if let found = places[scope.isEmpty ? name : "\(scope).\(name)"] { return found }
                if scope.isEmpty { break }
                scope = scope.lastIndex(of: ".").map { scope[..<$0] } ?? ""
            }
        }
        throw DataError("\"\(name)\" is not defined, in the Protobuf message \(scope)")
    }

    // MARK: Finding messages

    func message(named fullName: String) -> Int? {
        if case .message(let index)? = places[fullName] { index } else { nil }
    }

    /// The full name of a message of a file, by its index at each level of nesting; nil if there is none.
    static func name(of indexes: [Int], in file: ProtobufFile) -> String? {
        var messages = file.messages
        var name = file.package.map { [$0] } ?? []
        for index in indexes {
            guard messages.indices.contains(index) else { return nil }
            name.append(messages[index].name)
            messages = messages[index].messages
        }
        return name.joined(separator: ".")
    }

    /// The indexes of a message of a file; nil if it has none of that name.
    static func indexes(of fullName: String, in file: ProtobufFile) -> [Int]? {
        func search(_ messages: [ProtobufMessage], _ scope: String) -> [Int]? {
            for (index, message) in messages.enumerated() {
                let name = scope.isEmpty ? message.name : "\(scope).\(message.name)"
                if name == fullName { return [index] }
                if fullName.hasPrefix(name + "."), let rest = search(message.messages, name) { return [index] + rest }
            }
            return nil
        }
        return search(file.messages, file.package ?? "")
    }
}
