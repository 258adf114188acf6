import ConnectData
import WireCore

/// An expression that is evaluated for one record after the other. Used from one thread.
final class CompiledExpression {
    private let program: ExpressionProgram
    private var locals: [ScriptValue]
    private var record: ConnectRecord?
    private var steps = 0
    private var callDepth = 0
    let search = ScriptSearch()
    /// Patterns that are known only when the expression is evaluated.
    private var patterns: [String: JavaPattern] = [:]

    /// - Throws: an error with a place, if the source is not well-formed or uses what is not supported.
    init(_ source: String, language: ExpressionLanguage) throws(ExpressionError) {
        program = try ExpressionParser.compile(source, language: language)
        locals = Array(repeating: .null, count: program.slotCount)
    }

    var language: ExpressionLanguage { program.language }

    /// The result for a record.
    ///
    /// - Throws: what the language throws, or an error of the limits.
    func evaluate(_ record: ConnectRecord) throws(ExpressionError) -> ScriptValue {
        self.record = record
        steps = 0
        search.begin()
        defer {
            self.record = nil
            for index in locals.indices { locals[index] = .null }
        }
        switch try run(program.statements) {
        case .value(let value): return value ?? (language == .groovy ? .null : .undefined)
        case .result(let value): return value
        }
    }

    /// Counts work that grows with the size of values.
    func count(_ work: Int = 1) throws(ExpressionError) {
        steps += work
        if steps > ExpressionLimits.steps {
            throw ExpressionError("The expression needs more than \(ExpressionLimits.steps) steps")
        }
    }

    /// Counts the work of an operation that may read a value as a whole: the items of lists, on all levels, and the
    /// length of texts and numbers. A list may contain another one many times.
    ///
    /// - Throws: also if lists are nested so deep that comparing them would exhaust the stack.
    func count(contentsOf value: ScriptValue, depth: Int = 0) throws(ExpressionError) {
        guard depth <= ExpressionLimits.valueDepth else {
            throw ExpressionError("A value is nested more than \(ExpressionLimits.valueDepth) levels deep")
        }
        switch value {
        case .string(let text), .gstring(let text): try count(text.utf8.count / 64)
        case .list(let items):
            try count(items.count)
            for item in items { try count(contentsOf: item, depth: depth + 1) }
        case .map(let map), .object(let map):
            // Each entry is compared with those of another map.
            try count(map.entries.count + map.entries.count * map.entries.count / 64)
            for entry in map.entries {
                try count(contentsOf: entry.key, depth: depth + 1)
                try count(contentsOf: entry.value, depth: depth + 1)
            }
        case .range(let first, let last, _): try count(Int(clamping: (last - first).magnitude))
        case .bytes(let bytes): try count(bytes.count)
        case .buffer(let bytes): try count(bytes.count / 64)
        // The time of a division is proportional to the square of the length.
        case .bigInteger(let number), .decimal(let number): try count(number.precision * number.precision / 200)
        case .structure(let value): try count(value.values.count / 16)
        case .header(let value, _): try count(contentsOf: value, depth: depth + 1)
        case .undefined, .null, .boolean, .integer, .float, .double, .character, .date, .schema, .schemaField,
            .schemaType, .pattern, .matcher, .closure:
            break
        }
    }

    private func count(contentsOf values: [ScriptValue]) throws(ExpressionError) {
        for value in values { try count(contentsOf: value) }
    }

    /// Counts the work of finding a member.
    private func count(membersOf object: ScriptValue) throws(ExpressionError) {
        switch object {
        case .map(let map), .object(let map): try count(map.entries.count)
        // Groovy collects the members of all items.
        case .list where language == .javaScript: break
        case .structure: break
        case _: try count(contentsOf: object)
        }
    }

    /// Counts the work of an operator. Whether a range contains a number does not depend on its length.
    func count(
        operandsOf operation: BinaryOperator, _ left: ScriptValue, _ right: ScriptValue
    ) throws(ExpressionError) {
        try count(contentsOf: left)
        if case .range = right, operation == .contained || operation == .notContained { return }
        try count(contentsOf: right)
    }

    // MARK: Statements

    private enum Completion {
        /// nil: the statement has no value.
        case value(ScriptValue?)
        /// `return`
        case result(ScriptValue)
    }

    private func run(_ statements: [ExpressionStatement]) throws(ExpressionError) -> Completion {
        var value: ScriptValue?
        for statement in statements {
            switch try run(statement) {
            case .result(let result): return .result(result)
            case .value(let latest):
                // In Groovy only the last statement counts, in JavaScript the last one that has a value.
                if latest != nil || language == .groovy { value = latest }
            }
        }
        return .value(value)
    }

    private func run(_ statement: ExpressionStatement) throws(ExpressionError) -> Completion {
        switch statement {
        case .evaluate(let node): return .value(try value(of: node))
        case .assign(let slot, let node, let isDeclaration):
            let value = try value(of: node)
            // A list may contain the former value of its variable.
            try count(contentsOf: value)
            locals[slot] = value
            return .value(isDeclaration && language == .javaScript ? nil : value)
        case .condition(let test, let first, let second):
            let completion = try run(try isTrue(test) ? first : second)
            if case .value(nil) = completion { return .value(language == .groovy ? .null : .undefined) }
            return completion
        case .block(let statements): return try run(statements)
        case .result(let node):
            if let node { return .result(try value(of: node)) }
            return .result(language == .groovy ? .null : .undefined)
        }
    }

    // MARK: Closures

    /// Calls a closure; missing arguments are null.
    func call(_ closure: ClosureDefinition, _ arguments: [ScriptValue]) throws(ExpressionError) -> ScriptValue {
        guard callDepth < ExpressionLimits.callDepth else {
            throw ExpressionError("Closures call each other more than \(ExpressionLimits.callDepth) levels deep")
        }
        guard !closure.isActive else { throw ExpressionError("Recursive closures are not supported") }
        try count()
        callDepth += 1
        closure.isActive = true
        defer {
            callDepth -= 1
            closure.isActive = false
        }
        let missing: ScriptValue = language == .groovy ? .null : .undefined
        for (index, slot) in closure.parameters.enumerated() {
            locals[slot] = index < arguments.count ? arguments[index] : missing
        }
        switch try run(closure.body) {
        case .value(let value): return closure.returnsLastValue ? value ?? missing : missing
        case .result(let value): return value
        }
    }

    // MARK: Expressions

    func isTrue(_ node: ExpressionNode) throws(ExpressionError) -> Bool {
        try isTrue(try value(of: node))
    }

    func isTrue(_ value: ScriptValue) throws(ExpressionError) -> Bool {
        language == .groovy ? try Groovy.isTrue(value) : JavaScript.isTrue(value)
    }

    func values(of nodes: [ExpressionNode]) throws(ExpressionError) -> [ScriptValue] {
        var values: [ScriptValue] = []
        for node in nodes { values.append(try value(of: node)) }
        return values
    }

    func value(of node: ExpressionNode) throws(ExpressionError) -> ScriptValue {
        do throws(ExpressionError) {
            try count()
            return try chain(node) ?? .undefined
        } catch {
            throw error.at(node.place)
        }
    }

    /// The value, or nil if an optional chain of JavaScript ended at a null.
    private func chain(_ node: ExpressionNode) throws(ExpressionError) -> ScriptValue? {
        switch node.kind {
        case .member(let base, let site, let isSafe):
            guard let object = try receiver(base, isSafe) else { return shortCircuit }
            try count(membersOf: object)
            let value = language == .groovy
                ? try Groovy.member(site, of: object, self) : try JavaScript.member(site, of: object)
            // The items of a record's array were converted.
            if case .list(let items) = value { try count(items.count / 16) }
            return value
        case .index(let base, let index, let isSafe):
            guard let object = try receiver(base, isSafe) else { return shortCircuit }
            let key = try value(of: index)
            try count(contentsOf: key)
            if case .list = object {} else { try count(contentsOf: object) }
            return language == .groovy
                ? try Groovy.element(key, of: object, self) : try JavaScript.element(key, of: object)
        case .invoke(let base, let method, let arguments, let isSafe):
            guard let object = try receiver(base, isSafe) else { return shortCircuit }
            let arguments = try values(of: arguments)
            try count(contentsOf: object)
            try count(contentsOf: arguments)
            switch method {
            case .groovy(let method): return try Groovy.invoke(method, on: object, arguments, self)
            case .javaScript(let method): return try JavaScript.invoke(method, on: object, arguments, self)
            }
        default: return try operand(node)
        }
    }

    /// The object whose member is accessed, or nil to end the chain.
    private func receiver(_ base: ExpressionNode, _ isSafe: Bool) throws(ExpressionError) -> ScriptValue? {
        if language == .groovy {
            let object = try value(of: base)
            return isSafe && object.isNullish ? nil : object
        }
        try count()
        let object: ScriptValue?
        do throws(ExpressionError) { object = try chain(base) } catch { throw error.at(base.place) }
        guard let object else { return nil }
        return isSafe && object.isNullish ? nil : object
    }

    private var shortCircuit: ScriptValue? { language == .groovy ? .null : nil }

    private func operand(_ node: ExpressionNode) throws(ExpressionError) -> ScriptValue {
        switch node.kind {
        case .constant(let value): return value
        case .group(let inner): return try value(of: inner)
        case .local(let slot): return locals[slot]
        case .record(let variable):
            return record.map { variable.value(in: $0, language) } ?? .null
        case .closure(let definition): return .closure(definition)
        case .and(let operands):
            return try joined(operands, endsAt: false)
        case .or(let operands): return try joined(operands, endsAt: true)
        case .coalesce(let first, let second):
            let value = try value(of: first)
            return value.isNullish ? try self.value(of: second) : value
        case .elvis(let first, let second):
            let value = try value(of: first)
            return try isTrue(value) ? value : try self.value(of: second)
        case .conditional(let test, let first, let second):
            return try value(of: try isTrue(test) ? first : second)
        case .template(let parts): return try template(parts)
        case .list(let items): return .list(try values(of: items))
        case .map(let entries): return try map(entries)
        case .range(let first, let last, let excludesEnd):
            return try Groovy.range(try value(of: first), try value(of: last), excludesEnd: excludesEnd)
        case .unary(let operation, let operand):
            let value = try value(of: operand)
            if operation != .not, operation != .typeOf { try count(contentsOf: value) }
            return language == .groovy
                ? try Groovy.unary(operation, value) : try JavaScript.unary(operation, value)
        case .binary(let operation, let left, let right):
            let (left, right) = (try value(of: left), try value(of: right))
            if language == .groovy { return try Groovy.binary(operation, left, right, self) }
            try count(operandsOf: operation, left, right)
            return try JavaScript.binary(operation, left, right)
        case .instanceOf(let operand, let type): return .boolean(Groovy.isInstance(try value(of: operand), type))
        case .cast(let operand, let type, let isConversion):
            let value = try value(of: operand)
            try count(contentsOf: value)
            return try Groovy.cast(value, type, isConversion: isConversion)
        case .function(let function, let arguments):
            let arguments = try values(of: arguments)
            try count(contentsOf: arguments)
            return language == .groovy
                ? try Groovy.function(function, arguments) : try JavaScript.function(function, arguments, self)
        case .call(let callee, let arguments):
            guard case .closure(let closure) = try value(of: callee) else {
                throw ExpressionError("The value is not a function")
            }
            return try call(closure, try values(of: arguments))
        case .member, .index, .invoke: return try chain(node) ?? .undefined
        }
    }

    /// JavaScript's result is the operand that decides, Groovy's a Boolean.
    private func joined(_ operands: [ExpressionNode], endsAt end: Bool) throws(ExpressionError) -> ScriptValue {
        var value = ScriptValue.null
        for operand in operands {
            value = try self.value(of: operand)
            if try isTrue(value) == end { return language == .groovy ? .boolean(end) : value }
        }
        return language == .groovy ? .boolean(!end) : value
    }

    private func template(_ parts: [ExpressionNode.TemplatePart]) throws(ExpressionError) -> ScriptValue {
        var text = ""
        for part in parts {
            switch part {
            case .text(let part): text += part
            case .value(let node):
                let value = try value(of: node)
                try count(contentsOf: value)
                text += language == .groovy ? try Groovy.text(value) : try JavaScript.text(value)
                _ = try Self.bounded(text)
            }
        }
        return language == .groovy ? .gstring(text) : .string(text)
    }

    private func map(
        _ entries: [(key: ExpressionNode, value: ExpressionNode)]
    ) throws(ExpressionError) -> ScriptValue {
        var map = ScriptMap(entries: [])
        for entry in entries {
            let key = try value(of: entry.key)
            try count(contentsOf: key)
            try count(map.entries.count / 16)
            let entry = ScriptMap.Entry(
                key: language == .groovy ? key : .string(try JavaScript.text(key)), value: try value(of: entry.value))
            map.entries.removeAll { Groovy.areEqualObjects($0.key, entry.key) }
            map.entries.append(entry)
        }
        return language == .groovy ? .map(map) : .object(map)
    }

    /// The text, unless it is longer than an expression may create.
    static func bounded(_ text: String) throws(ExpressionError) -> String {
        guard text.utf8.count <= ExpressionLimits.textBytes else {
            throw ExpressionError("A text is longer than \(ExpressionLimits.textBytes) bytes")
        }
        return text
    }

    /// The compiled pattern, from a bounded cache.
    func pattern(_ text: String) throws(ExpressionError) -> JavaPattern {
        if let known = patterns[text], known.pattern.isExactly(text) { return known }
        do throws(JavaPattern.SyntaxError) {
            let pattern = try JavaPattern(text)
            if patterns.count >= 64 { patterns.removeAll() }
            patterns[text] = pattern
            return pattern
        } catch {
            throw ExpressionError(error.description)
        }
    }
}
