import ConnectData
import Testing

@testable import DebeziumPlugins

@Suite struct ExpressionRefusalTests {
    private func refusal(_ source: String, _ language: ExpressionLanguage) -> String {
        do throws(ExpressionError) {
            _ = try CompiledExpression(source, language: language)
            return "compiled"
        } catch {
            return "\(error)"
        }
    }

    @Test(arguments: [
        ("", "The expression is empty (line 1, column 1)"),
        ("value.op ==", "Unexpected the end of the expression (line 1, column 12)"),
        ("value.op = 'u'", "An assignment is supported only to a variable, as a statement of its own (line 1, column 10)"),
        ("operation != 'd'", "Unknown variable 'operation'; an expression has key, value, keySchema, valueSchema, topic and headers (line 1, column 1)"),
        ("operation != 'd", "The string has no end (line 1, column 14)"),
        ("true &&\n  foo", "Unknown variable 'foo'; an expression has key, value, keySchema, valueSchema, topic and headers (line 2, column 3)"),
        ("new groovy.json.JsonSlurper().parseText(value.after)", "'new' is not supported in expressions (line 1, column 1)"),
        ("for (x in [1]) { }", "'for' loops are not supported in expressions (line 1, column 1)"),
        ("while (true) { }", "'while' loops are not supported in expressions (line 1, column 1)"),
        ("import java.util.Date", "'import' is not supported in expressions (line 1, column 1)"),
        ("value = 5", "The variables of a record must not be modified (line 1, column 1)"),
        ("value.op === 'u'", "'===' is not supported in Groovy; use '==' (line 1, column 10)"),
        ("value.op.foo()", "The method 'foo' is not supported in expressions (line 1, column 10)"),
        ("foo(1)", "The function 'foo' is not supported in expressions (line 1, column 1)"),
        ("x++", "Unknown variable 'x'; an expression has key, value, keySchema, valueSchema, topic and headers (line 1, column 1)"),
        ("value.list*.name", "The operator '*.' is not supported in expressions (line 1, column 11)"),
        ("'a' ==~ /(/", "Invalid regular expression: Unclosed group near index 1\n( (line 1, column 9)"),
        ("topic.matches('[')", "Invalid regular expression: Unclosed character class near index 0\n[\n^ (line 1, column 15)"),
        ("\"a$\"", "Illegal '$' in a string with double quotes; write \\$ or use single quotes (line 1, column 3)"),
        ("'\\q'", "Unsupported escape sequence '\\q' in a string (line 1, column 2)"),
        ("5 as Foo", "Unknown type 'Foo' (line 1, column 6)"),
        ("(1 + 2", "Expected ')', found the end of the expression (line 1, column 7)"),
        ("5 5", "Unexpected '5' (line 1, column 3)"),
        ("def a = 1; def a = 2", "The variable 'a' is already declared (line 1, column 21)"),
        ("9999999999i", "The number '9999999999' is out of range (line 1, column 1)"),
    ])
    func groovyIsRefusedWithItsPlace(source: String, message: String) {
        #expect(refusal(source, .groovy) == message)
    }

    @Test(arguments: [
        ("value.op ==", "Unexpected the end of the expression (line 1, column 12)"),
        ("return value.op == 'u'", "'return' is allowed only in a function; JavaScript's result is the value of the last statement (line 1, column 1)"),
        ("new Date()", "'new' is not supported in expressions (line 1, column 1)"),
        ("a => b", "Unknown variable 'b'; an expression has key, value, keySchema, valueSchema, topic and headers (line 1, column 6)"),
        ("a ?? b || c", "Unknown variable 'a'; an expression has key, value, keySchema, valueSchema, topic and headers (line 1, column 1)"),
        ("1 ?? 2 || 3", "'??' needs parentheses beside '&&' and '||' (line 1, column 3)"),
        ("-2 ** 2", "'**' needs parentheses beside a unary operator (line 1, column 1)"),
        ("value instanceof Object", "'instanceof' is not supported in expressions (line 1, column 7)"),
        ("[...value.tags]", "Spreading is not supported in expressions (line 1, column 2)"),
        ("const {op} = value; op", "Destructuring is not supported in expressions (line 1, column 7)"),
        ("for (const x of [1]) { }", "'for' loops are not supported in expressions (line 1, column 1)"),
        ("/(?<a>x)\\k<a>/.test('x')", "Invalid regular expression: References to groups are not supported near index 9\n(?<a>x)\\k<a>\n         ^ (line 1, column 1)"),
        ("/a/y.test('a')", "Invalid regular expression: Unsupported flag 'y'\na (line 1, column 1)"),
        ("value?.()", "Optional calls are not supported in expressions (line 1, column 8)"),
        ("tag`x`", "Unknown variable 'tag'; an expression has key, value, keySchema, valueSchema, topic and headers (line 1, column 1)"),
        ("`${value.op`", "The string has no end (line 1, column 12)"),
        ("10n", "Unexpected 'n' after a number (line 1, column 3)"),
        ("017", "Octal literals begin with 0o (line 1, column 1)"),
    ])
    func javaScriptIsRefusedWithItsPlace(source: String, message: String) {
        #expect(refusal(source, .javaScript) == message)
    }
}

@Suite struct ExpressionLimitTests {
    private static let record = ConnectRecord(topic: "t", keySchema: nil, key: .null, valueSchema: nil, value: .null)

    private func outcome(_ source: String, _ language: ExpressionLanguage = .groovy) -> String {
        do throws(ExpressionError) {
            return "\(try CompiledExpression(source, language: language).evaluate(Self.record))"
        } catch {
            return error.message
        }
    }

    @Test func nestingIsBounded() {
        for (open, close) in [("(", ")"), ("[", "]"), ("!", ""), ("- ", ""), ("{ -> ", "}"), ("true ? 1 : ", "")] {
            let source = String(repeating: open, count: 5000) + "1" + String(repeating: close, count: 5000)
            #expect(outcome(source) == "The expression is nested more than 100 levels deep", "\(open)")
        }
        let statements = String(repeating: "if (true) { ", count: 5000) + "1" + String(repeating: "}", count: 5000)
        #expect(outcome(statements) == "The expression is nested more than 100 levels deep")
        let templates = String(repeating: "\"${", count: 5000)
        #expect(outcome(templates) == "Embedded expressions are nested too deeply")
        #expect(outcome(String(repeating: "(", count: 40) + "1" + String(repeating: ")", count: 40)).contains("1"))
    }

    @Test func chainsOfOperatorsAreBounded() {
        #expect(outcome("1" + String(repeating: " + 1", count: 5000)) == "The expression has more than 250 levels")
        #expect(outcome("topic" + String(repeating: ".trim()", count: 5000)) == "The expression has more than 250 levels")
        // Operands of && and || are one level.
        #expect(outcome("false" + String(repeating: " || false", count: 5000)) == "boolean(false)")
    }

    @Test func lengthIsBounded() {
        #expect(outcome("'" + String(repeating: "a", count: 70_000) + "'") == "The expression is longer than 65536 characters")
    }

    @Test func stepsAreBounded() {
        let loop = "(1..1000).any { a -> (1..1000).any { b -> a + b < 0 } }"
        #expect(outcome(loop) == "The expression needs more than 200000 steps")
        #expect(outcome("1..100000000") == "The range is too long")
    }

    @Test func textsAndNumbersAreBounded() {
        #expect(outcome("'a' * 2000000000") == "A text is longer than 1048576 bytes")
        #expect(outcome("'a'.padLeft(2000000000)") == "A text is longer than 1048576 bytes")
        #expect(outcome("'a'.padStart(2000000000)", .javaScript) == "A text is longer than 1048576 bytes")
        #expect(outcome("10 ** 9999") == "A number has more than 2000 digits")
        #expect(outcome("1e2000000000 + 1") == "A number has more than 2000 digits")
    }

    @Test func closuresDoNotRecurse() {
        #expect(outcome("def f = null; f = { f(it) }; f(1)") == "Recursive closures are not supported")
        #expect(outcome("let f = null; f = x => f(x); f(1)", .javaScript) == "Recursive closures are not supported")
    }

    @Test func searchesOfRegularExpressionsAreBounded() {
        let text = String(repeating: "a", count: 40)
        #expect(outcome("'\(text)!' ==~ /(a+)+/") == "The regular expression needs too many steps for the text")
        #expect(outcome("/^(a+)+$/.test('\(text)!')", .javaScript) == "The regular expression needs too many steps for the text")
    }
}
