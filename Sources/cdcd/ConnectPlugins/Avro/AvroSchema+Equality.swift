import ConnectData

extension AvroSchema {
    /// Checks that types with the same name have the same encoding: only the first of them is in the text.
    ///
    /// - Throws: `DataError` if they differ. Java writes the second one with a schema that does not fit its bytes.
    func checkNames() throws(DataError) {
        var first: [AvroName: TypeID] = [:]
        for id in types.indices {
            guard let name = types[id].name else { continue }
            guard let known = first[name] else {
                first[name] = id
                continue
            }
            var compared: Set<Pair> = []
            guard hasSameEncoding(known, id, &compared) else {
                throw DataError(
                    "Two schemas have the name \(name.fullName) but different fields, which Avro does not allow."
                        + "\nRemedy: give one of them another name, for example with the transform SetSchemaMetadata.")
            }
        }
    }

    private struct Pair: Hashable {
        let first: TypeID
        let second: TypeID
    }

    /// Whether values of both types are the same bytes.
    private func hasSameEncoding(_ first: TypeID, _ second: TypeID, _ compared: inout Set<Pair>) -> Bool {
        if first == second || !compared.insert(Pair(first: first, second: second)).inserted { return true }
        let (a, b) = (types[first], types[second])
        guard a.name == b.name, a.typeName == b.typeName else { return false }
        if case .record(let fields) = a.kind, case .record(let others) = b.kind {
            return fields.count == others.count
                && zip(fields, others).allSatisfy { $0.name == $1.name && hasSameEncoding($0.type, $1.type, &compared) }
        }
        if case .enumeration(let symbols, _) = a.kind, case .enumeration(let others, _) = b.kind {
            return symbols == others
        }
        if case .fixed(let count) = a.kind, case .fixed(let other) = b.kind { return count == other }
        let (parts, others) = (a.kind.parts, b.kind.parts)
        return parts.count == others.count && zip(parts, others).allSatisfy { hasSameEncoding($0, $1, &compared) }
    }
}

extension AvroType.Kind {
    /// The types of an array, map or union.
    fileprivate var parts: [AvroSchema.TypeID] {
        switch self {
        case .array(let part), .map(let part): [part]
        case .union(let branches): branches
        case .null, .boolean, .int, .long, .float, .double, .bytes, .string, .record, .enumeration, .fixed: []
        }
    }
}
