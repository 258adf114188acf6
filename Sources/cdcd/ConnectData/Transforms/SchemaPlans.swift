/// What a transform derives from schemas, once for each: schemas are found by their identity, and the last one first.
package struct SchemaPlans<Plan> {
    /// Each version of a table has its own schemas; old ones are not kept.
    private static var countMax: Int { 4096 }

    private var last: (schema: Schema, plan: Plan)?
    private var plans: [ObjectIdentifier: (schema: Schema, plan: Plan)] = [:]

    package init() {}

    /// The plan for a schema.
    ///
    /// - Parameter make: derives it if there is none yet. An error is thrown for each record with the schema.
    package mutating func plan<E: Error>(for schema: Schema, make: (Schema) throws(E) -> Plan) throws(E) -> Plan {
        if let last, last.schema === schema { return last.plan }
        let id = ObjectIdentifier(schema)
        if let known = plans[id] {
            last = known
            return known.plan
        }
        let made = (schema: schema, plan: try make(schema))
        if plans.count >= Self.countMax { plans.removeAll(keepingCapacity: true) }
        plans[id] = made
        last = made
        return made.plan
    }
}
