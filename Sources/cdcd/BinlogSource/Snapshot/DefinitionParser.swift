import WireStreams

/// Applies the statements of a snapshot, which recreate all tables, to a schema; if there are many, other threads parse
/// them.
struct DefinitionParser {
    let profile: DebeziumProfile
    let sqlMode: SQLMode

    /// The number of statements that a thread parses at a time, and the number of such chunks in memory.
    private static let chunkStatements = 32
    private static let chunksMax = 16

    /// Applies the statements in order. If it throws, those before the failing one have been applied.
    func apply(
        _ statements: [(database: String, text: String)], to schema: inout DatabaseSchema
    ) throws -> [SchemaChange] {
        let parser = OrderedParallelMap<[String], [(LoggedStatement, [ParsedStatement])]>(
            named: "definition-parser"
        ) { [profile, sqlMode] texts in
            texts.map { text in
                let statement = LoggedStatement(text, sqlMode: sqlMode)
                return (statement, DatabaseSchema.parse(statement, for: profile))
            }
        }
        defer { parser.close() }
        var changes: [SchemaChange] = []
        var (added, applied) = (0, 0)
        while applied < statements.count {
            if added < statements.count {
                let chunk = statements[added...].prefix(Self.chunkStatements)
                parser.add(chunk.map(\.text))
                added += chunk.count
            }
            while let chunk = try parser.next(whileMoreThan: added < statements.count ? Self.chunksMax : 0) {
                for (statement, parsed) in chunk {
                    changes += try schema.apply(
                        statement, parsed: parsed, defaultDatabase: statements[applied].database)
                    applied += 1
                }
            }
        }
        return changes
    }
}
