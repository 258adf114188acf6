import ConnectData
import PluginTestSupport
import Testing
import WireCore
import WireTestSupport

@testable import DebeziumPlugins

@Suite struct ExpressionMutationTests {
    /// A mutation of an expression is refused with a place, fails with a place, or has a value; it never traps.
    @Test(arguments: [("groovy", ExpressionLanguage.groovy), ("javascript", .javaScript)])
    func mutatedExpressionsAreRefusedOrEvaluated(fixture: String, language: ExpressionLanguage) throws {
        let sources = try RecordedRecord.lines(of: "expressions/\(fixture).jsonl").compactMap {
            $0["expression"]?.stringValue.map { Array($0.unicodeScalars) }
        }
        let records = try ["update", "types", "schemaless", "tombstone"].map { try ExpressionRecords().record($0) }
        var random = SeededGenerator(seed: 1)
        var evaluated = 0
        for source in sources {
            for record in records {
                let other = sources[Int.random(in: 0..<sources.count, using: &random)]
                let text = Self.mutated(source, other, &random)
                do throws(ExpressionError) {
                    _ = try CompiledExpression(text, language: language).evaluate(record)
                    evaluated += 1
                } catch {
                    #expect(error.place != nil, "\(text)")
                }
            }
        }
        #expect(evaluated > 100)
    }

    /// Replaces a part of an expression by a part of another.
    private static func mutated(
        _ source: [Unicode.Scalar], _ other: [Unicode.Scalar], _ random: inout SeededGenerator
    ) -> String {
        let start = Int.random(in: 0...source.count, using: &random)
        let from = Int.random(in: 0...other.count, using: &random)
        let to = Int.random(in: from...other.count, using: &random)
        var text = String.UnicodeScalarView()
        text.append(contentsOf: source[..<start])
        text.append(contentsOf: other[from..<to])
        text.append(contentsOf: source[min(source.count, start + Int.random(in: 0..<4, using: &random))...])
        return String(text)
    }
}
