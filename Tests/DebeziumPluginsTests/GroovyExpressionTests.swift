import ConnectData
import PluginTestSupport
import Testing
import WireCore
import WireTestSupport

@testable import DebeziumPlugins

@Suite struct GroovyExpressionTests {
    /// Expressions of the fixture that Groovy evaluates and the interpreter refuses.
    private static let refused: [String: String] = [
        "value.after.schema().fields()*.name()": "The operator '*.' is not supported in expressions (line 1, column 30)",
        "'a'.foo()": "The method 'foo' is not supported in expressions (line 1, column 5)",
        "1.5.round()": "The method 'round' is not supported in expressions (line 1, column 5)",
    ]

    /// Values whose text an expression cannot get.
    private static let withoutText: Set = ["java.util.regex.Matcher", "java.util.Date"]

    @Test func expressionsHaveGroovysResults() throws {
        let records = try ExpressionRecords()
        for line in try RecordedRecord.lines(of: "expressions/groovy.jsonl") where line["refused"] == nil {
            let source = try #require(line["expression"]?.stringValue)
            let record = try records.record(try #require(line["record"]?.stringValue))
            let outcome: String
            do throws(ExpressionError) {
                let expression = try CompiledExpression(source.replacing("⏎", with: "\n"), language: .groovy)
                do throws(ExpressionError) {
                    let value = try expression.evaluate(record)
                    let name = Self.kind(Groovy.className(value))
                    outcome = Self.withoutText.contains(name) ? name : "\(name) \(try Groovy.text(value))"
                } catch {
                    #expect(error.place != nil, "\(source)")
                    outcome = "error"
                    Self.compareMessage(error, line, source)
                }
            } catch {
                #expect("\(error)" == Self.refused[source], "\(source)")
                continue
            }
            #expect(outcome == Self.expected(line), "\(source)")
        }
    }

    private static func expected(_ line: JSONObject) -> String {
        guard let name = line["class"]?.stringValue else { return "error" }
        let kind = kind(name)
        return withoutText.contains(kind) ? kind : "\(kind) \(line["text"]?.stringValue ?? "")"
    }

    /// Errors that users see often have Groovy's texts.
    private static func compareMessage(_ error: ExpressionError, _ line: JSONObject, _ source: String) {
        guard let message = line["message"]?.stringValue else { return }
        let beginnings = ["Cannot get property", "Cannot invoke method", "Cannot compare", "Cannot execute null", "No such property"]
        let isField = message.hasSuffix("is not a valid field name")
        guard isField || beginnings.contains(where: message.hasPrefix) else { return }
        let actual = error.message
        #expect(message.hasPrefix(actual), "\(source)")
    }

    private static func kind(_ className: String) -> String {
        switch className {
        case "java.util.ArrayList", "java.util.Arrays$ArrayList", "java.util.Collections$UnmodifiableList",
            "java.util.ArrayList$SubList", "java.util.LinkedHashMap$LinkedKeySet", "java.util.LinkedHashMap$LinkedValues",
            "[Ljava.lang.String;", "groovy.lang.IntRange", "java.util.Collections$UnmodifiableRandomAccessList": "list"
        case "java.util.HashMap", "java.util.LinkedHashMap", "java.util.Collections$UnmodifiableMap": "map"
        default: className
        }
    }
}

/// The records of the fixtures for expressions.
struct ExpressionRecords {
    private let records: JSONObject

    init() throws {
        records = try #require(try JSONValue.parse(try Fixtures.text("expressions/records.json")).objectValue)
    }

    func record(_ name: String) throws -> ConnectRecord {
        try TransformCases.record(try #require(records[name]?.objectValue))
    }
}
