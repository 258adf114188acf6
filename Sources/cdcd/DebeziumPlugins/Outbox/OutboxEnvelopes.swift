import ConnectData

/// The schemas of messages with additional fields beside the payload, each built once.
///
/// Debezium keeps a schema for each schema of the payload or each version, also if the additional columns change, and
/// then fails for each event; here only the name is kept.
struct OutboxEnvelopes {
    /// What shares a name: the first topic that such an event is routed to is part of it.
    private enum Group: Hashable {
        case all
        case payload(Schema)
        case version(Int64?)
    }

    private struct Key: Hashable {
        let group: Group
        let payload: Schema
        let columns: [Schema]
    }

    private static let countMax = 10_000

    private let profile: OutboxProfile
    private var names: [Group: String] = [:]
    private var schemas: [Key: Schema] = [:]
    private var last: (plan: OutboxPlan, payload: Schema, version: Int64?, schema: Schema)?

    init(_ profile: OutboxProfile) { self.profile = profile }

    /// - Parameters:
    ///   - version: the schema's version, if the plan has a column of it.
    ///   - route: the value of the column by which events are routed.
    mutating func schema(
        _ plan: OutboxPlan, payload: Schema, version: Int64?, route: String
    ) throws(DataError) -> Schema {
        if let last, last.plan === plan, last.payload === payload, last.version == version { return last.schema }
        let group: Group =
            plan.version != nil ? .version(version) : profile.namesEnvelopesByPayload ? .payload(payload) : .all
        var fields = [Schema.Field("payload", payload)]
        for item in plan.additional where item.placement == .envelope {
            guard let schema = item.column.schema else {
                throw DataError("Unable to find field \(item.column.name) in event")
            }
            fields.append(.init(item.alias, schema))
        }
        let key = Key(group: group, payload: payload, columns: fields.dropFirst().map(\.schema))
        if let known = schemas[key] {
            last = (plan, payload, version, known)
            return known
        }
        if schemas.count >= Self.countMax {
            schemas.removeAll()
            names.removeAll()
        }
        let name = names[group] ?? Self.name(of: plan.rowSchema?.name, route)
        let schema = Schema(
            .structure, name: name, version: version.map { Int($0) }, fields: try Schema.distinct(fields))
        names[group] = name
        schemas[key] = schema
        last = (plan, payload, version, schema)
        return schema
    }

    /// `server.database.outbox.Value` becomes `server.database.outbox.ROUTE.Value`.
    private static func name(of row: String?, _ route: String) -> String {
        guard let row else { return route }
        guard let dot = row.lastIndex(of: ".") else { return "\(route).\(row)" }
        return "\(row[...dot])\(route).\(row[row.index(after: dot)...])"
    }
}
