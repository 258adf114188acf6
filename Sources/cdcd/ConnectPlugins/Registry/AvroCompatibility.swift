import WireCore

/// Whether records that were written with one Avro schema can be read with another (Avro's `SchemaCompatibility`), on
/// the texts of the schemas.
struct AvroCompatibility {
    /// Why they cannot: at a path of field names, which is empty at the top.
    struct Problem: Equatable {
        enum Kind: Equatable {
            /// The reader has a field without a default that the writer lacks.
            case missingField
            case type(reader: String, writer: String)
            case name(reader: String, writer: String)
            case missingSymbols([String])
            case size(reader: String, writer: String)
            /// The problems of these records were found before.
            case known
        }

        let path: String
        let kind: Kind
    }

    private let readerTypes: NamedTypes
    private let writerTypes: NamedTypes
    /// Pairs of records that are compared: whether they have problems, or false while they are being compared.
    private var comparedRecords: [[String]: Bool] = [:]
    /// Schemas of registries are not trusted: the number of comparisons is limited.
    private var comparisons = 0
    private static let comparisonsMax = 100_000
    private static let depthMax = 200

    /// All problems; each pair of records is compared once.
    static func problems(reader: JSONValue, writer: JSONValue) -> [Problem] {
        var comparison = AvroCompatibility(
            readerTypes: NamedTypes(reader), writerTypes: NamedTypes(writer))
        return comparison.compare(Place(reader), Place(writer), "", 0).filter { $0.kind != .known }
    }

    private init(readerTypes: NamedTypes, writerTypes: NamedTypes) {
        self.readerTypes = readerTypes
        self.writerTypes = writerTypes
    }

    /// A type with the namespace that surrounds it.
    private struct Place {
        let type: JSONValue
        let namespace: String?

        init(_ type: JSONValue, _ namespace: String? = nil) {
            self.type = type
            self.namespace = namespace
        }
    }

    // MARK: Comparison

    private mutating func compare(_ reader: Place, _ writer: Place, _ path: String, _ depth: Int) -> [Problem] {
        comparisons += 1
        guard comparisons < Self.comparisonsMax, depth < Self.depthMax else { return [] }
        if let branches = writer.type.arrayValue {
            return branches.flatMap { compare(reader, Place($0, writer.namespace), path, depth + 1) }
        }
        let (writerForm, writerSpace) = writerTypes.resolve(writer.type, writer.namespace)
        if let branches = reader.type.arrayValue {
            return compare(branches.map { Place($0, reader.namespace) }, writer, reader, path, depth)
        }
        let (readerForm, readerSpace) = readerTypes.resolve(reader.type, reader.namespace)
        let (r, w) = (readerForm.kind, writerForm.kind)
        let mismatch = Problem(
            path: path, kind: .type(reader: NamedTypes.text(reader.type), writer: NamedTypes.text(writer.type)))
        guard r == w else { return Self.promotes(w, to: r) ? [] : [mismatch] }
        switch r {
        case "record":
            return compareRecords(
                (readerForm.object, readerSpace), (writerForm.object, writerSpace), path, depth)
        case "enum":
            let symbols = Set(readerForm.strings("symbols"))
            let missing = writerForm.strings("symbols").filter { !symbols.contains($0) }
            if missing.isEmpty || readerForm.object["default"] != nil { return [] }
            return [Problem(path: path, kind: .missingSymbols(missing))]
        case "fixed":
            let sizes = [readerForm, writerForm].map { $0.object["size"].map { NamedTypes.text($0) } ?? "" }
            return sizes[0] == sizes[1] ? [] : [Problem(path: path, kind: .size(reader: sizes[0], writer: sizes[1]))]
        case "array":
            return compare(
                member("items", readerForm, readerSpace), member("items", writerForm, writerSpace), path + "[]",
                depth + 1)
        case "map":
            return compare(
                member("values", readerForm, readerSpace), member("values", writerForm, writerSpace), path + "{}",
                depth + 1)
        // A primitive type, or a name that is not defined.
        case _: return []
        }
    }

    /// The writer's type must be readable as one of the reader's. If only one of them is of the same kind, its problems
    /// are the reason.
    private mutating func compare(
        _ branches: [Place], _ writer: Place, _ reader: Place, _ path: String, _ depth: Int
    ) -> [Problem] {
        let kind = writerTypes.resolve(writer.type, writer.namespace).form.kind
        var ofSameKind: [[Problem]] = []
        for branch in branches {
            let problems = compare(branch, writer, path, depth + 1)
            if problems.isEmpty { return [] }
            if readerTypes.resolve(branch.type, branch.namespace).form.kind == kind { ofSameKind.append(problems) }
        }
        if ofSameKind.count == 1 { return ofSameKind[0] }
        let types = (NamedTypes.text(reader.type), NamedTypes.text(writer.type))
        return [Problem(path: path, kind: .type(reader: types.0, writer: types.1))]
    }

    private mutating func compareRecords(
        _ reader: (object: JSONObject, namespace: String?), _ writer: (object: JSONObject, namespace: String?),
        _ path: String, _ depth: Int
    ) -> [Problem] {
        let names = [reader, writer].map { NamedTypes.fullName($0.object, $0.namespace) ?? "" }
        if let hasProblems = comparedRecords[names] { return hasProblems ? [Problem(path: path, kind: .known)] : [] }
        comparedRecords[names] = false
        let problems = compareFields(reader.object, writer.object, names, path, depth)
        comparedRecords[names] = !problems.isEmpty
        return problems
    }

    private mutating func compareFields(
        _ reader: JSONObject, _ writer: JSONObject, _ names: [String], _ path: String, _ depth: Int
    ) -> [Problem] {
        let simple = names.map { $0.split(separator: ".").last.map(String.init) ?? "" }
        // The namespaces may differ.
        guard simple[0] == simple[1] else {
            return [Problem(path: path, kind: .name(reader: names[0], writer: names[1]))]
        }
        var writerFields = NameMap<JSONObject>()
        for (name, field) in NamedTypes.fields(writer) { writerFields[name] = field }
        let spaces = names.map { NamedTypes.namespace(ofName: $0) }
        return NamedTypes.fields(reader).flatMap { name, field -> [Problem] in
            let place = path.isEmpty ? name : "\(path).\(name)"
            let aliases = field["aliases"]?.arrayValue?.compactMap(\.stringValue) ?? []
            guard let found = ([name] + aliases).lazy.compactMap({ writerFields[$0] }).first else {
                return field["default"] != nil ? [] : [Problem(path: place, kind: .missingField)]
            }
            return compare(
                Place(field["type"] ?? .null, spaces[0]), Place(found["type"] ?? .null, spaces[1]), place, depth + 1)
        }
    }

    private func member(_ name: String, _ form: NamedTypes.Form, _ namespace: String?) -> Place {
        Place(form.object[name] ?? .null, namespace)
    }

    private static func promotes(_ writer: String, to reader: String) -> Bool {
        switch writer {
        case "int": ["long", "float", "double"].contains(reader)
        case "long": ["float", "double"].contains(reader)
        case "float": reader == "double"
        case "string": reader == "bytes"
        case "bytes": reader == "string"
        case _: false
        }
    }
}

extension AvroCompatibility.Problem {
    /// Which of two versions reads the records of the other.
    enum Direction { case readerIsNew, readerIsOld }

    func description(_ direction: Direction) -> String {
        let place = path.isEmpty ? "the schema" : path
        func change(_ reader: String, _ writer: String) -> String {
            direction == .readerIsNew ? "from \(writer) to \(reader)" : "from \(reader) to \(writer)"
        }
        return switch kind {
        case .missingField:
            direction == .readerIsNew
                ? "\(place) was added without a default" : "\(place), which has no default, was removed"
        case .known: "\(place) was changed"
        case .type(let reader, let writer): "the type of \(place) was changed \(change(reader, writer))"
        case .name(let reader, let writer): "the name of \(place) was changed \(change(reader, writer))"
        case .size(let reader, let writer): "the size of \(place) was changed \(change(reader, writer))"
        case .missingSymbols(let symbols):
            "symbols of \(place) were \(direction == .readerIsNew ? "removed" : "added"): "
                + symbols.prefix(20).joined(separator: ", ")
        }
    }
}
