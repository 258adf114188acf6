import ConnectData

/// An element of `table.fields.additional.placement`: a column of the outbox table and its place in the message.
struct AdditionalField: Sendable {
    enum Placement: String, Sendable { case header, envelope, partition }

    let column: String
    let placement: Placement
    /// The name of the header or of the envelope's field.
    let alias: String

    /// Reads a list of `COLUMN:PLACEMENT` and `COLUMN:PLACEMENT:ALIAS`, as Debezium splits it.
    ///
    /// - Throws: an error if an element is neither; Debezium fails for each record if the placement is unknown.
    static func parse(
        _ text: String, name: String, trimming: Bool, invalid: (_ elements: String) -> ConfigError
    ) throws(ConfigError) -> [AdditionalField] {
        let elements = text.javaSplit(",")
        let parts = elements.map { $0.javaSplit(":") }
        guard parts.allSatisfy({ (2...3).contains($0.count) }) else {
            throw invalid("[\(elements.joined(separator: ", "))]")
        }
        var fields: [AdditionalField] = []
        for part in parts {
            let word = JavaText.trim(part[1])
            guard let placement = Placement(rawValue: word.lowercased()) else {
                throw ConfigError(
                    name: name, value: text, reason: "'\(word)' is not a placement; use header, envelope or partition")
            }
            let names = trimming ? part.map { JavaText.trim($0) } : part
            let alias = names.count == 3 ? names[2] : names[0]
            fields.append(AdditionalField(column: names[0], placement: placement, alias: alias))
        }
        return fields
    }
}
