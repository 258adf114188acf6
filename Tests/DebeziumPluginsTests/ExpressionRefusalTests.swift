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

    @Test func listsAreBounded() {
        let tooManySteps = "The expression needs more than 200000 steps"
        // Each statement doubles the list, or the number of its parts.
        for double in ["a = a + a", "a = a.plus(a)", "a = [a, a]", "a += a"] {
            let source = "def a = [1]" + String(repeating: "; \(double)", count: 40) + "; a.size()"
            #expect(outcome(source) == tooManySteps, "\(double)")
        }
        let joined = "let a = [1]" + String(repeating: "; a = a.concat(a, a)", count: 40) + "; a.length"
        #expect(outcome(joined, .javaScript) == tooManySteps)
        let nested = "def a = []" + String(repeating: "; a = [a]", count: 5000) + "; a.toString()"
        #expect(outcome(nested) == "A value is nested more than 100 levels deep")
    }

    /// What the time of one step depends on is counted.
    @Test(arguments: [
        "(0..400).any { a -> list != other }", "(0..400).any { list.contains(other) }",
        "(0..400).any { \"${list}\" == '' }", "(0..9999).any { text.indexOf('b') >= 0 }",
        "(0..9999).any { text[5] == 'b' }", "(0..400).any { list - other == 1 }",
        "(0..400).any { list.intersect(other) == 1 }", "(0..9999).any { (big / 3) == 0 }",
        "(0..9999).any { 2 ** 6000 == 0 }", "(0..9999).any { text.tokenize('a') == 1 }",
        "(0..9999).any { text.bytes == 1 }",
    ])
    func workIsCounted(use: String) {
        let values = "def list = (1..600).collect { [it] }; def other = (1..600).collect { [it] }; def text = 'a' * 100000; "
            + "def big = 10g ** 1900; "
        #expect(outcome(values + use) == "The expression needs more than 200000 steps", "\(use)")
    }

    /// A field of a row with many columns is not more work than another.
    @Test func fieldsOfStructsAreOneStep() throws {
        let row = Schema(.structure, fields: (0..<3000).map { Schema.Field("c\($0)", Schema(.int32)) })
        let values = ContiguousArray(repeating: ConnectValue.integer(1), count: 3000)
        let record = ConnectRecord(
            topic: "t", keySchema: nil, key: .null, valueSchema: row,
            value: .structure(Struct(schema: row, values: values)))
        for language in [ExpressionLanguage.groovy, .javaScript] {
            let source = (0..<3000).map { "value.c\($0) == 1" }.joined(separator: " && ")
            let result = try CompiledExpression(source, language: language).evaluate(record)
            #expect("\(result)" == "boolean(true)")
        }
    }

    @Test func searchesOfOneEvaluationHaveOneBudget() {
        let text = String(repeating: "a", count: 20)
        let search = "(0..1000).any { '\(text)!' ==~ /(a+)+/ }"
        #expect(outcome(search) == "The regular expression needs too many steps for the text")
        let found = "def m = '\(text)!' =~ /(a+)+$/; (0..1000).any { m.find() }"
        #expect(outcome(found) == "The regular expression needs too many steps for the text")
    }

    @Test func replacementsAreBounded() {
        let tooLong = "A text is longer than 1048576 bytes"
        #expect(outcome("('a' * 1000000).replaceAll(/.*/, '\\$0' * 500000)") == tooLong)
        #expect(outcome("('a' * 1000000).replace('a', 'b' * 1000000)") == tooLong)
        #expect(outcome("'a'.repeat(1000000).replace(/.*/g, '$&'.repeat(500000))", .javaScript) == tooLong)
        #expect(outcome("'a'.replace(/(?<n>a)/, '$<'.repeat(500000)).length", .javaScript) == "double(1000000.0)")
    }

    @Test func longTextsAreFoundInLinearTime() {
        let texts = "def text = 'a' * 1000000; def wanted = 'a' * 500000 + 'b'; "
        #expect(outcome(texts + "text.contains(wanted)") == "boolean(false)")
        #expect(outcome(texts + "text.lastIndexOf(wanted)").hasPrefix("integer(-1"))
        #expect(outcome("def text = 'a' * 1000000; text.count('a' * 500000)").hasPrefix("integer(500001"))
    }

    @Test func paddingOfAnyLengthIsPossible() {
        #expect(outcome("'ab'.padLeft(-9223372036854775807L - 1)") == "string(\"ab\")")
        #expect(outcome("'ab'.center(-1e300d)") == "string(\"ab\")")
    }
}

@Suite struct TextSearchTests {
    /// In texts of two letters, compared with a search at each place.
    @Test func placesAreThoseOfASearchAtEachPlace() {
        for size in 0..<512 {
            let units = (0..<9).map { UInt16(size >> $0 & 1) }
            for length in 0...4 {
                for wanted in 0..<(1 << length) {
                    let wanted = (0..<length).map { UInt16(wanted >> $0 & 1) }
                    let places = (0...(units.count - length)).filter { Array(units[$0..<($0 + length)]) == wanted }
                    let search = TextSearch(wanted)
                    #expect(search.placeCount(in: units) == places.count)
                    #expect(search.first(in: units, from: 3) == places.first { $0 >= 3 })
                    #expect(search.last(in: units, upTo: 5) == places.last { $0 <= 5 })
                }
            }
        }
    }
}
