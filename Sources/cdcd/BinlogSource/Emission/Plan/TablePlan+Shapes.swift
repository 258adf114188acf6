import ConnectData

extension TablePlan {
    /// The shape of the table's records of one kind, before transforms.
    func shape(of kind: ChangeKind, headers: [ConnectRecord.Header]) -> RecordShape {
        let hasBefore = kind == .update || kind == .delete
        let hasAfter = kind == .create || kind == .update || kind == .read
        let hasKey = kind != .truncate && keySchema != nil
        let value = kind.operation.map { operation in
            envelope.shape(
                before: hasBefore ? row(isBefore: true) : .null, after: hasAfter ? row(isBefore: false) : .null,
                source: source.shape(isSnapshot: kind == .read), operation: operation)
        }
        return RecordShape(
            topic: topic, keySchema: hasKey ? keySchema : nil,
            key: hasKey ? key(isBefore: kind == .delete || kind == .tombstone) : .null,
            valueSchema: value == nil ? nil : envelopeSchema, value: value ?? .null,
            headers: headers.map { .init($0.name, schema: $0.schema, value: .constant($0.value)) })
    }

    private func row(isBefore: Bool) -> ValueShape {
        .structure(columns.indices.map { .input(RecordInput.cell($0, isBefore: isBefore).id) })
    }

    private func key(isBefore: Bool) -> ValueShape {
        .structure(keySources.map { source in
            switch source {
            case .row(let index): .input(RecordInput.cell(index, isBefore: isBefore).id)
            case .keyOnly(let index): .input(RecordInput.keyOnlyCell(index, isBefore: isBefore).id)
            }
        })
    }
}
