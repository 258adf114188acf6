import ConnectData

/// The schemas of an envelope, named after the topic that `ByLogicalTableRouter` routes it to.
struct LogicalTableEnvelope {
    let schema: Schema
    /// Of `before` and `after`.
    let row: Schema
    /// The places of `before` and `after` in the envelope.
    let rowIndexes: [Int]
    /// The defaults of the envelope's own fields, which replace null.
    let defaults: [(index: Int, value: ConnectValue)]

    init(_ envelope: Schema, topic: String, _ options: LogicalTableOptions) throws(DataError) {
        guard let before = envelope.index(of: "before") else {
            throw DataError("The schema \(envelope.name ?? "") has no field before")
        }
        let old = envelope.fields[before].schema
        let row = old.copy(name: options.adjustedName(topic + ".Value"), fields: old.fields)
        rowIndexes = envelope.fields.indices.filter { ["before", "after"].contains(envelope.fields[$0].name) }
        var fields = envelope.fields
        for index in rowIndexes { fields[index] = .init(fields[index].name, row) }
        schema = envelope.copy(name: options.adjustedName(topic + ".Envelope"), fields: fields)
        self.row = row
        defaults = envelope.fields.enumerated().compactMap { index, field in
            field.schema.defaultValue.map { (index, $0) }
        }
    }
}

extension LogicalTableOptions {
    func adjustedName(_ name: String) -> String {
        adjustment.adjustedName(name, keepsFirstDigit: profile.keepsFirstDigit)
    }
}
