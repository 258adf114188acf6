/// What a transform derives from schemas, once for each: schemas are found by their identity, and the last one first.
package struct SchemaPlans<Plan> {
    private typealias Entry = (schema: Schema, plan: Plan)

    private var last: Entry?
    /// Each version of a table has its own schemas; old ones are not kept. An entry retains its schema: another one
    /// must not get its identity.
    private var entries = BoundedCache<ObjectIdentifier, Entry>(countMax: 4096)

    package init() {}

    /// The plan for a schema.
    ///
    /// - Parameter make: derives it if there is none yet. An error is thrown for each record with the schema.
    package mutating func plan<E: Error>(for schema: Schema, make: (Schema) throws(E) -> Plan) throws(E) -> Plan {
        if let last, last.schema === schema { return last.plan }
        let entry = try entries.value(for: ObjectIdentifier(schema)) { () throws(E) in (schema, try make(schema)) }
        last = entry
        return entry.plan
    }
}
