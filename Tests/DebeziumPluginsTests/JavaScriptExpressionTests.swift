import ConnectData
import PluginTestSupport
import Testing
import WireCore
import WireTestSupport

@testable import DebeziumPlugins

@Suite struct JavaScriptExpressionTests {
    /// Expressions of the fixture that JavaScript evaluates and the interpreter refuses.
    private static let refused: [String: String] = [
        "1, 2": "Unexpected ',' (line 1, column 2)",
        "'a'.foo()": "The method 'foo' is not supported in expressions (line 1, column 5)",
        "5..toString()": "Expected the name of a member, found '.' (line 1, column 3)",
        "'abc'.length()": "The method 'length' is not supported in expressions (line 1, column 7)",
        "value.op()": "The method 'op' is not supported in expressions (line 1, column 7)",
    ]

    @Test func expressionsHaveJavaScriptsResults() throws {
        let records = try ExpressionRecords()
        for line in try RecordedRecord.lines(of: "expressions/javascript.jsonl") {
            let source = try #require(line["expression"]?.stringValue)
            let record = try records.record(try #require(line["record"]?.stringValue))
            let outcome: String
            do throws(ExpressionError) {
                let expression = try CompiledExpression(source.replacing("⏎", with: "\n"), language: .javaScript)
                do throws(ExpressionError) {
                    let value = try expression.evaluate(record)
                    let type = Self.typeName(value)
                    outcome = type == "function" ? type : "\(type) \(try JavaScript.text(value))"
                } catch {
                    #expect(error.place != nil, "\(source)")
                    outcome = "error"
                }
            } catch {
                if line["refused"] == nil { #expect("\(error)" == Self.refused[source], "\(source)") }
                continue
            }
            #expect(outcome == Self.expected(line), "\(source)")
        }
    }

    private static func expected(_ line: JSONObject) -> String {
        if line["refused"] != nil { return "refused" }
        guard let type = line["type"]?.stringValue else { return "error" }
        return type == "function" ? type : "\(type) \(line["text"]?.stringValue ?? "")"
    }

    private static func typeName(_ value: ScriptValue) -> String {
        switch value {
        case .list: "array"
        case .null: "null"
        default: JavaScript.typeName(value)
        }
    }
}
